//! What passes between a session and its driver.
//!
//! # What the HTTP library has to do
//!
//! It carries a request and its answer. Whatever else libraries like to do has to be
//! switched off, because the session does it, or does it only after a check:
//!
//! * **No redirects.** An answer of any status is an [`Input::Response`]. A login
//!   leads to another host, and the session sends nothing there unless it is a known
//!   one. A library that follows redirects goes there unchecked.
//! * **No time limits.** The session holds polls open for up to 35 s, and gives up what
//!   takes too long by [`Transmit::Abort`]. If a request cannot be stopped, let it run:
//!   its answer is ignored.
//! * **No retries.** A message that is sent again may arrive twice.
//! * **Cookies, in a jar for each session.** The jar's cookies go into each request, and
//!   those of an answer into the jar before the answer is handed in. The session reads
//!   some of them itself, so `Set-Cookie` stays in the head.
//! * **Headers.** `Host` and `Content-Length` are the library's to add, and
//!   `Accept-Encoding` if it decompresses bodies. A request with a [`Sink`] must not ask
//!   for compression, since its answer's head counts the bytes. All other headers are
//!   in the request's head.
//!
//! Where it cannot tell why a request failed, [`Reached::Maybe`] and
//! [`FailureKind::Network`] are safe: a message is then reported as one that may have
//! arrived, and what the session asked for by itself is asked for again.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;
use http::{request, response};
use serde::{Deserialize, Serialize};

use crate::command::CommandId;
use crate::saved::{Record, RecordSeq};

mod sink;

pub use sink::{Sink, Target};
pub(crate) use sink::{Text, refusal};

/// Number of a request. Never used twice by a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub(crate) u64);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// What the driver has to do.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a driver must do all of it")]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all are Send, and each is moved once or twice"
)]
pub enum Transmit {
    /// Send a request, add the jar's cookies, and hand in its
    /// [`Input::Response`] or [`Input::Failed`]. See
    /// [what the HTTP library has to do](crate::io#what-the-http-library-has-to-do).
    Send(Request),
    /// Give up a request: its answer is no longer awaited. Close its
    /// connection, since nobody knows what state it is in.
    Abort(RequestId),
}

/// A request to send.
#[non_exhaustive]
pub struct Request {
    /// To be named in the answer.
    pub id: RequestId,
    /// The connections it belongs to.
    pub lane: Lane,
    /// Method, address and headers, without cookies.
    pub head: request::Parts,
    /// Body.
    pub body: Body,
    /// The most bytes that the answer may have after decompression. More is a
    /// failure. Bytes that go to a [`Sink`] do not count.
    pub max_response: usize,
    /// Where the bytes of the answer go, for a download; `None` for an answer
    /// that the session reads itself.
    pub sink: Option<Sink>,
}

/// The body of a request. Media never enter the session: it names their bytes,
/// and the driver reads them.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a driver must send all of it")]
pub enum Body {
    /// These bytes.
    Whole(Bytes),
    /// A piece of a file, with an envelope around it.
    Piece {
        /// What goes before it.
        before: Bytes,
        /// The command that named the file.
        source: CommandId,
        /// Which bytes of the file. A file that has become too short for them
        /// is a [`FailureKind::Local`].
        range: Range<u64>,
        /// What goes after it.
        after: Bytes,
    },
}

impl Body {
    /// The bytes, if none of them come from a file.
    #[must_use]
    pub fn whole(&self) -> Option<&Bytes> {
        match self {
            Self::Whole(bytes) => Some(bytes),
            Self::Piece { .. } => None,
        }
    }
}

/// Shows no bytes, which contain keys and texts.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(bytes) => f.debug_tuple("Whole").field(&bytes.len()).finish(),
            Self::Piece { source, range, .. } => f
                .debug_struct("Piece")
                .field("source", source)
                .field("range", range)
                .finish_non_exhaustive(),
        }
    }
}

/// Shows no query, which contains keys.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("id", &self.id)
            .field("lane", &self.lane)
            .field("method", &self.head.method)
            .field("host", &self.head.uri.host())
            .field("path", &self.head.uri.path())
            .finish_non_exhaustive()
    }
}

/// A group of connections. Each lane has its own, so that a poll that is held
/// for half a minute does not delay a message, nor an upload the poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Lane {
    /// Short requests.
    Control,
    /// The one poll in flight.
    LongPoll,
    /// Uploads and downloads.
    Media,
}

/// What the driver tells a session.
#[derive(Debug)]
#[non_exhaustive]
pub enum Input {
    /// A request was answered, with any status.
    Response {
        /// The request.
        id: RequestId,
        /// Status and headers.
        head: response::Parts,
        /// The decompressed body.
        body: Bytes,
    },
    /// Part of a request went out, or part of its answer came in, which extends
    /// its timeout. Hand it in at least every few seconds while something
    /// moves, and before the [`Input::Failed`] of a download that broke off.
    Progress {
        /// The request.
        id: RequestId,
        /// For a download, how many bytes of the whole the sink has. For an
        /// upload, how many bytes of this body went out.
        at: u64,
    },
    /// A request was not answered.
    Failed {
        /// The request.
        id: RequestId,
        /// Why.
        failure: Failure,
    },
    /// All records up to this one are stored, so that they survive a crash of
    /// the process.
    Persisted(RecordSeq),
    /// Storing failed for now: the records will be offered again.
    StoreFailed {
        /// What the store said, for people.
        message: String,
    },
    /// What other processes have stored for this account, in order, as
    /// [`Session::poll_others`](crate::Session::poll_others) asked: at least
    /// everything since the session was read; more does no harm. `None` if it
    /// could not be read.
    Others(Option<Vec<Record>>),
    /// Another owner has taken over the account: send nothing more.
    Fenced,
    /// The network may be back: pending retries are made at once. A driver that
    /// sees network addresses come and go reports it here; any answer from the
    /// server has the same effect.
    NetworkUp,
    /// The [`Deadline`](crate::Deadline) has passed.
    Timeout,
}

/// Why a request was not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Failure {
    /// Whether the server may have seen the request.
    pub reached: Reached,
    /// What kind of trouble it is.
    pub kind: FailureKind,
    /// For people; free of secrets.
    pub message: String,
}

impl Failure {
    /// A failure.
    #[must_use]
    pub fn new(reached: Reached, kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            reached,
            kind,
            message: message.into(),
        }
    }

    pub(crate) fn timeout(after: Duration) -> Self {
        Self::new(
            Reached::Maybe,
            FailureKind::Timeout,
            format!("no answer within {} s", after.as_secs()),
        )
    }
}

/// Whether the server may have seen a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "there is no third")]
pub enum Reached {
    /// Not one byte of it went out.
    No,
    /// It may have been handled.
    Maybe,
}

/// What kind of trouble a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FailureKind {
    /// Name resolution, connection, proxy or TLS.
    Network,
    /// The head of the answer was not HTTP, as the push host's is now and then
    /// (protocol: synccheck, broken status line).
    BadHead,
    /// The answer's body was cut off, too large or not decompressible.
    BadBody,
    /// No answer in time.
    Timeout,
    /// A local file could not be read or written.
    Local,
}
