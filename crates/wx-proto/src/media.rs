//! References to media that are sent or received: their bytes never enter the
//! session.

use std::fmt;

use serde::{Deserialize, Serialize};
use wx_wire::endpoint::webwxuploadmedia::{FileFacts, MediaKind};
use wx_wire::id::{MediaId, MsgId, UserName};
use wx_wire::secret::UploadSignature;

use crate::message::{Body, Message};

/// How a file is shown to its receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FileKind {
    /// A picture: jpeg, png, bmp.
    Image,
    /// An emoticon: gif.
    Emoticon,
    /// A video: mp4.
    Video,
    /// A file of any content.
    File,
}

impl FileKind {
    /// The kind in the upload. The official page uploads a gif as a document
    /// (protocol: upload, mediatype).
    pub(crate) const fn media_kind(self) -> MediaKind {
        match self {
            Self::Image => MediaKind::Pic,
            Self::Video => MediaKind::Video,
            Self::Emoticon | Self::File => MediaKind::Doc,
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Image => "image",
            Self::Emoticon => "emoticon",
            Self::Video => "video",
            Self::File => "file",
        })
    }
}

/// A local file to send. The driver reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LocalFile {
    /// As what it arrives.
    pub kind: FileKind,
    /// Name, size, MD5.
    pub facts: FileFacts,
}

impl LocalFile {
    /// A file.
    #[must_use]
    pub const fn new(kind: FileKind, facts: FileFacts) -> Self {
        Self { kind, facts }
    }
}

/// A file that the service has: it can be sent any number of times, to
/// anybody, without a new upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Uploaded {
    /// As what it arrives.
    pub kind: FileKind,
    /// The id by which messages refer to it. Valid for this login.
    pub media_id: MediaId,
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// For a large file, the signature from webwxcheckupload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<UploadSignature>,
}

/// A medium that can be downloaded. Free of secrets, and valid until the login
/// is over, in other processes too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "media", rename_all = "snake_case")]
#[non_exhaustive]
pub enum MediaRef {
    /// The picture of a message.
    Image {
        /// Of which message.
        msg_id: MsgId,
    },
    /// The small picture of a message with a picture, a video or a link.
    Thumbnail {
        /// Of which message.
        msg_id: MsgId,
    },
    /// An emoticon that is not from the store.
    Emoticon {
        /// Of which message.
        msg_id: MsgId,
    },
    /// MP3.
    Voice {
        /// Of which message.
        msg_id: MsgId,
    },
    /// MP4.
    Video {
        /// Of which message.
        msg_id: MsgId,
    },
    /// The map of a location.
    Map {
        /// Of which message.
        msg_id: MsgId,
    },
    /// A file.
    File {
        /// The person or group it came from; our own account for a file that we
        /// sent.
        sender: UserName,
        /// Its reference.
        media_id: MediaId,
        /// Its name as the sender gave it: not safe as a name on disk.
        file_name: String,
        /// Its name as the server wants it for downloads; old messages lack it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        encry_file_name: Option<String>,
        /// Bytes, if the message says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size: Option<u64>,
    },
    /// The picture of a person, a group or a member of one.
    Avatar {
        /// The person or group.
        user_name: UserName,
        /// The group, for a member who is not a contact.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<UserName>,
        /// The card or friend request that names a stranger.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        msg_id: Option<MsgId>,
    },
    /// A picture that was uploaded.
    Preview {
        /// Its reference.
        media_id: MediaId,
    },
}

impl MediaRef {
    /// The picture of a person or a group.
    #[must_use]
    pub fn avatar(user_name: impl Into<UserName>) -> Self {
        Self::Avatar {
            user_name: user_name.into(),
            group: None,
            msg_id: None,
        }
    }

    /// The size in bytes, if it is known beforehand.
    #[must_use]
    pub const fn size(&self) -> Option<u64> {
        match self {
            Self::File { size, .. } => *size,
            _ => None,
        }
    }
}

/// A message has no medium that could be downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NoMedia {
    /// It is not of a kind that has one.
    #[error("the message has no picture, voice, video or file")]
    OtherKind,
    /// Emoticons from the store are only shown on phones (protocol:
    /// webwxgetmsgimg).
    #[error("the emoticon is from the store: the web service does not give it out")]
    StoreEmoticon,
}

impl Message {
    /// The medium of the message.
    ///
    /// # Errors
    /// If it has none that the web service gives out.
    pub fn media(&self) -> Result<MediaRef, NoMedia> {
        let msg_id = self.msg_id.clone();
        Ok(match &self.body {
            Body::Image { .. } => MediaRef::Image { msg_id },
            Body::Emoticon { store: true, .. } => return Err(NoMedia::StoreEmoticon),
            Body::Emoticon { .. } => MediaRef::Emoticon { msg_id },
            Body::Voice { .. } => MediaRef::Voice { msg_id },
            Body::Video { .. } => MediaRef::Video { msg_id },
            Body::Location { .. } => MediaRef::Map { msg_id },
            Body::File {
                file_name,
                size,
                media_id,
                encry_file_name,
                ..
            } => MediaRef::File {
                sender: self.wire_sender().clone(),
                media_id: media_id.clone(),
                file_name: file_name.clone(),
                encry_file_name: encry_file_name.clone(),
                size: *size,
            },
            Body::Revoked {
                original: Some(original),
                ..
            } => return original.media(),
            _ => return Err(NoMedia::OtherKind),
        })
    }

    /// The sender on the wire, which in a group is the group.
    fn wire_sender(&self) -> &UserName {
        if self.from_me {
            &self.sender.id
        } else {
            &self.chat.id
        }
    }
}
