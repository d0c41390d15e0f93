//! What handlers are given.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use wx_proto::command::Rejected;
use wx_proto::{EventKind, FileKind, Message, SendContent, SendText};
use wx_wire::id::UserName;

use super::answers::Answers;
use super::rule::{Found, said};
use crate::client::{Client, SendMedia, Sent};
use crate::error::Error;
#[cfg(doc)]
use crate::error::ErrorKind;
use crate::media::Media;

/// A message, and everything a handler needs to deal with it. Clones are for
/// the same message.
pub struct Context<S>(Arc<Inner<S>>);

struct Inner<S> {
    client: Client,
    state: Arc<S>,
    message: Message,
    found: Found,
    answers: Arc<Answers>,
    /// How many answers the handler has asked for.
    asked: AtomicU32,
}

impl<S> Clone for Context<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> fmt::Debug for Context<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("message", self.message())
            .finish_non_exhaustive()
    }
}

impl<S> Context<S> {
    pub(super) fn new(
        client: Client,
        state: Arc<S>,
        message: Message,
        found: Found,
        answers: Arc<Answers>,
    ) -> Self {
        Self(Arc::new(Inner {
            client,
            state,
            message,
            found,
            answers,
            asked: AtomicU32::new(0),
        }))
    }

    /// The client, for everything but answers.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.0.client
    }

    /// What the bot's handlers share.
    #[must_use]
    pub fn state(&self) -> &S {
        &self.0.state
    }

    /// The message.
    #[must_use]
    pub fn message(&self) -> &Message {
        &self.0.message
    }

    /// The text, without white space around it and without a mention of the bot
    /// in front; empty if the message is not a text.
    #[must_use]
    pub fn text(&self) -> &str {
        said(&self.0.message).unwrap_or_default()
    }

    /// What follows a [command](super::Rule::command), without white space
    /// around it.
    #[must_use]
    pub fn args(&self) -> &str {
        let from = self.0.found.args_at;
        self.text().get(from..).unwrap_or_default().trim()
    }

    /// What a group of a [regular expression](super::Rule::regex) captured; group
    /// 0 is the whole match.
    #[must_use]
    pub fn captured(&self, group: usize) -> Option<&str> {
        let range = self.0.found.groups.get(group)?.clone()?;
        self.text().get(range)
    }

    /// What a named group of a regular expression captured: `(?<city>.+)`.
    #[must_use]
    pub fn named(&self, group: &str) -> Option<&str> {
        let names = &self.0.found.names;
        let at = names.iter().position(|name| name.as_deref() == Some(group));
        self.captured(at?)
    }

    /// Answers before the handler has returned, or more than once.
    ///
    /// If the message is handled again, after a failure or a crash, its n-th
    /// answer is recognised: one that has gone out is not sent twice, and its
    /// first outcome is returned. Texts, media and forwards count alike.
    ///
    /// # Errors
    /// As [`Client::send`]; [`ErrorKind::Usage`] with [`Rejected::KeyReused`] if
    /// the n-th answer was a different one the time before.
    pub async fn reply(&self, text: impl Into<String>) -> Result<Sent, Error> {
        self.send_text(&self.message().chat.id, text).await
    }

    /// Answers with a picture, a video, a file or an emoticon; otherwise as
    /// [`reply`](Self::reply).
    ///
    /// # Errors
    /// As [`Client::send_media`], and as [`reply`](Self::reply).
    pub async fn reply_media(&self, kind: FileKind, media: Media) -> Result<Sent, Error> {
        let send = SendMedia::new(&self.message().chat.id, kind, media);
        self.keyed(|key| self.client().send_media(send.with_key(key)))
            .await
    }

    /// Sends a text to any chat. If the message is handled again, it is not sent
    /// twice, as with [`reply`](Self::reply).
    ///
    /// # Errors
    /// As [`reply`](Self::reply).
    pub async fn send_text(
        &self,
        to: impl Into<UserName>,
        text: impl Into<String>,
    ) -> Result<Sent, Error> {
        self.send(SendText::new(to, text)).await
    }

    /// Forwards the message to another chat. If the message is handled again,
    /// it is not forwarded twice, as with [`reply`](Self::reply).
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] if [it cannot be forwarded](Message::forward), and as
    /// [`reply`](Self::reply).
    pub async fn forward(&self, to: impl Into<UserName>) -> Result<Sent, Error> {
        let send = SendContent::new(to, self.message().forward()?);
        self.keyed(|key| self.client().send_content(send.with_key(key)))
            .await
    }

    async fn send(&self, send: SendText) -> Result<Sent, Error> {
        self.keyed(|key| self.client().send(send.with_key(key)))
            .await
    }

    /// Sends the next answer, under the key that is its own.
    async fn keyed<F>(&self, send: impl FnOnce(String) -> F) -> Result<Sent, Error>
    where
        F: Future<Output = Result<Sent, Error>>,
    {
        let Inner {
            message,
            answers,
            asked,
            ..
        } = &*self.0;
        let number = asked.fetch_add(1, Ordering::Relaxed);
        let sent = send(answers.key(&message.key, number)).await;
        if let Err(error) = &sent {
            answers.note(&message.key, number, error);
        }
        sent
    }

    /// Sends the answer that the handler returned.
    pub(super) async fn answer(&self, send: SendText) -> Result<(), Error> {
        match self.send(send).await {
            // There is an answer already, in other words: it stands.
            Err(error) if matches!(error.rejected(), Some(Rejected::KeyReused { .. })) => {
                tracing::debug!(message = %self.message().key, "it was answered before");
                Ok(())
            }
            sent => sent.map(drop),
        }
    }
}

/// An event that is not a message.
pub struct Notice<S> {
    client: Client,
    state: Arc<S>,
    event: Arc<EventKind>,
}

impl<S> fmt::Debug for Notice<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notice")
            .field("event", &self.event)
            .finish_non_exhaustive()
    }
}

impl<S> Notice<S> {
    pub(super) fn new(client: Client, state: Arc<S>, event: Arc<EventKind>) -> Self {
        Self {
            client,
            state,
            event,
        }
    }

    /// The client.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What the bot's handlers share.
    #[must_use]
    pub fn state(&self) -> &S {
        &self.state
    }

    /// What happened.
    #[must_use]
    pub fn event(&self) -> &EventKind {
        &self.event
    }
}
