//! How a command ends when it does not end well: two lines for people or an
//! object for programs, and an exit status.

use serde::Serialize;
use wx_client::roster::Member;
use wx_client::{Chain, Contact, Error as ClientError, ErrorKind, Overview};

use crate::human;

mod report;

pub use report::Report;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The client said so.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// There is no session to go on with.
    #[error("{message}")]
    NotLoggedIn {
        /// What there is not.
        message: String,
        /// There was one.
        again: bool,
    },
    /// The session is over.
    #[error("{message}")]
    Ended {
        /// The server's code, or 0.
        ret: i64,
        /// The server's sentence, or ours.
        message: String,
    },
    /// The server refused the login.
    #[error("{message}")]
    Refused {
        /// The server's code.
        ret: i64,
        /// The server's sentence, or ours.
        message: String,
    },
    /// A name fits several contacts, or several members of a group.
    #[error("{name:?} fits several: {}", human::candidates(.candidates))]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// Whom it fits.
        candidates: Vec<Candidate>,
    },
    /// A name is that of something else than a group.
    #[error("{0:?} is no group")]
    NoGroup(String),
    /// The command line makes no sense.
    #[error("{0}")]
    Usage(String),
    /// What is on stdin is not what a command works on.
    #[error("{0}")]
    Stdin(String),
    /// What was named is no file that could be sent.
    #[error("{0}")]
    Unfit(String),
    /// A captured body is not of its kind.
    #[error(transparent)]
    Decode(wx_wire::facts::Error),
    /// A file is no trace, or one of another version.
    #[error("{0}")]
    Trace(String),
    /// A file, a pipe or a socket of this machine.
    #[error("{what}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// Time ran out while a person was waited for.
    #[error("{0}")]
    TimedOut(String),
    /// Time ran out while the service could not be reached.
    #[error("{0}")]
    Unreachable(String),
    /// Whoever read our output is gone.
    #[error("nobody reads the output any more")]
    Closed,
    /// A signal asked us to stop, and we have.
    #[error("interrupted")]
    Interrupted(Signal),
    /// A signal asked us to stop, and nothing has come of the work.
    #[error("given up")]
    GivenUp(Signal),
    /// A check of `wx doctor` that failed.
    #[error("{0}")]
    Unwell(&'static str),
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

/// A signal that asks a process to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "part of a binary")]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// `kill`.
    Terminate,
}

/// Whom a name may mean.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[expect(clippy::exhaustive_enums, reason = "part of a binary")]
pub enum Candidate {
    /// A contact.
    Contact(Box<Contact>),
    /// A member of the group in question.
    Member(Member),
}

impl Error {
    /// An error of this machine's files and pipes.
    pub fn io(what: impl Into<String>, source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::Closed;
        }
        Self::Io {
            what: what.into(),
            source,
        }
    }

    /// The error of an account without a session.
    pub(crate) fn not_logged_in(message: String, known: &Overview) -> Self {
        Self::NotLoggedIn {
            message,
            again: !known.sessions.is_empty(),
        }
    }

    /// Something that came to nothing, for this reason.
    pub(crate) fn failed(error: &(dyn std::error::Error + 'static)) -> Self {
        Self::Failed(Chain(error).to_string())
    }

    /// What is wrong, with all that caused it.
    #[must_use]
    pub fn message(&self) -> String {
        Chain(self).to_string()
    }

    /// As [`message`](Self::message), for people: they see whose words these are, and
    /// the server's code.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Self::Refused { ret, message } => {
                format!("the server refused the login: {message} (code {ret})")
            }
            _ => self.message(),
        }
    }

    /// The process's exit status, by the contract.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            Self::Client(error) => status_of(error.kind()),
            Self::Usage(_)
            | Self::Ambiguous { .. }
            | Self::NoGroup(_)
            | Self::Stdin(_)
            | Self::Unfit(_) => 2,
            Self::NotLoggedIn { .. } | Self::Ended { .. } | Self::TimedOut(_) => 3,
            Self::Refused { .. } => 4,
            Self::Unreachable(_) => 5,
            Self::Interrupted(Signal::Interrupt) | Self::GivenUp(Signal::Interrupt) => 130,
            Self::Interrupted(Signal::Terminate) | Self::GivenUp(Signal::Terminate) => 143,
            Self::Decode(_)
            | Self::Io { .. }
            | Self::Unwell(_)
            | Self::Failed(_)
            | Self::Trace(_)
            | Self::Closed => 1,
        }
    }
}

fn status_of(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Usage
        | ErrorKind::NoSuchContact
        | ErrorKind::TooLarge
        | ErrorKind::Empty
        | ErrorKind::Locked
        | ErrorKind::Config => 2,
        ErrorKind::NotLoggedIn | ErrorKind::Ended => 3,
        ErrorKind::Refused | ErrorKind::Throttled => 4,
        ErrorKind::Network | ErrorKind::NotSent => 5,
        ErrorKind::Unknown => 6,
        _ => 1,
    }
}

#[cfg(test)]
mod tests;
