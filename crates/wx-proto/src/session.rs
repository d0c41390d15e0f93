//! The session: the one object that a driver talks to.

use std::sync::Arc;

use wx_wire::code::{Ret, StatusNotifyCode};
use wx_wire::contact::Contact as WireContact;
use wx_wire::content::{EmojiTable, decode_name};
use wx_wire::endpoint::{Endpoint, webwxbatchgetcontact, webwxlogout, webwxstatusnotify};

use crate::command::{Command, CommandError, CommandId, Completion, Done, Rejected};
use crate::config::Config;
use crate::contacts::Contacts;
use crate::context::{Answer, Context, Purpose, Reply};
use crate::event::{Cause, CloseReason, Event, EventId, EventKind, How, WarningKind};
use crate::io::{Input, RequestId, Transmit};
use crate::login::{Login, Opened, Step};
use crate::outbox::Outbox;
use crate::rng::Seed;
use crate::roster::Roster;
use crate::saved::{Account, Change, JarSnapshot, Position, Record, Saved};
use crate::state::State;
use crate::sync::{Parts, Sync};
use crate::time::{Deadline, Instant, Now, Timer};

/// A client's side of the protocol, without I/O.
///
/// # Order of calls
///
/// After every call that takes `&mut self`, drain [`poll_transmit`],
/// [`poll_persist`] and [`poll_completion`]; take events by [`poll_event`] at
/// the application's pace. Hand in [`Input::Timeout`] when [`deadline`] has
/// passed. `now` must not go backwards.
///
/// Every [`Transmit::Send`] ends in one [`Input::Response`], one
/// [`Input::Failed`] or one [`Transmit::Abort`]; answers that nobody waits for
/// are dropped.
///
/// [`poll_transmit`]: Self::poll_transmit
/// [`poll_persist`]: Self::poll_persist
/// [`poll_completion`]: Self::poll_completion
/// [`poll_event`]: Self::poll_event
/// [`deadline`]: Self::deadline
pub struct Session {
    cx: Context,
    phase: Phase,
    contacts: Contacts,
    outbox: Outbox,
}

enum Phase {
    Login(Login),
    Online(Sync),
    /// Runs commands on a session that another process holds.
    Attached,
    /// Over, stopped or frozen: see the state to watch.
    Done,
}

impl Session {
    /// Logs in from nothing.
    #[must_use]
    pub fn new(config: Arc<Config>, seed: Seed, now: Now) -> Self {
        Self::resume(config, Saved::new(), seed, now)
    }

    /// Goes on from what was stored: with the saved session if it still
    /// holds, else down the [`Ladder`](crate::config::Ladder).
    ///
    /// The driver restores [`Saved::jar`] before the first request.
    #[must_use]
    pub fn resume(config: Arc<Config>, saved: Saved, seed: Seed, now: Now) -> Self {
        let start = State::LoggingIn {
            step: crate::state::LoginStep::Starting {},
        };
        let mut cx = Context::new(config, saved, seed, start);
        Outbox::adopt(&mut cx);
        let outbox = Outbox::new(&cx);
        let mut session = Self {
            cx,
            phase: Phase::Done,
            contacts: Contacts::new(),
            outbox,
        };
        let step = Login::start(&mut session.cx, now);
        session.step(step, now);
        session
    }

    /// Runs commands on a saved session: it never polls, never moves the
    /// position, and writes records of the outbox only.
    #[must_use]
    pub fn attach(config: Arc<Config>, saved: Saved, seed: Seed, _now: Now) -> Self {
        let live = saved.credentials.is_some();
        let cx = Context::new(config, saved, seed, State::Attached {});
        let outbox = Outbox::new(&cx);
        let mut session = Self {
            cx,
            phase: Phase::Attached,
            contacts: Contacts::new(),
            outbox,
        };
        if !live {
            let reason = CloseReason::new(Cause::NoSession, Ret::OK, "");
            session.phase = Phase::Done;
            session.cx.set_state(State::Ended { reason });
        }
        session
    }

