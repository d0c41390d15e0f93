//! A session with a scripted service, a store that never sleeps, and a clock
//! that jumps.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use wx_proto::event::{CloseReason, EventKind};
use wx_proto::{
    Command, CommandError, CommandId, Config, Done, Event, EventId, Failure, FailureKind, Input,
    Instant, Message, Now, Reached, Record, Request, RequestId, Saved, Seed, SendText, Session,
    State, Transmit,
};

pub(crate) mod bodies;

pub(crate) use bodies::*;

/// 2018-03-13, when the message of the command line's contract was written.
pub(crate) const START_MS: u64 = 1_520_927_383_000;
/// How many timeouts one instant may have before it counts as spinning.
const MAX_TIMEOUTS: usize = 20;

pub(crate) struct Scenario {
    pub(crate) session: Session,
    pub(crate) now: Now,
    /// Requests that wait for an answer, oldest first.
    pub(crate) out: VecDeque<Request>,
    pub(crate) aborted: Vec<RequestId>,
    /// What the store has that was confirmed.
    pub(crate) stored: Saved,
    /// All records so far, stored or not.
    pub(crate) records: Vec<Record>,
    /// Records that the store has been handed and has not confirmed.
    pub(crate) unconfirmed: VecDeque<Record>,
    /// Confirm records at once.
    pub(crate) stores: bool,
    pub(crate) completions: BTreeMap<CommandId, Vec<Result<Done, CommandError>>>,
}

/// A configuration in which nothing waits for a pace and the phone is not told.
pub(crate) fn quiet() -> Config {
    let mut config = Config::default();
    config.notify_phone = false;
    config.pace = None;
    config
}

impl Scenario {
    pub(crate) fn login(config: Config) -> Self {
        Self::start(config, Saved::new(), Session::resume)
    }

    pub(crate) fn resume(config: Config, saved: Saved) -> Self {
        Self::start(config, saved, Session::resume)
    }

    pub(crate) fn attach(config: Config, saved: Saved) -> Self {
        Self::start(config, saved, |config, saved, seed, _| {
            Session::attach(config, saved, seed)
        })
    }

    fn start(
        config: Config,
        saved: Saved,
        make: impl FnOnce(Arc<Config>, Saved, Seed, Now) -> Session,
    ) -> Self {
        let now = Now {
            mono: Instant::new(Duration::from_secs(1000)),
            unix_ms: START_MS,
        };
        let mut scenario = Self {
            session: make(Arc::new(config), saved.clone(), Seed(42), now),
            now,
            out: VecDeque::new(),
            aborted: Vec::new(),
            stored: saved,
            records: Vec::new(),
            unconfirmed: VecDeque::new(),
            stores: true,
            completions: BTreeMap::new(),
        };
        scenario.drain();
        scenario
    }

    /// Confirmed on the phone, and given keys by the server: webwxinit is asked
    /// for.
    pub(crate) fn with_keys(config: Config) -> Self {
        let mut s = Self::login(config);
        s.scan();
        s
    }

    /// A QR code is scanned and confirmed, and the ticket traded for keys.
    pub(crate) fn scan(&mut self) {
        self.answer("jslogin", &jslogin("gdl0dOM6cg=="));
        self.answer("login", &confirmed(REDIRECT));
        self.answer("webwxnewloginpage", KEYS);
    }

    /// Logged in by QR code, contacts loaded, and the first page asked for.
    pub(crate) fn ready(config: Config) -> Self {
        let mut s = Self::with_keys(config);
        s.answer("webwxinit", &init(""));
        s.answer("webwxgetcontact", &contact_page(0, &[friend(ANN, "Ann")]));
        s.events();
        assert!(s.has("webwxsync"), "{:?}", s.paths());
        s
    }

    /// [`ready`](Self::ready), with the first page answered by nothing and the
    /// long poll out.
    pub(crate) fn online(config: Config) -> Self {
        let mut s = Self::ready(config);
        s.answer("webwxsync", &page(7).json());
        s.advance(Duration::from_secs(1));
        assert_eq!(s.paths(), ["synccheck"]);
        s.events();
        s
    }

