//! A session that lives through a trace again.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use http::{HeaderName, HeaderValue, StatusCode};

use super::{FORM, Happening, Head, Start, Step};
use crate::command::{Command, Completion};
use crate::event::{Event, EventId, EventKind};
use crate::io::{Failure, Input, Request, RequestId, Transmit};
use crate::rng::Seed;
use crate::saved::{Record, RecordSeq};
use crate::session::Session;
use crate::time::Now;

/// A trace and a session do not match: the session does something other than
/// what was recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the trace has {recorded}, but the session {found}")]
#[non_exhaustive]
pub struct Divergence {
    /// What the trace says.
    pub recorded: String,
    /// What the session does.
    pub found: String,
}

/// What a session asked for or reported.
#[derive(Debug)]
#[non_exhaustive]
pub enum Output {
    /// A request.
    Request(Box<Request>),
    /// A request to be given up.
    Abort(RequestId),
    /// A record to be stored.
    Record(Record),
    /// A command's end.
    Completion(Completion),
    /// An event that the application took.
    Event(Event),
}

/// A session that lives through a trace again, a step at a time.
pub struct Replay {
    session: Session,
    /// The requests that the trace has not mentioned yet, in its words.
    sent: VecDeque<(String, String)>,
    last_request: u64,
    /// Events that were taken and not acknowledged.
    taken: BTreeMap<u64, EventKind>,
    /// What the session asked for at its start.
    first: Vec<Output>,
}

impl Replay {
    /// The session at the trace's start.
    ///
    /// # Errors
    /// If the format of the trace is not [`FORM`].
    pub fn new(head: Head) -> Result<Self, Divergence> {
        if head.wx_trace != FORM {
            return Err(Divergence {
                recorded: format!("form {}", head.wx_trace),
                found: format!("reads form {FORM}"),
            });
        }
        let (now, seed) = (Now::from(head.at), Seed(head.seed));
        let config = Arc::new(head.settings.into());
        let mut session = match head.start {
            Start::Resume => Session::resume(config, head.saved, seed, now),
            Start::Attach => Session::attach(config, head.saved, seed),
        };
        if let Some(roster) = head.roster {
            session.adopt_roster(roster);
        }
        let mut replay = Self {
            session,
            sent: VecDeque::new(),
            last_request: 0,
            taken: BTreeMap::new(),
            first: Vec::new(),
        };
        replay.first = replay.drain();
        Ok(replay)
    }

    /// The session as it is by now.
    #[must_use]
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// Replays a step, and returns what the session asks for afterwards; after
    /// the first step, also what it asked for at its start.
    ///
    /// # Errors
    /// If the step is impossible in this session, or has another result.
    pub fn step(&mut self, step: Step) -> Result<Vec<Output>, Divergence> {
        let now = Now::from(step.at);
        let mut outputs = std::mem::take(&mut self.first);
        let input = match step.what {
            Happening::Sent { id, method, url } => {
                self.compare(id, &method, &url)?;
                None
            }
            Happening::Asked { id, ask } => {
                self.ask(now, id, ask)?;
                None
            }
            Happening::Taken { event } => {
                outputs.push(self.take(now, event)?);
                None
            }
            Happening::Acked { event } => {
                self.taken(event)?;
                self.taken.remove(&event);
                self.session.ack(now, EventId(event));
                None
            }
            Happening::NotHandled { event, why } => {
                let kind = self.taken(event)?.clone();
                let event = Event::from_parts(EventId(event), kind);
                self.session.fail(now, event, &why);
                None
            }
            Happening::AskedOthers {} => {
                self.ask_others()?;
                None
            }
            Happening::Warned { kind, message } => {
                self.session.warn(kind, message);
                None
            }
            Happening::Closed {} => {
                self.session.close();
                None
            }
            Happening::Response {
                id,
                status,
                headers,
                body,
            } => Some(self.response(id, status, headers, body)?),
            Happening::Failed {
                id,
                reached,
                kind,
                message,
            } => Some(Input::Failed {
                id: self.request(id)?,
                failure: Failure::new(reached, kind, message),
            }),
            Happening::Progress { id, bytes } => Some(Input::Progress {
                id: self.request(id)?,
                at: bytes,
            }),
            Happening::Persisted { left } => Some(self.persisted(left)?),
            Happening::StoreFailed { message } => Some(Input::StoreFailed { message }),
            Happening::Others { records } => Some(Input::Others(records)),
            Happening::Fenced {} => Some(Input::Fenced),
            Happening::NetworkUp {} => Some(Input::NetworkUp),
            Happening::Timeout {} => Some(Input::Timeout),
        };
        if let Some(input) = input {
            self.session.handle(now, input);
        }
        outputs.extend(self.drain());
        Ok(outputs)
    }

