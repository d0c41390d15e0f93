//! The sync machine (protocol: init and sync).
//!
//! ```text
//!              ┌────────────selector 0────────────┐
//!              ▼                                  │
//!   ┌──► AwaitNews ──selector ≠ 0, bad head──► AwaitPage ──ContinueFlag──┐
//!   │          │                                  │  ▲───────────────────┘
//!   │          └─────trouble──► AwaitTime ◄───────┘
//!   │  room                        │  -14, 1
//!   └─ AwaitRoom ◄─queue full──────┴──────────► AwaitInit ──ok──► AwaitPage
//! ```
//!
//! * `AwaitStart`: the first round of contacts, so that messages have names;
//! * `AwaitNews`: synccheck's answer, the long poll;
//! * `AwaitPage`: webwxsync's answer;
//! * `AwaitInit`: webwxinit's answer, after the server lost the session;
//! * `AwaitTime`: the next try;
//! * `AwaitRoom`: the application, whose queue is full. The server keeps the
//!   mail meanwhile.
//!
//! A verdict on the session in the answer to any other request is not final,
//! since that request may have carried a key that has been replaced. The
//! machine then asks for a page at once, and believes that answer.
//!
//! At most one request is in flight, because its number lives in the state.
//! 1100, 1101 and 1102 end the session; so do -14 and 1 if they come again
//! after a new webwxinit and before a successful synccheck. Everything else is
//! waited out.

use std::time::Duration;

use bytes::Bytes;
use wx_wire::code::{Ret, Selector};
use wx_wire::endpoint::{Endpoint, synccheck, webwxinit, webwxsync};

use crate::backoff::{HELD, IDLE, OUTAGE};
use crate::contacts::Contacts;
use crate::context::{Context, Purpose, Reply, Settled, Useless, accepted, read};
use crate::event::{CloseReason, WarningKind};
use crate::io::{FailureKind, RequestId};
use crate::outbox::Outbox;
use crate::recent;
use crate::sabotage::breaks;
use crate::saved::{Change, Position};
use crate::time::{Instant, Now};

mod page;

use page::Brought;

/// How long messages wait for the names of those who sent them.
const START_WAIT: Duration = Duration::from_secs(10);
/// Answers to other requests bring a retry forward at most this often: they may
/// come from another host than the one that fails.
const HURRY_EVERY: Duration = Duration::from_secs(10);
/// How often a page that is not UTF-8 is asked for again before it is read with
/// replacement characters.
const MAX_NOT_UTF8: u32 = 3;
/// How many messages may lie beyond the stored position, whatever the
/// configuration says: the handled ones among them must be remembered.
const MAX_BEYOND: usize = recent::CAPACITY / 2;

/// What to ask the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ask {
    News,
    Page,
    Init,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    AwaitStart { until: Instant },
    AwaitNews { request: RequestId },
    AwaitPage { request: RequestId },
    AwaitInit { request: RequestId },
    AwaitTime { until: Instant, then: Ask },
    AwaitRoom { then: Ask },
    Stopped,
}

/// The parts of a session that a page may touch.
pub(crate) struct Parts<'a> {
    pub(crate) cx: &'a mut Context,
    pub(crate) contacts: &'a mut Contacts,
    pub(crate) outbox: &'a mut Outbox,
}

#[derive(Debug)]
pub(crate) struct Sync {
    state: State,
    /// Where the stream goes on. The stored position lags behind it.
    position: Position,
    /// Failures in a row.
    failures: u32,
    /// Promised pages in a row that brought nothing.
    idle: u32,
    /// Pages in a row that were not UTF-8.
    garbled: u32,
    /// Times in a row that the server said "too often".
    throttled: u32,
    /// Times that the session was reopened since the last good poll.
    reopened: u32,
    /// When an answer to something else last brought a retry forward.
    hurried: Option<Instant>,
}

