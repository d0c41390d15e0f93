//! Why a command failed.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wx_wire::DecodeError;
use wx_wire::code::Ret;
use wx_wire::id::ClientMsgId;

use crate::context::millis;
use crate::event::CloseReason;
use crate::io::Reached;

/// A command failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "failed", rename_all = "snake_case")]
#[non_exhaustive]
pub enum CommandError {
    /// The server refused.
    #[error("the server refused: {}", refusal(.ret, .message))]
    #[non_exhaustive]
    Refused {
        /// Its code.
        ret: Ret,
        /// Its sentence, mostly empty.
        message: String,
    },
    /// The server says "too often".
    #[error("the server refused: {}", refusal(&Ret::TOO_OFTEN, .message))]
    #[non_exhaustive]
    Throttled {
        /// Its sentence, mostly empty.
        message: String,
        /// After how many milliseconds another try is worth it.
        retry_after_ms: u64,
    },
    /// A message may or may not have arrived. It is not sent again unasked.
    #[error("the message {client_msg_id} may have arrived or not: {reason}")]
    #[non_exhaustive]
    Unknown {
        /// The number that the client gave it.
        client_msg_id: ClientMsgId,
        /// For people.
        reason: String,
    },
    /// A message was not sent, and never will be.
    #[error("not sent: {reason}")]
    #[non_exhaustive]
    NotSent {
        /// For people.
        reason: String,
    },
    /// The account could not be saved, so the command was not carried out: a
    /// message that is not stored never goes out.
    #[error("{reason}")]
    #[non_exhaustive]
    NotStored {
        /// What the store said, for people.
        reason: String,
    },
    /// The server does not have what was asked for, or no longer has it.
    #[error("{message}")]
    #[non_exhaustive]
    Missing {
        /// For people.
        message: String,
    },
    /// The request failed.
    #[error("{message}")]
    #[non_exhaustive]
    Failed {
        /// Whether it may have seen the request.
        #[serde(skip, default = "maybe")]
        reached: Reached,
        /// For people.
        message: String,
    },
    /// The server's answer was not understood.
    #[error("the server's answer is not understood: {message}")]
    #[non_exhaustive]
    Decode {
        /// Endpoint, what was expected, and where.
        message: String,
    },
    /// The session ended before the command did.
    #[error("{reason}")]
    #[non_exhaustive]
    Ended {
        /// Why.
        reason: CloseReason,
    },
    /// The command was given up.
    #[error("given up")]
    Cancelled {},
}

impl CommandError {
    pub(crate) fn throttled(message: String, pause: Duration) -> Self {
        Self::Throttled {
            message,
            retry_after_ms: millis(pause),
        }
    }

    /// The session stopped, or was stopped, before the server was asked.
    pub(crate) fn stopped(reason: &str) -> Self {
        Self::Failed {
            reached: Reached::No,
            message: reason.to_owned(),
        }
    }
}

const fn maybe() -> Reached {
    Reached::Maybe
}

fn refusal(ret: &Ret, message: &str) -> String {
    let known = || ret.meaning().unwrap_or("no reason given");
    let reason = if message.is_empty() { known() } else { message };
    format!("{reason} (code {ret})")
}

impl From<DecodeError> for CommandError {
    fn from(error: DecodeError) -> Self {
        Self::Decode {
            message: error.to_string(),
        }
    }
}
