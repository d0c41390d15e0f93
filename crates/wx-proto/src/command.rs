//! What an application can ask a session to do, and the outcomes.

use std::fmt;

use serde::{Deserialize, Serialize};
use wx_wire::id::{ClientMsgId, MsgId, UserName};

use crate::identity::StableKey;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CommandId(pub(crate) u64);

impl fmt::Display for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Something that an application asks a session to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Command {
    /// Send a text.
    SendText(SendText),
    /// Send something other than a text.
    SendContent(SendContent),
    /// Upload a file, to be sent later.
    Upload {
        /// The receiver that the service is told. The upload can be sent to anybody.
        to: UserName,
        /// The file.
        file: LocalFile,
    },
    /// Download a medium.
    Download {
        /// The medium.
        media: MediaRef,
        /// How many bytes of it have been downloaded already.
        #[serde(default)]
        from: u64,
    },
    /// Take a message back.
    Revoke {
        /// The server's number for it.
        msg_id: MsgId,
        /// The chat it was sent to.
        to: UserName,
        /// The client's number for it; with `None`, the one that is remembered, if
        /// any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_msg_id: Option<ClientMsgId>,
    },
    /// Set the remark of a contact; an empty text removes it.
    SetRemark {
        /// The contact.
        to: UserName,
        /// At most [`MAX_NAME`] characters.
        remark: String,
    },
    /// Pin a chat to the top of the list, or unpin it.
    Pin {
        /// The chat.
        to: UserName,
        /// Whether it is pinned.
        pinned: bool,
    },
    /// Mark a chat as read on the phone.
    MarkRead {
        /// The chat.
        to: UserName,
    },
    /// Accept or send a friend request, or follow a public account.
    Befriend(Befriend),
    /// Ask the server which contacts match a word.
    SearchContacts {
        /// The word.
        keyword: String,
    },
    /// Create a group.
    CreateGroup {
        /// Its name; may be empty.
        topic: String,
        /// At least two other people.
        members: Vec<UserName>,
    },
    /// Change a group.
    ChangeGroup {
        /// The group.
        group: UserName,
        /// The change.
        #[serde(flatten)]
        change: GroupChange,
    },
    /// Fetch the details of groups, with their members, and of people.
    FetchContacts {
        /// The groups and people.
        names: Vec<UserName>,
    },
    /// Fetch the whole address book anew.
    RefreshContacts {},
    /// Say who somebody is across logins, where the session cannot tell or is wrong.
    Identify {
        /// The name in this login.
        id: UserName,
        /// The key, one of the known ones; see
        /// [`Session::identity`](crate::Session::identity).
        key: StableKey,
    },
    /// Ask the server whether the session is still valid.
    Probe {},
    /// End the session.
    Logout {},
    /// Cancel a command. A message that may have gone out already goes on.
    Cancel {
        /// The command's number.
        id: CommandId,
    },
}

/// A text to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SendText {
    /// Friend, group, public account or `filehelper`.
    pub to: UserName,
    /// The text as people see it. The service's faces are written as `[微笑]`.
    pub text: String,
    /// Members of the group to mention. Those whom the text does not name after an
    /// `@` itself are named in front of it.
    ///
    /// A name in the text alone alerts nobody. No alert for a mention from a web
    /// client has been seen at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<UserName>,
    /// The caller's own key for this message: the same key again returns the first
    /// outcome and sends nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<IdempotencyKey>,
    /// Unix time in milliseconds after which it must no longer go out. `None`
    /// stands for [`Config::send_expiry`](crate::Config::send_expiry).
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

    /// Mentions a member of the group.
    #[must_use]
    pub fn mention(mut self, member: impl Into<UserName>) -> Self {
        self.mentions.push(member.into());
        self
    }

    /// With a key of the caller's own.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<IdempotencyKey>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// A caller's own key for a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdempotencyKey(Box<str>);

impl IdempotencyKey {
    /// Takes the text over as it is.
    #[must_use]
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for IdempotencyKey {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for IdempotencyKey {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A command has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Completion {
    /// The command.
    pub command: CommandId,
    /// How it ended.
    pub result: Result<Done, CommandError>,
}

/// The result of a command that succeeded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "done", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Done {
    /// The server accepted the message.
    #[non_exhaustive]
    Sent {
        /// The server's number for it; recalls need it.
        msg_id: MsgId,
        /// The client's own number.
        client_msg_id: ClientMsgId,
        /// The receiver.
        to: UserName,
    },
    /// The service has the file.
    Uploaded(Uploaded),
    /// The download is complete.
    #[non_exhaustive]
    Downloaded {
        /// Its size in bytes.
        bytes: u64,
        /// Its type according to the server, if it says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        media_type: Option<String>,
    },
    /// The message was taken back.
    Revoked {},
    /// The change was made.
    Changed {},
    /// The group was created.
    #[non_exhaustive]
    GroupCreated {
        /// Its user name, valid for this login.
        id: UserName,
        /// Its name.
        topic: String,
        /// The people who were to join, and whether they did.
        members: Vec<MemberOutcome>,
    },
    /// People were added or invited to a group.
    #[non_exhaustive]
    MembersAdded {
        /// Whether they are members now, or must accept first.
        how: Joining,
        /// The outcome for each of them.
        members: Vec<MemberOutcome>,
    },
    /// The contacts that match.
    #[non_exhaustive]
    Found {
        /// Their user names.
        names: Vec<UserName>,
    },
    /// The roster has been updated with what the server knows.
    Fetched {},
    /// The person is now known by that key, or the key by the real id.
    Identified {},
    /// The session is valid.
    Holds {},
    /// The session was ended.
    LoggedOut {},
    /// The other command was cancelled.
    Cancelled {},
}
