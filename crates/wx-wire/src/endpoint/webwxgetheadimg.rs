//! `GET https://HOST/cgi-bin/mmwebwx-bin/webwxgetheadimg`: the picture of a
//! group.
//!
//! Answers its bytes. Groups have the path of this request in `HeadImgUrl`.

use bytes::Bytes;
use http::Request as HttpRequest;

use super::{Endpoint, get_from, path};
use crate::credentials::Credentials;
use crate::id::UserName;
use crate::query::Query;

/// Asks for a picture.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// The group.
    pub user_name: &'a UserName,
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
            .pair("seq", 0)
            .pair("username", self.user_name)
            .pair("skey", keys.skey.expose());
        get_from(path(keys.hosts.base(), Endpoint::GetHeadImg, query), offset)
    }
}