    /// What a process that was killed here leaves behind, taken up by the next.
    pub(crate) fn after_kill(&self, config: Config) -> Self {
        let mut next = Self::resume(config, self.stored.clone());
        next.answer("webwxinit", &init(""));
        next.answer("webwxgetcontact", &contact_page(0, &[friend(ANN, "Ann")]));
        next
    }

    /// Takes everything that the session asks for.
    pub(crate) fn drain(&mut self) {
        while let Some(transmit) = self.session.poll_transmit() {
            match transmit {
                Transmit::Send(request) => self.out.push_back(request),
                Transmit::Abort(id) => {
                    self.out.retain(|request| request.id != id);
                    self.aborted.push(id);
                }
            }
        }
        let polls = self
            .out
            .iter()
            .filter(|r| ["synccheck", "webwxsync"].contains(&path(r)))
            .count();
        assert!(polls <= 1, "two polls are out: {:?}", self.paths());
        while let Some(record) = self.session.poll_persist() {
            self.records.push(record.clone());
            self.unconfirmed.push_back(record);
        }
        while let Some(completion) = self.session.poll_completion() {
            let ends = self.completions.entry(completion.command).or_default();
            ends.push(completion.result);
            assert_eq!(ends.len(), 1, "{} ended twice", completion.command);
        }
        if self.stores && !self.unconfirmed.is_empty() {
            self.store_all();
        }
    }

    /// The store confirms all that it was handed.
    pub(crate) fn store_all(&mut self) {
        let mut last = None;
        for record in self.unconfirmed.drain(..) {
            last = Some(record.seq);
            let text = serde_json::to_string(&record).unwrap();
            self.stored.apply(serde_json::from_str(&text).unwrap());
        }
        if let Some(seq) = last {
            self.session.handle(self.now, Input::Persisted(seq));
            self.drain();
        }
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.session.handle(self.now, input);
        self.drain();
    }

    pub(crate) fn paths(&self) -> Vec<&str> {
        self.out.iter().map(path).collect()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.paths().contains(&name)
    }

    /// The oldest request of that name.
    pub(crate) fn request(&self, name: &str) -> &Request {
        let found = self.out.iter().find(|request| path(request) == name);
        found.unwrap_or_else(|| panic!("no {name} is out: {:?}", self.paths()))
    }

    /// The query and the body of the oldest request of that name.
    pub(crate) fn query(&self, name: &str) -> String {
        let request = self.request(name);
        request.head.uri.query().unwrap_or_default().to_owned()
    }

    pub(crate) fn body(&self, name: &str) -> String {
        String::from_utf8(self.request(name).body.whole().unwrap().to_vec()).unwrap()
    }

    fn take(&mut self, name: &str) -> RequestId {
        let at = self.out.iter().position(|request| path(request) == name);
        let at = at.unwrap_or_else(|| panic!("no {name} is out: {:?}", self.paths()));
        self.out.remove(at).unwrap().id
    }

    /// Answers the oldest request of that name.
    pub(crate) fn answer(&mut self, name: &str, body: &str) {
        self.answer_as(name, StatusCode::OK, &[], body.as_bytes());
    }

    pub(crate) fn answer_as(
        &mut self,
        name: &str,
        status: StatusCode,
        cookies: &[&str],
        body: &[u8],
    ) {
        let id = self.take(name);
        let input = response(id, status, cookies, body);
        self.input(input);
    }

    /// A poll says that there is news, and the page brings it.
    pub(crate) fn brings(&mut self, page: &Page) {
        self.answer("synccheck", &synccheck(0, 2));
        self.answer("webwxsync", &page.json());
    }

    /// Answers after a time, as a held poll is.
    pub(crate) fn answer_after(&mut self, seconds: u64, name: &str, body: &str) {
        self.advance(Duration::from_secs(seconds));
        self.answer(name, body);
    }

    pub(crate) fn fail(&mut self, name: &str, reached: Reached, kind: FailureKind) {
        let id = self.take(name);
        let failure = Failure::new(reached, kind, "the cable was cut");
        self.input(Input::Failed { id, failure });
    }

    /// The answer never comes, though the request may have arrived.
    pub(crate) fn lose(&mut self, name: &str) {
        self.fail(name, Reached::Maybe, FailureKind::Network);
    }

    /// The network is gone: the request did not go out.
    pub(crate) fn cut(&mut self, name: &str) {
        self.fail(name, Reached::No, FailureKind::Network);
    }

