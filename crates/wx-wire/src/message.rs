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

use bytes::Bytes;
use serde::{Deserialize, Deserializer};

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

use crate::code::{MsgType, StatusNotifyCode};
use crate::endpoint::Endpoint;
use crate::error::DecodeError;
use crate::id::{MsgId, UserName};
use crate::json::{self, Lenient as _, object};
use crate::secret::FriendTicket;

object! {
    /// An item of AddMsgList. Every member may be missing.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct AddMsg {
        /// The key of the message.
        pub msg_id: MsgId = "MsgId",
        /// The same as a number over 2^53.
        pub new_msg_id: u64 = "NewMsgId",
        /// Sender, or the group; may be empty for oneself.
        pub from_user_name: UserName = "FromUserName",
        /// Receiver, or the group.
        pub to_user_name: UserName = "ToUserName",
        /// What it is.
        pub msg_type: MsgType = "MsgType",
        /// Text or XML, escaped (see [`content`](crate::content)).
        pub content: String = "Content",
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
        pub file_name: String = "FileName",
        /// Decimal text, or empty.
        pub file_size: String = "FileSize",
        /// Of a file.
        pub media_id: String = "MediaId",
        /// Link or map.
        pub url: String = "Url",
        /// With MsgType 49: what application message it is.
        pub app_msg_type: i64 = "AppMsgType",
        /// With MsgType 51: what the phone did.
        pub status_notify_code: StatusNotifyCode = "StatusNotifyCode",
        /// With MsgType 51: the chats, joined with `,`.
        pub status_notify_user_name: String = "StatusNotifyUserName",
        /// The person that a card or a request is about.
        pub recommend_info: RecommendInfo = "RecommendInfo",
        /// Not 0: a store emoticon, which cannot be downloaded.
        pub has_product_id: i64 = "HasProductId",
        /// Pixels.
        pub img_height: i64 = "ImgHeight",
        /// Pixels.
        pub img_width: i64 = "ImgWidth",
        /// With MsgType 1: 48 is a location.
        pub sub_msg_type: i64 = "SubMsgType",
        /// Content before the service changed it: of a location.
        pub ori_content: String = "OriContent",
        /// Name of a file, percent-encoded; missing before 2017.
        pub encry_file_name: Option<String> = "EncryFileName",
    }
}

/// Reads an item as it came: what [`RawAddMsg::raw`] holds.
impl<'de> Deserialize<'de> for AddMsg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::read(deserializer)
    }
}

impl AddMsg {
    /// Reads an item that was kept.
    ///
    /// # Errors
    /// If it is no JSON object.
    pub fn decode(raw: &[u8]) -> Result<Self, DecodeError> {
        json::body(Endpoint::Sync, raw)
    }
}

object! {
    /// The person that a card or a friend request is about.
    #[derive(Eq)]
    #[non_exhaustive]
    pub struct RecommendInfo {
        /// The name in this login.
        pub user_name: UserName = "UserName",
        /// The name that its owner chose.
        pub nick_name: String = "NickName",
        /// The greeting.
        pub content: String = "Content",
        /// The line under a profile's name.
        pub signature: String = "Signature",
        /// The id that people search by.
        pub alias: String = "Alias",
        /// Where the request came from.
        pub scene: i64 = "Scene",
        /// Bit 8: a public account.
        pub verify_flag: i64 = "VerifyFlag",
        /// 0 unknown, 1 male, 2 female.
        pub sex: i64 = "Sex",
        /// Province in its owner's words.
        pub province: String = "Province",
        /// City in its owner's words.
        pub city: String = "City",
        /// What an acceptance must name.
        pub ticket: FriendTicket = "Ticket",
        /// What is asked for.
        pub op_code: i64 = "OpCode",
    }
}

/// A message beside the JSON text it was read from.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RawAddMsg {
    /// The item as it came: a slice of the response's body.
    pub raw: Bytes,
    /// What was read from it. Members that made no sense are at their
    /// defaults, so an item that is no object is all defaults.
    pub msg: AddMsg,
}
