//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxverifyuser`: asks somebody to be
//! a friend, or answers somebody who asked.
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

/// The scene of all that is done on the web.
const WEB: u8 = 33;

/// Asks or answers.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// What is to be done.
    pub opcode: Opcode,
    /// Who; in an answer, `UserName` of the request's RecommendInfo.
    pub user_name: &'a UserName,
    /// In an answer, `Ticket` of the request's RecommendInfo; else empty.
    pub ticket: &'a str,
    /// The greeting.
    pub content: &'a str,
    /// Unix time in milliseconds.
    pub unix_ms: u64,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Opcode {
    /// To follow a public account.
    AddContact = 1,
    /// To ask somebody to be a friend.
    SendRequest = 2,
    /// To accept somebody who asked.
    VerifyOk = 3,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    base_request: BaseRequest<'a>,
    opcode: u8,
    verify_user_list_size: u8,
    verify_user_list: [VerifyUser<'a>; 1],
    verify_content: &'a str,
    scene_list_count: u8,
    scene_list: [u8; 1],
    /// The same as in `BaseRequest`, or the server refuses with -1.
    #[serde(rename = "skey")]
    skey: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct VerifyUser<'a> {
    value: &'a UserName,
    verify_user_ticket: &'a str,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let keys = self.credentials;
        let query = Query::new()
            .pair("r", self.unix_ms)
            .pair("pass_ticket", keys.pass_ticket.expose());
        post_json(
            path(keys.hosts.base(), Endpoint::VerifyUser, query),
            &Body {
                base_request: BaseRequest(keys),
                opcode: self.opcode as u8,
                verify_user_list_size: 1,
                verify_user_list: [VerifyUser {
                    value: self.user_name,
                    verify_user_ticket: self.ticket,
                }],
                verify_content: self.content,
                scene_list_count: 1,
                scene_list: [WEB],
                skey: keys.skey.expose(),
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

verdict!(Response of VerifyUser);
