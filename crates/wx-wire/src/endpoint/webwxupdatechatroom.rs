//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxupdatechatroom?fun=…`: a change
//! of a group's members or name.
//!
//! A change that is not allowed is refused with Ret 1 and no word.

use bytes::Bytes;
use http::Request as HttpRequest;
use serde::Serialize;

use super::{BaseResponse, Endpoint, path, post_json, verdict};
use crate::contact::Member;
use crate::credentials::{BaseRequest, Credentials};
use crate::id::UserName;
use crate::json::object;
use crate::query::Query;

/// Changes a group.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// The group.
    pub group: &'a UserName,
    /// The change.
    pub change: Change<'a>,
}

/// What is changed (protocol: webwxupdatechatroom).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change<'a> {
    /// Puts friends into a group that is still small.
    Add(&'a [UserName]),
    /// Sends friends an invitation, which they must accept.
    Invite(&'a [UserName]),
    /// Puts members out; for the owner only.
    Remove(&'a [UserName]),
    /// Gives the group a name.
    Rename(&'a str),
    /// Leaves the group.
    Quit,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Members<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    add_member_list: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invite_member_list: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    del_member_list: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_topic: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    base_request: BaseRequest<'a>,
    chat_room_name: &'a UserName,
    #[serde(flatten)]
    change: Members<'a>,
}

impl<'a> Change<'a> {
    /// `fun` of the query, and what the body has for it.
    fn parts(self) -> (&'static str, Members<'a>) {
        let mut members = Members::default();
        let fun = match self {
            Self::Add(names) => {
                members.add_member_list = Some(joined(names));
                "addmember"
            }
            Self::Invite(names) => {
                members.invite_member_list = Some(joined(names));
                "invitemember"
            }
            Self::Remove(names) => {
                members.del_member_list = Some(joined(names));
                "delmember"
            }
            Self::Rename(topic) => {
                members.new_topic = Some(topic);
                "modtopic"
            }
            Self::Quit => "quitchatroom",
        };
        (fun, members)
    }
}

fn joined(names: &[UserName]) -> String {
    let names: Vec<&str> = names.iter().map(UserName::as_str).collect();
    names.join(",")
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let keys = self.credentials;
        let (fun, change) = self.change.parts();
        let query = Query::new()
            .pair("fun", fun)
            .pair("pass_ticket", keys.pass_ticket.expose());
        post_json(
            path(keys.hosts.base(), Endpoint::UpdateChatRoom, query),
            &Body {
                base_request: BaseRequest(keys),
                chat_room_name: self.group,
                change,
            },
        )
    }
}

object! {
    /// What came of the change.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
        /// Number of members that the server names; never index by it.
        pub member_count: i64 = "MemberCount",
        /// Those whom the change was about, each with what came of it.
        pub member_list: Vec<Member> = "MemberList",
    }
}

verdict!(Response of UpdateChatRoom);
