//! Messages that are no texts of one's own, to be sent.

use serde::{Deserialize, Serialize};
use wx_wire::id::UserName;

use super::IdempotencyKey;
use crate::forward::Forward;
use crate::media::{LocalFile, Uploaded};

/// A message other than a text of one's own: see
/// [`SendText`](super::SendText) for that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SendContent {
    /// Friend, group, public account or `filehelper`.
    pub to: UserName,
    /// What.
    pub content: Content,
    /// The caller's own name of this message: the same key again gives the
    /// first outcome, and uploads and sends nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<IdempotencyKey>,
    /// Unix time in milliseconds after which it must not go out any more. For
    /// `None`, [`Config::send_expiry`](crate::Config::send_expiry) from its
    /// acceptance on, and from each piece of an upload on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_ms: Option<u64>,
}

impl SendContent {
    /// A message without a key and with the usual expiry.
    #[must_use]
    pub fn new(to: impl Into<UserName>, content: impl Into<Content>) -> Self {
        Self {
            to: to.into(),
            content: content.into(),
            key: None,
            expires_ms: None,
        }
    }

    /// With a key of the caller's.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<Box<str>>) -> Self {
        self.key = Some(IdempotencyKey(key.into()));
        self
    }
}

/// What a message is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Content {
    /// A file of this machine, which is uploaded first. Messages that are
    /// accepted meanwhile do not wait for it.
    File(LocalFile),
    /// A file that was uploaded.
    Uploaded(Uploaded),
    /// An emoticon that the service knows.
    Emoticon {
        /// Of the picture, in hex.
        md5: String,
    },
    /// The card of a friend or a public account of one's own.
    Card {
        /// Whose.
        user_name: UserName,
        /// The name on it.
        nick_name: String,
    },
    /// Anything that webwxsendmsg takes, as the caller knows it to be. The
    /// service shows what it does not understand as an unsupported message.
    Raw {
        /// MsgType.
        msg_type: i64,
        /// What goes with that, sent as it is.
        content: String,
    },
    /// A message that was received, or sent, before.
    Forward(Forward),
}

impl From<LocalFile> for Content {
    fn from(file: LocalFile) -> Self {
        Self::File(file)
    }
}

impl From<Uploaded> for Content {
    fn from(uploaded: Uploaded) -> Self {
        Self::Uploaded(uploaded)
    }
}

impl From<Forward> for Content {
    fn from(forward: Forward) -> Self {
        Self::Forward(forward)
    }
}
