//! What handlers are given.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use wx_proto::command::Rejected;
use wx_proto::{EventKind, Message, SendText};

use super::answers::Answers;
use super::rule::{Found, said};
use crate::client::{Client, Sent};
use crate::error::Error;
#[cfg(doc)]
use crate::error::ErrorKind;

/// A message, and what a handler needs to deal with it. Clones are for the
/// same message.
pub struct Context<S>(Arc<Inner<S>>);

struct Inner<S> {
    client: Client,
    state: Arc<S>,
    message: Message,
    found: Found,
    answers: Arc<Answers>,
    /// How many answers were asked for.
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

    /// The client, for everything that is not an answer.
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

    /// What it says, without blanks around it and, where it mentions oneself,
    /// without the mention in front; empty for what is no text.
    #[must_use]
    pub fn text(&self) -> &str {
        said(&self.0.message).unwrap_or_default()
    }

    /// What follows a [command](super::Rule::command), without the blanks
    /// around it.
    #[must_use]
    pub fn args(&self) -> &str {
        let from = self.0.found.args_at;
        self.text().get(from..).unwrap_or_default().trim()
    }

    /// What a group of a [regular expression](super::Rule::regex) has caught;
    /// 0 is the whole of what it fits.
    #[must_use]
    pub fn captured(&self, group: usize) -> Option<&str> {
        let range = self.0.found.groups.get(group)?.clone()?;
        self.text().get(range)
    }

    /// What a named group of a regular expression has caught: `(?<city>.+)`.
    #[must_use]
    pub fn named(&self, group: &str) -> Option<&str> {
        let names = &self.0.found.names;
        let at = names.iter().position(|name| name.as_deref() == Some(group));
        self.captured(at?)
    }

    /// Answers before the handler has ended, or more than once.
    ///
    /// If the message is handled again, after a failure or a crash, the n-th
    /// answer to it is the n-th again: one that is out is not sent twice, and
    /// its first outcome is given.
    ///
    /// # Errors
    /// As [`Client::send`]; [`ErrorKind::Usage`] with [`Rejected::KeyReused`] if
    /// the n-th answer was another text the time before.
    pub async fn reply(&self, text: impl Into<String>) -> Result<Sent, Error> {
        self.send(SendText::new(&self.message().chat.id, text))
            .await
    }

    async fn send(&self, send: SendText) -> Result<Sent, Error> {
        let Inner {
            client,
            message,
            answers,
            asked,
            ..
        } = &*self.0;
        let number = asked.fetch_add(1, Ordering::Relaxed);
        let key = answers.key(&message.key, number);
        let sent = client.send(send.with_key(key)).await;
        if let Err(error) = &sent {
            answers.note(&message.key, number, error);
        }
        sent
    }

    /// Sends what the handler returned.
    pub(super) async fn answer(&self, send: SendText) -> Result<(), Error> {
        match self.send(send).await {
            // There is an answer already, of other words: it stands.
            Err(error) if matches!(error.rejected(), Some(Rejected::KeyReused { .. })) => {
                tracing::debug!(message = %self.message().key, "it was answered before");
                Ok(())
            }
            sent => sent.map(drop),
        }
    }
}

/// Something that happened beside messages.
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
