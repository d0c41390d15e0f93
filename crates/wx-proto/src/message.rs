//! A message as people see it, translated from the wire format.

use std::collections::BTreeSet;
use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use wx_wire::content::{EmojiTable, decode_name};
use wx_wire::id::{MsgId, UserName};
use wx_wire::message::{Context, RawAddMsg};

mod body;
pub(crate) mod mention;
mod split;

pub use body::{About, Article, Body, FriendTicket, MediaKey, MergedItem, Quoted};
pub use split::{TextLimit, split_text};

use crate::config::Config;
use crate::identity::{Identities, StableKey};
use crate::roster::{ContactKind, Name, Roster};

/// A message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Message {
    /// The server's number for it.
    pub msg_id: MsgId,
    /// Unix time in seconds.
    pub time: i64,
    /// Sent by yourself: from here, from the phone or from another process.
    pub from_me: bool,
    /// Made from the account and the content: the same when the message is
    /// delivered again.
    pub key: String,
    /// The conversation it belongs to.
    pub chat: Chat,
    /// Who wrote it.
    pub sender: Sender,
    /// Its content.
    #[serde(flatten)]
    pub body: Body,
    /// The item of `AddMsgList` as it was received, as JSON text.
    #[serde(skip)]
    pub raw: Bytes,
}

/// Leaves out the raw item, which may hold keys and tickets.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("key", &self.key)
            .field("time", &self.time)
            .field("from_me", &self.from_me)
            .field("chat", &self.chat)
            .field("sender", &self.sender)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Chat {
    /// The user name, valid for this login.
    pub id: UserName,
    /// A key that stays the same across logins, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<StableKey>,
    /// What it is.
    pub kind: ContactKind,
    /// The name to show, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
}

/// Who wrote a message; in a group, the member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Sender {
    /// The user name, valid for this login.
    pub id: UserName,
    /// A key that stays the same across logins, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<StableKey>,
    /// The name to show, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
}

/// User names of people who are not contacts, each text kept once.
#[derive(Debug, Default)]
pub(crate) struct Strangers(BTreeSet<UserName>);

impl Strangers {
    /// The user name, sharing its text with that of a contact if there is one.
    fn user_name(&mut self, name: &str, roster: &Roster) -> UserName {
        let known = roster.known_name(name);
        if let Some(id) = known.or_else(|| self.0.get(name).cloned()) {
            return id;
        }
        let id = UserName::from(name);
        self.0.insert(id.clone());
        id
    }
}

impl Message {
    /// Translates an item. Names and keys are filled in later, by [`Self::name`].
    pub(crate) fn translate(
        item: &RawAddMsg<'_>,
        raw: Bytes,
        own: &UserName,
        config: &Config,
        roster: &Roster,
        strangers: &mut Strangers,
    ) -> Box<Self> {
        let msg = &item.msg;
        let (from, to) = (&*msg.from_user_name, &*msg.to_user_name);
        let from_me = from == own.as_str() || (from.is_empty() && !to.is_empty());
        let peer = strangers.user_name(if from_me { to } else { from }, roster);
        let mut context = Context::of(msg);
        context.emoji = config.emoji;
        let prefixes = context.prefixes(&msg.content);
        let sender = match prefixes.sender {
            _ if from_me => own.clone(),
            Some(prefix) => strangers.user_name(prefix, roster),
            None => peer.clone(),
        };
        Box::new(Self {
            msg_id: msg.msg_id.clone(),
            time: msg.create_time,
            from_me,
            key: key(&config.account, item),
            chat: Chat {
                id: peer,
                key: None,
                kind: ContactKind::Unknown,
                name: None,
            },
            sender: Sender {
                id: sender,
                key: None,
                name: None,
            },
            body: Body::of(msg, &context, prefixes.body),
            raw,
        })
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.body {
            Body::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// True for a text in a group that names you after an `@`.
    #[must_use]
    pub fn mentions_me(&self) -> bool {
        matches!(
            &self.body,
            Body::Text {
                mentions_me: true,
                ..
            }
        )
    }

    /// The text, if it is one and somebody else wrote it: what a bot answers.
    #[must_use]
    pub fn text_from_others(&self) -> Option<&str> {
        self.text().filter(|_| !self.from_me)
    }

    /// Fills in what the roster knows at the moment of delivery.
    pub(crate) fn name(&mut self, roster: &Roster, identities: &Identities) {
        let key = |id: &UserName| identities.key(id).cloned().or_else(|| stable_key(id));
        self.chat.key = key(&self.chat.id);
        let is_chat = self.sender.id == self.chat.id;
        self.sender.key = if is_chat {
            self.chat.key.clone()
        } else {
            key(&self.sender.id)
        };
        let group = self.chat.id.is_room();
        (self.chat.kind, self.chat.name) = roster.chat(&self.chat.id);
        self.sender.name = if group {
            roster.member_name(&self.chat.id, &self.sender.id)
        } else if is_chat {
            self.chat.name.clone()
        } else {
            roster.name(&self.sender.id)
        };
        match &mut self.body {
            Body::Text {
                text,
                mentions_me,
                mentions_all,
            } if group && text.contains('@') => {
                let names = roster.own_names(&self.chat.id);
                *mentions_me = !self.from_me && mention::names_one(text, names);
                *mentions_all = mention::names_all(text);
            }
            Body::Revoked {
                original: Some(original),
                ..
            } => original.name(roster, identities),
            _ => {}
        }
    }
}

/// The durable key of an item: from its number, or from its text if the server
/// gave no number.
fn key(account: &str, item: &RawAddMsg<'_>) -> String {
    if item.msg.msg_id.is_empty() {
        format!("{account}/x/{:016x}", fnv1a(item.raw.as_bytes()))
    } else {
        [account, "/m/", item.msg.msg_id.as_str()].concat()
    }
}

/// A name as people see it, from the form in which the service writes names.
pub(crate) fn decoded_name(text: &str) -> String {
    decode_name(text, EmojiTable::AsIs).into_owned()
}

/// Fowler, Noll and Vo's hash: the same in every process and release, which
/// the standard library's hasher does not promise.
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Special accounts keep their names, so these are their keys.
fn stable_key(name: &UserName) -> Option<StableKey> {
    name.is_special().then(|| StableKey::new(name))
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
}
