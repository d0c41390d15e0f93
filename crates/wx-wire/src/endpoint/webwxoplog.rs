//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxoplog`: sets a remark, or pins a
//! chat.
//!
//! The answer is a verdict and nothing else.

use bytes::Bytes;
use http::Request as HttpRequest;
use serde::Serialize;

use super::{BaseResponse, Endpoint, path, post_json, verdict};
use crate::credentials::{BaseRequest, Credentials};
use crate::id::UserName;
use crate::json::object;
use crate::query::Query;

/// `CmdId` that sets a remark.
const REMARK: u8 = 2;
/// `CmdId` that pins a chat.
const PIN: u8 = 3;

/// Changes what a chat is to oneself.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// The person or group.
    pub user_name: &'a UserName,
    /// The change.
    pub op: Op<'a>,
}

/// What is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Op<'a> {
    /// The name that only oneself sees.
    Remark {
        /// Empty for none.
        remark_name: &'a str,
    },
    /// Whether the chat stands above the others.
    Pin {
        /// Whether it shall.
        pinned: bool,
        /// The remark as it is: without it the server forgets the remark
        /// (protocol: webwxoplog).
        remark_name: &'a str,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    base_request: BaseRequest<'a>,
    user_name: &'a UserName,
    cmd_id: u8,
    #[serde(rename = "OP", skip_serializing_if = "Option::is_none")]
    op: Option<u8>,
    remark_name: &'a str,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let keys = self.credentials;
        let (cmd_id, op, remark_name) = match self.op {
            Op::Remark { remark_name } => (REMARK, None, remark_name),
            Op::Pin {
                pinned,
                remark_name,
            } => (PIN, Some(u8::from(pinned)), remark_name),
        };
        let query = Query::new().pair("pass_ticket", keys.pass_ticket.expose());
        post_json(
            path(keys.hosts.base(), Endpoint::OpLog, query),
            &Body {
                base_request: BaseRequest(keys),
                user_name: self.user_name,
                cmd_id,
                op,
                remark_name,
            },
        )
    }
}

object! {
    /// The verdict.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
    }
}

verdict!(Response of OpLog);
