//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxlogout`: ends the session.
//!
//! The official page posts a form; the answer is ignored by everybody, and
//! empty in captures.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request as HttpRequest};

use super::{Endpoint, path, request};
use crate::credentials::Credentials;
use crate::query::Query;

/// Ends the session.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// What the official page calls type. It gives 1 where a poll was answered
    /// by 1101, and after 1205, else 0.
    pub kind: u8,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let keys = self.credentials;
        let query = Query::new()
            .pair("redirect", 1)
            .pair("type", self.kind)
            .pair("skey", keys.skey.expose());
        let form = Query::new()
            .pair("sid", keys.sid.expose())
            .pair("uin", keys.uin);
        let mut request = request(
            Method::POST,
            path(keys.hosts.base(), Endpoint::Logout, query),
            form.into_string().into(),
        );
        request.headers_mut().insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        request
    }
}