    /// Takes over a roster that was kept beside the records. One of another
    /// login is of no use, and is dropped.
    pub fn adopt_roster(&mut self, roster: Roster) {
        if *roster.own() == *self.cx.roster.own() && self.cx.roster.contacts().next().is_none() {
            self.cx.roster = roster;
        }
    }

    /// Asks for something. The end is a [`Completion`] with the same number.
    ///
    /// # Errors
    /// If the command makes no sense, or not at this moment. Nothing has
    /// happened then.
    pub fn command(&mut self, now: Now, command: Command) -> Result<CommandId, Rejected> {
        if let Command::Cancel { command } = command {
            return self.cancel(command);
        }
        if !matches!(self.phase, Phase::Online(_) | Phase::Attached) {
            return Err(Rejected::NotOnline {});
        }
        let id = match command {
            Command::SendText(send) => self.outbox.accept(&mut self.cx, now, send)?,
            Command::FetchContacts { names } => {
                let id = self.cx.next_command();
                self.contacts.fetch(id, names, &mut self.cx, now);
                id
            }
            Command::RefreshContacts {} => {
                let id = self.cx.next_command();
                self.contacts.refresh(id, &mut self.cx, now);
                id
            }
            Command::Probe {} => self.probe(now),
            Command::Logout {} => {
                let id = self.cx.next_command();
                self.log_out(Some(id), now);
                id
            }
            Command::Cancel { .. } => return Err(Rejected::NoSuchCommand {}),
        };
        self.settle(now);
        Ok(id)
    }

    fn cancel(&mut self, command: Option<CommandId>) -> Result<CommandId, Rejected> {
        let target = command.ok_or(Rejected::NoSuchCommand {})?;
        let found =
            self.outbox.cancel(&mut self.cx, target) || self.contacts.cancel(target, &mut self.cx);
        if !found {
            return Err(Rejected::NoSuchCommand {});
        }
        let id = self.cx.next_command();
        self.cx.complete(id, Ok(Done::Cancelled {}));
        Ok(id)
    }

    /// The cheapest question that the server answers with its verdict on the
    /// session: who am I.
    fn probe(&mut self, now: Now) -> CommandId {
        let id = self.cx.next_command();
        let names = [self.cx.own().into()];
        if let Some(credentials) = self.cx.credentials() {
            let request = webwxbatchgetcontact::Request {
                credentials,
                names: &names,
                unix_ms: now.unix_ms,
            }
            .encode();
            let endpoint = Endpoint::BatchGetContact;
            self.cx.send(now, Purpose::Probe(id), endpoint, request);
        }
        id
    }

    fn log_out(&mut self, command: Option<CommandId>, now: Now) {
        let Some(credentials) = self.cx.credentials() else {
            return;
        };
        let request = webwxlogout::Request {
            credentials,
            kind: 0,
        }
        .encode();
        let purpose = Purpose::Logout(command);
        self.cx.send(now, purpose, Endpoint::Logout, request);
        if let Phase::Online(sync) = &mut self.phase {
            sync.stop();
            self.cx
                .abort(|purpose| matches!(purpose, Purpose::Check | Purpose::Fetch));
        }
    }

    /// Tells the session what happened. It never fails and never blocks.
    pub fn handle(&mut self, now: Now, input: Input) {
        match input {
            Input::Response { id, head, body } => {
                if let Some((purpose, started)) = self.cx.settle(id) {
                    self.reply(now, id, purpose, started, Ok(Answer { head, body }));
                }
            }
            Input::Failed { id, failure } => {
                if let Some((purpose, started)) = self.cx.settle(id) {
                    self.reply(now, id, purpose, started, Err(failure));
                }
            }
            Input::Persisted(seq) => {
                self.cx.journal.persisted(seq);
                if !matches!(self.cx.state(), State::Frozen {}) {
                    self.cx.open_gate(now);
                }
            }
            Input::StoreFailed { message } => {
                let cx = &mut self.cx;
                cx.journal.failed(now.mono, &mut cx.rng);
                cx.warn(
                    WarningKind::Disk,
                    format!("the account cannot be saved: {message}"),
                );
            }
            Input::Fenced => self.freeze(now),
            Input::Timeout => self.timeout(now),
        }
        self.settle(now);
    }

