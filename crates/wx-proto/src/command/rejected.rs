//! Why a command is rejected at once.

use serde::{Deserialize, Serialize};
use wx_wire::id::UserName;

use super::IdempotencyKey;
use crate::identity::StableKey;
use crate::media::FileKind;

/// A command was rejected. It is the caller's fault, and nothing has happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "rejected", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rejected {
    /// There is no session.
    #[error("not logged in: log in first")]
    NotOnline {},
    /// The command lacks something, such as the text of a message or its
    /// receiver.
    #[error("a message needs {what}")]
    #[non_exhaustive]
    Empty {
        /// What is missing.
        what: String,
    },
    /// A file is larger than the service accepts.
    #[error("{name} has {size} bytes; the limit for {kind}s is {limit}")]
    #[non_exhaustive]
    TooLarge {
        /// The file's name.
        name: String,
        /// The kind it was to be sent as.
        kind: FileKind,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A name is longer than the service accepts.
    #[error("{what} can have at most {limit} characters")]
    #[non_exhaustive]
    TooLong {
        /// What the name is for.
        what: String,
        /// The limit in characters.
        limit: usize,
    },
    /// The message is too old to be taken back.
    #[error("the message is {age_s} s old; it can be taken back within {limit_s} s")]
    #[non_exhaustive]
    TooLate {
        /// Its age in seconds.
        age_s: u64,
        /// The limit in seconds.
        limit_s: u64,
    },
    /// A group needs at least two other people.
    #[error("a group needs at least two other people")]
    TooFew {},
    /// Somebody to be mentioned is not a known member of the receiver.
    #[error("{id} is not a known member of the group {to}: fetch the group's details first")]
    #[non_exhaustive]
    NoMember {
        /// The person to be mentioned.
        id: UserName,
        /// The receiver.
        to: UserName,
    },
    /// The key has been used for a different message.
    #[error("the key {key} was used for another message: take a new key")]
    #[non_exhaustive]
    KeyReused {
        /// The key.
        key: IdempotencyKey,
    },
    /// Nobody is known by this key, or it is somebody else's real id.
    #[error("the key {key} is not known, or is somebody else's real id")]
    #[non_exhaustive]
    NoSuchIdentity {
        /// The key.
        key: StableKey,
    },
    /// Too many commands are waiting.
    #[error("{limit} commands are waiting already: wait for some of them")]
    #[non_exhaustive]
    Full {
        /// How many may wait.
        limit: usize,
    },
    /// There is no such command, or it has ended.
    #[error("no such command is waiting")]
    NoSuchCommand {},
}

impl Rejected {
    /// Rejects a command that lacks something.
    pub(crate) fn unless(is_there: bool, what: &str) -> Result<(), Self> {
        if is_there {
            return Ok(());
        }
        let what = what.to_owned();
        Err(Self::Empty { what })
    }
}
