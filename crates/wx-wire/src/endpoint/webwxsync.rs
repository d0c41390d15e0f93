//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxsync`: a page of what is new
//! since a position.
//!
//! A failure has every member of a success, with an empty SyncKey that must
//! not be taken over. Old bodies lack SyncCheckKey, Profile and more.

use std::borrow::Cow;

use bytes::Bytes;
use http::Request as HttpRequest;
use serde::Serialize;

use super::{BaseResponse, Endpoint, not_ms, path, post_json};
use crate::contact::Contact;
use crate::credentials::{BaseRequest, Credentials};
use crate::error::DecodeError;
use crate::id::UserName;
use crate::json::{self, Fault, Lenient, Reader, object};
use crate::message::{AddMsg, RawAddMsg};
use crate::query::Query;
use crate::secret::Skey;
use crate::sync_key::SyncKey;

/// [`DecodeError::expected`] of a body that is not text.
pub const UTF8: &str = json::UTF8;

/// Asks for a page.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// The position, as it came.
    pub sync_key: &'a SyncKey,
    /// Unix time in milliseconds.
    pub unix_ms: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    base_request: BaseRequest<'a>,
    sync_key: &'a SyncKey,
    #[serde(rename = "rr")]
    rr: i32,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let keys = self.credentials;
        let query = Query::new()
            .pair("sid", keys.sid.expose())
            .pair("skey", keys.skey.expose())
            .pair("pass_ticket", keys.pass_ticket.expose());
        post_json(
            path(keys.hosts.base(), Endpoint::Sync, query),
            &Body {
                base_request: BaseRequest(keys),
                sync_key: self.sync_key,
                rr: not_ms(self.unix_ms),
            },
        )
    }
}

object! {
    struct Wire<'de> {
        base: Option<BaseResponse> = "BaseResponse",
        add_msg_count: Option<i64> = "AddMsgCount",
        add_msg_list: Option<Vec<RawAddMsg<'de>>> = "AddMsgList",
        mod_contact_count: Option<i64> = "ModContactCount",
        mod_contact_list: Vec<Contact> = "ModContactList",
        del_contact_count: Option<i64> = "DelContactCount",
        del_contact_list: Vec<Deleted> = "DelContactList",
        mod_chat_room_member_list: Vec<Deleted> = "ModChatRoomMemberList",
        profile: Profile = "Profile",
        continue_flag: Option<i64> = "ContinueFlag",
        sync_key: Option<SyncKey> = "SyncKey",
        skey: Option<Skey> = "SKey",
        sync_check_key: Option<SyncKey> = "SyncCheckKey",
    }
}

/// An item that makes no sense must not hold up the others.
impl<'de> Lenient<'de> for Option<RawAddMsg<'de>> {
    fn read(reader: &mut Reader<'de>) -> Result<Self, Fault> {
        let (raw, msg) = reader.raw(AddMsg::read)?;
        Ok(Some(RawAddMsg::new(raw, msg)))
    }
}

object! {
    #[derive(Eq)]
    struct Deleted {
        user_name: UserName = "UserName",
    }
}

object! {
    /// Changes of one's own profile.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct Profile {
        /// 190 if there is a change.
        pub bit_flag: i64 = "BitFlag",
        nick_name: Buff = "NickName",
        /// Path of the avatar on the base host.
        pub head_img_url: String = "HeadImgUrl",
        /// The line under the name.
        pub signature: String = "Signature",
    }
}

impl Profile {
    /// Value of [`bit_flag`](Self::bit_flag) that tells of a change.
    pub const CHANGED: i64 = 190;

    /// The new nick name, with emoji spans and entities.
    #[must_use]
    pub fn nick_name(&self) -> &str {
        &self.nick_name.buff
    }
}

object! {
    #[derive(Eq)]
    struct Buff {
        buff: String = "Buff",
    }
}

/// A page of changes. Its messages borrow from the body.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Response<'a> {
    /// The server's verdict.
    pub base_response: BaseResponse,
    /// What the server says the number of messages is; it may disagree.
    pub add_msg_count: Option<i64>,
    /// The messages, in the server's order, each with its JSON.
    pub add_msg_list: Vec<RawAddMsg<'a>>,
    /// Number of changed contacts that the server names.
    pub mod_contact_count: Option<i64>,
    /// Contacts that are new or have changed.
    pub mod_contact_list: Vec<Contact>,
    /// Number of deleted contacts that the server names.
    pub del_contact_count: Option<i64>,
    /// Contacts that are gone.
    pub del_contact_list: Vec<UserName>,
    /// Groups whose members have changed. Never seen filled; the details are
    /// to be asked for.
    pub mod_chat_room_member_list: Vec<UserName>,
    /// Changes of one's own profile.
    pub profile: Profile,
    /// Not 0: more is waiting, ask again at once.
    pub continue_flag: Option<i64>,
    /// The next position, if not empty.
    pub sync_key: Option<SyncKey>,
    /// The session's key from here on, if not empty.
    pub skey: Option<Skey>,
    /// The next synccheck's position, if there is one and it is not empty.
    pub sync_check_key: Option<SyncKey>,
}

/// A body that is not all UTF-8, made readable: what is not becomes U+FFFD, so
/// that one broken name does not hold up a page for ever.
#[must_use]
pub fn repaired(body: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(body)
}

impl<'a> Response<'a> {
    /// Reads the JSON.
    ///
    /// # Errors
    /// If the body is not JSON, or is of another endpoint.
    pub fn decode(body: &'a [u8]) -> Result<Self, DecodeError> {
        let wire: Wire<'_> = json::body(Endpoint::Sync, body)?;
        let base_response = BaseResponse::required(Endpoint::Sync, wire.base)?;
        if base_response.ret.is_ok() && wire.add_msg_list.is_none() && wire.sync_key.is_none() {
            return Err(DecodeError::new(
                Endpoint::Sync,
                "a member AddMsgList or SyncKey",
                0,
            ));
        }
        let names = |list: Vec<Deleted>| {
            list.into_iter()
                .map(|item| item.user_name)
                .filter(|name| !name.is_empty())
                .collect()
        };
        Ok(Self {
            base_response,
            add_msg_count: wire.add_msg_count,
            add_msg_list: wire.add_msg_list.unwrap_or_default(),
            mod_contact_count: wire.mod_contact_count,
            mod_contact_list: wire.mod_contact_list,
            del_contact_count: wire.del_contact_count,
            del_contact_list: names(wire.del_contact_list),
            mod_chat_room_member_list: names(wire.mod_chat_room_member_list),
            profile: wire.profile,
            continue_flag: wire.continue_flag,
            sync_key: wire.sync_key,
            skey: wire.skey,
            sync_check_key: wire.sync_check_key,
        })
    }
}
