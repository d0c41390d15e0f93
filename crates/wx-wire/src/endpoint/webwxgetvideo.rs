//! `GET https://HOST/cgi-bin/mmwebwx-bin/webwxgetvideo`: the video of a received
//! message.
//!
//! Answers MP4, mostly with 206. Without a range there is nothing in the answer
//! (protocol: webwxgetvideo).

use bytes::Bytes;
use http::Request as HttpRequest;

use super::{Endpoint, get_range, path};
use crate::credentials::Credentials;
use crate::id::MsgId;
use crate::query::Query;

/// Asks for a video.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// The message.
    pub msg_id: &'a MsgId,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        self.encode_from(0)
    }

    /// The HTTP request for what follows the first `offset` bytes.
    #[must_use]
    pub fn encode_from(&self, offset: u64) -> HttpRequest<Bytes> {
        let keys = self.credentials;
        let query = Query::new()
            .pair("msgid", self.msg_id)
            .pair("skey", keys.skey.expose());
        get_range(path(keys.hosts.base(), Endpoint::GetVideo, query), offset)
    }
}
