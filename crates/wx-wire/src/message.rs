//! A message of webwxsync (protocol: AddMsgList item), and what its content
//! says.
//!
//! ```
//! use wx_wire::code::MsgType;
//! use wx_wire::message::{Content, Context};
//!
//! let mut context = Context::new(MsgType::VOICE);
//! context.room = true;
//! let wire = "@0a1b:<br/>&lt;msg&gt;&lt;voicemsg voicelength=\"960\" /&gt;&lt;/msg&gt;";
//! assert_eq!(context.prefixes(wire).sender, Some("@0a1b"));
//! let Content::Voice(voice) = Content::decode(&context, wire) else {
//!     panic!("no voice");
//! };
//! assert_eq!(voice.voicelength.as_deref(), Some("960"));
//! ```

mod app;
mod content;
mod context;
pub mod forward;
mod location;
mod media;
mod notice;
mod person;
pub(crate) mod source;
mod status_notify;
mod system;
pub(crate) mod texts;
mod voip;

use std::borrow::Cow;
use std::fmt;

pub use app::{App, AppAttach, Article, Record, RecordItem, ReferMsg, WcPayInfo, WeAppInfo};
pub use content::{Content, MAX_NESTING};
pub use context::Context;
pub use location::Location;
pub use media::{Emoticon, GameExt, Image, MediaRef, Video, Voice};
pub use notice::{About, Notice};
pub use person::{Card, FriendRequest};
pub use status_notify::{StatusNotify, UnreadChat};
pub use system::{Link, LinkMember, MAX_SHOWN, Revoke, SysMsg};
pub use voip::Voip;

use crate::code::{AppMsgType, MsgType, StatusNotifyCode};
use crate::endpoint::Endpoint;
use crate::error::DecodeError;
use crate::id::MsgId;
use crate::json::{self, Fault, Lenient, Raw, Reader, object};
use crate::secret::FriendTicket;

object! {
    /// An item of AddMsgList, borrowed from its text. Every member may be
    /// missing.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct AddMsg<'de> {
        /// The key of the message.
        pub msg_id: MsgId = "MsgId",
        /// Sender, or the group; may be empty for oneself.
        pub from_user_name: Cow<'de, str> = "FromUserName",
        /// Receiver, or the group.
        pub to_user_name: Cow<'de, str> = "ToUserName",
        /// What it is.
        pub msg_type: MsgType = "MsgType",
        /// Text or XML, escaped (see [`content`](crate::content)).
        pub content: Cow<'de, str> = "Content",
        /// 3 mostly, 4 for system messages.
        pub status: i64 = "Status",
        /// Of a picture.
        pub img_status: i64 = "ImgStatus",
        /// Unix time in seconds.
        pub create_time: i64 = "CreateTime",
        /// Milliseconds.
        pub voice_length: i64 = "VoiceLength",
        /// Seconds.
        pub play_length: i64 = "PlayLength",
        /// Of a file; of a link its title.
        pub file_name: Cow<'de, str> = "FileName",
        /// Decimal text, or empty.
        pub file_size: Cow<'de, str> = "FileSize",
        /// Of a file.
        pub media_id: Cow<'de, str> = "MediaId",
        /// Link or map.
        pub url: Cow<'de, str> = "Url",
        /// With MsgType 49: what application message it is.
        pub app_msg_type: AppMsgType = "AppMsgType",
        /// With MsgType 51: what the phone did.
        pub status_notify_code: StatusNotifyCode = "StatusNotifyCode",
        /// With MsgType 51: the chats, joined with `,`.
        pub status_notify_user_name: Cow<'de, str> = "StatusNotifyUserName",
        // Few messages have anything in it, so it is read when asked for.
        recommend_info: Recommended<'de> = "RecommendInfo",
        /// Not 0: a store emoticon, which cannot be downloaded.
        pub has_product_id: i64 = "HasProductId",
        /// Pixels.
        pub img_height: i64 = "ImgHeight",
        /// Pixels.
        pub img_width: i64 = "ImgWidth",
        /// With MsgType 1: 48 is a location.
        pub sub_msg_type: i64 = "SubMsgType",
        /// The same as a number over 2^53.
        pub new_msg_id: u64 = "NewMsgId",
        /// Content before the service changed it: of a location.
        pub ori_content: Cow<'de, str> = "OriContent",
        /// Name of a file, percent-encoded; missing before 2017.
        pub encry_file_name: Option<Cow<'de, str>> = "EncryFileName",
    }
}

