//! The events that a session gives to the application.
//!
//! Their serialised form is the one schema of events: `wx listen --json` prints it,
//! and everything else that carries events uses it. It only grows.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use wx_wire::code::Ret;
use wx_wire::id::{QrUuid, UserName};

use crate::identity::{Means, StableKey};
use crate::message::Message;
use crate::roster::Contact;
use crate::saved::Account;

/// Number of an event within a session's life in one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub(crate) u64);

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Something happened.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// To be named in the acknowledgement.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
}

impl Event {
    /// Puts an event back together that was taken apart, for
    /// [`Session::fail`](crate::Session::fail).
    #[must_use]
    pub const fn from_parts(id: EventId, kind: EventKind) -> Self {
        Self { id, kind }
    }
}

/// What happened. Match with `..`, since events gain facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// There is a QR code to scan.
    #[non_exhaustive]
    Qr {
        /// Its uuid.
        uuid: QrUuid,
        /// Its content, for drawing it.
        url: String,
    },
    /// The code was scanned; the phone asks its owner to confirm.
    #[non_exhaustive]
    Scanned {
        /// Path of the account's avatar, if one was written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        avatar: Option<String>,
        /// The avatar itself, if the server sent one: JPEG or PNG.
        #[serde(skip)]
        picture: Option<Picture>,
    },
    /// The login was confirmed on the phone.
    Confirmed {},
    /// The code has expired. Another one follows, unless there were too many.
    QrExpired {},
    /// The login was cancelled on the phone.
    Cancelled {},
    /// The phone asks its owner to confirm a login without a scan.
    #[non_exhaustive]
    PushLogin {
        /// The uuid that is polled for.
        uuid: QrUuid,
    },
    /// The session is online.
    #[non_exhaustive]
    Online {
        /// Your own account.
        account: Account,
        /// The base host.
        host: String,
        /// How the login was made.
        how: How,
    },
    /// The contacts have been fetched, as far as possible.
    #[non_exhaustive]
    ContactsLoaded {
        /// How many people and public accounts.
        contacts: usize,
        /// How many groups.
        groups: usize,
    },
    /// A message came.
    Message(Box<Message>),
    /// A contact changed.
    #[non_exhaustive]
    Contact {
        /// What changed about it.
        change: ContactChange,
        /// The contact as it is now; if it was removed, as it was.
        contact: Box<Contact>,
    },
    /// People joined or left a group.
    #[non_exhaustive]
    Members {
        /// The group.
        group: UserName,
        /// Who joined.
        joined: Vec<MemberName>,
        /// Who left.
        left: Vec<MemberName>,
    },
    /// Somebody is now known across logins, or under a different key. Only reported for
    /// people whose messages or keys were seen before.
    #[non_exhaustive]
    Identity {
        /// The name in this login.
        id: UserName,
        /// The key from now on.
        key: StableKey,
        /// Our own key until now, which is given up: it was the same person's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<StableKey>,
        /// How that was found out.
        by: Means,
    },
    /// The service cannot be reached, or its answers make no sense. The session keeps
    /// trying.
    #[non_exhaustive]
    Offline {
        /// For people.
        reason: String,
        /// When it tries again, in milliseconds.
        retry_in_ms: u64,
    },
    /// The service can be reached again.
    #[non_exhaustive]
    BackOnline {
        /// How long the outage lasted, in milliseconds.
        after_ms: u64,
    },
    /// The server says that the account sends too many requests. Whatever it refused
    /// waits.
    #[non_exhaustive]
    Throttled {
        /// How long, in milliseconds.
        for_ms: u64,
    },
    /// Something is wrong, and somebody should look at it.
    #[non_exhaustive]
    Warning {
        /// What it is about.
        kind: WarningKind,
        /// For people.
        message: String,
    },
    /// The session is over.
    #[non_exhaustive]
    LoggedOut {
        /// Who or what ended it.
        cause: Cause,
        /// The server's code; 0 where there was none.
        ret: Ret,
        /// The server's sentence verbatim, or ours where it said nothing.
        message: String,
    },
}

/// The avatar of an account that is logging in: JPEG or PNG.
///
/// `Debug` shows its size only: it is somebody's face, and long.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture(pub(crate) Bytes);

