//! Messages that are more than a text: media, what was uploaded, cards, and
//! what is sent on.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::stream::{self, BoxStream, StreamExt};
use wx_proto::{Command, Content, Done, FileKind, Forward, MediaRef, SendContent, Uploaded};
use wx_wire::id::UserName;

use super::{Client, Sent};
use crate::download::Downloading;
use crate::driver::Place;
use crate::error::{Error, ErrorKind};
use crate::media::Media;
use crate::transfer::{Freight, Transfer};

/// The most receivers of a message that is sent on (protocol: limits).
const MAX_RECEIVERS: usize = 200;
/// How many of them are sent to at the same time. The core keeps the pace.
const AT_ONCE: usize = 8;

/// A medium to be sent.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SendMedia {
    /// Friend, group, public account or `filehelper`.
    pub to: UserName,
    /// As what. A GIF that is sent as an image arrives as an emoticon.
    pub kind: FileKind,
    /// What.
    pub media: Media,
    /// The caller's own name of this message: the same key again gives the
    /// first outcome, and uploads and sends nothing.
    pub key: Option<Box<str>>,
    /// Unix time in milliseconds after which it must not go out any more; see
    /// [`SendContent::expires_ms`].
    pub expires_ms: Option<u64>,
}

impl SendMedia {
    /// A medium without a key and with the usual expiry.
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

    /// With a key of the caller's.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<Box<str>>) -> Self {
        self.key = Some(key.into());
        self
    }
}

impl Client {
    /// Sends a picture: jpeg, png or bmp. A GIF goes as an emoticon.
    ///
    /// The transfer's errors are those of [`send_media`](Self::send_media).
    pub fn send_image(&self, to: impl Into<UserName>, media: Media) -> Transfer<Sent> {
        self.send_media(SendMedia::new(to, FileKind::Image, media))
    }

    /// Sends a video: mp4.
    ///
    /// The transfer's errors are those of [`send_media`](Self::send_media).
    pub fn send_video(&self, to: impl Into<UserName>, media: Media) -> Transfer<Sent> {
        self.send_media(SendMedia::new(to, FileKind::Video, media))
    }

    /// Sends a file, whatever is in it.
    ///
    /// The transfer's errors are those of [`send_media`](Self::send_media).
    pub fn send_file(&self, to: impl Into<UserName>, media: Media) -> Transfer<Sent> {
        self.send_media(SendMedia::new(to, FileKind::File, media))
    }

    /// Sends an emoticon: gif or png.
    ///
    /// The transfer's errors are those of [`send_media`](Self::send_media).
    pub fn send_emoticon(&self, to: impl Into<UserName>, media: Media) -> Transfer<Sent> {
        self.send_media(SendMedia::new(to, FileKind::Emoticon, media))
    }

    /// Uploads a medium and sends it, perhaps with an idempotency key and an
    /// expiry. Messages that are sent meanwhile do not wait for it.
    ///
    /// The transfer ends with [`ErrorKind::Usage`] if it is not of the kind
    /// that is wanted, [`ErrorKind::TooLarge`] if it is beyond the
    /// [limits](crate::Config::limits), [`ErrorKind::File`] if it cannot be
    /// read or was changed meanwhile, and otherwise as [`send`](Self::send)
    /// does.
    pub fn send_media(&self, send: SendMedia) -> Transfer<Sent> {
        Transfer::new(self, |client, job| async move {
            let media = &send.media;
            let file = media.local_file(send.kind, &client.limits, &job).await?;
            let mut content = SendContent::new(send.to, file);
            content.expires_ms = send.expires_ms;
            if let Some(key) = send.key {
                content = content.with_key(key);
            }
            let place = Place::Source(media.source());
            let done = client.carry(Command::SendContent(content), Freight { job, place });
            Sent::of(done.await?)
        })
    }

    /// Uploads a medium, to be sent by [`send_content`](Self::send_content) as
    /// often as is wanted, to anybody. `to` is the receiver that the service is
    /// told of.
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

    /// Sends what needs no upload: an [`Uploaded`] medium, an emoticon by its
    /// MD5, a card, a [`Forward`].
    ///
    /// Cancel safety: as of [`send`](Self::send).
    ///
    /// # Errors
    /// As [`send`](Self::send); [`ErrorKind::Usage`] for a file of this machine,
    /// which [`send_media`](Self::send_media) sends.
    pub async fn send_content(&self, send: SendContent) -> Result<Sent, Error> {
        if matches!(send.content, Content::File(_)) {
            let words = "a file of this machine is sent as media, which says where it is";
            return Err(Error::new(ErrorKind::Usage, words));
        }
        Sent::of(self.run(Command::SendContent(send)).await?)
    }

    /// Sends a message on to others, up to 200 of them (protocol: limits), at
    /// the pace of the account. Nothing is fetched or uploaded.
    ///
    /// Cancel safety: a stream that is dropped sends to nobody more; what was
    /// begun goes on.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for no receivers and for too many. What becomes of
    /// each message is an item of the stream.
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

    /// Fetches a medium: of a [message](crate::Message::media), an
    /// [avatar](MediaRef::avatar), what was uploaded. It is said of the result
    /// where to.
    ///
    /// A connection that breaks is gone on with from where it broke. The
    /// transfer ends with [`ErrorKind::File`] for trouble on this machine,
    /// [`ErrorKind::Network`] when nothing came in several tries or the server
    /// does not give it out, [`ErrorKind::Refused`] with the server's code. What
    /// is on the disk then stays there for the next start, as the error says.
    pub fn download(&self, media: MediaRef) -> Downloading {
        Downloading::new(self.clone(), media)
    }
}

/// A message on its way to others: for each of them, in their order, what
/// became of it.
#[must_use = "nothing is sent unless the stream is polled"]
pub struct Forwarding(BoxStream<'static, (UserName, Result<Sent, Error>)>);

impl Forwarding {
    /// The next receiver, and what became of the message to it; `None` after
    /// the last one.
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
