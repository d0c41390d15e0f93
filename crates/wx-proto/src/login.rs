//! The login machine (protocol: login state machine).
//!
//! Each state is a struct named by what it awaits. A transition consumes it
//! and gives the next one, or the end.
//!
//! ```text
//! saved session ──► AwaitInit ──ok────────────────────────────────► online
//!                      │ 1100 1101 1102
//!                      ▼
//! old cookies ───► AwaitPush ──uuid──► AwaitPhone ──200──► AwaitTicket ──keys──► AwaitInit
//!                      │ refused          │ 202, too late       │ refused
//!                      ▼                  ▼                     ▼
//! nothing ───────► AwaitUuid ──uuid──► AwaitPhone          ended, with the
//!                      ▲    202 400 500 0 │                server's sentence
//!                      └──────────────────┘ a limited number of times
//! ```
//!
//! * [`AwaitUuid`](await_uuid::AwaitUuid): jslogin's answer;
//! * [`AwaitPush`](await_push::AwaitPush): webwxpushloginurl's answer;
//! * [`AwaitPhone`](await_phone::AwaitPhone): the scan and the confirmation;
//! * [`AwaitTicket`](await_ticket::AwaitTicket): the keys for the ticket;
//! * [`AwaitInit`](await_init::AwaitInit): webwxinit's answer.
//!
//! Every state waits either for the answer to its one request or for the time
//! of the next try ([`Wait`]). An outage never ends a login.

use wx_wire::Credentials;
use wx_wire::code::Ret;
use wx_wire::endpoint::webwxinit;
use wx_wire::id::{DeviceId, QrUuid};
use wx_wire::secret::DataTicket;

use crate::backoff::OUTAGE;
use crate::command::CommandError;
use crate::config::Ladder;
use crate::context::{Context, Purpose, Reply, Settled};
use crate::event::{Cause, CloseReason, How};
use crate::io::RequestId;
use crate::time::{Instant, Now};

mod await_init;
mod await_phone;
mod await_push;
mod await_ticket;
mod await_uuid;
mod redirect;

use await_init::AwaitInit;
use await_phone::AwaitPhone;
use await_push::AwaitPush;
use await_ticket::AwaitTicket;
use await_uuid::AwaitUuid;

/// What a state waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    /// The answer of the state's request.
    Answer(RequestId),
    /// The time of its next request.
    Until(Instant),
}

/// What is carried from state to state.
#[derive(Clone, Debug)]
struct Run {
    /// The rungs that have not been tried.
    ladder: Ladder,
    /// How many more QR codes may be requested after this one.
    renewals: u32,
    /// Drawn once per login, or taken over from the saved session.
    device_id: DeviceId,
    /// The uuid of a code that is already being shown.
    uuid: Option<QrUuid>,
}

#[derive(Debug)]
enum State {
    Init(AwaitInit),
    Push(AwaitPush),
    Uuid(AwaitUuid),
    Phone(AwaitPhone),
    Ticket(AwaitTicket),
}

/// A login under way.
#[derive(Debug)]
pub(crate) struct Login {
    run: Run,
    state: State,
}

/// How a login goes on or ends.
#[derive(Debug)]
pub(crate) enum Step {
    /// It goes on.
    Go(Login),
    /// The session is open.
    Open(Box<Opened>),
    /// It is over.
    End(CloseReason),
}

/// An open session.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) credentials: Credentials,
    pub(crate) data_ticket: DataTicket,
    pub(crate) how: How,
    pub(crate) init: webwxinit::Response,
}

/// The result of a state's transition: the next state, or what to do instead.
enum Next {
    State(State),
    /// This rung failed: the next one, or the end for this reason.
    Down(CloseReason),
    /// The code is dead: another one, if any may still be requested.
    NewCode,
    Open(Box<Opened>),
    End(CloseReason),
}

impl Login {
    /// Starts on the first rung that is possible.
    pub(crate) fn start(cx: &mut Context, now: Now) -> Step {
        let ladder = cx.config.ladder;
        let device_id = match cx.credentials() {
            Some(credentials) => credentials.device_id.clone(),
            None => draw_device_id(cx),
        };
        let run = Run {
            ladder,
            renewals: cx.config.qr_renewals,
            device_id,
            uuid: cx.config.uuid.clone(),
        };
        Self::climb(run, None, cx, now)
    }

