//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxbatchgetcontact`: details of
//! groups, with their members, and of people.

use bytes::Bytes;
use http::Request as HttpRequest;
use serde::Serialize;

use super::{BaseResponse, Endpoint, path, post_json, verdict};
use crate::contact::Contact;
use crate::credentials::{BaseRequest, Credentials};
use crate::error::DecodeError;
use crate::id::UserName;
use crate::json::{self, object};
use crate::query::Query;

/// The most names that one request may hold.
pub const MAX_NAMES: usize = 50;

/// Asks for details.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// At most [`MAX_NAMES`].
    pub names: &'a [Name],
    /// Unix time in milliseconds.
    pub unix_ms: u64,
}

/// Who is asked about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Name {
    /// The group or person.
    pub user_name: UserName,
    /// For a member of a group the group's `EncryChatRoomId`, else empty.
    pub encry_chat_room_id: String,
}

impl From<UserName> for Name {
    fn from(user_name: UserName) -> Self {
        Self {
            user_name,
            encry_chat_room_id: String::new(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    base_request: BaseRequest<'a>,
    count: usize,
    list: &'a [Name],
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let query = Query::new()
            .pair("type", "ex")
            .pair("r", self.unix_ms)
            .pair("pass_ticket", self.credentials.pass_ticket.expose());
        post_json(
            path(
                self.credentials.hosts.base(),
                Endpoint::BatchGetContact,
                query,
            ),
            &Body {
                base_request: BaseRequest(self.credentials),
                count: self.names.len(),
                list: self.names,
            },
        )
    }
}

object! {
    /// The details, as far as the server knows the names.
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
        /// Number of entries that the server names; never index by it.
        pub count: i64 = "Count",
        contacts: Option<Vec<Contact>> = "ContactList",
    }
}

verdict!(Response);

impl Response {
    /// Reads the JSON.
    ///
    /// # Errors
    /// If the body is not JSON, or says success without a list.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let response: Self = json::body(Endpoint::BatchGetContact, body)?;
        let base = BaseResponse::required(Endpoint::BatchGetContact, response.base.clone())?;
        if base.ret.is_ok() && response.contacts.is_none() {
            return Err(DecodeError::new(
                Endpoint::BatchGetContact,
                "a member ContactList",
                0,
            ));
        }
        Ok(response)
    }

    /// The details.
    #[must_use]
    pub fn into_contacts(self) -> Vec<Contact> {
        self.contacts.unwrap_or_default()
    }
}