impl Picture {
    /// The file's bytes.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.0
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// How a login was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum How {
    /// The saved session was still valid.
    Saved,
    /// The phone confirmed without a scan.
    Push,
    /// A QR code was scanned.
    Qr,
}

/// What became of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ContactChange {
    /// It is new.
    Added,
    /// Something about it changed.
    Updated,
    /// It is gone.
    Removed,
}

/// A member of a group, named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MemberName {
    /// The name in this login.
    pub id: UserName,
    /// The name in the group, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What a warning is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WarningKind {
    /// The store cannot be written to.
    Disk,
    /// A page of messages cannot be read, and is requested again.
    Stuck,
    /// The handler of a message failed repeatedly; the message was passed over.
    Parked,
    /// Contacts could not be fetched.
    Contacts,
    /// Another owner has taken over the account; this one is silent.
    Fenced,
}

/// Who or what ended a session, or a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cause {
    /// 1100.
    LoggedOutOnPhone,
    /// 1101.
    OtherLogin,
    /// 1102.
    Cookie,
    /// Any other code.
    Refused,
    /// Nobody scanned or confirmed in time.
    NotScanned,
    /// There was no saved session, and no other way in was allowed.
    NoSession,
    /// Your own logout.
    #[serde(rename = "self")]
    Own,
}

impl Cause {
    /// The cause that a code of the server stands for.
    #[must_use]
    pub const fn of(ret: Ret) -> Self {
        match ret {
            Ret::LOGGED_OUT => Self::LoggedOutOnPhone,
            Ret::OTHER_LOGIN => Self::OtherLogin,
            Ret::COOKIE_INVALID => Self::Cookie,
            _ => Self::Refused,
        }
    }

    /// What it means, for people, where the server sent no sentence. For a refusal the
    /// code is all there is.
    fn sentence(self, ret: Ret) -> &'static str {
        let code = match self {
            Self::LoggedOutOnPhone => Ret::LOGGED_OUT,
            Self::OtherLogin => Ret::OTHER_LOGIN,
            Self::Cookie => Ret::COOKIE_INVALID,
            Self::Refused => ret,
            Self::NotScanned => return "nobody scanned and confirmed the login in time",
            Self::NoSession => return "there is no saved session",
            Self::Own => return "logged out",
        };
        let meaning = code.meaning();
        meaning.unwrap_or("the server refused the session without a word")
    }
}

/// Why a session is over, with everything that is known about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CloseReason {
    /// Who or what ended it.
    pub cause: Cause,
    /// The server's code; 0 where there was none.
    pub ret: Ret,
    /// The server's sentence verbatim, or ours where it said nothing.
    pub message: String,
}

impl CloseReason {
    /// The facts of [`EventKind::LoggedOut`]. An empty message is replaced by what the
    /// cause means.
    #[must_use]
    pub fn new(cause: Cause, ret: Ret, message: impl Into<String>) -> Self {
        let mut message = message.into();
        if message.is_empty() {
            cause.sentence(ret).clone_into(&mut message);
        }
        Self {
            cause,
            ret,
            message,
        }
    }

    /// The server's word: its code, and its sentence if it gave one.
    #[must_use]
    pub fn by_server(ret: Ret, message: impl Into<String>) -> Self {
        Self::new(Cause::of(ret), ret, message)
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if !self.ret.is_ok() {
            write!(f, " (code {})", self.ret)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_sentence_is_told_or_else_what_its_code_means() {
        let told = |ret, words: &str| CloseReason::by_server(ret, words).to_string();
        let sentence = "为了你的帐号安全，此微信号不能登录网页微信。";
        assert_eq!(
            told(Ret::LOGIN_REFUSED, sentence),
            format!("{sentence} (code 1203)")
        );
        assert_eq!(
            told(Ret::LOGIN_REFUSED, ""),
            "web login is closed to this account, or from this place (code 1203)"
        );
        assert_eq!(
            told(Ret::OTHER_LOGIN, ""),
            "another web or desktop login ended the session (code 1101)"
        );
        assert_eq!(
            told(Ret(4711), ""),
            "the server refused the session without a word (code 4711)"
        );
    }
}
