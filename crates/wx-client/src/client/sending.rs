//! Messages that are more than a text: media, uploads, cards, and forwarded
//! messages.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream::{self, BoxStream, StreamExt};
use wx_proto::command::IdempotencyKey;
use wx_proto::{Command, Content, Done, FileKind, Forward, MediaRef, SendContent, Uploaded};
use wx_wire::id::UserName;

use super::{Client, Sent};
use crate::download::Downloading;
use crate::driver::Place;
use crate::error::{Error, ErrorKind};
use crate::media::Media;
use crate::transfer::{Freight, Transfer};

/// To how many receivers a message can be forwarded at once (protocol: limits).
const MAX_RECEIVERS: usize = 200;
/// How many of them are sent to at the same time. The core paces the sends.
const AT_ONCE: usize = 8;

/// A picture, video, file or emoticon to send.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SendMedia {
    /// Friend, group, public account or `filehelper`.
    pub to: UserName,
    /// The kind of message. A GIF that is sent as an image arrives as an emoticon.
    pub kind: FileKind,
    /// The file or bytes.
    pub media: Media,
    /// The caller's own key for this message: the same key again returns the first
    /// outcome, and uploads and sends nothing.
    pub key: Option<IdempotencyKey>,
    /// Unix time in milliseconds after which it must no longer go out; see
    /// [`SendContent::expires_ms`].
    pub expires_ms: Option<u64>,
}

