//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxcreatechatroom`: a new group.
//!
//! `ErrMsg` is `Everything is OK` on success.

use bytes::Bytes;
use http::Request as HttpRequest;
use serde::Serialize;

use super::{BaseResponse, Endpoint, path, post_json, verdict};
use crate::contact::Member;
use crate::credentials::{BaseRequest, Credentials};
use crate::id::UserName;
use crate::json::object;
use crate::query::Query;

/// Makes a group.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// What it shall be called; the official page leaves it empty.
    pub topic: &'a str,
    /// At least two others, oneself not among them.
    pub members: &'a [UserName],
    /// Unix time in milliseconds.
    pub unix_ms: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    base_request: BaseRequest<'a>,
    member_count: usize,
    member_list: Vec<Invited<'a>>,
    topic: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Invited<'a> {
    user_name: &'a UserName,
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
            path(keys.hosts.base(), Endpoint::CreateChatRoom, query),
            &Body {
                base_request: BaseRequest(keys),
                member_count: self.members.len(),
                member_list: self
                    .members
                    .iter()
                    .map(|user_name| Invited { user_name })
                    .collect(),
                topic: self.topic,
            },
        )
    }
}

object! {
    /// The new group.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
        /// Its name in this login.
        pub chat_room_name: UserName = "ChatRoomName",
        /// What it is called.
        pub topic: String = "Topic",
        /// Number of members that the server names; never index by it.
        pub member_count: i64 = "MemberCount",
        /// Those who were asked in, each with what came of it.
        pub member_list: Vec<Member> = "MemberList",
        /// Those who have blocked the user, joined with `,`.
        pub black_list: String = "BlackList",
    }
}

verdict!(Response of CreateChatRoom);
