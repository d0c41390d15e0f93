//! What the message around a content says about it.

use super::{AddMsg, media::MediaRef};
use crate::{
    code::{AppMsgType, MsgType},
    content::{EmojiTable, Prefixes, split_prefixes},
    id::is_room,
};

/// The shortest user name that the service issues, without its `@`.
const HASH_LENGTH: usize = 32;

/// What a content cannot say about itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Context<'a> {
    /// What the message is.
    pub msg_type: MsgType,
    /// With MsgType 49: what application message it is.
    pub app_msg_type: AppMsgType,
    /// With MsgType 1: 48 is a location.
    pub sub_msg_type: i64,
    /// Whether the peer is a room.
    pub room: bool,
    /// Whether the message is one's own.
    pub own: bool,
    /// `Url` of the message.
    pub url: &'a str,
    /// `OriContent` of the message.
    pub ori_content: &'a str,
    /// How the code points of emoji spans are read.
    pub emoji: EmojiTable,
}

impl<'a> Context<'a> {
    /// [`sub_msg_type`](Self::sub_msg_type) of a location.
    pub const SUB_LOCATION: i64 = 48;

    /// A private message of that type, of which nothing else is known.
    #[must_use]
    pub fn new(msg_type: MsgType) -> Self {
        Self {
            msg_type,
            ..Self::default()
        }
    }

    /// What a message says about its content. Only in rooms it tells whether it
    /// is one's own, which does not matter elsewhere.
    #[must_use]
    pub fn of(msg: &'a AddMsg<'_>) -> Self {
        let from_room = is_room(&msg.from_user_name);
        let to_room = is_room(&msg.to_user_name);
        Self {
            msg_type: msg.msg_type,
            app_msg_type: msg.app_msg_type,
            sub_msg_type: msg.sub_msg_type,
            room: from_room || to_room,
            own: to_room && !from_room,
            url: &msg.url,
            ori_content: &msg.ori_content,
            emoji: EmojiTable::default(),
        }
    }

    /// Splits off what stands in front of a content of such a message.
    ///
    /// Unlike [`split_prefixes`], this knows that system texts have no prefix,
    /// that one's own messages have one only if it is beyond doubt, and when a
    /// second prefix is one: then [`Prefixes::body`] is what stands behind it.
    #[must_use]
    pub fn prefixes<'c>(&self, content: &'c str) -> Prefixes<'c> {
        let is_text = matches!(self.msg_type, MsgType::TEXT | MsgType::SYSTEM);
        if self.msg_type == MsgType::SYSTEM || (is_text && !self.room) {
            return split_prefixes(content, false);
        }
        let mut prefixes = split_prefixes(content, true);
        let doubtful = self.own && !prefixes.sender.is_some_and(is_issued);
        // A room's id in front of XML is one whoever the peer is.
        if (doubtful || !self.room) && (is_text || prefixes.room.is_none()) {
            return split_prefixes(content, false);
        }
        if let Some(second) = prefixes.second_sender {
            let inner = split_prefixes(prefixes.body, true).body;
            if !is_text || second.starts_with("wxid_") {
                prefixes.body = inner;
            } else {
                prefixes.second_sender = None;
            }
        }
        prefixes
    }

    /// The reference that a body is in place of a medium's XML.
    pub(super) fn media_ref<'c>(&self, body: &'c str) -> Option<MediaRef<'c>> {
        let is_media = matches!(
            self.msg_type,
            MsgType::IMAGE
                | MsgType::VOICE
                | MsgType::VIDEO
                | MsgType::SMALL_VIDEO
                | MsgType::EMOTICON
                | MsgType::APP
        );
        is_media.then(|| MediaRef::read(body)).flatten()
    }
}

/// Whether this can be nothing but a name that the service issued.
fn is_issued(name: &str) -> bool {
    name.strip_prefix('@').is_some_and(|hash| {
        hash.len() >= HASH_LENGTH && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}
