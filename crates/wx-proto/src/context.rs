//! What all parts of a session share: queues out, requests in flight, the
//! durable state, and the outage that may be on.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, HeaderValue, USER_AGENT};
use http::response;
use wx_wire::Credentials;
use wx_wire::endpoint::Endpoint;
use wx_wire::id::{ClientMsgId, UserName};
use wx_wire::set_cookie;

use crate::command::{CommandError, CommandId, Completion, Done};
use crate::config::Config;
use crate::event::{EventKind, WarningKind};
use crate::inbox::Inbox;
use crate::io::{Failure, FailureKind, Lane, Reached, Request, RequestId, Transmit};
use crate::journal::Journal;
use crate::rng::{Rng, Seed};
use crate::roster::Roster;
use crate::saved::{Change, RecordSeq, Saved};
use crate::state::{Outage, State};
use crate::time::{Instant, Now};

/// What a request in flight is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Login,
    Check,
    Fetch,
    ContactPage,
    Details,
    /// Nobody waits for the answer.
    Notify,
    Send(ClientMsgId),
    Probe(CommandId),
    Logout(Option<CommandId>),
}

/// A request's end: an answer of any status, or none.
pub(crate) type Reply = Result<Answer, Failure>;

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) head: response::Parts,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body of an answer with the status that bodies come with.
    pub(crate) fn ok(&self, endpoint: Endpoint) -> Result<&Bytes, Failure> {
        if self.head.status.is_success() {
            Ok(&self.body)
        } else {
            Err(Failure::new(
                Reached::Maybe,
                FailureKind::BadBody,
                format!("{endpoint}: HTTP status {}", self.head.status.as_u16()),
            ))
        }
    }
}

#[derive(Debug)]
struct Pending {
    purpose: Purpose,
    started: Instant,
    timeout: Duration,
}

#[derive(Debug)]
struct Gated {
    record: RecordSeq,
    request: Request,
    purpose: Purpose,
    timeout: Duration,
}

/// How long an answer is waited for, and how large it may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) timeout: Duration,
    pub(crate) max_response: usize,
}

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

impl Bounds {
    /// The page's own limits (protocol: timeouts in the endpoint table); sizes
    /// leave an order of magnitude above what was ever seen.
    pub(crate) const fn of(endpoint: Endpoint) -> Self {
        let (seconds, max_response) = match endpoint {
            Endpoint::Jslogin | Endpoint::PushLoginUrl => (10, 64 * KIB),
            Endpoint::Login => (35, MIB),
            Endpoint::NewLoginPage => (10, MIB),
            Endpoint::SyncCheck => (35, 64 * KIB),
            Endpoint::Sync => (15, 32 * MIB),
            // Fifty groups of five hundred members are nine megabytes.
            Endpoint::GetContact | Endpoint::BatchGetContact => (60, 64 * MIB),
            Endpoint::Init => (30, 16 * MIB),
            _ => (15, MIB),
        };
        Self {
            timeout: Duration::from_secs(seconds),
            max_response,
        }
    }
}

pub(crate) struct Context {
    pub(crate) config: Arc<Config>,
    pub(crate) rng: Rng,
    pub(crate) journal: Journal,
    pub(crate) inbox: Inbox,
    pub(crate) roster: Roster,
    /// Changes whenever the roster does.
    pub(crate) roster_version: u64,
    state: State,
    transmits: VecDeque<Transmit>,
    completions: VecDeque<Completion>,
    in_flight: BTreeMap<RequestId, Pending>,
    gated: VecDeque<Gated>,
    next_request: u64,
    next_command: u64,
    last_client_msg: u64,
    /// Since when nothing has worked.
    outage: Option<Instant>,
}

impl Context {
    pub(crate) fn new(config: Arc<Config>, saved: Saved, seed: Seed, state: State) -> Self {
        let own = saved
            .account
            .as_ref()
            .map(|account| account.user_name.clone());
        Self {
            config,
            rng: Rng::new(seed),
            inbox: Inbox::new(saved.handled.clone()),
            roster: Roster::new(own.unwrap_or_default()),
            roster_version: 0,
            journal: Journal::new(saved),
            state,
            transmits: VecDeque::new(),
            completions: VecDeque::new(),
            in_flight: BTreeMap::new(),
            gated: VecDeque::new(),
            next_request: 0,
            next_command: 0,
            last_client_msg: 0,
            outage: None,
        }
    }

