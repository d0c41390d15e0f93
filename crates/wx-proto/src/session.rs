//! The session: the one object that a driver talks to.

use std::fmt;
use std::sync::Arc;

use wx_wire::code::Ret;
use wx_wire::id::UserName;

use crate::command::{Command, CommandId, Completion, Rejected};
use crate::config::Config;
use crate::contacts::Contacts;
use crate::context::{Answer, Context, Purpose, Reply, Settled};
use crate::downloads::Downloads;
use crate::event::{Cause, CloseReason, Event, EventId, EventKind, WarningKind};
use crate::identity::Standing;
use crate::io::{Input, RequestId, Transmit};
use crate::login::{Login, Step};
use crate::operations::Operations;
use crate::outbox::{self, Outbox};
use crate::parking::Parking;
use crate::publication::Publication;
use crate::rng::Seed;
use crate::roster::Roster;
use crate::sabotage::breaks;
use crate::saved::{Change, JarSnapshot, Record, RecordSeq, Saved};
use crate::state::{LoginStep, State};
use crate::sync::{Parts, Sync};
use crate::time::{Deadline, Now, Timer};

mod commands;
mod end;
mod open;

/// A client's side of the protocol, without I/O. It is `Send` and `Sync`: a driver
/// may keep it in a thread of its own, or behind a lock.
///
/// # Order of calls
///
/// After every call that takes `&mut self`, drain [`poll_transmit`],
/// [`poll_persist`] and [`poll_completion`], and heed [`poll_others`] if
/// other processes share the account; take events by [`poll_event`] at the
/// application's pace, and [`ack`](Self::ack) the messages among them. Hand in
/// [`Input::Timeout`] when [`deadline`] has passed. `now` must not go backwards.
///
/// In a loop: take events and run commands first, then drain until nothing comes
/// any more, and only then wait. A command after the draining would be sent when
/// the wait is over, perhaps half a minute later.
///
/// Every [`Transmit::Send`] ends in one [`Input::Response`], one
/// [`Input::Failed`] or one [`Transmit::Abort`]; answers that nobody waits for
/// are dropped.
///
/// [`poll_transmit`]: Self::poll_transmit
/// [`poll_persist`]: Self::poll_persist
/// [`poll_completion`]: Self::poll_completion
/// [`poll_others`]: Self::poll_others
/// [`poll_event`]: Self::poll_event
/// [`deadline`]: Self::deadline
pub struct Session {
    role: Role,
    cx: Context,
    phase: Phase,
    contacts: Contacts,
    outbox: Outbox,
    downloads: Downloads,
    operations: Operations,
    parking: Parking,
    publications: Vec<Publication>,
    /// The record of the login, if there was one in this process.
    opened: Option<RecordSeq>,
}

/// Shows only the role and the state: most of the rest is secret.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("role", &self.role)
            .field("state", self.state())
            .finish_non_exhaustive()
    }
}

/// What a session may do with its account, for as long as it lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// It polls, and moves the position.
    Owner,
    /// It runs commands beside the owner.
    Attached,
}

enum Phase {
    /// Boxed, because it is larger than the rest, and does not last.
    Login(Box<Login>),
    Online(Sync),
    /// Runs commands on a session that another process holds.
    Attached,
    /// Over, stopped or frozen: see the state to watch.
    Done,
}

impl Session {
    /// Starts a new login.
    #[must_use]
    pub fn new(config: Arc<Config>, seed: Seed, now: Now) -> Self {
        Self::resume(config, Saved::new(), seed, now)
    }

    /// Resumes from what was stored: with the saved session if it is still valid,
    /// otherwise by the next step of the [`Ladder`](crate::config::Ladder).
    ///
    /// The driver restores [`Saved::jar`] before the first request.
    #[must_use]
    pub fn resume(config: Arc<Config>, saved: Saved, seed: Seed, now: Now) -> Self {
        let start = State::LoggingIn {
            step: LoginStep::Starting {},
        };
        let mut cx = Context::new(config, saved, seed, start);
        Outbox::adopt(&mut cx);
        let mut session = Self::begin(Role::Owner, Phase::Done, cx);
        let step = Login::start(&mut session.cx, now);
        session.step(step, now);
        session
    }

    /// Only runs commands on a saved session: never polls, never moves the position,
    /// and writes only records of the outbox.
    #[must_use]
    pub fn attach(config: Arc<Config>, saved: Saved, seed: Seed) -> Self {
        let live = saved.is_live();
        let cx = Context::new(config, saved, seed, State::Attached {});
        let mut session = Self::begin(Role::Attached, Phase::Attached, cx);
        if !live {
            let reason = CloseReason::new(Cause::NoSession, Ret::OK, "");
            session.phase = Phase::Done;
            session.cx.set_state(State::Ended { reason });
        }
        session
    }

