//! What an upload is for, and what becomes of it.

use std::time::Duration;

use wx_wire::code::Ret;
use wx_wire::id::{ClientMsgId, UserName};

use crate::command::{CommandError, CommandId, Done};
use crate::context::Context;
use crate::media::{LocalFile, Uploaded};
use crate::saved::RecordSeq;
use crate::time::Instant;

/// What a file is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::outbox) enum Reason {
    /// A command of its own.
    Command(CommandId),
    /// A message that is sent once the file is uploaded.
    Message(ClientMsgId),
}

/// A file to be uploaded.
#[derive(Debug)]
pub(in crate::outbox) struct Wanted {
    pub(in crate::outbox) reason: Reason,
    /// The command under which the driver has the file.
    pub(in crate::outbox) source: CommandId,
    pub(in crate::outbox) to: UserName,
    pub(in crate::outbox) file: LocalFile,
    /// What must be stored before anything of it goes out.
    pub(in crate::outbox) record: RecordSeq,
    /// When it is given up even if it still moves. By default it may go on as
    /// long as something moves.
    pub(in crate::outbox) expires: Option<Instant>,
}

/// Why a file could not be uploaded.
#[derive(Clone, Debug)]
pub(in crate::outbox) enum Lost {
    /// The server said no.
    Refused {
        ret: Ret,
        message: String,
        pause: Option<Duration>,
    },
    /// It could not be sent.
    Failed { reason: String },
}

/// An upload that has ended, and its result.
#[derive(Debug)]
pub(in crate::outbox) struct Ended {
    pub(in crate::outbox) reason: Reason,
    pub(in crate::outbox) result: Result<Uploaded, Lost>,
}

impl Lost {
    /// The error of the command that wanted the file.
    pub(in crate::outbox) fn into_error(self) -> CommandError {
        match self {
            Self::Refused {
                message,
                pause: Some(pause),
                ..
            } => CommandError::throttled(message, pause),
            Self::Refused { ret, message, .. } => CommandError::Refused { ret, message },
            Self::Failed { reason } => CommandError::stopped(&reason),
        }
    }
}

impl Ended {
    /// Tells the command that wanted the file for itself.
    pub(in crate::outbox) fn complete(
        command: CommandId,
        result: Result<Uploaded, Lost>,
        cx: &mut Context,
    ) {
        let result = result.map(Done::Uploaded).map_err(Lost::into_error);
        cx.complete(command, result);
    }
}
