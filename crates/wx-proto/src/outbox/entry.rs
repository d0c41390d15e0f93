//! A message in the durable state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wx_wire::code::Ret;
use wx_wire::id::{ClientMsgId, MsgId, UserName};

use crate::command::IdempotencyKey;

/// How many sent messages are remembered at most.
const MAX_KEPT: usize = 10_000;
/// How long a message with a key is remembered, if there is room.
const KEPT_FOR_MS: u64 = 2 * 24 * 60 * 60 * 1000;
/// How long one without a key is remembered once its fate is known: nobody can
/// ask for it again.
const UNKEYED_FOR_MS: u64 = 60 * 60 * 1000;

/// A message in the durable state. Its text is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// Its number.
    pub client_msg_id: ClientMsgId,
    /// The receiver.
    pub to: UserName,
    /// A hash of receiver and text, to tell messages apart.
    pub digest: u64,
    /// A hash of what the stream shows of it, where that is less than the
    /// whole: the name and size of a file, the MD5 of an emoticon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<u64>,
    /// The caller's own name of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<IdempotencyKey>,
    /// Sent by a process beside the one that polls.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub attached: bool,
    /// When it was accepted: Unix time in milliseconds.
    pub accepted_ms: u64,
    /// When the server took it, as far as this client knows: Unix time in
    /// milliseconds. An upload or an outage may have delayed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_ms: Option<u64>,
    /// What became of it.
    pub fate: Fate,
}

impl Entry {
    pub(crate) const fn is_pending(&self) -> bool {
        matches!(self.fate, Fate::Pending {})
    }

    /// What the stream shows it as, if it can be recognised there at all.
    pub(super) fn likeness(&self) -> u64 {
        self.shown.unwrap_or(self.digest)
    }

    pub(crate) const fn is_unknown(&self) -> bool {
        matches!(self.fate, Fate::Unknown { .. })
    }

    fn is_wanted(&self, now_ms: u64) -> bool {
        let kept_for = if self.key.is_some() || self.is_pending() || self.is_unknown() {
            KEPT_FOR_MS
        } else {
            UNKEYED_FOR_MS
        };
        self.accepted_ms.saturating_add(kept_for) > now_ms
    }
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fate {
    /// It has not ended yet. Read from a store, it means unknown.
    Pending {},
    /// The server took it.
    #[non_exhaustive]
    Sent {
        /// The message's number.
        msg_id: MsgId,
    },
    /// The server said no.
    #[non_exhaustive]
    Refused {
        /// Its code.
        ret: Ret,
        /// Its sentence.
        message: String,
    },
    /// It may or may not have arrived.
    #[non_exhaustive]
    Unknown {
        /// For people.
        reason: String,
    },
    /// It never went out.
    #[non_exhaustive]
    NotSent {
        /// For people.
        reason: String,
    },
}

impl Fate {
    pub(super) fn not_sent(reason: impl Into<String>) -> Self {
        Self::NotSent {
            reason: reason.into(),
        }
    }

    pub(super) fn unknown(reason: impl Into<String>) -> Self {
        Self::Unknown {
            reason: reason.into(),
        }
    }
}

/// Drops entries that nobody needs any more, and the oldest if there is no
/// room.
pub(crate) fn forget_old(outbox: &mut BTreeMap<ClientMsgId, Entry>, now_ms: u64) {
    outbox.retain(|_, entry| entry.is_wanted(now_ms));
    while outbox.len() >= MAX_KEPT {
        // Numbers begin with the time, so the first is the oldest.
        outbox.pop_first();
    }
}
