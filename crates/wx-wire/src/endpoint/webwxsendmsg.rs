//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxsendmsg`: sends a text.
//!
//! The text goes out as it is, in UTF-8 without escapes of HTML or `\u`: the
//! server shows those literally. `LocalID` and `ClientMsgId` are the same.
//!
//! `MsgSource`, which names whom a text in a group mentions, is in the official
//! page's code, though nothing there leads to it (protocol: webwxsendmsg).

use bytes::Bytes;
use http::Request as HttpRequest;
use serde::Serialize;

use super::{BaseResponse, Endpoint, path, post_json};
use crate::code::MsgType;
use crate::credentials::{BaseRequest, Credentials};
use crate::error::DecodeError;
use crate::id::{ClientMsgId, MsgId, UserName};
use crate::json::{self, object};
use crate::query::Query;

/// Sends a text.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// Oneself.
    pub from: &'a UserName,
    /// Friend, group, public account or `filehelper`.
    pub to: &'a UserName,
    /// The text.
    pub content: &'a str,
    /// Sent again with the same number, a message is not doubled.
    pub client_msg_id: &'a ClientMsgId,
    /// The members of the group whom the text mentions.
    pub mentions: &'a [UserName],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    base_request: BaseRequest<'a>,
    msg: Msg<'a>,
    scene: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Msg<'a> {
    r#type: MsgType,
    content: &'a str,
    from_user_name: &'a UserName,
    to_user_name: &'a UserName,
    #[serde(rename = "LocalID")]
    local_id: &'a ClientMsgId,
    client_msg_id: &'a ClientMsgId,
    #[serde(skip_serializing_if = "Option::is_none")]
    msg_source: Option<String>,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let query = Query::new().pair("pass_ticket", self.credentials.pass_ticket.expose());
        post_json(
            path(self.credentials.hosts.base(), Endpoint::SendMsg, query),
            &Body {
                base_request: BaseRequest(self.credentials),
                msg: Msg {
                    r#type: MsgType::TEXT,
                    content: self.content,
                    from_user_name: self.from,
                    to_user_name: self.to,
                    local_id: self.client_msg_id,
                    client_msg_id: self.client_msg_id,
                    msg_source: self.msg_source(),
                },
                scene: 0,
            },
        )
    }

    fn msg_source(&self) -> Option<String> {
        if self.mentions.is_empty() {
            return None;
        }
        // Names that would need escapes are none that the service issues.
        let is_plain = |name: &&str| !name.contains(['<', '>', '&', ',']);
        let names: Vec<&str> = self
            .mentions
            .iter()
            .map(UserName::as_str)
            .filter(is_plain)
            .collect();
        Some(format!(
            "<msgsource><atusername>{}</atusername>\
             <atchatroomname>{}</atchatroomname></msgsource>",
            names.join(","),
            Some(self.to.as_str()).filter(is_plain).unwrap_or_default(),
        ))
    }
}

object! {
    /// The server's receipt.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
        /// The message's number; empty on refusal.
        pub msg_id: MsgId = "MsgID",
        /// The number that the client sent.
        pub local_id: ClientMsgId = "LocalID",
    }
}

impl Response {
    /// Reads the JSON.
    ///
    /// # Errors
    /// If the body is no JSON with a BaseResponse, or says success without a
    /// MsgID: the message may then have arrived or not.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let response: Self = json::body(Endpoint::SendMsg, body)?;
        let base = BaseResponse::required(Endpoint::SendMsg, response.base.clone())?;
        if base.ret.is_ok() && response.msg_id.is_empty() {
            return Err(DecodeError::new(Endpoint::SendMsg, "a member MsgID", 0));
        }
        Ok(response)
    }

    /// The server's verdict.
    #[must_use]
    pub fn base_response(&self) -> BaseResponse {
        self.base.clone().unwrap_or_default()
    }
}
