//! `GET https://HOST/cgi-bin/mmwebwx-bin/webwxpreview`: a picture that was
//! uploaded.
//!
//! Answers its bytes.

use bytes::Bytes;
use http::Request as HttpRequest;

use super::{Endpoint, get_from, path};
use crate::credentials::Credentials;
use crate::id::MediaId;
use crate::query::Query;

/// Asks for a picture.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys, of which only the host and the cookies count.
    pub credentials: &'a Credentials,
    /// What the upload gave.
    pub media_id: &'a MediaId,
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
        let query = Query::new()
            .pair("fun", "preview")
            .pair("mediaid", self.media_id);
        let host = self.credentials.hosts.base();
        get_from(path(host, Endpoint::Preview, query), offset)
    }
}
