//! What the application asks of a session, and what becomes of it.

use std::fmt;

use serde::{Deserialize, Serialize};
use wx_wire::id::{ClientMsgId, MsgId, UserName};

use crate::media::{LocalFile, MediaRef, Uploaded};

mod change;
mod content;
mod error;
mod rejected;

pub use change::{Befriend, GroupChange, Joining, MAX_NAME, MemberOutcome};
pub use content::{Content, SendContent};
pub use error::CommandError;
pub use rejected::Rejected;

/// Number of a command within a session's life in one process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub(crate) u64);

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the application asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Command {
    /// Send a text.
    SendText(SendText),
    /// Send something else.
    SendContent(SendContent),
    /// Upload a file, to be sent later.
    Upload {
        /// To whom it is to be sent first; anybody may get it.
        to: UserName,
        /// Which.
        file: LocalFile,
    },
    /// Fetch a medium.
    Download {
        /// Which.
        media: MediaRef,
        /// How many bytes of it are there already.
        #[serde(default)]
        from: u64,
    },
    /// Take a message back.
    Revoke {
        /// Which: as the server numbered it.
        msg_id: MsgId,
        /// Where it was sent to.
        to: UserName,
        /// The client's number of it; for `None` the one that is remembered,
        /// if it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_msg_id: Option<ClientMsgId>,
    },
    /// Set the remark of a contact; an empty one takes it away.
    SetRemark {
        /// Whose.
        to: UserName,
        /// Up to [`MAX_NAME`] characters.
        remark: String,
    },
    /// Put a chat at the top of the list, or back in its place.
    Pin {
        /// Which.
        to: UserName,
        /// At the top.
        pinned: bool,
    },
    /// Tell the phone that a chat was read.
    MarkRead {
        /// Which.
        to: UserName,
    },
    /// Come to know somebody.
    Befriend(Befriend),
    /// Ask the server which of one's contacts fit a word.
    SearchContacts {
        /// The word.
        keyword: String,
    },
    /// Make a group.
    CreateGroup {
        /// Its name; may be empty.
        topic: String,
        /// Two others at least.
        members: Vec<UserName>,
    },
    /// Change a group.
    ChangeGroup {
        /// Which.
        group: UserName,
        /// What of it.
        #[serde(flatten)]
        change: GroupChange,
    },
    /// Fetch details of groups, with their members, and of people.
    FetchContacts {
        /// Whom.
        names: Vec<UserName>,
    },
    /// Fetch the whole address book anew.
    RefreshContacts {},
    /// Say who somebody is over logins, where the session cannot tell or is
    /// mistaken.
    Identify {
        /// The name in this login.
        id: UserName,
        /// The key, of those that are known; see
        /// [`Session::identity`](crate::Session::identity).
        key: String,
    },
    /// Ask the server whether the session still holds.
    Probe {},
    /// End the session.
    Logout {},
    /// Give a command up. A message that may be out already goes on.
    Cancel {
        /// Which.
        #[serde(skip)]
        command: Option<CommandId>,
    },
}

/// A text to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SendText {
    /// Friend, group, public account or `filehelper`.
    pub to: UserName,
    /// As people shall see it. Faces of the service are written as `[微笑]`.
    pub text: String,
    /// Members of the group who are mentioned. Those whom the text does not
    /// name behind an `@` itself are named in front of it.
    ///
    /// The service tells nobody for the name in the text alone, and has been
    /// seen to tell nobody at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserName>,
    /// The caller's own name of this message: the same key again gives the
    /// first outcome and sends nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<IdempotencyKey>,
    /// Unix time in milliseconds after which it must not go out any more;
    /// `None` for [`Config::send_expiry`](crate::Config::send_expiry).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_ms: Option<u64>,
}

impl SendText {
    /// A text without a key and with the usual expiry.
    #[must_use]
    pub fn new(to: impl Into<UserName>, text: impl Into<String>) -> Self {
        Self {
            to: to.into(),
            text: text.into(),
            mentions: Vec::new(),
            key: None,
            expires_ms: None,
        }
    }

    /// With a mention of a member of the group.
    #[must_use]
    pub fn mention(mut self, member: impl Into<UserName>) -> Self {
        self.mentions.push(member.into());
        self
    }

    /// With a key of the caller's.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<Box<str>>) -> Self {
        self.key = Some(IdempotencyKey(key.into()));
        self
    }
}

/// A caller's own name of a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdempotencyKey(pub(crate) Box<str>);

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A command has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completion {
    /// Which.
    pub command: CommandId,
    /// How.
    pub result: Result<Done, CommandError>,
}

/// A command did what it was asked to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "done", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Done {
    /// The server took the message.
    Sent {
        /// The message's number: for recalls.
        msg_id: MsgId,
        /// The number that the client gave it.
        client_msg_id: ClientMsgId,
        /// The receiver.
        to: UserName,
    },
    /// The service has the file.
    Uploaded(Uploaded),
    /// The medium is there.
    Downloaded {
        /// Bytes of the whole.
        bytes: u64,
        /// What the server calls it, if it does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        media_type: Option<String>,
    },
    /// The message was taken back.
    Revoked {},
    /// It is as was asked for.
    Changed {},
    /// The group is there.
    GroupCreated {
        /// Its name in this login.
        id: UserName,
        /// What it is called.
        topic: String,
        /// Those who were asked in.
        members: Vec<MemberOutcome>,
    },
    /// People were asked into a group.
    MembersAdded {
        /// How.
        how: Joining,
        /// Those who were asked.
        members: Vec<MemberOutcome>,
    },
    /// The contacts that were looked for.
    Found {
        /// Who.
        names: Vec<UserName>,
    },
    /// The roster has what the server knows.
    Fetched {},
    /// Somebody is known by the key that was named, or it by the real id.
    Identified {},
    /// The session holds.
    Holds {},
    /// The session was ended.
    LoggedOut {},
    /// The other command was given up.
    Cancelled {},
}
