//! An answer that is read piece by piece instead of being held in memory.

use std::fmt;
use std::mem;
use std::sync::Weak;

use bytes::Bytes;
use tokio::time::Instant;
use tracing::Span;

use crate::error::{Error, Phase};
use crate::exchange::Answer;
use crate::idle::Idle;

/// The body of an answer that [`Pool::open`](crate::Pool::open) has begun, to
/// be read as it comes.
///
/// It owns its connection and reads from it only while [`Download::chunk`] is
/// awaited, so a reader that stops holds the server back. When the body has
/// been read to its end, the connection goes back to its pool; a download that
/// is dropped before closes it at once.
///
/// The bytes are those on the wire, without the framing of a chunked body. Like
/// [`Pool::send`](crate::Pool::send) it has no timeout.
#[must_use = "dropping it closes the connection"]
pub struct Download {
    state: State,
    length: Option<u64>,
    read: u64,
    started: Instant,
    /// Weak, so that it does not keep the waiting connections of a pool that is
    /// gone.
    idle: Weak<Idle>,
    host: Option<String>,
    /// That of the request.
    span: Span,
}

enum State {
    Reading(Box<Answer>),
    Ended,
    Failed,
}

impl Download {
    pub(crate) fn new(answer: Answer, idle: Weak<Idle>, host: Option<String>) -> Self {
        Self {
            length: answer.announced(),
            state: State::Reading(Box::new(answer)),
            read: 0,
            started: Instant::now(),
            idle,
            host,
            span: Span::current(),
        }
    }

    /// How many bytes the whole body has, if the server said so. The body of an
    /// answer that cannot have one, such as that to HEAD, has 0.
    ///
    /// A body that turns out shorter is an error.
    #[must_use]
    pub fn content_length(&self) -> Option<u64> {
        self.length
    }

    /// The next bytes, at least one; `None` when the body has ended as it
    /// should, and from then on.
    ///
    /// A chunk is what has come in one go, some 128 KiB at most. It may be a
    /// small part of a buffer that lives as long as the chunk; copy what you
    /// keep.
    ///
    /// # Cancel safety
    ///
    /// No byte is lost when the future is dropped.
    ///
    /// # Errors
    ///
    /// [`Phase::Body`] if the body breaks off, is shorter than announced or
    /// wrongly framed. The connection is closed then, and every further call
    /// fails too.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match self.next().await {
            Ok(Some(data)) => {
                self.read += data.len() as u64;
                Ok(Some(data))
            }
            Ok(None) => {
                self.end().await;
                Ok(None)
            }
            Err(error) => Err(self.fail(error)),
        }
    }

    /// All the bytes that are left, if there are at most `limit`: for refusals
    /// that come as a few lines of text in place of a file.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future closes the connection.
    ///
    /// # Errors
    ///
    /// [`Phase::TooLarge`] if there are more bytes; otherwise those of
    /// [`Download::chunk`].
    pub async fn collect(mut self, limit: usize) -> Result<Bytes, Error> {
        let collected = match &mut self.state {
            State::Reading(answer) => answer.collect(limit).await,
            State::Ended => return Ok(Bytes::new()),
            State::Failed => Err(failed_before()),
        };
        match collected {
            Ok(body) => {
                self.read += body.len() as u64;
                self.end().await;
                Ok(body)
            }
            Err(error) => Err(self.fail(error)),
        }
    }

    async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        match &mut self.state {
            State::Reading(answer) => answer.next().await,
            State::Ended => Ok(None),
            State::Failed => Err(failed_before()),
        }
    }

    /// Gives the connection back. Does not pause, so that a cancelled
    /// [`Download::chunk`] leaves the state as it was or as it should be.
    async fn end(&mut self) {
        let State::Reading(answer) = mem::replace(&mut self.state, State::Ended) else {
            return;
        };
        if let Some(idle) = self.idle.upgrade() {
            idle.put(answer.into_connection()).await;
        }
        self.span.in_scope(|| {
            tracing::debug!(bytes = self.read, elapsed = ?self.started.elapsed(), "body read");
        });
    }

    /// Closes the connection and gives the error its host.
    fn fail(&mut self, error: Error) -> Error {
        self.state = State::Failed;
        self.span.in_scope(|| {
            tracing::debug!(
                phase = ?error.phase(),
                bytes = self.read,
                elapsed = ?self.started.elapsed(),
                "body not read"
            );
        });
        error.host(self.host.clone())
    }
}

fn failed_before() -> Error {
    Error::after_write(Phase::Body, "an earlier read of it has failed")
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("content_length", &self.length)
            .field("read", &self.read)
            .finish_non_exhaustive()
    }
}
