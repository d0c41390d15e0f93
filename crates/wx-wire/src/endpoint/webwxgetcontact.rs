//! `GET https://HOST/cgi-bin/mmwebwx-bin/webwxgetcontact`: a page of the
//! address book.
//!
//! It has friends, public accounts and the groups that were saved to the
//! address book. `Seq` other than 0 names the next page.

use bytes::Bytes;
use http::Request as HttpRequest;

use super::{BaseResponse, Endpoint, get, path, verdict};
use crate::contact::Contact;
use crate::credentials::Credentials;
use crate::error::DecodeError;
use crate::json::{self, object};
use crate::query::Query;

/// Asks for a page.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// 0, or what the page before said.
    pub seq: i64,
    /// Unix time in milliseconds.
    pub unix_ms: u64,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let query = Query::new()
            .pair("pass_ticket", self.credentials.pass_ticket.expose())
            .pair("r", self.unix_ms)
            .pair("seq", self.seq)
            .pair("skey", self.credentials.skey.expose());
        get(path(
            self.credentials.hosts.base(),
            Endpoint::GetContact,
            query,
        ))
    }
}

object! {
    /// A page of the address book.
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
        /// Number of contacts that the server names; never index by it.
        pub member_count: i64 = "MemberCount",
        contacts: Option<Vec<Contact>> = "MemberList",
        /// Number of the next page, or 0.
        pub seq: i64 = "Seq",
    }
}

verdict!(Response);

impl Response {
    /// Reads the JSON.
    ///
    /// # Errors
    /// If the body is not JSON, or says success without a list.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let response: Self = json::body(Endpoint::GetContact, body)?;
        let base = BaseResponse::required(Endpoint::GetContact, response.base.clone())?;
        if base.ret.is_ok() && response.contacts.is_none() {
            return Err(DecodeError::new(
                Endpoint::GetContact,
                "a member MemberList",
                0,
            ));
        }
        Ok(response)
    }

    /// The contacts of this page.
    #[must_use]
    pub fn into_contacts(self) -> Vec<Contact> {
        self.contacts.unwrap_or_default()
    }
}