    /// Lets time pass, with a timeout at every deadline on the way.
    pub(crate) fn advance(&mut self, by: Duration) {
        let end = self.now.mono + by;
        let mut at_this_instant = 0;
        while let Some(deadline) = self.session.deadline().filter(|d| d.at <= end) {
            if self.jump(deadline.at) {
                at_this_instant = 0;
            }
            at_this_instant += 1;
            assert!(at_this_instant <= MAX_TIMEOUTS, "spins: {deadline:?}");
            self.input(Input::Timeout);
        }
        self.jump(end);
    }

    /// Jumps to the next deadline. Returns how long that took.
    pub(crate) fn advance_to_deadline(&mut self) -> Duration {
        let deadline = self.session.deadline().expect("nothing is waited for");
        let before = self.now.mono;
        self.jump(deadline.at);
        self.input(Input::Timeout);
        self.now.mono.since(before)
    }

    fn jump(&mut self, to: Instant) -> bool {
        let step = to.since(self.now.mono);
        self.now.mono = self.now.mono + step;
        self.now.unix_ms += u64::try_from(step.as_millis()).unwrap();
        !step.is_zero()
    }

    pub(crate) fn next_event(&mut self) -> Option<Event> {
        let event = self.session.poll_event(self.now);
        self.drain();
        event
    }

    /// Takes all events.
    pub(crate) fn events(&mut self) -> Vec<EventKind> {
        std::iter::from_fn(|| self.next_event())
            .map(|event| event.kind)
            .collect()
    }

    /// Takes all events, and keeps the messages with their numbers.
    pub(crate) fn messages(&mut self) -> Vec<(EventId, Message)> {
        std::iter::from_fn(|| self.next_event())
            .filter_map(|event| match event.kind {
                EventKind::Message(message) => Some((event.id, *message)),
                _ => None,
            })
            .collect()
    }

    /// The numbers of the messages that wait, each acknowledged.
    pub(crate) fn handle_messages(&mut self) -> Vec<String> {
        self.messages()
            .into_iter()
            .map(|(event, message)| {
                self.ack(event);
                message.msg_id.to_string()
            })
            .collect()
    }

    pub(crate) fn ack(&mut self, event: EventId) {
        self.session.ack(self.now, event);
        self.drain();
    }

    pub(crate) fn command(&mut self, command: Command) -> CommandId {
        let id = self.session.command(self.now, command).unwrap();
        self.drain();
        id
    }

    pub(crate) fn send(&mut self, to: &str, text: &str) -> CommandId {
        self.command(Command::SendText(SendText::new(to, text)))
    }

    pub(crate) fn cancel(&mut self, id: CommandId) -> CommandId {
        self.command(Command::Cancel { id })
    }

    /// Why the session has ended, which it must have.
    pub(crate) fn reason(&self) -> &CloseReason {
        match self.session.state() {
            State::Ended { reason, .. } => reason,
            state => panic!("{state:?}"),
        }
    }

    /// The value that the stored position's keys end with.
    pub(crate) fn position(&self) -> i64 {
        self.stored.position.sync_key.list.last().unwrap().val
    }

    /// How a command has ended, if it has.
    pub(crate) fn end_of(&self, command: CommandId) -> Option<&Result<Done, CommandError>> {
        self.completions.get(&command).and_then(|ends| ends.first())
    }
}

/// The last segment of a request's path.
pub(crate) fn path(request: &Request) -> &str {
    let path = request.head.uri.path();
    path.rsplit('/').next().unwrap_or(path)
}

pub(crate) fn response(id: RequestId, status: StatusCode, cookies: &[&str], body: &[u8]) -> Input {
    let mut builder = Response::builder().status(status);
    for cookie in cookies {
        builder = builder.header("Set-Cookie", *cookie);
    }
    let (head, ()) = builder.body(()).unwrap().into_parts();
    let body = Bytes::copy_from_slice(body);
    Input::Response { id, head, body }
}

/// The names of events, for comparing their order.
pub(crate) fn names(events: &[EventKind]) -> Vec<String> {
    events
        .iter()
        .map(|event| {
            let json = serde_json::to_value(event).unwrap();
            json["event"].as_str().unwrap().to_owned()
        })
        .collect()
}
