//! A session, and a driver that checks at every step what any driver may rely on.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Response, Uri, response};
use serde_json::Value;
use wx_proto::io::Body;
use wx_proto::{
    Command, CommandId, Config, Event, EventKind, Input, Instant, Lane, Now, Record, Request,
    RequestId, Saved, Seed, Session, State, Transmit,
};

pub(crate) mod service;

/// How many timeouts there may be at one instant before the session counts as spinning.
const MAX_TIMEOUTS: usize = 40;
/// How many deadlines one wait serves; the rest of its time passes at once.
const MAX_DEADLINES: usize = 200;
const START_MS: u64 = 1_520_927_383_000;

/// The base hosts that keys may go to; uploads, polls and logins have hosts
/// below them (protocol: host families).
const BASES: [&str; 5] = [
    "wx.qq.com",
    "wx2.qq.com",
    "wx8.qq.com",
    "web.wechat.com",
    "web2.wechat.com",
];

/// The endpoints that send messages.
const SENDS: [&str; 5] = [
    "webwxsendmsg",
    "webwxsendmsgimg",
    "webwxsendvideomsg",
    "webwxsendemoticon",
    "webwxsendappmsg",
];

type Make = fn(Arc<Config>, Saved, Seed, Now) -> Session;

/// A session beside the owner's.
pub(crate) fn attach(config: Arc<Config>, saved: Saved, seed: Seed, _: Now) -> Session {
    Session::attach(config, saved, seed)
}

pub(crate) struct Driver {
    pub(crate) session: Session,
    pub(crate) now: Now,
    /// Requests that wait for an answer, oldest first.
    pub(crate) out: VecDeque<Request>,
    /// Requests that are over.
    pub(crate) past: Vec<RequestId>,
    last_request: Option<RequestId>,
    /// Records that the store has not confirmed yet.
    unconfirmed: VecDeque<Record>,
    pub(crate) stored: Saved,
    /// The numbers of messages whose acceptance is stored.
    accepted: BTreeSet<String>,
    pub(crate) commands: Vec<CommandId>,
    /// The stored records of messages that are sent, which may also be another process's.
    stored_sends: Vec<Record>,
    /// Commands that have not ended.
    open: BTreeSet<CommandId>,
    /// The messages whose records commands are waiting to have stored.
    unstored: BTreeMap<CommandId, String>,
    /// Events with a message, except for those whose handling failed.
    pub(crate) delivered: Vec<Event>,
    seen: BTreeSet<String>,
    /// Whether the account may belong to a gateway of the user's own.
    any_host: bool,
}

impl Driver {
    pub(crate) fn new(saved: Saved, make: Make) -> Self {
        Self::at(start(), saved, make, false)
    }

    /// For an account that may have any host: its files belong to the user, who may use a
    /// gateway.
    pub(crate) fn of_any_host(saved: Saved, make: Make) -> Self {
        Self::at(start(), saved, make, true)
    }

    fn at(now: Now, saved: Saved, make: Make, any_host: bool) -> Self {
        let mut config = Config::default();
        config.event_capacity = 8;
        config.in_hand_capacity = 8;
        config.shared = true;
        let session = make(Arc::new(config), saved.clone(), Seed(42), now);
        let mut driver = Self {
            session,
            now,
            out: VecDeque::new(),
            past: Vec::new(),
            last_request: None,
            unconfirmed: VecDeque::new(),
            stored: saved,
            stored_sends: Vec::new(),
            accepted: BTreeSet::new(),
            commands: Vec::new(),
            open: BTreeSet::new(),
            unstored: BTreeMap::new(),
            delivered: Vec::new(),
            seen: BTreeSet::new(),
            any_host,
        };
        driver.drain();
        driver
    }

    /// The process is killed, and another takes up what is stored.
    pub(crate) fn restart(&mut self, make: Make) {
        *self = Self::at(self.now, self.stored.clone(), make, self.any_host);
    }