impl Sync {
    /// Waits for the contacts, then asks for what has come since `position`.
    pub(crate) fn start(position: Position, now: Now) -> Self {
        Self {
            state: State::AwaitStart {
                until: now.mono + START_WAIT,
            },
            position,
            failures: 0,
            idle: 0,
            garbled: 0,
            throttled: 0,
            reopened: 0,
            hurried: None,
        }
    }

    /// Where the stream goes on.
    pub(crate) fn position(&self) -> &Position {
        &self.position
    }

    pub(crate) fn stop(&mut self) {
        self.state = State::Stopped;
    }

    /// Begins again after [`stop`](Self::stop). One that has begun already may have a
    /// poll in flight.
    pub(crate) fn go_on(&mut self, now: Now) {
        if self.state == State::Stopped {
            *self = Self::start(self.position.clone(), now);
        }
    }

    /// Goes on if what the state waits for has come about.
    pub(crate) fn wake(&mut self, parts: &mut Parts<'_>, now: Now) {
        match self.state {
            State::AwaitStart { until } => {
                if until <= now.mono || !parts.contacts.is_first_round() {
                    self.ask(Ask::Page, parts.cx, now);
                }
            }
            State::AwaitTime { until, then } if until <= now.mono => self.ask(then, parts.cx, now),
            State::AwaitRoom { then } => self.ask(then, parts.cx, now),
            State::AwaitTime { .. }
            | State::AwaitNews { .. }
            | State::AwaitPage { .. }
            | State::AwaitInit { .. }
            | State::Stopped => {}
        }
    }

    /// Another answer said that the session is over: asks for a page to find
    /// out.
    pub(crate) fn doubt(&mut self, reason: &CloseReason, cx: &mut Context, now: Now) {
        match self.state {
            State::AwaitNews { request } => cx.requests.give_up(request),
            State::AwaitStart { .. }
            | State::AwaitRoom { .. }
            | State::AwaitTime {
                then: Ask::News | Ask::Page,
                ..
            } => {}
            State::AwaitTime {
                then: Ask::Init, ..
            }
            | State::AwaitPage { .. }
            | State::AwaitInit { .. }
            | State::Stopped => return,
        }
        tracing::info!(ret = reason.ret.0, "is the session over? asking");
        self.ask(Ask::Page, cx, now);
    }

    /// Another request was answered: a pending retry is made now, unless an
    /// answer has brought one forward just before.
    pub(crate) fn answered_elsewhere(&mut self, cx: &mut Context, now: Now) {
        let again = |at: Instant| now.mono.since(at) >= HURRY_EVERY;
        if self.hurried.is_none_or(again) {
            self.hurried = Some(now.mono);
            self.hurry(cx, now);
        }
    }