    fn begin(role: Role, phase: Phase, cx: Context) -> Self {
        Self {
            role,
            phase,
            contacts: Contacts::new(),
            outbox: Outbox::new(&cx),
            downloads: Downloads::default(),
            operations: Operations::default(),
            parking: Parking::default(),
            publications: Vec::new(),
            opened: None,
            cx,
        }
    }

    /// Takes over a roster that was kept beside the records. A roster of
    /// another login is useless, and is dropped.
    pub fn adopt_roster(&mut self, roster: Roster) {
        if *roster.own() == *self.cx.roster.own() && self.cx.roster.contact_count() == 0 {
            self.cx.roster = roster;
        }
    }

    /// Starts a command. It ends with a [`Completion`] of the same number.
    ///
    /// # Errors
    /// If the command makes no sense, or none in this state. Nothing has been
    /// done then.
    pub fn command(&mut self, now: Now, command: Command) -> Result<CommandId, Rejected> {
        if let Command::Cancel { id } = command {
            return self.cancel(now, id);
        }
        if !matches!(self.phase, Phase::Online(_) | Phase::Attached) {
            return Err(Rejected::NotOnline {});
        }
        let id = self.start_command(now, command)?;
        self.settle(now);
        Ok(id)
    }

    /// Tells the session what happened. It never fails and never blocks.
    pub fn handle(&mut self, now: Now, input: Input) {
        match input {
            Input::Response { id, head, body } => {
                if let Some(settled) = self.cx.requests.settle(id) {
                    // An answer proves that the service can be reached. The
                    // stream's own requests draw that conclusion themselves.
                    let is_news = !matches!(settled.purpose, Purpose::Check | Purpose::Fetch)
                        && head.status.is_success();
                    self.reply(now, settled, Ok(Answer { head, body }));
                    if let Phase::Online(sync) = &mut self.phase
                        && is_news
                        && self.cx.is_offline()
                    {
                        sync.answered_elsewhere(&mut self.cx, now);
                    }
                }
            }
            Input::Failed { id, failure } => {
                if let Some(settled) = self.cx.requests.settle(id) {
                    self.reply(now, settled, Err(failure));
                }
            }
            Input::Progress { id, at } => self.moved(now, id, at),
            Input::Persisted(seq) => self.cx.journal.persisted(seq),
            Input::StoreFailed { message } => self.store_failed(now, &message),
            Input::Others(others) => outbox::settle(&mut self.cx, others.as_deref()),
            Input::Fenced if breaks!(self.cx.config, IgnoreFence) => {}
            Input::Fenced => self.freeze(),
            Input::NetworkUp => self.hurry(now),
            Input::Timeout => self.timeout(now),
        }
        self.settle(now);
    }

    /// The network may be back: whatever waits to be tried again is tried now.
    fn hurry(&mut self, now: Now) {
        self.outbox.hurry(now);
        self.downloads.hurry(now);
        if let Phase::Online(sync) = &mut self.phase {
            sync.hurry(&mut self.cx, now);
        }
    }

    fn moved(&mut self, now: Now, id: RequestId, at: u64) {
        match self.cx.requests.moved(id, now.mono) {
            Some(Purpose::Upload) => self.outbox.upload_moved(id, at, &self.cx, now),
            Some(Purpose::Download) => self.downloads.moved(id, at),
            _ => {}
        }
    }

    fn timeout(&mut self, now: Now) {
        while let Some((settled, failure)) = self.cx.requests.expire(now.mono) {
            self.reply(now, settled, Err(failure));
        }
        self.cx.journal.wake(now.mono);
        self.parking.wake(&mut self.cx, now);
        self.contacts.wake(&mut self.cx, now);
        match std::mem::replace(&mut self.phase, Phase::Done) {
            Phase::Login(login) => {
                let step = login.wake(&mut self.cx, now);
                self.step(step, now);
            }
            other => self.phase = other,
        }
    }

