//! How a command ends when it does not end well: two lines for people or an
//! object for programs, and an exit status.

use serde::Serialize;
use wx_client::{Contact, Error as ClientError, ErrorKind};

use crate::human;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The client said so.
    #[error("{0}")]
    Client(#[from] ClientError),
    /// There is no session to go on with.
    #[error("{0}")]
    NotLoggedIn(String),
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
    /// A name fits several contacts.
    #[error("{name:?} fits several: {}", human::candidates(.candidates))]
    Ambiguous {
        /// What was asked for.
        name: String,
        /// Whom it fits.
        candidates: Vec<Contact>,
    },
    /// The command line makes no sense.
    #[error("{0}")]
    Usage(String),
    /// A captured body is not of its kind.
    #[error("{0}")]
    Decode(wx_wire::facts::Error),
    /// A file, a pipe or a socket of this machine.
    #[error("{what}: {source}")]
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
    endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ret: Option<i64>,
    message: String,
    transient: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_msg_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    candidates: &'a [Contact],
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
                ErrorKind::Refused | ErrorKind::Throttled => 4,
                ErrorKind::Network | ErrorKind::NotSent => 5,
                ErrorKind::Unknown => 6,
                _ => 1,
            },
            Self::Usage(_) | Self::Ambiguous { .. } => 2,
            Self::NotLoggedIn(_) | Self::Ended { .. } | Self::TimedOut(_) => 3,
            Self::Refused { .. } => 4,
            Self::Unreachable(_) => 5,
            Self::Interrupted(Signal::Interrupt) => 130,
            Self::Interrupted(Signal::Terminate) => 143,
            Self::Decode(_) | Self::Io { .. } | Self::Failed(_) | Self::Closed => 1,
        }
    }

    fn kind(&self) -> String {
        let kind = match self {
            Self::Client(error) => return human::word(&error.kind()),
            Self::NotLoggedIn(_) => "not_logged_in",
            Self::Ended { .. } => "ended",
            Self::Refused { .. } => "refused",
            Self::Usage(_) | Self::Ambiguous { .. } => "usage",
            Self::Decode(_) => "decode",
            Self::Io { .. } | Self::Closed => "io",
            Self::TimedOut(_) => "timed_out",
            Self::Unreachable(_) => "network",
            Self::Interrupted(_) => "interrupted",
            Self::Failed(_) => "failed",
        };
        kind.to_owned()
    }

    /// The error as one JSON object.
    #[must_use]
    pub fn json(&self) -> String {
        let client = match self {
            Self::Client(error) => Some(error),
            _ => None,
        };
        let ret = match self {
            Self::Ended { ret, .. } | Self::Refused { ret, .. } => Some(*ret),
            _ => client.and_then(ClientError::ret).map(|ret| ret.0),
        };
        let candidates = match self {
            Self::Ambiguous { candidates, .. } => candidates.as_slice(),
            _ => &[],
        };
        let decode = match self {
            Self::Decode(wx_wire::facts::Error::Decode {
                endpoint,
                expected,
                offset,
                ..
            }) => Some((*endpoint, *expected, *offset)),
            _ => None,
        };
        crate::output::json(&Line {
            error: Body {
                kind: &self.kind(),
                endpoint: decode.map(|(endpoint, ..)| endpoint),
                expected: decode.map(|(_, expected, _)| expected),
                offset: decode.map(|(.., offset)| offset),
                ret: ret.filter(|&ret| ret != 0),
                message: self.to_string(),
                transient: matches!(self, Self::Unreachable(_))
                    || client.is_some_and(ClientError::is_transient),
                client_msg_id: client.and_then(|e| e.client_msg_id()).map(|id| id.as_str()),
                retry_after_ms: client
                    .and_then(ClientError::retry_after)
                    .map(|pause| u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)),
                candidates,
            },
        })
    }

    /// What to do about it, for people.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        const LOG_IN: &str = "log in again: wx login";
        const NETWORK: &str = "check the network and --proxy, then try again";
        match self {
            Self::Client(error) => match error.kind() {
                ErrorKind::NotLoggedIn | ErrorKind::Ended => LOG_IN,
                ErrorKind::Locked => {
                    "one login or listen at a time; the other commands work beside it"
                }
                ErrorKind::Network => NETWORK,
                ErrorKind::NotSent => "it has not gone out: mend that, then send it again",
                ErrorKind::Unknown => {
                    "look into the chat before you send it again: it may have arrived"
                }
                ErrorKind::Throttled => "wait a while before you try again",
                ErrorKind::Refused => "the server will refuse the same again",
                ErrorKind::NoSuchContact => "wx contacts lists whom you can name",
                ErrorKind::Usage => "nothing was sent; see wx send text --help",
                ErrorKind::Config => "see the options in wx --help",
                ErrorKind::Store => "check the account's folder, its rights and the disk",
                ErrorKind::Decode => "try again; if it stays so, report it with what -vv says",
                _ => "try again with -v to see more",
            },
            Self::Refused { .. } => {
                "these are the server's words: web login is closed to many accounts; see the README"
            }
            Self::NotLoggedIn(_) | Self::Ended { .. } | Self::TimedOut(_) => LOG_IN,
            Self::Unreachable(_) => NETWORK,
            Self::Ambiguous { .. } => "use the user name (@…) of the one you mean",
            Self::Usage(_) => "see the options in wx --help",
            Self::Decode(_) => "is it of that kind? mangled tries all of them",
            Self::Io { .. } => "check that it is there and may be used",
            Self::Closed | Self::Interrupted(_) | Self::Failed(_) => {
                "try again with -v to see more"
            }
        }
    }
}
