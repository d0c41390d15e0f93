//! `POST https://HOST/cgi-bin/mmwebwx-bin/webwxinit`: opens the session.
//!
//! A refusal has every member of a success, all of them empty or 0: only
//! `Ret` tells. The groups in the contact list have members without names.

use bytes::Bytes;
use http::Request as HttpRequest;
use serde::Serialize;

use super::{BaseResponse, Endpoint, not_ms, path, post_json, verdict};
use crate::contact::Contact;
use crate::credentials::{BaseRequest, Credentials};
use crate::error::DecodeError;
use crate::id::{Uin, UserName};
use crate::json::{self, object};
use crate::query::Query;
use crate::secret::Skey;
use crate::sync_key::SyncKey;

/// Opens the session.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The session's keys.
    pub credentials: &'a Credentials,
    /// Unix time in milliseconds.
    pub unix_ms: u64,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "BaseRequest")]
    base: BaseRequest<'a>,
}

impl Request<'_> {
    /// The HTTP request.
    #[must_use]
    pub fn encode(&self) -> HttpRequest<Bytes> {
        let query = Query::new()
            .pair("r", not_ms(self.unix_ms))
            .pair("pass_ticket", self.credentials.pass_ticket.expose());
        post_json(
            path(self.credentials.hosts.base(), Endpoint::Init, query),
            &Body {
                base: BaseRequest(self.credentials),
            },
        )
    }
}

object! {
    /// The session's start.
    #[non_exhaustive]
    pub struct Response {
        base: Option<BaseResponse> = "BaseResponse",
        /// Number of contacts that the server names; never index by it.
        pub count: i64 = "Count",
        /// The recent chats, about ten.
        pub contact_list: Vec<Contact> = "ContactList",
        /// Where the stream of changes starts.
        pub sync_key: SyncKey = "SyncKey",
        /// Oneself.
        pub user: User = "User",
        chat_set_text: String = "ChatSet",
        /// The session's key from here on, if not empty.
        pub skey: Skey = "SKey",
        /// The phone's version.
        pub client_version: i64 = "ClientVersion",
        /// The server's Unix time in seconds.
        pub system_time: i64 = "SystemTime",
        /// From how many members on people are invited instead of added.
        pub invite_start_count: i64 = "InviteStartCount",
        /// Number of entries below that the server names.
        pub mp_subscribe_msg_count: i64 = "MPSubscribeMsgCount",
        /// News of public accounts.
        pub mp_subscribe_msg_list: Vec<MpSubscribeMsg> = "MPSubscribeMsgList",
        /// Milliseconds.
        pub click_report_interval: i64 = "ClickReportInterval",
    }
}

object! {
    /// The account itself.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct User {
        /// The account's number.
        pub uin: Uin = "Uin",
        /// The name in this login.
        pub user_name: UserName = "UserName",
        /// With emoji spans and entities.
        pub nick_name: String = "NickName",
        /// Path of the avatar on the base host.
        pub head_img_url: String = "HeadImgUrl",
        /// 0 unknown, 1 male, 2 female.
        pub sex: i64 = "Sex",
        /// The line under a profile's name.
        pub signature: String = "Signature",
    }
}

object! {
    /// What a public account has published.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct MpSubscribeMsg {
        /// The account.
        pub user_name: UserName = "UserName",
        /// Its name.
        pub nick_name: String = "NickName",
        /// Unix time in seconds.
        pub time: i64 = "Time",
        /// Number of articles that the server names.
        pub article_count: i64 = "MPArticleCount",
        /// The articles.
        pub articles: Vec<MpArticle> = "MPArticleList",
    }
}

object! {
    /// An article of a public account.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct MpArticle {
        /// Headline.
        pub title: String = "Title",
        /// Summary; may be missing.
        pub digest: String = "Digest",
        /// Address of its picture.
        pub cover: String = "Cover",
        /// Address.
        pub url: String = "Url",
    }
}

verdict!(Response);

impl Response {
    /// Reads the JSON.
    ///
    /// # Errors
    /// If the body is not JSON, is of another endpoint, or says success without
    /// naming the account and a position in its stream.
    pub fn decode(body: &[u8]) -> Result<Self, DecodeError> {
        let response: Self = json::body(Endpoint::Init, body)?;
        let base = BaseResponse::required(Endpoint::Init, response.base.clone())?;
        if base.ret.is_ok() {
            let missing = |what| Err(DecodeError::new(Endpoint::Init, what, 0));
            if response.user.user_name.is_empty() {
                return missing("a member User with a UserName");
            }
            if response.sync_key.is_empty() {
                return missing("a member SyncKey with entries");
            }
        }
        Ok(response)
    }

    /// The phone's chats: the server ends the list with a comma and may name
    /// one twice.
    pub fn chat_set(&self) -> impl Iterator<Item = UserName> + '_ {
        self.chat_set_text
            .split(',')
            .filter(|name| !name.is_empty())
            .map(UserName::from)
    }
}
