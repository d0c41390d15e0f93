//! What a message is, by the types and members of its item (protocol: type
//! numbers, content by type).

use std::fmt;

use serde::{Deserialize, Serialize};
use wx_wire::code::MsgType;
use wx_wire::content::{EmojiTable, decode_name, decode_text};
use wx_wire::id::UserName;
use wx_wire::message::AddMsg;
use wx_wire::secret::REDACTED;

/// What a message is, with the facts that the item itself names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Body {
    /// Text.
    Text {
        /// Decoded Unicode.
        text: String,
        /// True if it names oneself behind an `@`.
        mentions_me: bool,
    },
    /// Picture.
    Image {
        /// Pixels, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        width: Option<i64>,
        /// Pixels, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        height: Option<i64>,
    },
    /// Emoticon.
    Emoticon {
        /// From the store: it cannot be downloaded.
        store: bool,
    },
    /// Voice.
    Voice {
        /// Milliseconds.
        length_ms: i64,
    },
    /// Video.
    Video {
        /// Seconds.
        length_s: i64,
        /// Recorded in the chat.
        small: bool,
    },
    /// File.
    File {
        /// Its name, not safe for a disk.
        file_name: String,
        /// Bytes, where the server said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size: Option<u64>,
        /// The name's ending without its dot.
        ext: String,
        /// To be downloaded or sent again with.
        media_id: String,
    },
    /// Link.
    Link {
        /// Headline.
        title: String,
        /// Address.
        url: String,
        /// Application message type.
        app_type: i64,
    },
    /// Another application message.
    App {
        /// Headline.
        title: String,
        /// Address.
        url: String,
        /// Application message type.
        app_type: i64,
    },
    /// Name card.
    Card {
        /// To be asked for friendship with.
        user_name: UserName,
        /// Decoded.
        nick_name: String,
        /// The id that people search by.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        alias: String,
    },
    /// Friend request.
    FriendRequest {
        /// To be accepted with.
        user_name: UserName,
        /// Decoded.
        nick_name: String,
        /// The greeting.
        text: String,
        /// To be accepted with.
        ticket: FriendTicket,
    },
    /// Somebody one may know.
    PossibleFriend {
        /// To be asked for friendship with.
        user_name: UserName,
        /// Decoded.
        nick_name: String,
    },
    /// Location.
    Location {
        /// The place's name.
        label: String,
        /// A map.
        url: String,
    },
    /// System text.
    System {
        /// Decoded.
        text: String,
    },
    /// Call.
    Call {
        /// Decoded, as far as it is text.
        text: String,
    },
    /// Something this version does not know; all of it is in
    /// [`Message::raw`](super::Message::raw).
    Unknown {
        /// MsgType.
        msg_type: i64,
        /// AppMsgType.
        app_type: i64,
        /// The content, decoded as text.
        text: String,
    },
}

/// What a friend request is accepted with. It opens a door: Debug hides it,
/// serialising does not.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FriendTicket(String);

impl FriendTicket {
    /// The ticket itself, to be put into an acceptance.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for FriendTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl Body {
    pub(super) fn of(msg: &AddMsg, content: &str) -> Self {
        let text = || decode_text(content, EmojiTable::AsIs).into_owned();
        let person = &msg.recommend_info;
        let nick_name = || decode_name(&person.nick_name, EmojiTable::AsIs).into_owned();
        let title = || decode_name(&msg.file_name, EmojiTable::AsIs).into_owned();
        let url = || decode_name(&msg.url, EmojiTable::AsIs).into_owned();
        let pixels = |value: i64| (value > 0).then_some(value);
        match msg.msg_type {
            MsgType::TEXT if msg.sub_msg_type == 48 || !msg.url.is_empty() => Self::Location {
                // The place's name stands in the first line, a path follows.
                label: text()
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .trim_end_matches(':')
                    .to_owned(),
                url: url(),
            },
            MsgType::TEXT => Self::Text {
                text: text(),
                mentions_me: false,
            },
            MsgType::IMAGE => Self::Image {
                width: pixels(msg.img_width),
                height: pixels(msg.img_height),
            },
            MsgType::EMOTICON => Self::Emoticon {
                store: msg.has_product_id != 0,
            },
            MsgType::VOICE => Self::Voice {
                length_ms: msg.voice_length,
            },
            MsgType::VIDEO | MsgType::SMALL_VIDEO => Self::Video {
                length_s: msg.play_length,
                small: msg.msg_type == MsgType::SMALL_VIDEO,
            },
            MsgType::APP if msg.app_msg_type == 6 => {
                let file_name = title();
                let ext = file_name.rsplit_once('.').map(|(_, ext)| ext.to_owned());
                Self::File {
                    ext: ext.unwrap_or_default(),
                    file_name,
                    size: msg.file_size.parse().ok(),
                    media_id: msg.media_id.clone(),
                }
            }
            MsgType::APP if msg.app_msg_type == 5 => Self::Link {
                title: title(),
                url: url(),
                app_type: 5,
            },
            MsgType::APP => Self::App {
                title: title(),
                url: url(),
                app_type: msg.app_msg_type,
            },
            MsgType::CARD => Self::Card {
                user_name: person.user_name.clone(),
                nick_name: nick_name(),
                alias: person.alias.clone(),
            },
            MsgType::FRIEND_REQUEST => Self::FriendRequest {
                user_name: person.user_name.clone(),
                nick_name: nick_name(),
                text: decode_text(&person.content, EmojiTable::AsIs).into_owned(),
                ticket: FriendTicket(person.ticket.clone()),
            },
            MsgType::POSSIBLE_FRIEND => Self::PossibleFriend {
                user_name: person.user_name.clone(),
                nick_name: nick_name(),
            },
            MsgType::SYSTEM => Self::System { text: text() },
            MsgType::VOIP | MsgType::VOIP_END | MsgType::VOIP_INVITE => Self::Call { text: text() },
            other => Self::Unknown {
                msg_type: other.0,
                app_type: msg.app_msg_type,
                text: text(),
            },
        }
    }
}
