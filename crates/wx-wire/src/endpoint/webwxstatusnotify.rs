//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxstatusnotify`: tells the phone
//! that a web client is there (code 3) or has read a chat (code 1).
//!
//! The notice's number is Unix time in milliseconds, as a number: that is what
//! the official page writes. Messages have longer ones, as text.

use bytes::Bytes;
use http::Request as HttpRequest;
use serde::Serialize;

use super::{BaseResponse, Endpoint, path, post_json, verdict};
use crate::code::StatusNotifyCode;
use crate::credentials::{BaseRequest, Credentials};
use crate::id::{MsgId, UserName};
use crate::json::object;
use crate::query::Query;

/// Tells the phone.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// What there is to tell.
    pub code: StatusNotifyCode,
    /// Oneself.
    pub from: &'a UserName,
    /// Oneself for code 3, the chat for code 1.
    pub to: &'a UserName,
    /// Unix time in milliseconds, for the notice's number.
    pub unix_ms: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    base_request: BaseRequest<'a>,
    code: StatusNotifyCode,
    from_user_name: &'a UserName,
    to_user_name: &'a UserName,
    client_msg_id: u64,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let query = Query::new().pair("pass_ticket", self.credentials.pass_ticket.expose());
        post_json(
            path(self.credentials.hosts.base(), Endpoint::StatusNotify, query),
            &Body {
                base_request: BaseRequest(self.credentials),
                code: self.code,
                from_user_name: self.from,
                to_user_name: self.to,
                client_msg_id: self.unix_ms,
            },
        )
    }
}

object! {
    /// The server's receipt.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
        /// The notice's number.
        pub msg_id: MsgId = "MsgID",
    }
}

verdict!(Response of StatusNotify);
