//! News of the phone (protocol: MsgType 51, status notify).
//!
//! The content names people by their real ids, in the order in which the
//! message's `StatusNotifyUserName` has their names of this login. It is empty
//! since 2017.

use super::{source, texts::child_text};
use crate::xml::Document;

/// What the phone did, and with whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusNotify {
    /// What it did, as in the message's `StatusNotifyCode`.
    pub op_id: Option<String>,
    /// Real ids: `wxid_…`, an alias, `…@chatroom`, `filehelper`.
    pub usernames: Vec<String>,
    /// The chats with unread messages.
    pub unread_chats: Vec<UnreadChat>,
}

/// A chat with unread messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnreadChat {
    /// Its real id.
    pub username: String,
    /// Unix time in seconds.
    pub lastreadtime: String,
}

pub(super) fn read(document: &Document<'_>) -> Option<StatusNotify> {
    let op = source::find(document, "op")?;
    let usernames = child_text(op, "username").unwrap_or_default();
    let chats = op.child("unreadchatlist");
    Some(StatusNotify {
        op_id: op.attribute("id").map(str::to_owned),
        usernames: usernames
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect(),
        unread_chats: chats
            .iter()
            .flat_map(|chats| chats.children())
            .map(|chat| UnreadChat {
                username: child_text(chat, "username").unwrap_or_default(),
                lastreadtime: child_text(chat, "lastreadtime").unwrap_or_default(),
            })
            .collect(),
    })
}
