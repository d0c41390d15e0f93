//! What can go wrong, whose fault it is, and what to do about it.

use serde::Serialize;

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The caller asked for something that makes no sense: for example a name
    /// that fits several contacts.
    Usage,
    /// Nobody goes by that name.
    NoSuchContact,
    /// There is no session.
    NotLoggedIn,
    /// The server, or somebody by it, ended the session.
    Ended,
    /// The server said no.
    Refused,
    /// The server was asked too often; see
    /// [`Error::retry_after`](crate::Error::retry_after).
    Throttled,
    /// The service could not be reached.
    Network,
    /// The server's answer was not understood.
    Decode,
    /// A message may have arrived or not.
    Unknown,
    /// A message was not sent, and never will be.
    NotSent,
    /// It was given up by the caller.
    Cancelled,
    /// A file to be sent is larger than the service takes.
    TooLarge,
    /// A file to be sent has nothing in it.
    Empty,
    /// The server does not have what was asked for, or not any more.
    Missing,
    /// A file of this machine could not be read or written.
    File,
    /// The account could not be read or written.
    Store,
    /// The account is not this program's to read or write: its files are of a newer
    /// version, or another process owns it.
    Unsupported,
    /// The account is in use by another process.
    Locked,
    /// The client has stopped.
    Stopped,
    /// The settings make no sense.
    Config,
}

/// Whose fault an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Origin {
    /// The program that uses this library, or its user.
    Caller,
    /// This machine: its files and disks.
    Machine,
    /// Whatever is between this machine and the service.
    Network,
    /// The service, or somebody by it.
    Service,
}

impl ErrorKind {
    /// Whose fault it is.
    #[must_use]
    pub const fn origin(self) -> Origin {
        match self {
            Self::Usage
            | Self::NoSuchContact
            | Self::NotLoggedIn
            | Self::Cancelled
            | Self::TooLarge
            | Self::Empty
            | Self::Locked
            | Self::Unsupported
            | Self::Stopped
            | Self::Config => Origin::Caller,
            Self::File | Self::Store => Origin::Machine,
            Self::Network | Self::Unknown | Self::NotSent => Origin::Network,
            Self::Ended | Self::Refused | Self::Throttled | Self::Decode | Self::Missing => {
                Origin::Service
            }
        }
    }

    /// What to do about it, for people: half a sentence.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Usage => "nothing was done: correct what the message names",
            Self::NoSuchContact => "look the name up in the roster",
            Self::NotLoggedIn => "log in first",
            Self::Ended => "log in again",
            Self::Refused => "change what the code complains of: the same would be refused again",
            Self::Throttled => "wait a while before you try again",
            Self::Network => "check the network and the proxy, then try again",
            Self::Decode => "try again; if it happens again, report it",
            Self::Unknown => "look into the chat before you send it again: it may have arrived",
            Self::NotSent => "it has not gone out: remove the cause, then send it again",
            Self::Cancelled => "nothing: it was given up on your side",
            Self::TooLarge => "send a smaller one; pictures and videos can also go as files",
            Self::Empty => "send a file that has something in it",
            Self::Missing => {
                "ask for it to be sent again: the service does not keep media for ever"
            }
            Self::File => "check the path, its permissions and the space on the disk",
            Self::Store => "check the account's folder, its permissions and the space on the disk",
            Self::Unsupported => {
                "upgrade this program, or leave the account to the one that it belongs to"
            }
            Self::Locked => "stop the other process, or attach to its session",
            Self::Stopped => "start the client again",
            Self::Config => "change the setting that the message names",
        }
    }
}