    /// The network may be back: a pending retry is made now.
    pub(crate) fn hurry(&mut self, cx: &mut Context, now: Now) {
        if let State::AwaitTime { then, .. } = self.state
            && self.failures > 0
            && self.throttled == 0
        {
            self.ask(then, cx, now);
        }
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::AwaitStart { until } | State::AwaitTime { until, .. } => Some(until),
            State::AwaitNews { .. }
            | State::AwaitPage { .. }
            | State::AwaitInit { .. }
            | State::AwaitRoom { .. }
            | State::Stopped => None,
        }
    }

    fn ask(&mut self, what: Ask, cx: &mut Context, now: Now) {
        let full = cx.inbox.queued() >= cx.config.event_capacity.max(1)
            || cx.inbox.beyond() >= cx.config.in_hand_capacity.clamp(1, MAX_BEYOND);
        if full && what != Ask::Init && !breaks!(cx.config, UnboundedQueue) {
            self.state = State::AwaitRoom { then: what };
            return;
        }
        cx.inbox.shrink();
        let Some(credentials) = cx.credentials() else {
            self.state = State::Stopped;
            return;
        };
        let unix_ms = now.unix_ms;
        self.state = match what {
            Ask::News => {
                let request = synccheck::Request {
                    credentials,
                    sync_key: self.position.check_key(),
                    unix_ms,
                }
                .encode();
                if breaks!(cx.config, TwoPolls) {
                    cx.send(now, Purpose::Check, Endpoint::SyncCheck, request.clone());
                }
                let request = cx.send(now, Purpose::Check, Endpoint::SyncCheck, request);
                State::AwaitNews { request }
            }
            Ask::Page => {
                let request = webwxsync::Request {
                    credentials,
                    sync_key: &self.position.sync_key,
                    unix_ms,
                }
                .encode();
                let request = cx.send(now, Purpose::Fetch, Endpoint::Sync, request);
                State::AwaitPage { request }
            }
            Ask::Init => {
                let request = webwxinit::Request {
                    credentials,
                    unix_ms,
                }
                .encode();
                let request = cx.send(now, Purpose::Fetch, Endpoint::Init, request);
                State::AwaitInit { request }
            }
        };
    }

    fn pause(&mut self, delay: Duration, then: Ask, now: Now) {
        self.state = State::AwaitTime {
            until: now.mono + delay,
            then,
        };
    }

    /// Reports the trouble, and tries again later.
    fn trouble(&mut self, why: &str, then: Ask, cx: &mut Context, now: Now) {
        let mut delay = OUTAGE.delay(self.failures, &mut cx.rng);
        if breaks!(cx.config, NoBackoff) {
            delay = Duration::ZERO;
        }
        self.failures = self.failures.saturating_add(1);
        cx.trouble(now, why, delay);
        self.pause(delay, then, now);
    }

    /// The answer of the machine's request. A reason ends the session.
    pub(crate) fn reply(
        &mut self,
        settled: &Settled,
        reply: Reply,
        parts: &mut Parts<'_>,
        now: Now,
    ) -> Option<CloseReason> {
        match self.state {
            State::AwaitNews { request } if request == settled.id => {
                self.news(settled.started, reply, parts.cx, now)
            }
            State::AwaitPage { request } if request == settled.id => self.page(reply, parts, now),
            State::AwaitInit { request } if request == settled.id => {
                self.reopen(reply, parts.cx, now)
            }
            _ => None,
        }
    }

    fn news(
        &mut self,
        started: Instant,
        reply: Reply,
        cx: &mut Context,
        now: Now,
    ) -> Option<CloseReason> {
        let answer = match read(reply, Endpoint::SyncCheck, |answer| {
            synccheck::Response::decode(&answer.body)
        }) {
            Ok(answer) => answer,
            Err(Useless::Failed(failure)) if failure.kind != FailureKind::BadHead => {
                if breaks!(cx.config, EndOnOutage) {
                    return Some(CloseReason::by_server(Ret::COOKIE_INVALID, failure.message));
                }
                self.trouble(&failure.message, Ask::News, cx, now);
                return None;
            }
            // Now and then the push host answers like this while there is
            // something to fetch (protocol: synccheck, broken status line).
            Err(useless) => {
                tracing::debug!(reason = %useless, "a poll's answer makes no sense");
                match self.idle.checked_sub(1) {
                    None => self.ask(Ask::Page, cx, now),
                    Some(before) => self.pause(IDLE.bound(before), Ask::Page, now),
                }
                self.idle = self.idle.saturating_add(1);
                return None;
            }
        };
        if !answer.retcode.is_ok() {
            return self.refused(Endpoint::SyncCheck, answer.retcode, "", Ask::News, cx, now);
        }
        self.good(cx, now);
        self.reopened = 0;
        if answer.selector != Selector::NOTHING {
            self.ask(Ask::Page, cx, now);
        } else if now.mono.since(started) < HELD {
            self.pause(HELD, Ask::News, now);
        } else {
            self.idle = 0;
            self.ask(Ask::News, cx, now);
        }
        None
    }

    fn page(&mut self, reply: Reply, parts: &mut Parts<'_>, now: Now) -> Option<CloseReason> {
        let answer = match accepted(reply, Endpoint::Sync) {
            Ok(answer) => answer,
            Err(useless) => return self.no_page(&useless, parts.cx, now),
        };
        parts.cx.note_cookies(&answer.head);
        let body = if self.garbled < MAX_NOT_UTF8 {
            answer.body
        } else {
            Bytes::from(webwxsync::repaired(&answer.body).into_owned())
        };
        match webwxsync::Response::decode(&body) {
            Ok(page) => self.take(page, &body, parts, now),
            Err(error) => self.no_page(&Useless::Decode(error), parts.cx, now),
        }
    }

    /// The page did not come, or cannot be read.
    fn no_page(&mut self, why: &Useless, cx: &mut Context, now: Now) -> Option<CloseReason> {
        let Useless::Decode(error) = why else {
            self.trouble(&why.to_string(), Ask::Page, cx, now);
            return None;
        };
        if error.expected == webwxsync::UTF8 {
            self.garbled = self.garbled.saturating_add(1);
        }
        let delay = OUTAGE.delay(self.failures, &mut cx.rng);
        self.failures = self.failures.saturating_add(1);
        let seconds = delay.as_secs_f32();
        let message = format!("{error}; asked for again in {seconds:.1} s");
        cx.warn(WarningKind::Stuck, message);
        self.pause(delay, Ask::Page, now);
        None
    }

    fn take(
        &mut self,
        page: webwxsync::Response<'_>,
        body: &Bytes,
        parts: &mut Parts<'_>,
        now: Now,
    ) -> Option<CloseReason> {
        let verdict = &page.base_response;
        if !verdict.ret.is_ok() {
            let (ret, words) = (verdict.ret, verdict.err_msg.clone());
            return self.refused(Endpoint::Sync, ret, &words, Ask::Page, parts.cx, now);
        }
        self.good(parts.cx, now);
        self.garbled = 0;
        let more = page.continue_flag.is_some_and(|flag| flag != 0)
            && !breaks!(parts.cx.config, IgnoreContinue);
        let then = if more { Ask::Page } else { Ask::News };
        match page::apply(page, body, &mut self.position, parts, now) {
            Brought::Something => {
                self.idle = 0;
                self.ask(then, parts.cx, now);
            }
            Brought::Nothing => {
                self.pause(IDLE.bound(self.idle), then, now);
                self.idle = self.idle.saturating_add(1);
            }
        }
        None
    }

    fn reopen(&mut self, reply: Reply, cx: &mut Context, now: Now) -> Option<CloseReason> {
        let init = match read(reply, Endpoint::Init, |answer| {
            cx.note_cookies(&answer.head);
            webwxinit::Response::decode(&answer.body)
        }) {
            Ok(init) => init,
            Err(useless) => {
                self.trouble(&useless.to_string(), Ask::Init, cx, now);
                return None;
            }
        };
        let verdict = init.base_response();
        if !verdict.ret.is_ok() {
            let words = verdict.err_msg;
            return self.refused(Endpoint::Init, verdict.ret, &words, Ask::Init, cx, now);
        }
        if !init.skey.is_empty() {
            cx.journal.write(Change::Skey { skey: init.skey });
        }
        self.ask(Ask::Page, cx, now);
        None
    }

    /// An answer that makes sense.
    fn good(&mut self, cx: &mut Context, now: Now) {
        self.failures = 0;
        self.throttled = 0;
        cx.recovered(now);
    }

    /// The server refused (protocol: retcode / Ret).
    fn refused(
        &mut self,
        endpoint: Endpoint,
        ret: Ret,
        words: &str,
        then: Ask,
        cx: &mut Context,
        now: Now,
    ) -> Option<CloseReason> {
        let reason = CloseReason::by_server(ret, words);
        match ret {
            _ if ret.ends_session() => return Some(reason),
            Ret::TOO_OFTEN => {
                let pause = cx.throttled(&mut self.throttled);
                self.pause(pause, then, now);
            }
            Ret::TICKET_ERROR | Ret::PARAMETER_ERROR if self.reopened > 0 => return Some(reason),
            Ret::TICKET_ERROR | Ret::PARAMETER_ERROR => {
                self.reopened += 1;
                self.ask(Ask::Init, cx, now);
            }
            _ => self.trouble(&format!("{endpoint}: code {ret} {words}"), then, cx, now),
        }
        None
    }
}
