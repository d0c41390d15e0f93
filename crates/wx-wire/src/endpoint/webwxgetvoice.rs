//! `GET https://HOST/cgi-bin/mmwebwx-bin/webwxgetvoice`: the voice of a received
//! message.
//!
//! Answers MP3. The server may want a range even for the whole, as for videos.

use bytes::Bytes;
use http::Request as HttpRequest;

use super::{Endpoint, get_range, path};
use crate::credentials::Credentials;
use crate::id::MsgId;
use crate::query::Query;

/// Asks for a voice.
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
        get_range(path(keys.hosts.base(), Endpoint::GetVoice, query), offset)
    }
}