impl SendMedia {
    /// Without a key, and with the usual expiry.
    #[must_use]
    pub fn new(to: impl Into<UserName>, kind: FileKind, media: Media) -> Self {
        Self {
            to: to.into(),
            kind,
            media,
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

impl Client {
    /// Sends a picture: JPEG, PNG or BMP. A GIF is sent as an emoticon.
    ///
    /// The transfer's errors are those of [`send_media`](Self::send_media).
    pub fn send_image(&self, to: impl Into<UserName>, media: Media) -> Transfer<Sent> {
        self.send_media(SendMedia::new(to, FileKind::Image, media))
    }

    /// Sends a video: MP4.
    ///
    /// The transfer's errors are those of [`send_media`](Self::send_media).
    pub fn send_video(&self, to: impl Into<UserName>, media: Media) -> Transfer<Sent> {
        self.send_media(SendMedia::new(to, FileKind::Video, media))
    }

    /// Sends a file of any kind.
    ///
    /// The transfer's errors are those of [`send_media`](Self::send_media).
    pub fn send_file(&self, to: impl Into<UserName>, media: Media) -> Transfer<Sent> {
        self.send_media(SendMedia::new(to, FileKind::File, media))
    }

    /// Sends an emoticon: GIF or PNG.
    ///
    /// The transfer's errors are those of [`send_media`](Self::send_media).
    pub fn send_emoticon(&self, to: impl Into<UserName>, media: Media) -> Transfer<Sent> {
        self.send_media(SendMedia::new(to, FileKind::Emoticon, media))
    }

    /// Uploads a file and sends it, optionally with an idempotency key and an expiry.
    /// Messages that are sent meanwhile do not wait for it.
    ///
    /// The transfer ends with [`ErrorKind::Usage`] if the file cannot be sent as this
    /// kind, [`ErrorKind::TooLarge`] if it exceeds the
    /// [limits](crate::Config::limits), [`ErrorKind::File`] if it cannot be read or
    /// has changed meanwhile, and otherwise as [`send`](Self::send) does.
    pub fn send_media(&self, send: SendMedia) -> Transfer<Sent> {
        Transfer::new(self, |client, job| async move {
            let media = &send.media;
            let file = media.local_file(send.kind, &client.limits, &job).await?;
            let mut content = SendContent::new(send.to, file);
            content.expires_ms = send.expires_ms;
            content.key = send.key;
            let place = Place::Source(media.source());
            let done = client.carry(Command::SendContent(content), Freight { job, place });
            Sent::of(done.await?)
        })
    }

    /// Uploads a file. [`send_content`](Self::send_content) can then send it to
    /// anybody, any number of times. `to` is the receiver that the service is told.
    ///
    /// The transfer's errors are those of [`send_media`](Self::send_media).
    pub fn upload(
        &self,
        to: impl Into<UserName>,
        kind: FileKind,
        media: Media,
    ) -> Transfer<Uploaded> {
        let to = to.into();
        Transfer::new(self, move |client, job| async move {
            let file = media.local_file(kind, &client.limits, &job).await?;
            let place = Place::Source(media.source());
            let done = client.carry(Command::Upload { to, file }, Freight { job, place });
            match done.await? {
                Done::Uploaded(uploaded) => Ok(uploaded),
                _ => Err(Error::unexpected()),
            }
        })
    }

    /// Sends something that needs no upload: an [`Uploaded`] file, an emoticon by its
    /// MD5, a card, a [`Forward`].
    ///
    /// Cancel safety: as for [`send`](Self::send).
    ///
    /// # Errors
    /// As [`send`](Self::send); [`ErrorKind::Usage`] for a local file, which
    /// [`send_media`](Self::send_media) sends.
    pub async fn send_content(&self, send: SendContent) -> Result<Sent, Error> {
        if matches!(send.content, Content::File(_)) {
            let words = "a local file is sent with `send_media`, which reads it";
            return Err(Error::new(ErrorKind::Usage, words));
        }
        Sent::of(self.run(Command::SendContent(send)).await?)
    }

    /// Forwards a message to up to 200 receivers (protocol: limits), at the pace of the
    /// account. Nothing is downloaded or uploaded.
    ///
    /// Cancel safety: dropping the stream sends to no further receivers; sends that
    /// have begun go on.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for no receivers, or too many. The outcome of each send is
    /// an item of the stream.
    pub fn forward<I>(&self, forward: &Forward, to: I) -> Result<Forwarding, Error>
    where
        I: IntoIterator<Item: Into<UserName>>,
    {
        let to: Vec<UserName> = to.into_iter().map(Into::into).collect();
        if to.is_empty() || to.len() > MAX_RECEIVERS {
            let words = format!(
                "a message is sent on to between 1 and {MAX_RECEIVERS} receivers, not {}",
                to.len()
            );
            return Err(Error::new(ErrorKind::Usage, words));
        }
        let (client, forward) = (self.clone(), forward.clone());
        let sends = stream::iter(to).map(move |to| {
            let (client, forward) = (client.clone(), forward.clone());
            async move {
                let sent = client.send_content(SendContent::new(&to, forward)).await;
                (to, sent)
            }
        });
        Ok(Forwarding(sends.buffered(AT_ONCE).boxed()))
    }

    /// Downloads the media of a [message](crate::Message::media), an
    /// [avatar](MediaRef::avatar), or an upload. The returned value says where to.
    ///
    /// If the connection breaks, the download resumes from there. The transfer ends
    /// with [`ErrorKind::File`] for trouble on this machine, [`ErrorKind::Network`] if
    /// nothing came in several tries, [`ErrorKind::Missing`] if the server does not
    /// provide it, [`ErrorKind::Refused`] with the server's code. Whatever is on the disk by then
    /// stays there for the next start, as the error says.
    pub fn download(&self, media: MediaRef) -> Downloading {
        Downloading::new(self.clone(), media)
    }
}

/// The outcomes of forwarding a message, in the order of the receivers.
#[must_use = "nothing is sent unless the stream is polled"]
pub struct Forwarding(BoxStream<'static, (UserName, Result<Sent, Error>)>);

impl Forwarding {
    /// The next receiver and its outcome; `None` after the last one.
    ///
    /// Cancel safe.
    pub async fn next(&mut self) -> Option<(UserName, Result<Sent, Error>)> {
        self.0.next().await
    }
}

impl Stream for Forwarding {
    type Item = (UserName, Result<Sent, Error>);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(cx)
    }
}

impl fmt::Debug for Forwarding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forwarding").finish_non_exhaustive()
    }
}