    fn timeout(&mut self, now: Now) {
        while let Some((id, purpose, started, failure)) = self.cx.expire(now.mono) {
            self.reply(now, id, purpose, started, Err(failure));
        }
        self.cx.journal.wake(now.mono);
        self.contacts.wake(&mut self.cx, now);
        match std::mem::replace(&mut self.phase, Phase::Done) {
            Phase::Login(login) => {
                let step = login.wake(&mut self.cx, now);
                self.step(step, now);
            }
            other => self.phase = other,
        }
    }

    fn reply(&mut self, now: Now, id: RequestId, purpose: Purpose, started: Instant, reply: Reply) {
        match purpose {
            Purpose::Login => match std::mem::replace(&mut self.phase, Phase::Done) {
                Phase::Login(login) => {
                    let step = login.reply(id, started, reply, &mut self.cx, now);
                    self.step(step, now);
                }
                other => self.phase = other,
            },
            Purpose::Check | Purpose::Fetch => {
                let (phase, mut parts) = self.split();
                if let Phase::Online(sync) = phase {
                    let end = sync.reply(id, started, reply, &mut parts, now);
                    if let Some(reason) = end {
                        self.end(reason, now);
                    }
                }
            }
            Purpose::ContactPage => self.contacts.page_reply(id, reply, &mut self.cx, now),
            Purpose::Details => self.contacts.details_reply(id, reply, &mut self.cx, now),
            Purpose::Notify => {
                if let Err(failure) = reply {
                    tracing::debug!(reason = failure.message, "the phone was not told");
                }
            }
            Purpose::Send(client_msg_id) => {
                let end = self.outbox.reply(&mut self.cx, now, &client_msg_id, reply);
                if let (Some(reason), Phase::Online(_)) = (end, &self.phase) {
                    self.end(reason, now);
                }
            }
            Purpose::Probe(command) => self.probed(command, reply),
            Purpose::Logout(command) => self.logged_out(command, reply, now),
        }
    }

    fn probed(&mut self, command: CommandId, reply: Reply) {
        let answer = reply.and_then(|answer| {
            let body = answer.ok(Endpoint::BatchGetContact)?;
            Ok(webwxbatchgetcontact::Response::decode(body))
        });
        let result = match answer {
            Ok(Ok(response)) => {
                let verdict = response.base_response();
                if verdict.ret.is_ok() {
                    Ok(Done::Holds {})
                } else {
                    Err(CommandError::Refused {
                        ret: verdict.ret,
                        message: verdict.err_msg,
                        retry_after_ms: None,
                    })
                }
            }
            Ok(Err(decode)) => Err(decode.into()),
            Err(failure) => Err(CommandError::Failed {
                reached: failure.reached,
                message: failure.message,
            }),
        };
        self.cx.complete(command, result);
    }