    /// Sends a request at once.
    pub(crate) fn send(
        &mut self,
        now: Now,
        purpose: Purpose,
        endpoint: Endpoint,
        request: http::Request<Bytes>,
    ) -> RequestId {
        let bounds = Bounds::of(endpoint);
        let request = self.dress(&purpose, bounds, request);
        let id = request.id;
        self.launch(now.mono, request, purpose, bounds.timeout);
        id
    }

    /// Sends a request once a record is stored.
    pub(crate) fn send_after(
        &mut self,
        now: Now,
        record: RecordSeq,
        purpose: Purpose,
        endpoint: Endpoint,
        request: http::Request<Bytes>,
    ) {
        let bounds = Bounds::of(endpoint);
        let request = self.dress(&purpose, bounds, request);
        if self.journal.is_stored(record) {
            self.launch(now.mono, request, purpose, bounds.timeout);
        } else {
            self.gated.push_back(Gated {
                record,
                request,
                purpose,
                timeout: bounds.timeout,
            });
        }
    }

    /// Lets out what waited for records that are stored by now.
    pub(crate) fn open_gate(&mut self, now: Now) {
        while self
            .gated
            .front()
            .is_some_and(|g| self.journal.is_stored(g.record))
        {
            if let Some(gated) = self.gated.pop_front() {
                self.launch(now.mono, gated.request, gated.purpose, gated.timeout);
            }
        }
    }

    fn dress(
        &mut self,
        purpose: &Purpose,
        bounds: Bounds,
        request: http::Request<Bytes>,
    ) -> Request {
        self.next_request += 1;
        let (mut head, body) = request.into_parts();
        let agent = self.config.profile.user_agent.clone();
        head.headers.insert(USER_AGENT, agent);
        head.headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        Request {
            id: RequestId(self.next_request),
            lane: match purpose {
                Purpose::Check => Lane::LongPoll,
                // A login poll is held as well, but nothing else goes on then.
                _ => Lane::Control,
            },
            head,
            body,
            max_response: bounds.max_response,
        }
    }

    fn launch(&mut self, now: Instant, request: Request, purpose: Purpose, timeout: Duration) {
        self.in_flight.insert(
            request.id,
            Pending {
                purpose,
                started: now,
                timeout,
            },
        );
        self.transmits.push_back(Transmit::Send(request));
    }

    /// The purpose of an answered request, and when it went out. Answers to
    /// requests that were given up are nobody's.
    pub(crate) fn settle(&mut self, id: RequestId) -> Option<(Purpose, Instant)> {
        let pending = self.in_flight.remove(&id);
        if pending.is_none() {
            tracing::debug!(request = %id, "an answer that nobody waits for");
        }
        pending.map(|pending| (pending.purpose, pending.started))
    }

    /// Takes one overdue request out of flight and aborts it.
    pub(crate) fn expire(
        &mut self,
        now: Instant,
    ) -> Option<(RequestId, Purpose, Instant, Failure)> {
        let (&id, _) = self
            .in_flight
            .iter()
            .find(|(_, pending)| pending.started + pending.timeout <= now)?;
        let pending = self.in_flight.remove(&id)?;
        self.transmits.push_back(Transmit::Abort(id));
        let failure = Failure::timeout(pending.timeout);
        Some((id, pending.purpose, pending.started, failure))
    }

    /// Gives up every request whose purpose fits, without an answer to anybody.
    pub(crate) fn abort(&mut self, fits: impl Fn(&Purpose) -> bool) {
        let ids: Vec<RequestId> = self
            .in_flight
            .iter()
            .filter(|(_, pending)| fits(&pending.purpose))
            .map(|(id, _)| *id)
            .collect();
        for id in ids {
            self.in_flight.remove(&id);
            self.transmits.push_back(Transmit::Abort(id));
        }
        self.gated.retain(|gated| !fits(&gated.purpose));
    }

