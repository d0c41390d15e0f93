//! The pages of the address book.
//!
//! ```text
//! Idle ──► AwaitPage ──Seq──► AwaitPage … ──0──► Idle
//!              └─failure─► Pause ─► AwaitPage
//! ```

use std::collections::BTreeSet;

use wx_wire::code::Ret;
use wx_wire::contact::Contact as WireContact;
use wx_wire::endpoint::{Endpoint, webwxgetcontact};

use crate::backoff::OUTAGE;
use crate::command::{CommandError, CommandId, Done};
use crate::context::{Context, Purpose, Reply, read};
use crate::event::{CloseReason, WarningKind};
use crate::io::RequestId;
use crate::time::{Instant, Now};

/// The official page stops after 16 pages (protocol: webwxgetcontact). The
/// service may serve smaller ones, and contacts on later pages would be lost.
const MAX_PAGES: usize = 200;
/// After this many failures in a row the address book is left as it is.
const MAX_FAILURES: u32 = 5;

#[derive(Debug)]
enum State {
    Idle,
    AwaitPage { request: RequestId, seq: i64 },
    Pause { until: Instant, seq: i64 },
}

#[derive(Debug)]
pub(super) struct Pages {
    state: State,
    /// Page numbers asked for in this round: asking for one again would loop
    /// for ever.
    asked: BTreeSet<i64>,
    failures: u32,
    throttled: u32,
    refreshers: Vec<CommandId>,
}

/// What a page brought.
pub(super) enum Page {
    Nothing,
    Contacts(Vec<WireContact>),
    /// The server's verdict on the session.
    Over(CloseReason),
}

impl Pages {
    pub(super) const fn new() -> Self {
        Self {
            state: State::Idle,
            asked: BTreeSet::new(),
            failures: 0,
            throttled: 0,
            refreshers: Vec::new(),
        }
    }

    pub(super) const fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    /// Starts a round, or joins the one under way.
    pub(super) fn start(&mut self, command: Option<CommandId>, cx: &mut Context, now: Now) {
        self.refreshers.extend(command);
        if self.is_idle() {
            self.asked.clear();
            self.failures = 0;
            self.throttled = 0;
            self.ask(0, cx, now);
        }
    }

    fn ask(&mut self, seq: i64, cx: &mut Context, now: Now) {
        let Some(credentials) = cx.credentials() else {
            self.state = State::Idle;
            return;
        };
        let request = webwxgetcontact::Request {
            credentials,
            seq,
            unix_ms: now.unix_ms,
        }
        .encode();
        let request = cx.send(now, Purpose::ContactPage, Endpoint::GetContact, request);
        self.asked.insert(seq);
        self.state = State::AwaitPage { request, seq };
    }

    pub(super) fn reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        cx: &mut Context,
        now: Now,
    ) -> Page {
        let State::AwaitPage { request, seq } = self.state else {
            return Page::Nothing;
        };
        if request != id {
            return Page::Nothing;
        }
        let answer = read(reply, Endpoint::GetContact, |answer| {
            webwxgetcontact::Response::decode(&answer.body)
        });
        let error = match answer {
            Ok(page) => {
                let verdict = page.base_response();
                if verdict.ret.is_ok() {
                    self.failures = 0;
                    self.throttled = 0;
                    let next = page.seq;
                    if next != 0 && !self.asked.contains(&next) && self.asked.len() < MAX_PAGES {
                        self.ask(next, cx, now);
                    } else {
                        self.end(&Ok(Done::Fetched {}), cx);
                    }
                    return Page::Contacts(page.into_contacts());
                }
                CommandError::Refused {
                    ret: verdict.ret,
                    message: verdict.err_msg,
                }
            }
            Err(useless) => useless.into(),
        };
        self.failed(error, seq, cx, now)
    }

    fn failed(&mut self, error: CommandError, seq: i64, cx: &mut Context, now: Now) -> Page {
        if let CommandError::Refused { ret, message, .. } = &error
            && ret.ends_session()
        {
            let reason = CloseReason::by_server(*ret, message.clone());
            self.end(&Err(error), cx);
            return Page::Over(reason);
        }
        let attempt = self.failures;
        self.failures += 1;
        if self.failures >= MAX_FAILURES {
            let message = format!("the address book could not be fetched: {error}");
            cx.warn(WarningKind::Contacts, message);
            self.end(&Err(error), cx);
            return Page::Nothing;
        }
        let pause = match error {
            CommandError::Refused { ret, .. } if ret == Ret::TOO_OFTEN => {
                cx.throttled(&mut self.throttled)
            }
            _ => OUTAGE.delay(attempt, &mut cx.rng),
        };
        self.state = State::Pause {
            until: now.mono + pause,
            seq,
        };
        Page::Nothing
    }

    /// Ends the round and the commands that waited for it.
    pub(super) fn end(&mut self, result: &Result<Done, CommandError>, cx: &mut Context) {
        self.state = State::Idle;
        for command in std::mem::take(&mut self.refreshers) {
            cx.complete(command, result.clone());
        }
    }

    /// True if the command waited here. The round itself goes on.
    pub(super) fn cancel(&mut self, command: CommandId) -> bool {
        let before = self.refreshers.len();
        self.refreshers.retain(|waiting| *waiting != command);
        self.refreshers.len() < before
    }

    pub(super) const fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Pause { until, .. } => Some(until),
            State::Idle | State::AwaitPage { .. } => None,
        }
    }

    pub(super) fn wake(&mut self, cx: &mut Context, now: Now) {
        if let State::Pause { until, seq } = self.state
            && until <= now.mono
        {
            self.ask(seq, cx, now);
        }
    }
}