    /// The answer of webwxlogout says nothing; that it came, is enough.
    fn logged_out(&mut self, command: Option<CommandId>, reply: Reply, now: Now) {
        let result = match reply {
            Ok(_) => Ok(Done::LoggedOut {}),
            Err(failure) => Err(CommandError::Failed {
                reached: failure.reached,
                message: failure.message,
            }),
        };
        let gone = result.is_ok();
        if let Some(command) = command {
            self.cx.complete(command, result);
        }
        if gone {
            self.end(CloseReason::new(Cause::Own, Ret::OK, ""), now);
        } else if let Phase::Online(sync) = &mut self.phase {
            // Still logged in as far as anybody knows.
            let position = sync.position().clone();
            *sync = Sync::start(position, now);
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

    /// Starts what has become possible.
    fn settle(&mut self, now: Now) {
        let online = matches!(self.phase, Phase::Online(_) | Phase::Attached);
        if online {
            self.outbox.pump(&mut self.cx, now);
        }
        let (phase, mut parts) = self.split();
        if let Phase::Online(sync) = phase {
            sync.wake(&mut parts, now);
        }
    }

    fn step(&mut self, step: Step, now: Now) {
        match step {
            Step::Go(login) => self.phase = Phase::Login(login),
            Step::Open(opened) => self.open(*opened, now),
            Step::End(reason) => self.end(reason, now),
        }
    }

    /// The session is open: fetches contacts, tells the phone, and polls.
    fn open(&mut self, opened: Opened, now: Now) {
        let Opened {
            credentials,
            data_ticket,
            how,
            init,
        } = opened;
        let account = Account {
            user_name: init.user.user_name.clone(),
            nick_name: decode_name(&init.user.nick_name, EmojiTable::AsIs).into_owned(),
            uin: credentials.uin.to_string(),
        };
        let saved = &self.cx.journal.saved().position;
        // A session that goes on goes on where it was; webwxinit's position
        // would skip what came meanwhile.
        let position = if how == How::Saved && !saved.sync_key.is_empty() {
            saved.clone()
        } else {
            Position {
                sync_key: init.sync_key.clone(),
                sync_check_key: None,
            }
        };
        let host = credentials.hosts.base().to_owned();
        self.cx.journal.write(Change::Online {
            credentials,
            data_ticket,
            account: account.clone(),
            how,
            position: position.clone(),
            at: now.unix(),
        });
        let since = self
            .cx
            .journal
            .saved()
            .stretches
            .last()
            .map_or(now.unix(), |s| s.since);
        self.cx.set_state(State::Online {
            account: account.clone(),
            host: host.clone(),
            how,
            since,
            outage: None,
        });
        self.cx.event(EventKind::Online { account, host, how });
        if *self.cx.roster.own() != init.user.user_name {
            self.cx.roster = Roster::new(init.user.user_name.clone());
        }
        self.contacts.start(&mut self.cx, now);
        let own = WireContact::renamed(
            init.user.user_name.clone(),
            init.user.nick_name.clone(),
            init.user.head_img_url.clone(),
        );
        self.contacts.merge(&own, &mut self.cx);
        for name in init.chat_set() {
            self.contacts.want_group(&self.cx.roster, &name, now);
        }
        for mut contact in init.contact_list {
            // Their names are missing here.
            contact.member_list = None;
            self.contacts.merge(&contact, &mut self.cx);
            self.contacts
                .want_group(&self.cx.roster, &contact.user_name, now);
        }
        if self.cx.config.notify_phone {
            self.notify_phone(now);
        }
        self.phase = Phase::Online(Sync::start(position, now));
    }

    fn notify_phone(&mut self, now: Now) {
        let client_msg_id = self.cx.client_msg_id(now);
        let Some(credentials) = self.cx.credentials() else {
            return;
        };
        let own = self.cx.roster.own();
        let request = webwxstatusnotify::Request {
            credentials,
            code: StatusNotifyCode::INITED,
            from: own,
            to: own,
            client_msg_id: &client_msg_id,
        }
        .encode();
        self.cx
            .send(now, Purpose::Notify, Endpoint::StatusNotify, request);
    }

    /// The session, or the login, is over.
    fn end(&mut self, reason: CloseReason, now: Now) {
        tracing::info!(cause = ?reason.cause, ret = reason.ret.0, "the session is over");
        let attached = matches!(self.phase, Phase::Attached);
        self.phase = Phase::Done;
        let error = CommandError::Ended {
            reason: reason.clone(),
        };
        self.outbox.end(&mut self.cx, &reason.message);
        self.contacts.end(&error, &mut self.cx);
        // Messages in flight keep their requests: their fate is still of
        // interest.
        self.cx
            .abort(|purpose| !matches!(purpose, Purpose::Send(_) | Purpose::Probe(_)));
        // An attached session ends nobody's session but by its own logout.
        let own = !attached || reason.cause == Cause::Own;
        if own && self.cx.journal.saved().is_live() {
            self.cx.journal.write(Change::Ended {
                cause: reason.cause,
                at: now.unix(),
            });
        }
        self.cx.event(EventKind::LoggedOut {
            cause: reason.cause,
            ret: reason.ret,
            message: reason.message.clone(),
        });
        self.cx.set_state(State::Ended { reason });
    }

    fn freeze(&mut self, _now: Now) {
        let words = "another process has taken the account over; this one sends nothing more";
        self.phase = Phase::Done;
        self.outbox.freeze(&mut self.cx, words);
        let error = CommandError::NotSent {
            reason: words.to_owned(),
        };
        self.contacts.end(&error, &mut self.cx);
        self.cx
            .abort(|purpose| !matches!(purpose, Purpose::Send(_)));
        self.cx.warn(WarningKind::Fenced, words);
        self.cx.set_state(State::Frozen {});
    }

    /// Stops cleanly, without logging out: no more polls, no more messages.
    /// What is in flight is waited for, until [`is_idle`](Self::is_idle).
    pub fn close(&mut self, _now: Now) {
        if matches!(self.phase, Phase::Done) {
            return;
        }
        self.phase = Phase::Done;
        let words = "the client was stopped";
        self.outbox.freeze(&mut self.cx, words);
        let error = CommandError::NotSent {
            reason: words.to_owned(),
        };
        self.contacts.end(&error, &mut self.cx);
        self.cx
            .abort(|purpose| !matches!(purpose, Purpose::Send(_)));
        self.cx.set_state(State::Closed {});
    }

    /// True once a session that is over, stopped or frozen waits for nothing:
    /// no answer, and no record to be stored.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let frozen = matches!(self.cx.state(), State::Frozen {});
        matches!(self.phase, Phase::Done)
            && self.cx.nothing_in_flight()
            && (frozen || self.cx.journal.is_flushed())
    }

    /// The application has handled a message. In any order, and any number of
    /// times; events that are no messages need none.
    pub fn ack(&mut self, now: Now, event: EventId) {
        self.cx.inbox.ack(event, &mut self.cx.journal);
        self.settle(now);
    }

    /// The next request to send, or to give up.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.cx.poll_transmit()
    }

