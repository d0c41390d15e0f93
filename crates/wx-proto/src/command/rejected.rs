//! Why a command is not even begun.

use serde::{Deserialize, Serialize};
use wx_wire::id::UserName;

use super::IdempotencyKey;
use crate::media::FileKind;

/// A command was not taken: the caller's fault, and nothing has happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "rejected", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rejected {
    /// There is no session.
    #[error("not logged in: log in first")]
    NotOnline {},
    /// A message without text, or without a receiver.
    #[error("a message needs {what}")]
    Empty {
        /// What is missing.
        what: String,
    },
    /// A file is larger than the service takes.
    #[error("{name} has {size} bytes; {kind}s may have {limit} at the most")]
    TooLarge {
        /// The file's.
        name: String,
        /// As what it was to be sent.
        kind: FileKind,
        /// Bytes.
        size: u64,
        /// Bytes: the most that it may have.
        limit: u64,
    },
    /// A name is longer than the service takes.
    #[error("{what} may have {limit} characters at the most")]
    TooLong {
        /// What of.
        what: String,
        /// How many it may have.
        limit: usize,
    },
    /// The time in which a message can be taken back is over.
    #[error("the message is {age_s} s old; it can be taken back within {limit_s} s")]
    TooLate {
        /// Its age in seconds.
        age_s: u64,
        /// The most that it may be.
        limit_s: u64,
    },
    /// A group needs two others.
    #[error("a group needs two others at least")]
    TooFew {},
    /// Somebody who is mentioned is no known member of the receiver.
    #[error("{id} is no known member of a group {to}: fetch the group's details first")]
    NoMember {
        /// Who.
        id: UserName,
        /// The receiver.
        to: UserName,
    },
    /// The key was used for another message.
    #[error("the key {key} was used for another message: take a new key")]
    KeyReused {
        /// The key.
        key: IdempotencyKey,
    },
    /// Nobody is known by this key, or it is a real id and not this one's.
    #[error("nobody whom this could be is known as {key}")]
    NoSuchIdentity {
        /// The key.
        key: String,
    },
    /// Too many commands are waiting.
    #[error("{limit} commands are waiting already: wait for some of them")]
    Full {
        /// How many may wait.
        limit: usize,
    },
    /// There is no such command, or it has ended.
    #[error("no such command is waiting")]
    NoSuchCommand {},
}