    /// Takes everything that the session wants done.
    fn drain(&mut self) {
        while let Some(record) = self.session.poll_persist() {
            self.unconfirmed.push_back(record);
        }
        while let Some(transmit) = self.session.poll_transmit() {
            match transmit {
                Transmit::Send(request) => self.launch(request),
                Transmit::Abort(id) => assert!(self.take(id), "{id} is not out"),
            }
        }
        let is_poll = |r: &&Request| ["synccheck", "webwxsync"].contains(&path(r));
        assert!(self.out.iter().filter(is_poll).count() <= 1, "two polls");
        while let Some(completion) = self.session.poll_completion() {
            let command = completion.command;
            assert!(self.open.remove(&command), "{command} ended twice");
        }
    }

    fn launch(&mut self, request: Request) {
        assert!(self.last_request < Some(request.id), "a number used twice");
        self.last_request = Some(request.id);
        assert!(!matches!(self.session.state(), State::Frozen {}));
        let known = self.any_host || is_known(&request.head.uri);
        assert!(known, "a stranger is asked");
        assert_eq!(
            request.lane == Lane::LongPoll,
            path(&request) == "synccheck"
        );
        if let Body::Piece { source, range, .. } = &request.body {
            assert!(range.start < range.end);
            let is_stored = |id: &String| self.accepted.contains(id);
            assert!(self.unstored.get(source).is_none_or(is_stored), "a piece");
        } else if request.head.method == Method::POST && SENDS.contains(&path(&request)) {
            // Only a POST sends a message: a login may GET any path that the service names.
            let body = request.body.whole().cloned().unwrap_or_default();
            let body: Value = serde_json::from_slice(&body).unwrap_or_default();
            let id = body.pointer("/Msg/ClientMsgId").and_then(Value::as_str);
            let is_stored = id.is_some_and(|id| self.accepted.contains(id));
            assert!(is_stored, "{id:?} goes out before it is stored");
        }
        self.out.push_back(request);
    }

    /// Ends a request. Returns whether it was under way.
    fn take(&mut self, id: RequestId) -> bool {
        let found = self.out.iter().position(|request| request.id == id);
        self.past.push(id);
        found.and_then(|at| self.out.remove(at)).is_some()
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.session.handle(self.now, input);
        self.drain();
    }

    pub(crate) fn answer(&mut self, id: RequestId, head: response::Parts, body: Bytes) {
        self.take(id);
        self.input(Input::Response { id, head, body });
    }

    pub(crate) fn command(&mut self, command: Command) {
        let Ok(id) = self.session.command(self.now, command) else {
            return self.drain();
        };
        assert!(self.commands.last() < Some(&id), "a number used twice");
        self.commands.push(id);
        self.open.insert(id);
        let before = self.unconfirmed.len();
        while let Some(record) = self.session.poll_persist() {
            self.unconfirmed.push_back(record);
        }
        let new = self.unconfirmed.iter().skip(before).find_map(accepted);
        self.unstored.extend(new.map(|new| (id, new)));
        self.drain();
    }

    /// The store confirms `count` records.
    pub(crate) fn store(&mut self, count: usize) {
        let count = count.min(self.unconfirmed.len());
        let Some(last) = count.checked_sub(1).and_then(|at| self.unconfirmed.get(at)) else {
            return;
        };
        let seq = last.seq;
        for record in self.unconfirmed.drain(..count) {
            self.accepted.extend(accepted(&record));
            let text = serde_json::to_vec(&record).unwrap_or_default();
            let again = serde_json::from_slice::<Record>(&text);
            assert!(
                again
                    .as_ref()
                    .is_ok_and(|again| again.change == record.change)
            );
            if let Ok(again) = again {
                if again.change.is_outbox() {
                    self.stored_sends.push(again.clone());
                }
                self.stored.apply(again);
            }
        }
        self.input(Input::Persisted(seq));
    }

    pub(crate) fn store_fails(&mut self) {
        self.unconfirmed.clear();
        let message = "no room".to_owned();
        self.input(Input::StoreFailed { message });
    }

    /// Answers a question for the records of other processes with everything that was
    /// stored, or with a failure to read it.
    pub(crate) fn others(&mut self, readable: bool) {
        if self.session.poll_others() {
            let records = self.stored_sends.clone();
            self.input(Input::Others(readable.then_some(records)));
        }
    }