    fn reply(&mut self, now: Now, settled: Settled, reply: Reply) {
        let id = settled.id;
        // The server's verdict on the session, if the answer held one.
        let over = match &settled.purpose {
            Purpose::Login => return self.login_reply(now, &settled, reply),
            Purpose::Check | Purpose::Fetch => {
                let (phase, mut parts) = self.split();
                match phase {
                    Phase::Online(sync) => sync.reply(&settled, reply, &mut parts, now),
                    Phase::Login(_) | Phase::Attached | Phase::Done => None,
                }
            }
            Purpose::ContactPage => self.contacts.page_reply(id, reply, &mut self.cx, now),
            Purpose::Details => self.contacts.details_reply(id, reply, &mut self.cx, now),
            Purpose::Notify => {
                if let Err(failure) = reply {
                    tracing::debug!(reason = failure.message, "the phone was not told");
                }
                None
            }
            Purpose::Send(number, endpoint) => {
                self.outbox
                    .reply(&mut self.cx, now, number, *endpoint, reply)
            }
            Purpose::Upload => self.outbox.upload_reply(id, reply, &mut self.cx, now),
            Purpose::Download => self.downloads.reply(id, reply, &mut self.cx, now),
            Purpose::Operation(command, operation) => {
                self.operations
                    .reply(*command, *operation, reply, &mut self.cx)
            }
            Purpose::Probe(command) => return self.probed(*command, reply),
            Purpose::Logout(command) => return self.logged_out(*command, reply, now),
        };
        let Some(reason) = over else {
            return;
        };
        let is_streams = matches!(settled.purpose, Purpose::Check | Purpose::Fetch);
        match &mut self.phase {
            Phase::Online(_) if is_streams => self.end(reason, now),
            Phase::Online(sync) => sync.doubt(&reason, &mut self.cx, now),
            Phase::Login(_) | Phase::Attached | Phase::Done => {}
        }
    }

    fn login_reply(&mut self, now: Now, settled: &Settled, reply: Reply) {
        match std::mem::replace(&mut self.phase, Phase::Done) {
            Phase::Login(login) => {
                let step = login.reply(settled, reply, &mut self.cx, now);
                self.step(step, now);
            }
            other => self.phase = other,
        }
    }

    fn split(&mut self) -> (&mut Phase, Parts<'_>) {
        let parts = Parts {
            cx: &mut self.cx,
            contacts: &mut self.contacts,
            outbox: &mut self.outbox,
        };
        (&mut self.phase, parts)
    }

    /// Starts whatever has become possible.
    fn settle(&mut self, now: Now) {
        if !self.cx.config.shared {
            outbox::settle_all(&mut self.cx, Some(&[]));
        }
        if matches!(self.phase, Phase::Online(_) | Phase::Attached) {
            self.outbox.pump(&mut self.cx, now);
            self.downloads.pump(&mut self.cx, now);
        }
        let (phase, mut parts) = self.split();
        if let Phase::Online(sync) = phase {
            sync.wake(&mut parts, now);
        }
    }

    fn step(&mut self, step: Step, now: Now) {
        match step {
            Step::Go(login) => self.phase = Phase::Login(Box::new(login)),
            Step::Open(opened) => self.open(*opened, now),
            Step::End(reason) => self.end(reason, now),
        }
    }

    /// Says that the application has handled a message. Messages can be acknowledged in
    /// any order, and more than once; other events need no acknowledgement.
    pub fn ack(&mut self, now: Now, event: EventId) {
        self.parking.forget(event);
        self.cx.inbox.ack(event, &mut self.cx.journal);
        if let Phase::Online(sync) = &self.phase
            && breaks!(self.cx.config, AckOrder)
        {
            let position = sync.position().clone();
            self.cx.journal.write(Change::Position(position));
        }
        self.settle(now);
    }

    /// Says that the application could not handle a message. It is delivered again after
    /// one second, then after two more. After the third failure it counts as handled,
    /// and a [`WarningKind::Parked`] says so. Messages behind it do not wait.
    ///
    /// Anything but a message in hand is ignored.
    pub fn fail(&mut self, now: Now, event: Event, why: &str) {
        self.parking.fail(event, why, &mut self.cx, now);
        self.settle(now);
    }

