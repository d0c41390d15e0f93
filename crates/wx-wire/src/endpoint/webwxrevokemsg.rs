//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxrevokemsg`: takes a message back.
//!
//! The official page offers it for two minutes; the server decides. The answer
//! may have words for people even when all went well.

use bytes::Bytes;
use http::Request as HttpRequest;
use serde::Serialize;

use super::{BaseResponse, Endpoint, path, post_json, verdict};
use crate::credentials::{BaseRequest, Credentials};
use crate::id::{ClientMsgId, MsgId, UserName};
use crate::json::object;
use crate::query::Query;

/// Takes a message of one's own back.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// The message's number in the server's count.
    pub msg_id: &'a MsgId,
    /// Whom it was sent to.
    pub to: &'a UserName,
    /// The number that it was sent with; any fresh one does as well.
    pub client_msg_id: &'a ClientMsgId,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    base_request: BaseRequest<'a>,
    svr_msg_id: &'a MsgId,
    to_user_name: &'a UserName,
    client_msg_id: &'a ClientMsgId,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let keys = self.credentials;
        let query = Query::new().pair("pass_ticket", keys.pass_ticket.expose());
        post_json(
            path(keys.hosts.base(), Endpoint::RevokeMsg, query),
            &Body {
                base_request: BaseRequest(keys),
                svr_msg_id: self.msg_id,
                to_user_name: self.to,
                client_msg_id: self.client_msg_id,
            },
        )
    }
}

object! {
    /// What came of it.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
        /// Words to explain it.
        pub introduction: String = "Introduction",
        /// Words to show in the message's place.
        pub sys_wording: String = "SysWording",
    }
}

verdict!(Response of RevokeMsg);