impl<'de> AddMsg<'de> {
    /// The person that a card or a request is about.
    #[must_use]
    pub fn recommend_info(&self) -> RecommendInfo<'de> {
        self.recommend_info.0.value()
    }

    /// Reads an item that was kept.
    ///
    /// # Errors
    /// If it is no JSON object.
    pub fn decode(raw: &'de [u8]) -> Result<Self, DecodeError> {
        json::body(Endpoint::Sync, raw)
    }
}

/// The text of [`RecommendInfo`]; none for one without any person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Recommended<'de>(Raw<'de>);

/// What nearly all messages have there, as the service writes it: compared at
/// once, it takes a tenth of the time that reading its members does.
const NOBODY: &str = concat!(
    "{\n\"UserName\": \"\",\n\"NickName\": \"\",\n\"QQNum\": 0,\n\"Province\": \"\",\n",
    "\"City\": \"\",\n\"Content\": \"\",\n\"Signature\": \"\",\n\"Alias\": \"\",\n",
    "\"Scene\": 0,\n\"VerifyFlag\": 0,\n\"AttrStatus\": 0,\n\"Sex\": 0,\n\"Ticket\": \"\",\n",
    "\"OpCode\": 0\n}",
);

impl<'de> Lenient<'de> for Recommended<'de> {
    fn read(reader: &mut Reader<'de>) -> Result<Self, Fault> {
        if reader.pass_over(NOBODY) {
            return Ok(Self::default());
        }
        Raw::read(reader).map(Self)
    }
}

object! {
    /// The person that a card or a friend request is about.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct RecommendInfo<'de> {
        /// The name in this login.
        pub user_name: Cow<'de, str> = "UserName",
        /// The name that its owner chose.
        pub nick_name: Cow<'de, str> = "NickName",
        /// The greeting.
        pub content: Cow<'de, str> = "Content",
        /// The line under a profile's name.
        pub signature: Cow<'de, str> = "Signature",
        /// The id that people search by.
        pub alias: Cow<'de, str> = "Alias",
        /// Where the request came from.
        pub scene: i64 = "Scene",
        /// Bit 8: a public account.
        pub verify_flag: i64 = "VerifyFlag",
        /// 0 unknown, 1 male, 2 female.
        pub sex: i64 = "Sex",
        /// Province in its owner's words.
        pub province: Cow<'de, str> = "Province",
        /// City in its owner's words.
        pub city: Cow<'de, str> = "City",
        /// What an acceptance must name.
        pub ticket: FriendTicket = "Ticket",
        /// What is asked for.
        pub op_code: i64 = "OpCode",
    }
}

/// A message beside the JSON text it was read from.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct RawAddMsg<'a> {
    /// The item as it came: a slice of the response's body.
    pub raw: &'a str,
    /// What was read from it. Members that made no sense have their defaults,
    /// and so does every member of an item that is not an object.
    pub msg: AddMsg<'a>,
}

impl<'a> RawAddMsg<'a> {
    /// An item that was kept.
    #[must_use]
    pub const fn new(raw: &'a str, msg: AddMsg<'a>) -> Self {
        Self { raw, msg }
    }
}

/// Leaves out the text, which may hold keys and tickets.
impl fmt::Debug for RawAddMsg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawAddMsg")
            .field("raw", &self.raw.len())
            .field("msg", &self.msg)
            .finish()
    }
}
