//! Messages to send that are not texts.

use serde::{Deserialize, Serialize};
use wx_wire::code::MsgType;
use wx_wire::id::UserName;

use super::IdempotencyKey;
use crate::forward::Forward;
use crate::media::{LocalFile, Uploaded};

/// A message to send that is not a text; for texts see
/// [`SendText`](super::SendText).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SendContent {
    /// Friend, group, public account or `filehelper`.
    pub to: UserName,
    /// The content.
    pub content: Content,
    /// The caller's own key for this message: the same key again returns the first
    /// outcome, and uploads and sends nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<IdempotencyKey>,
    /// Unix time in milliseconds after which it must no longer go out. `None`
    /// stands for [`Config::send_expiry`](crate::Config::send_expiry), counted
    /// from its acceptance and again from each piece of an upload.
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

    /// With a key of the caller's own.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<IdempotencyKey>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// The content of a message to send.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Content {
    /// A local file, which is uploaded first. Messages that are
    /// accepted meanwhile do not wait for it.
    File(LocalFile),
    /// A file that was uploaded.
    Uploaded(Uploaded),
    /// An emoticon that the service knows.
    Emoticon {
        /// The MD5 of the picture, in hex.
        md5: String,
    },
    /// The name card of one of your friends or public accounts.
    Card {
        /// The contact.
        user_name: UserName,
        /// The name on it.
        nick_name: String,
    },
    /// Anything that `webwxsendmsg` accepts; the caller knows the format. The service
    /// shows what it does not understand as an unsupported message.
    Raw {
        /// MsgType.
        msg_type: MsgType,
        /// The content, sent as it is.
        content: String,
    },
    /// A message that was received or sent before.
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
