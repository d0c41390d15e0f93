//! `GET https://HOST/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg`: the map of a
//! received location.
//!
//! Answers a picture's bytes.

use bytes::Bytes;
use http::Request as HttpRequest;

use super::{Endpoint, get_from, path};
use crate::credentials::Credentials;
use crate::id::MsgId;
use crate::query::Query;

/// Asks for a map.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys, of which only the host and the cookies count.
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
        // The path in a location's content has this very `xxx`.
        let query = Query::new()
            .pair("url", "xxx")
            .pair("msgid", self.msg_id)
            .pair("pictype", "location");
        let host = self.credentials.hosts.base();
        get_from(path(host, Endpoint::GetPublicLinkImg, query), offset)
    }
}
