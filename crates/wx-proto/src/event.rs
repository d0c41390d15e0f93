//! What a session tells the application.
//!
//! The serialised forms are the one schema of events: what `wx listen --json`
//! prints and what everything else that carries events carries. It only grows.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use wx_wire::code::Ret;
use wx_wire::id::{QrUuid, UserName};

use crate::identity::Means;
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
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event {
    /// To be named in the acknowledgement.
    pub id: EventId,
    /// What happened.
    pub kind: EventKind,
}

impl Event {
    /// Puts an event together that was taken apart: for
    /// [`Session::fail`](crate::Session::fail).
    #[must_use]
    pub const fn again(id: EventId, kind: EventKind) -> Self {
        Self { id, kind }
    }
}

/// What happened. Match with `..`, since events gain facts.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[non_exhaustive]
pub enum EventKind {
    /// A QR code is there to be scanned.
    #[non_exhaustive]
    Qr {
        /// Its number.
        uuid: QrUuid,
        /// Its content, to be drawn.
        url: String,
    },
    /// The code was scanned; the phone asks its owner to confirm.
    #[non_exhaustive]
    Scanned {
        /// Path of the scanning account's picture, where one was written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        avatar: Option<String>,
        /// The picture itself, if the server sent one: JPEG or PNG.
        #[serde(skip)]
        picture: Option<Bytes>,
    },
    /// The login was confirmed on the phone.
    Confirmed {},
    /// The code has expired; another follows if there are any left.
    QrExpired {},
    /// The login was cancelled on the phone.
    Cancelled {},
    /// The phone asks its owner to confirm a login without a scan.
    #[non_exhaustive]
    PushLogin {
        /// The number being polled for.
        uuid: QrUuid,
    },
    /// The session is there.
    #[non_exhaustive]
    Online {
        /// Oneself.
        account: Account,
        /// The base host.
        host: String,
        /// Which way led in.
        how: How,
    },
    /// The contacts have been fetched as far as they can be.
    #[non_exhaustive]
    ContactsLoaded {
        /// How many people and accounts.
        contacts: usize,
        /// How many groups.
        groups: usize,
    },
    /// A message came.
    Message(Box<Message>),
    /// A contact changed.
    #[non_exhaustive]
    Contact {
        /// How.
        change: ContactChange,
        /// As it is now; of a removed one as it was.
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
    /// Somebody is known over logins who was not, or under another key.
    /// Told of those whose messages or keys were seen before.
    #[non_exhaustive]
    Identity {
        /// The name in this login.
        id: UserName,
        /// The key from here on.
        key: String,
        /// The key of ours so far, which is given up: it is the same one's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<String>,
        /// How it was found out.
        by: Means,
    },
    /// The service cannot be reached, or talks nonsense. The session goes on
    /// trying.
    #[non_exhaustive]
    Offline {
        /// For people.
        reason: String,
        /// When it tries again.
        retry_in_ms: u64,
    },
    /// The service can be reached again.
    #[non_exhaustive]
    BackOnline {
        /// How long it could not.
        after_ms: u64,
    },
    /// The server finds that the account does too much; everything it
    /// complained about waits.
    #[non_exhaustive]
    Throttled {
        /// How long.
        for_ms: u64,
    },
    /// Something is wrong that somebody should look at.
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
        /// By whom.
        cause: Cause,
        /// The server's code; 0 where there was none.
        ret: Ret,
        /// The server's sentence verbatim, or ours where it said nothing.
        message: String,
    },
}

/// Which way led into a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum How {
    /// The saved session still held.
    Saved,
    /// The phone confirmed without a scan.
    Push,
    /// A QR code was scanned.
    Qr,
}

/// What became of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum WarningKind {
    /// The store cannot be written.
    Disk,
    /// A page cannot be read and is asked for again.
    Stuck,
    /// A message's handler failed repeatedly; it was passed.
    Parked,
    /// Contacts could not be fetched.
    Contacts,
    /// Another owner has taken the account over; this one is silent.
    Fenced,
}

/// Who or what ended a session, or a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// Oneself.
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

    /// What it means, for people, where the server said nothing itself but, in
    /// a refusal, the code.
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
    /// By whom.
    pub cause: Cause,
    /// The server's code; 0 where there was none.
    pub ret: Ret,
    /// The server's sentence verbatim, or ours where it said nothing.
    pub message: String,
}

impl CloseReason {
    /// The facts of [`EventKind::LoggedOut`]; for an empty message what the cause
    /// means.
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
