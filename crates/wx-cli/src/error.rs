//! How a command ends when it does not end well: a line for people, an object
//! for programs, and an exit status.

use serde::Serialize;
use wx_client::{Error as ClientError, ErrorKind};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The client said so.
    #[error("{0}")]
    Client(#[from] ClientError),
    /// The session ended, or a login came to nothing.
    #[error("{message}")]
    LoggedOut {
        /// By whom.
        cause: wx_client::event::Cause,
        /// The server's code, or 0.
        ret: i64,
        /// The server's sentence, or ours.
        message: String,
    },
    /// The command line makes no sense.
    #[error("{0}")]
    Usage(String),
    /// A file, a pipe or a socket of this machine.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// Time ran out.
    #[error("{0}")]
    TimedOut(String),
    /// Whoever read our output is gone.
    #[error("nobody reads the output any more")]
    Closed,
    /// A signal asked us to stop, and we have.
    #[error("interrupted")]
    Interrupted(Signal),
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

#[derive(Serialize)]
struct Line<'a> {
    error: Body<'a>,
}

#[derive(Serialize)]
struct Body<'a> {
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ret: Option<i64>,
    message: String,
    transient: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_msg_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
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

    /// The process's exit status, by the contract.
    #[must_use]
    pub fn status(&self) -> u8 {
        match self {
            Self::Client(error) => match error.kind() {
                ErrorKind::Usage
                | ErrorKind::NoSuchContact
                | ErrorKind::Locked
                | ErrorKind::Config => 2,
                ErrorKind::NotLoggedIn | ErrorKind::Ended => 3,
                ErrorKind::Refused => 4,
                ErrorKind::Network | ErrorKind::NotSent => 5,
                ErrorKind::Unknown => 6,
                _ => 1,
            },
            // A refusal has the server's code; everything else is an end.
            Self::LoggedOut { cause, ret, .. } => match cause {
                wx_client::event::Cause::Refused if *ret != 0 => 4,
                _ => 3,
            },
            Self::Usage(_) => 2,
            Self::TimedOut(_) => 3,
            Self::Interrupted(Signal::Interrupt) => 130,
            Self::Interrupted(Signal::Terminate) => 143,
            Self::Io { .. } | Self::Failed(_) | Self::Closed => 1,
        }
    }

    fn kind(&self) -> String {
        match self {
            Self::Client(error) => serde_json::to_value(error.kind())
                .ok()
                .and_then(|kind| kind.as_str().map(str::to_owned))
                .unwrap_or_default(),
            Self::LoggedOut { .. } if self.status() == 4 => "refused".to_owned(),
            Self::LoggedOut { .. } => "ended".to_owned(),
            Self::Usage(_) => "usage".to_owned(),
            Self::Io { .. } | Self::Closed => "io".to_owned(),
            Self::TimedOut(_) => "timed_out".to_owned(),
            Self::Interrupted(_) => "interrupted".to_owned(),
            Self::Failed(_) => "failed".to_owned(),
        }
    }

    /// The error as one JSON object.
    #[must_use]
    pub fn json(&self) -> String {
        let client = match self {
            Self::Client(error) => Some(error),
            _ => None,
        };
        let ret = match self {
            Self::LoggedOut { ret, .. } if *ret != 0 => Some(*ret),
            _ => client.and_then(ClientError::ret).map(|ret| ret.0),
        };
        let line = Line {
            error: Body {
                kind: &self.kind(),
                ret,
                message: self.to_string(),
                transient: client.is_some_and(ClientError::is_transient),
                client_msg_id: client.and_then(|e| e.client_msg_id()).map(|id| id.as_str()),
                retry_after_ms: client.and_then(ClientError::retry_after_ms),
            },
        };
        serde_json::to_string(&line).unwrap_or_default()
    }

    /// What to do about it, for people.
    #[must_use]
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Client(error) => match error.kind() {
                ErrorKind::NotLoggedIn | ErrorKind::Ended => Some("log in again: wx login"),
                ErrorKind::Locked => Some("stop that process, or use another --account"),
                ErrorKind::Network | ErrorKind::NotSent => {
                    Some("check the network and --proxy, then try again")
                }
                ErrorKind::Unknown => {
                    Some("look into the chat before you send it again: it may have arrived")
                }
                ErrorKind::Refused if error.retry_after_ms().is_some() => {
                    Some("wait a while before you try again")
                }
                ErrorKind::NoSuchContact => Some("wx contacts lists whom you can name"),
                ErrorKind::Usage => Some("use the user name (@…), see wx contacts"),
                _ => None,
            },
            Self::LoggedOut { .. } if self.status() == 4 => Some(
                "these are the server's words: web login is closed to many accounts; see the README",
            ),
            Self::LoggedOut { .. } | Self::TimedOut(_) => Some("log in again: wx login"),
            _ => None,
        }
    }
}
