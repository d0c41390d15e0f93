//! Forwarding messages (protocol: forwarding).
//!
//! Nothing is downloaded or uploaded again: the server makes a picture or a video
//! from the content of the original message.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use wx_wire::id::MediaId;
use wx_wire::message::{AddMsg, Context, forward};

use crate::message::{Body, Message};

/// A message to forward, to anybody and any number of times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "forward", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Forward {
    /// A text.
    Text {
        /// As people see it.
        text: String,
    },
    /// A picture, even one that was taken back.
    Image {
        /// Its XML.
        content: String,
        /// Its reference; usually empty.
        #[serde(default, skip_serializing_if = "MediaId::is_empty")]
        media_id: MediaId,
    },
    /// A video.
    Video {
        /// Its XML.
        content: String,
        /// Its reference; usually empty.
        #[serde(default, skip_serializing_if = "MediaId::is_empty")]
        media_id: MediaId,
    },
    /// An emoticon.
    Emoticon {
        /// Of the picture, in hex.
        md5: String,
    },
    /// A file.
    File {
        /// Its name.
        name: String,
        /// Bytes.
        size: u64,
        /// Its reference.
        media_id: MediaId,
    },
    /// A location.
    Location {
        /// Its XML.
        content: String,
    },
}

/// Why a message cannot be forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NotForwardable {
    /// The web service forwards no messages of this kind.
    #[error(
        "only texts, pictures, videos, emoticons, files and locations can be forwarded: \
         the web service has no more"
    )]
    OtherKind,
    /// Emoticons from the store have no reference to send them by.
    #[error("the emoticon is from the store: it cannot be forwarded")]
    StoreEmoticon,
    /// The raw item is needed, but was not kept.
    #[error("forwarding needs the raw item of the message, which was not kept")]
    NoRaw,
    /// The message that was taken back was not seen, or is no longer in memory.
    #[error("the message that was taken back is no longer in memory")]
    Forgotten,
    /// The item lacks what forwarding needs.
    #[error("the message lacks what forwarding needs")]
    Incomplete,
}

impl Message {
    /// The message, ready to forward. For a recall, this is the message that was taken
    /// back.
    ///
    /// # Errors
    /// If it cannot be forwarded.
    pub fn forward(&self) -> Result<Forward, NotForwardable> {
        let filled = |text: String| match text.is_empty() {
            true => Err(NotForwardable::Incomplete),
            false => Ok(text),
        };
        Ok(match &self.body {
            Body::Text { text, .. } => Forward::Text {
                text: filled(text.clone())?,
            },
            Body::Image { .. } => Forward::Image {
                content: filled(self.content()?)?,
                media_id: MediaId::new(self.item()?.media_id),
            },
            Body::Video { .. } => Forward::Video {
                content: filled(self.content()?)?,
                media_id: MediaId::new(self.item()?.media_id),
            },
            Body::Emoticon { store: true, .. } => return Err(NotForwardable::StoreEmoticon),
            Body::Emoticon { md5, .. } => Forward::Emoticon {
                md5: filled(md5.clone().unwrap_or_default())?,
            },
            Body::File {
                file_name,
                size,
                media_id,
                ..
            } => Forward::File {
                name: file_name.clone(),
                size: size.ok_or(NotForwardable::Incomplete)?,
                media_id: Some(media_id.clone())
                    .filter(|media_id| !media_id.is_empty())
                    .ok_or(NotForwardable::Incomplete)?,
            },
            Body::Location { .. } => Forward::Location {
                content: filled(self.content()?)?,
            },
            Body::Revoked { original, .. } => {
                let original = original.as_ref().ok_or(NotForwardable::Forgotten)?;
                return Ok(match original.forward()? {
                    Forward::Image { content, media_id } => Forward::Image {
                        content: forward::recalled_image(&content).unwrap_or(content),
                        media_id,
                    },
                    other => other,
                });
            }
            _ => return Err(NotForwardable::OtherKind),
        })
    }

    /// With the raw item, for a message that was stored without it.
    #[must_use]
    pub fn with_raw(mut self, raw: impl Into<Bytes>) -> Self {
        self.raw = raw.into();
        self
    }

    fn item(&self) -> Result<AddMsg<'_>, NotForwardable> {
        if self.raw.is_empty() {
            return Err(NotForwardable::NoRaw);
        }
        AddMsg::decode(&self.raw).map_err(|_| NotForwardable::Incomplete)
    }

    fn content(&self) -> Result<String, NotForwardable> {
        let item = self.item()?;
        Ok(forward::forward_content(&Context::of(&item), &item))
    }
}