    pub(crate) fn next_event(&mut self) -> bool {
        let Some(event) = self.session.poll_event(self.now) else {
            return false;
        };
        self.drain();
        assert!(serde_json::to_value(&event.kind).is_ok());
        if let EventKind::Message(message) = &event.kind {
            // Items without a number cannot be told apart.
            let id = message.msg_id.to_string();
            let is_new = id.is_empty() || self.seen.insert(id);
            assert!(is_new, "a message was delivered twice");
            self.delivered.push(event);
        }
        true
    }

    pub(crate) fn ack(&mut self, event: &Event) {
        self.session.ack(self.now, event.id);
        self.drain();
    }

    /// The application could not handle a message: it comes again.
    pub(crate) fn fail(&mut self, event: Event) {
        if let EventKind::Message(message) = &event.kind {
            self.seen.remove(&message.msg_id.to_string());
        }
        self.session.fail(self.now, event, "out of order");
        self.drain();
    }

    pub(crate) fn close(&mut self) {
        self.session.close();
        self.drain();
    }

    /// Lets time pass, with a timeout at every deadline on the way.
    pub(crate) fn wait(&mut self, time: Duration) {
        let end = self.now.mono + time;
        let mut here = 0;
        for _ in 0..MAX_DEADLINES {
            let Some(deadline) = self.session.deadline().filter(|d| d.at <= end) else {
                break;
            };
            here = if self.jump(deadline.at) { 1 } else { here + 1 };
            assert!(here <= MAX_TIMEOUTS, "spins: {deadline:?}");
            self.input(Input::Timeout);
        }
        self.jump(end);
    }

    /// Time passes while the machine sleeps: no deadline is served.
    pub(crate) fn jump(&mut self, to: Instant) -> bool {
        let step = to.since(self.now.mono);
        self.now.mono = self.now.mono + step;
        let millis = u64::try_from(step.as_millis()).unwrap_or(u64::MAX);
        self.now.unix_ms = self.now.unix_ms.saturating_add(millis);
        !step.is_zero()
    }

    /// Closes the session, and checks that everything comes to an end.
    pub(crate) fn end(mut self) {
        self.close();
        self.store(usize::MAX);
        for _ in 0..4 {
            self.wait(Duration::from_secs(120));
            self.others(true);
            self.store(usize::MAX);
        }
        assert!(self.session.is_idle(), "{:?}", self.session.state());
        assert!(self.out.is_empty());
        assert_eq!(self.session.deadline(), None);
        assert!(self.open.is_empty(), "{:?} have not ended", self.open);
    }
}

fn start() -> Now {
    Now {
        mono: Instant::new(Duration::from_secs(1000)),
        unix_ms: START_MS,
    }
}

/// The client id of a message, if the record is about its acceptance.
fn accepted(record: &Record) -> Option<String> {
    let record = serde_json::to_value(record).ok()?;
    let is_it = record.pointer("/change/change")? == "send_accepted";
    let id = record.pointer("/change/client_msg_id")?.as_str()?;
    is_it.then(|| id.to_owned())
}

/// The last segment of a request's path.
pub(crate) fn path(request: &Request) -> &str {
    let path = request.head.uri.path();
    path.rsplit('/').next().unwrap_or(path)
}

fn is_known(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().to_ascii_lowercase();
    let of_family = |base: &&str| {
        let rest = host.strip_suffix(*base);
        rest.is_some_and(|rest| ["", "login.", "file.", "webpush."].contains(&rest))
    };
    let known = host == "login.weixin.qq.com" || BASES.iter().any(of_family);
    let port = uri.port_u16().unwrap_or(443);
    uri.scheme_str() == Some("https") && known && port == 443
}

/// The head of an answer.
pub(crate) fn head(status: u16, headers: &[(&str, &[u8])]) -> response::Parts {
    let (mut head, ()) = Response::new(()).into_parts();
    if let Ok(status) = status.try_into() {
        head.status = status;
    }
    for (name, value) in headers {
        let name = http::HeaderName::from_bytes(name.as_bytes());
        let value = http::HeaderValue::from_bytes(value);
        if let (Ok(name), Ok(value)) = (name, value) {
            head.headers.append(name, value);
        }
    }
    head
}
