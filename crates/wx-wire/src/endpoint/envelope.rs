//! What the five requests that send a message have in common: the body
//! `{BaseRequest, Msg, Scene}`, of which each fills in a part of `Msg`.
//!
//! `LocalID` and `ClientMsgId` are the same. Text goes out as it is, in UTF-8
//! without escapes of HTML or `\u`: the server shows those literally
//! (protocol: strings we send).

use bytes::Bytes;
use http::Request;
use serde::Serialize;

use super::{Endpoint, path, post_json};
use crate::credentials::{BaseRequest, Credentials};
use crate::id::{ClientMsgId, UserName};
use crate::query::Query;

/// `Scene` of what the sender wrote.
const SCENE_OWN: u8 = 0;
/// `Scene` of what the sender had received.
const SCENE_FORWARDED: u8 = 2;

/// Who sends to whom, under which number.
#[derive(Clone, Copy, Debug)]
pub struct Envelope<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// Oneself.
    pub from: &'a UserName,
    /// Friend, group, public account or `filehelper`.
    pub to: &'a UserName,
    /// Sent again with the same number, a message is not doubled.
    pub client_msg_id: &'a ClientMsgId,
    /// Whether the content is one that was received (protocol: forwarding).
    pub forwarded: bool,
}

/// The members of `Msg` that depend on what is sent; what is none is left out.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Payload<'a> {
    /// A MsgType; for application messages an AppMsgType.
    pub(super) r#type: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) emoji_flag: Option<u8>,
    pub(super) content: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) media_id: Option<&'a str>,
    #[serde(rename = "EMoticonMd5", skip_serializing_if = "Option::is_none")]
    pub(super) emoticon_md5: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) signature: Option<&'a str>,
    /// Stands behind the names in `Msg`.
    #[serde(skip)]
    pub(super) msg_source: Option<&'a str>,
}

impl<'a> Payload<'a> {
    /// A content without anything beside it.
    pub(super) const fn new(r#type: i64, content: &'a str) -> Self {
        Self {
            r#type,
            emoji_flag: None,
            content,
            media_id: None,
            emoticon_md5: None,
            signature: None,
            msg_source: None,
        }
    }
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
    #[serde(flatten)]
    payload: &'a Payload<'a>,
    from_user_name: &'a UserName,
    to_user_name: &'a UserName,
    #[serde(rename = "LocalID")]
    local_id: &'a ClientMsgId,
    client_msg_id: &'a ClientMsgId,
    #[serde(skip_serializing_if = "Option::is_none")]
    msg_source: Option<&'a str>,
}

impl Envelope<'_> {
    /// The request that sends `payload`; the ticket goes behind `query`.
    pub(super) fn encode(
        &self,
        endpoint: Endpoint,
        query: Query,
        payload: &Payload<'_>,
    ) -> Request<Bytes> {
        let keys = self.credentials;
        let query = query.pair("pass_ticket", keys.pass_ticket.expose());
        post_json(
            path(keys.hosts.base(), endpoint, query),
            &Body {
                base_request: BaseRequest(keys),
                msg: Msg {
                    payload,
                    from_user_name: self.from,
                    to_user_name: self.to,
                    local_id: self.client_msg_id,
                    client_msg_id: self.client_msg_id,
                    msg_source: payload.msg_source,
                },
                scene: if self.forwarded {
                    SCENE_FORWARDED
                } else {
                    SCENE_OWN
                },
            },
        )
    }
}