    /// The next request to send or to abort.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.cx.requests.poll()
    }

    /// The next record to store, in order.
    pub fn poll_persist(&mut self) -> Option<Record> {
        if matches!(self.cx.state(), State::Frozen {}) {
            return None;
        }
        self.cx.journal.poll()
    }

    /// True if the driver has to read what other processes have stored for the
    /// account, and hand it in as [`Input::Others`]. It must start reading
    /// after this call. Always false unless the account is
    /// [shared](crate::Config::shared).
    #[must_use]
    pub fn poll_others(&mut self) -> bool {
        self.cx.doubts.poll()
    }

    /// True if [`poll_persist`](Self::poll_persist) has something.
    #[must_use]
    pub fn has_record(&self) -> bool {
        !matches!(self.cx.state(), State::Frozen {}) && self.cx.journal.next().is_some()
    }

    /// True if something may wait for a record that
    /// [`poll_persist`](Self::poll_persist) has. Nothing waits for the records
    /// of handled messages: they may be stored together with others a moment
    /// later, and a crash in between only delivers their messages again.
    #[must_use]
    pub fn awaits_record(&self) -> bool {
        self.has_record() && self.cx.journal.is_awaited()
    }

    /// The last record that was written, handed out or not.
    pub(crate) const fn written(&self) -> RecordSeq {
        self.cx.journal.last()
    }

    /// The next command that has ended.
    pub fn poll_completion(&mut self) -> Option<Completion> {
        self.cx.poll_completion()
    }

    /// The next event. Taking one may make room for a poll.
    ///
    /// After a login, no event comes before the login is stored: whoever learns
    /// of the session may attach to it from another process at once.
    pub fn poll_event(&mut self, now: Now) -> Option<Event> {
        if !self.is_known() {
            return None;
        }
        let mut event = self.cx.inbox.pop()?;
        if let EventKind::Message(message) = &mut event.kind {
            self.cx.name(message);
            if breaks!(self.cx.config, SaveBeforeAck) {
                self.cx.inbox.ack(event.id, &mut self.cx.journal);
            }
        }
        self.settle(now);
        Some(event)
    }

    /// True if [`poll_event`](Self::poll_event) has something.
    #[must_use]
    pub fn has_event(&self) -> bool {
        self.is_known() && self.cx.inbox.is_ready()
    }

    /// True unless a login waits for the store. A store that fails does not
    /// hold the application up.
    fn is_known(&self) -> bool {
        let stored = |record| self.cx.journal.is_stored(record);
        self.opened.is_none_or(stored) || self.cx.journal.is_failing()
    }

    /// How many messages wait for their acknowledgement, queued or delivered.
    #[must_use]
    pub fn unacknowledged(&self) -> usize {
        self.cx.inbox.in_hand()
    }

    /// When to hand in [`Input::Timeout`], if ever.
    #[must_use]
    pub fn deadline(&self) -> Option<Deadline> {
        let phase = match &self.phase {
            Phase::Login(login) => (login.deadline(), Timer::Login),
            Phase::Online(sync) => (sync.deadline(), Timer::Sync),
            Phase::Attached | Phase::Done => (None, Timer::Sync),
        };
        [
            phase,
            (self.cx.requests.deadline(), Timer::Request),
            (self.contacts.deadline(), Timer::Contacts),
            (self.outbox.deadline(&self.cx.journal), Timer::Outbox),
            (self.downloads.deadline(), Timer::Download),
            (self.parking.deadline(), Timer::Parking),
            (self.cx.journal.deadline(), Timer::Store),
        ]
        .into_iter()
        .filter_map(|(at, timer)| at.map(|at| Deadline { at, timer }))
        .min()
    }

    /// Queues a warning of the driver's ahead of all waiting events, because it
    /// may explain them: a damaged store is the reason for the login that
    /// follows.
    pub fn warn(&mut self, kind: WarningKind, message: impl Into<String>) {
        let message = message.into();
        tracing::warn!(?kind, "{message}");
        self.cx
            .inbox
            .push_first(EventKind::Warning { kind, message });
    }

    /// The state of the session.
    #[must_use]
    pub fn state(&self) -> &State {
        self.cx.state()
    }

    /// The contacts.
    #[must_use]
    pub fn roster(&self) -> &Roster {
        &self.cx.roster
    }

    /// Who somebody in the roster is across logins.
    #[must_use]
    pub fn identity(&self, id: &UserName) -> Standing {
        let identities = &self.cx.journal.saved().identities;
        identities.standing(&self.cx.roster, id)
    }

    /// What public accounts had published when this process logged in.
    #[must_use]
    pub fn publications(&self) -> &[Publication] {
        &self.publications
    }

    /// Changes whenever the roster does, so that a driver knows when to store
    /// it.
    #[must_use]
    pub fn roster_version(&self) -> u64 {
        self.cx.roster_version
    }

    /// The durable state as it is now, without the jar's latest cookies.
    #[must_use]
    pub fn saved(&self) -> &Saved {
        self.cx.journal.saved()
    }

    /// The durable state, to replace all records so far. The driver supplies
    /// the jar, as it does for records.
    #[must_use]
    pub fn snapshot(&self, jar: Option<JarSnapshot>) -> Saved {
        let mut saved = self.cx.journal.saved().clone();
        if jar.is_some() {
            saved.jar = jar;
        }
        saved
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, Input, Record, Session, Transmit};

    #[test]
    fn a_session_may_be_kept_in_any_thread() {
        fn is_send_and_sync<T: Send + Sync>() {}
        is_send_and_sync::<Session>();
        is_send_and_sync::<Transmit>();
        is_send_and_sync::<Input>();
        is_send_and_sync::<Record>();
        is_send_and_sync::<Event>();
    }
}