    /// The next record to store, in order.
    pub fn poll_persist(&mut self) -> Option<Record> {
        if matches!(self.cx.state(), State::Frozen {}) {
            return None;
        }
        self.cx.journal.poll()
    }

    /// The next command that has ended.
    pub fn poll_completion(&mut self) -> Option<Completion> {
        self.cx.poll_completion()
    }

    /// The next event. Taking one may make room for a poll.
    pub fn poll_event(&mut self, now: Now) -> Option<Event> {
        let mut event = self.cx.inbox.pop()?;
        if let EventKind::Message(message) = &mut event.kind {
            message.name(&self.cx.roster);
        }
        self.settle(now);
        Some(event)
    }

    /// True if [`poll_event`](Self::poll_event) has something.
    #[must_use]
    pub fn has_event(&self) -> bool {
        self.cx.inbox.queued() > 0
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
            (self.cx.request_deadline(), Timer::Request),
            (self.contacts.deadline(), Timer::Contacts),
            (self.outbox.deadline(), Timer::Outbox),
            (self.cx.journal.deadline(), Timer::Store),
        ]
        .into_iter()
        .filter_map(|(at, timer)| at.map(|at| Deadline { at, timer }))
        .min()
    }

    /// Puts a warning of the driver's among the events, for example that a
    /// stored session was damaged.
    pub fn warn(&mut self, kind: WarningKind, message: impl Into<String>) {
        self.cx.warn(kind, message);
    }

    /// Where the session stands.
    #[must_use]
    pub fn state(&self) -> &State {
        self.cx.state()
    }

    /// The contacts.
    #[must_use]
    pub fn roster(&self) -> &Roster {
        &self.cx.roster
    }

    /// Changes whenever the roster does, so that a driver knows when to keep
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

    /// The durable state, to replace all records so far by. The driver gives
    /// the jar, as for records.
    #[must_use]
    pub fn snapshot(&self, jar: Option<JarSnapshot>) -> Saved {
        let mut saved = self.cx.journal.saved().clone();
        if jar.is_some() {
            saved.jar = jar;
        }
        saved
    }
}