    fn compare(&mut self, id: u64, method: &str, url: &str) -> Result<(), Divergence> {
        let recorded = (format!("#{id}"), format!("{method} {url}"));
        let sends = self.sent.pop_front();
        if sends.as_ref() == Some(&recorded) {
            return Ok(());
        }
        let (number, what) = recorded;
        Err(Divergence {
            recorded: format!("request {number} {what}"),
            found: match sends {
                Some((number, what)) => format!("sends {number} {what}"),
                None => "sends nothing".to_owned(),
            },
        })
    }

    fn ask(&mut self, now: Now, id: Option<u64>, ask: Command) -> Result<(), Divergence> {
        let answer = self.session.command(now, ask);
        if answer.as_ref().ok().map(|id| id.0) == id {
            return Ok(());
        }
        Err(Divergence {
            recorded: match id {
                Some(id) => format!("command {id}"),
                None => "a command that was rejected".to_owned(),
            },
            found: match answer {
                Ok(id) => format!("takes it as {id}"),
                Err(why) => format!("rejects it: {why}"),
            },
        })
    }

    fn take(&mut self, now: Now, recorded: u64) -> Result<Output, Divergence> {
        match self.session.poll_event(now) {
            Some(event) if event.id.0 == recorded => {
                self.taken.insert(recorded, event.kind.clone());
                Ok(Output::Event(event))
            }
            other => Err(Divergence {
                recorded: format!("event {recorded}"),
                found: match other {
                    Some(event) => format!("tells event {}", event.id),
                    None => "tells nothing".to_owned(),
                },
            }),
        }
    }

    fn taken(&self, event: u64) -> Result<&EventKind, Divergence> {
        self.taken.get(&event).ok_or_else(|| Divergence {
            recorded: format!("a verdict on event {event}"),
            found: "has not told it, or has its verdict".to_owned(),
        })
    }

    fn ask_others(&mut self) -> Result<(), Divergence> {
        if self.session.poll_others() {
            return Ok(());
        }
        Err(Divergence {
            recorded: "others' records read".to_owned(),
            found: "has no doubts".to_owned(),
        })
    }

    fn response(
        &self,
        id: u64,
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
    ) -> Result<Input, Divergence> {
        let (mut head, ()) = http::Response::new(()).into_parts();
        head.status = StatusCode::from_u16(status).map_err(|_| Divergence {
            recorded: format!("status {status}"),
            found: "knows no such status".to_owned(),
        })?;
        for (name, value) in headers {
            // An invalid header is left out, as it would not arrive on the wire
            // either.
            if let (Ok(name), Ok(value)) =
                (name.parse::<HeaderName>(), value.parse::<HeaderValue>())
            {
                head.headers.append(name, value);
            }
        }
        Ok(Input::Response {
            id: self.request(id)?,
            head,
            body: body.into(),
        })
    }

    fn persisted(&self, left: u64) -> Result<Input, Divergence> {
        let written = self.session.written().0;
        match written.checked_sub(left) {
            Some(stored) if stored > 0 => Ok(Input::Persisted(RecordSeq(stored))),
            _ => Err(Divergence {
                recorded: format!("records stored, and {left} left"),
                found: format!("has written {written}"),
            }),
        }
    }

    fn request(&self, id: u64) -> Result<RequestId, Divergence> {
        if (1..=self.last_request).contains(&id) {
            return Ok(RequestId(id));
        }
        Err(Divergence {
            recorded: format!("an end of request #{id}"),
            found: format!("has sent {} requests", self.last_request),
        })
    }

    fn drain(&mut self) -> Vec<Output> {
        let mut outputs = Vec::new();
        while let Some(transmit) = self.session.poll_transmit() {
            outputs.push(match transmit {
                Transmit::Send(request) => {
                    self.last_request = self.last_request.max(request.id.0);
                    if let Happening::Sent { method, url, .. } = Happening::sent(&request) {
                        let number = request.id.to_string();
                        self.sent.push_back((number, format!("{method} {url}")));
                    }
                    Output::Request(Box::new(request))
                }
                Transmit::Abort(id) => Output::Abort(id),
            });
        }
        while let Some(record) = self.session.poll_persist() {
            outputs.push(Output::Record(record));
        }
        while let Some(completion) = self.session.poll_completion() {
            outputs.push(Output::Completion(completion));
        }
        outputs
    }
}

impl std::fmt::Debug for Replay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Replay")
            .field("state", self.session.state())
            .finish_non_exhaustive()
    }
}
