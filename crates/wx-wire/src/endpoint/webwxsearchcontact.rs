//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxsearchcontact`: looks for a word
//! among one's contacts.
//!
//! The official page has the request but never makes it.

use bytes::Bytes;
use http::Request as HttpRequest;
use serde::Serialize;

use super::{BaseResponse, Endpoint, path, post_json, verdict};
use crate::credentials::{BaseRequest, Credentials};
use crate::id::UserName;
use crate::json::object;
use crate::query::Query;

/// Looks for a word.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// The word.
    pub keyword: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    base_request: BaseRequest<'a>,
    key_word: &'a str,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let keys = self.credentials;
        let query = Query::new().pair("pass_ticket", keys.pass_ticket.expose());
        post_json(
            path(keys.hosts.base(), Endpoint::SearchContact, query),
            &Body {
                base_request: BaseRequest(keys),
                key_word: self.keyword,
            },
        )
    }
}

object! {
    /// The contacts that have the word.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
        /// The contacts.
        pub list: Vec<Found> = "List",
    }
}

object! {
    /// A contact that has the word.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Found {
        /// Its name in this login.
        pub encry_user_name: UserName = "EncryUserName",
    }
}

verdict!(Response of SearchContact);
