//! A message as people see it, translated from the wire once.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use wx_wire::code::MsgType;
use wx_wire::content::{EmojiTable, decode_name, decode_text, split_sender};
use wx_wire::id::{MsgId, UserName};
use wx_wire::message::{AddMsg, RawAddMsg};

use crate::roster::{ContactKind, Roster, is_special};

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// The server's number of it.
    pub msg_id: MsgId,
    /// Unix time in seconds.
    pub time: i64,
    /// Sent by oneself, from here, from the phone or from another process.
    pub from_me: bool,
    /// Made from the account and the content: the same when the message is
    /// delivered again.
    pub key: String,
    /// Where it belongs.
    pub chat: Chat,
    /// Who wrote it.
    pub sender: Sender,
    /// What it is.
    #[serde(flatten)]
    pub body: Body,
    /// The item of AddMsgList as it was received: JSON text.
    #[serde(skip)]
    pub raw: Bytes,
}

/// Where a message belongs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Chat {
    /// The name in this login.
    pub id: UserName,
    /// Stable over logins, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What it is.
    pub kind: ContactKind,
    /// The name to show, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Who wrote a message; in a group the member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sender {
    /// The name in this login.
    pub id: UserName,
    /// Stable over logins, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The name to show, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

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
        ticket: String,
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
    /// [`Message::raw`].
    Unknown {
        /// MsgType.
        msg_type: i64,
        /// AppMsgType.
        app_type: i64,
        /// The content, decoded as text.
        text: String,
    },
}

impl Message {
    /// Translates an item. Names are filled in later, by [`Self::name`].
    pub(crate) fn translate(item: RawAddMsg, account: &str, own: &UserName) -> Self {
        let msg = &item.msg;
        let from_me = msg.from_user_name.is_empty() || msg.from_user_name == *own;
        let peer = if from_me {
            &msg.to_user_name
        } else {
            &msg.from_user_name
        };
        // One's own messages and system lines have no prefix: "Ann:" and a line
        // break at their start were typed by somebody.
        let prefixed = peer.is_room() && !from_me && msg.msg_type != MsgType::SYSTEM;
        let (prefix, content) = split_sender(&msg.content, prefixed);
        let sender = match prefix {
            Some(prefix) => UserName::from(prefix),
            _ if from_me => own.clone(),
            _ => msg.from_user_name.clone(),
        };
        Self {
            msg_id: msg.msg_id.clone(),
            time: msg.create_time,
            from_me,
            key: key(account, &item),
            chat: Chat {
                id: peer.clone(),
                key: stable_key(peer),
                kind: ContactKind::Unknown,
                name: None,
            },
            sender: Sender {
                key: stable_key(&sender),
                id: sender,
                name: None,
            },
            body: Body::of(msg, content),
            raw: item.raw,
        }
    }

    /// Fills in what the roster knows at the moment of delivery.
    pub(crate) fn name(&mut self, roster: &Roster) {
        let group = self.chat.id.is_room();
        self.chat.kind = roster.kind(&self.chat.id);
        self.chat.name = roster.name(&self.chat.id);
        self.sender.name = if group {
            roster.member_name(&self.chat.id, &self.sender.id)
        } else {
            roster.name(&self.sender.id)
        };
        if let Body::Text { text, mentions_me } = &mut self.body {
            *mentions_me = group
                && !self.from_me
                && roster
                    .own_names(&self.chat.id)
                    .any(|name| mentions(text, name));
        }
    }
}

impl Body {
    fn of(msg: &AddMsg, content: &str) -> Self {
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
                ticket: person.ticket.clone(),
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

/// The durable key of an item: by its number, or by its text if the server
/// gave none.
fn key(account: &str, item: &RawAddMsg) -> String {
    if item.msg.msg_id.is_empty() {
        format!("{account}/x/{:016x}", fnv1a(&item.raw))
    } else {
        format!("{account}/m/{}", item.msg.msg_id)
    }
}

/// Fowler, Noll and Vo's hash: the same in every process and release, which
/// the standard library's hasher does not promise.
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Special accounts keep their names, so these are their keys.
fn stable_key(name: &UserName) -> Option<String> {
    is_special(name).then(|| name.as_str().to_owned())
}

/// True if a text names somebody: `@NAME`, followed by the blank that phones
/// put there (U+2005), another blank, or the end.
fn mentions(text: &str, name: &str) -> bool {
    text.match_indices('@').any(|(at, _)| {
        text.get(at + 1..)
            .and_then(|rest| rest.strip_prefix(name))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_published() {
        // Test vectors of the FNV authors for FNV-1a, 64 bits.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_mention_ends_with_a_blank_or_the_text() {
        assert!(mentions("@Ada\u{2005}hi", "Ada"));
        assert!(mentions("look, @Ada", "Ada"));
        assert!(mentions("@Bob @Ada hi", "Ada"));
        assert!(!mentions("@Adam hi", "Ada"));
        assert!(!mentions("Ada hi", "Ada"));
    }
}