    /// Takes the next rung.
    fn climb(mut run: Run, reason: Option<CloseReason>, cx: &mut Context, now: Now) -> Step {
        let saved = cx.journal.saved();
        let known = saved.credentials.clone();
        let state = if run.ladder.saved && saved.is_live() && known.is_some() {
            let data_ticket = saved.data_ticket.clone();
            run.ladder.saved = false;
            known.map(|keys| State::Init(AwaitInit::ask(keys, data_ticket, How::Saved, cx, now)))
        } else if run.ladder.push && known.is_some() {
            run.ladder.push = false;
            known.map(|keys| State::Push(AwaitPush::ask(keys, cx, now)))
        } else if run.ladder.qr {
            run.device_id = draw_device_id(cx);
            Some(match run.uuid.take() {
                Some(uuid) => State::Phone(await_uuid::shown(uuid, cx, now)),
                None => State::Uuid(AwaitUuid::ask(cx, now)),
            })
        } else {
            None
        };
        match state {
            Some(state) => Step::Go(Self { run, state }),
            None => {
                Step::End(reason.unwrap_or_else(|| CloseReason::new(Cause::NoSession, Ret::OK, "")))
            }
        }
    }

    /// The answer of the state's request.
    pub(crate) fn reply(self, settled: &Settled, reply: Reply, cx: &mut Context, now: Now) -> Step {
        if self.wait() != Wait::Answer(settled.id) {
            return Step::Go(self);
        }
        let Self { run, state } = self;
        let next = match state {
            State::Init(state) => state.reply(reply, cx, now),
            State::Push(state) => state.reply(reply, cx, now),
            State::Uuid(state) => state.reply(reply, cx, now),
            State::Phone(state) => state.reply(settled.started, reply, cx, now),
            State::Ticket(state) => state.reply(&run, reply, cx, now),
        };
        Self::turn(run, next, cx, now)
    }

    /// The deadline has passed.
    pub(crate) fn wake(self, cx: &mut Context, now: Now) -> Step {
        if self.limit().is_some_and(|limit| limit <= now.mono) {
            // A poll may still be in flight.
            let too_late = CommandError::stopped("too late");
            cx.abort(|purpose| *purpose == Purpose::Login, &too_late);
            return Self::turn(self.run, Next::Down(not_scanned()), cx, now);
        }
        match self.wait() {
            Wait::Until(at) if at <= now.mono => {}
            Wait::Until(_) | Wait::Answer(_) => return Step::Go(self),
        }
        let Self { run, state } = self;
        let next = match state {
            State::Init(state) => state.again(cx, now),
            State::Push(state) => state.again(cx, now),
            State::Uuid(state) => state.again(cx, now),
            State::Phone(state) => state.again(cx, now),
            State::Ticket(state) => state.again(cx, now),
        };
        Self::turn(run, next, cx, now)
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        let wait = match self.wait() {
            Wait::Until(at) => Some(at),
            Wait::Answer(_) => None,
        };
        wait.into_iter().chain(self.limit()).min()
    }

    /// When the state is given up, regardless of what it waits for.
    fn limit(&self) -> Option<Instant> {
        match &self.state {
            State::Phone(state) => state.limit(),
            State::Init(_) | State::Push(_) | State::Uuid(_) | State::Ticket(_) => None,
        }
    }

    fn wait(&self) -> Wait {
        match &self.state {
            State::Init(state) => state.wait,
            State::Push(state) => state.wait,
            State::Uuid(state) => state.wait,
            State::Phone(state) => state.wait,
            State::Ticket(state) => state.wait,
        }
    }

    fn turn(mut run: Run, next: Next, cx: &mut Context, now: Now) -> Step {
        match next {
            Next::State(state) => Step::Go(Self { run, state }),
            Next::Down(reason) => Self::climb(run, Some(reason), cx, now),
            Next::NewCode => {
                let Some(left) = run.renewals.checked_sub(1) else {
                    return Step::End(not_scanned());
                };
                run.renewals = left;
                Self::climb(run, Some(not_scanned()), cx, now)
            }
            Next::Open(opened) => Step::Open(opened),
            Next::End(reason) => Step::End(reason),
        }
    }
}

/// The caller's own, or else `e` and fifteen digits.
fn draw_device_id(cx: &mut Context) -> DeviceId {
    if let Some(own) = &cx.config.device_id {
        return own.clone();
    }
    let digits = cx.rng.below(1_000_000_000_000_000);
    DeviceId::from(format!("e{digits:015}"))
}

/// The service was not reached, or answered nonsense: tells the application,
/// and returns the wait for the next try.
fn retry(cx: &mut Context, now: Now, attempt: &mut u32, reason: &str) -> Wait {
    let delay = OUTAGE.delay(*attempt, &mut cx.rng);
    *attempt = attempt.saturating_add(1);
    cx.trouble(now, reason, delay);
    Wait::Until(now.mono + delay)
}

fn not_scanned() -> CloseReason {
    CloseReason::new(Cause::NotScanned, Ret::OK, "")
}