    /// True if a request of that purpose is out or waits for its record.
    pub(crate) fn is_out(&self, purpose: &Purpose) -> bool {
        self.in_flight
            .values()
            .any(|pending| pending.purpose == *purpose)
            || self.gated.iter().any(|gated| gated.purpose == *purpose)
    }

    /// True if a request of that purpose may have been sent.
    pub(crate) fn is_in_flight(&self, purpose: &Purpose) -> bool {
        self.in_flight
            .values()
            .any(|pending| pending.purpose == *purpose)
    }

    pub(crate) fn nothing_in_flight(&self) -> bool {
        self.in_flight.is_empty() && self.gated.is_empty()
    }

    pub(crate) fn request_deadline(&self) -> Option<Instant> {
        self.in_flight
            .values()
            .map(|pending| pending.started + pending.timeout)
            .min()
    }

    pub(crate) fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    pub(crate) fn poll_completion(&mut self) -> Option<Completion> {
        self.completions.pop_front()
    }

    pub(crate) fn next_command(&mut self) -> CommandId {
        self.next_command += 1;
        CommandId(self.next_command)
    }

    pub(crate) fn complete(&mut self, command: CommandId, result: Result<Done, CommandError>) {
        self.completions.push_back(Completion { command, result });
    }

    pub(crate) fn event(&mut self, kind: EventKind) {
        self.inbox.push(kind);
    }

    pub(crate) fn warn(&mut self, kind: WarningKind, message: impl Into<String>) {
        let message = message.into();
        tracing::warn!(?kind, message, "warning");
        self.event(EventKind::Warning { kind, message });
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    pub(crate) fn set_state(&mut self, state: State) {
        self.state = state;
    }

    pub(crate) fn credentials(&self) -> Option<&Credentials> {
        self.journal.saved().credentials.as_ref()
    }

    pub(crate) fn own(&self) -> UserName {
        self.roster.own().clone()
    }

    /// Takes over what an answer's cookies say, as far as requests' bodies
    /// carry it.
    pub(crate) fn note_cookies(&mut self, head: &response::Parts) {
        if let Some(value) = set_cookie::value(&head.headers, "webwx_data_ticket") {
            let data_ticket = wx_wire::secret::DataTicket::new(value);
            if self.journal.saved().credentials.is_some()
                && self.journal.saved().data_ticket != data_ticket
            {
                self.journal.write(Change::DataTicket { data_ticket });
            }
        }
    }

    /// A number for a message of ours: milliseconds, a 0 and three digits, as
    /// the page makes them, and larger than all before.
    pub(crate) fn client_msg_id(&mut self, now: Now) -> ClientMsgId {
        let drawn = now.unix_ms.saturating_mul(10_000) + self.rng.below(1000);
        self.last_client_msg = drawn.max(self.last_client_msg + 1);
        ClientMsgId::from(self.last_client_msg.to_string())
    }

    /// Nothing works: says so, and when the next try is.
    pub(crate) fn trouble(&mut self, now: Now, reason: &str, retry_in: Duration) {
        tracing::info!(reason, retry_in_ms = millis(retry_in), "offline");
        self.outage.get_or_insert(now.mono);
        if let State::Online { outage, .. } = &mut self.state {
            match outage {
                Some(outage) => reason.clone_into(&mut outage.reason),
                None => {
                    *outage = Some(Outage {
                        reason: reason.to_owned(),
                        since: now.unix(),
                    });
                }
            }
        }
        self.event(EventKind::Offline {
            reason: reason.to_owned(),
            retry_in_ms: millis(retry_in),
        });
    }

    /// Something works again.
    pub(crate) fn recovered(&mut self, now: Now) {
        if let Some(since) = self.outage.take() {
            if let State::Online { outage, .. } = &mut self.state {
                *outage = None;
            }
            self.event(EventKind::BackOnline {
                after_ms: millis(now.mono.since(since)),
            });
        }
    }
}

pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
