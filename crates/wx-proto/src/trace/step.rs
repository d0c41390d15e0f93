//! What happened to a session, one line for each step.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::command::{Command, CommandId, Rejected};
use crate::event::{Event, EventId, WarningKind};
use crate::io::{FailureKind, Input, Reached, Request};
use crate::saved::Record;
use crate::session::Session;
use crate::time::{Instant, Now};

/// The two clocks: nanoseconds since the driver's origin, and Unix time in
/// milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "two clocks are all there is")]
pub struct Moment(pub u64, pub u64);

impl From<Now> for Moment {
    fn from(now: Now) -> Self {
        let nanos = now.mono.since_origin().as_nanos();
        Self(u64::try_from(nanos).unwrap_or(u64::MAX), now.unix_ms)
    }
}

impl From<Moment> for Now {
    fn from(Moment(nanos, unix_ms): Moment) -> Self {
        Self {
            mono: Instant::new(Duration::from_nanos(nanos)),
            unix_ms,
        }
    }
}

/// Something happened to a session.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Step {
    /// When.
    pub at: Moment,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
}

/// What happened to a session. Numbers are the session's own: of requests,
/// commands and events.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Happening {
    /// The session sent a request. Recorded for readers and for comparison.
    Sent {
        /// Its number.
        id: u64,
        /// Its method.
        method: String,
        /// Its address, without parameters.
        url: String,
    },
    /// A request was answered.
    Response {
        /// The request.
        id: u64,
        /// The status.
        status: u16,
        /// The headers that a session reads.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        headers: Vec<(String, String)>,
        /// The body. Bytes that are not UTF-8 are replaced by U+FFFD.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        body: String,
    },
    /// A request was not answered.
    Failed {
        /// The request.
        id: u64,
        /// Whether the server may have seen it.
        reached: Reached,
        /// What kind of trouble it was.
        kind: FailureKind,
        /// For people.
        message: String,
    },
    /// Something of a request moved.
    Progress {
        /// The request.
        id: u64,
        /// How far it was.
        bytes: u64,
    },
    /// Records were stored.
    Persisted {
        /// How many of the records written by then were not stored. Counted
        /// from the end, so that a session that writes one record more or less
        /// than the recorded one can still be replayed.
        left: u64,
    },
    /// Storing failed.
    StoreFailed {
        /// For people.
        message: String,
    },
    /// The driver began to read what other processes had stored.
    AskedOthers {},
    /// What other processes had stored, if it could be read.
    Others {
        /// Their records.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        records: Option<Vec<Record>>,
    },
    /// Another owner had taken the account over.
    Fenced {},
    /// [`Input::NetworkUp`].
    NetworkUp {},
    /// The deadline had passed.
    Timeout {},
    /// The application asked for something.
    Asked {
        /// The number of the command; none for one that was rejected.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<u64>,
        /// The command.
        ask: Command,
    },
    /// The application took an event.
    Taken {
        /// Which.
        event: u64,
    },
    /// The application had handled an event.
    Acked {
        /// Which.
        event: u64,
    },
    /// The application could not handle an event.
    NotHandled {
        /// Which.
        event: u64,
        /// For people.
        why: String,
    },
    /// The driver warned.
    Warned {
        /// What about.
        kind: WarningKind,
        /// For people.
        message: String,
    },
    /// The application stopped the session.
    Closed {},
}

impl Happening {
    /// The session sent a request.
    #[must_use]
    pub fn sent(request: &Request) -> Self {
        let uri = &request.head.uri;
        let (scheme, host) = (uri.scheme_str(), uri.authority());
        Self::Sent {
            id: request.id.0,
            method: request.head.method.to_string(),
            url: format!(
                "{}://{}{}",
                scheme.unwrap_or_default(),
                host.map_or("", |host| host.as_str()),
                uri.path()
            ),
        }
    }

    /// What the session is about to be told.
    #[must_use]
    pub fn input(session: &Session, input: &Input) -> Self {
        match input {
            Input::Response { id, head, body } => {
                let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
                    let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                    (name.to_string(), value)
                };
                Self::Response {
                    id: id.0,
                    status: head.status.as_u16(),
                    headers: head.headers.iter().map(header).collect(),
                    body: String::from_utf8_lossy(body).into_owned(),
                }
            }
            Input::Progress { id, at } => Self::Progress {
                id: id.0,
                bytes: *at,
            },
            Input::Failed { id, failure } => Self::Failed {
                id: id.0,
                reached: failure.reached,
                kind: failure.kind,
                message: failure.message.clone(),
            },
            Input::Persisted(seq) => Self::Persisted {
                left: session.written().0.saturating_sub(seq.0),
            },
            Input::StoreFailed { message } => Self::StoreFailed {
                message: message.clone(),
            },
            Input::Others(records) => Self::Others {
                records: records.clone(),
            },
            Input::Fenced => Self::Fenced {},
            Input::NetworkUp => Self::NetworkUp {},
            Input::Timeout => Self::Timeout {},
        }
    }

    /// What the session was asked for, and whether it accepted.
    #[must_use]
    pub fn asked(ask: Command, answer: &Result<CommandId, Rejected>) -> Self {
        Self::Asked {
            id: answer.as_ref().ok().map(|id| id.0),
            ask,
        }
    }

    /// The application took an event.
    #[must_use]
    pub const fn taken(event: &Event) -> Self {
        Self::Taken { event: event.id.0 }
    }

    /// The application has handled an event.
    #[must_use]
    pub const fn acked(event: EventId) -> Self {
        Self::Acked { event: event.0 }
    }

    /// The application could not handle an event.
    #[must_use]
    pub fn not_handled(event: &Event, why: &str) -> Self {
        Self::NotHandled {
            event: event.id.0,
            why: why.to_owned(),
        }
    }

    /// At a moment.
    #[must_use]
    pub fn at(self, now: Now) -> Step {
        Step {
            at: now.into(),
            what: self,
        }
    }
}
