//! `GET https://HOST/cgi-bin/mmwebwx-bin/webwxgeticon`: the picture of a person
//! or of a public account.
//!
//! Answers its bytes, and now and then none. Contacts have the path of this
//! request in `HeadImgUrl`; those without one are asked for here.

use bytes::Bytes;
use http::Request as HttpRequest;

use super::{Endpoint, get_from, path};
use crate::credentials::Credentials;
use crate::id::{MsgId, UserName};
use crate::query::Query;

/// Asks for a picture.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// Whose picture.
    pub user_name: &'a UserName,
    /// Of a member of a group, the group's `EncryChatRoomId`.
    pub encry_chat_room_id: Option<&'a str>,
    /// Of somebody on a card or in a friend request, that message.
    pub msg_id: Option<&'a MsgId>,
    /// The large picture.
    pub big: bool,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        self.encode_from(0)
    }

    /// The HTTP request for what follows the first `offset` bytes.
    #[must_use]
    pub fn encode_from(&self, offset: u64) -> HttpRequest<Bytes> {
        let keys = self.credentials;
        let mut query = Query::new()
            .pair("seq", 0)
            .pair("username", self.user_name)
            .pair("skey", keys.skey.expose());
        if let Some(msg_id) = self.msg_id {
            query = query.pair("msgid", msg_id);
        }
        if let Some(group) = self.encry_chat_room_id {
            query = query.pair("chatroomid", group);
        }
        if self.big {
            query = query.pair("type", "big");
        }
        get_from(path(keys.hosts.base(), Endpoint::GetIcon, query), offset)
    }
}
