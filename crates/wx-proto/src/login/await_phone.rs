//! Awaits the phone: the scan of a QR code and its confirmation, or the
//! confirmation alone.
//!
//! A poll with tip 1 is answered at once if there is anything to say, one with
//! tip 0 is held until something changes. Whatever a server does, a poll that
//! was not held is followed by a pause.

use wx_wire::code::LoginCode;
use wx_wire::endpoint::{Endpoint, login, qrcode};
use wx_wire::id::QrUuid;
use wx_wire::secret::TicketUrl;

use super::{AwaitTicket, Next, State, Wait, not_scanned, retry};
use crate::backoff::HELD;
use crate::context::{Context, Purpose, Reply, read};
use crate::event::{EventKind, Picture};
use crate::state::{LoginStep, State as Watch};
use crate::time::{Instant, Now};

/// After this many senseless answers in a row the code counts as dead.
const MAX_NONSENSE: u32 = 5;

#[derive(Debug)]
pub(super) struct AwaitPhone {
    pub(super) wait: Wait,
    uuid: QrUuid,
    host: String,
    way: Way,
    stage: Stage,
    /// The first poll of a number differs from all later ones.
    polls: u64,
    attempt: u32,
    nonsense: u32,
}

#[derive(Clone, Copy, Debug)]
enum Way {
    Scan,
    /// Until this moment; then the next rung is tried.
    Push(Instant),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    AwaitScan,
    AwaitConfirm,
}

impl AwaitPhone {
    pub(super) fn for_scan(uuid: QrUuid, host: String, cx: &mut Context, now: Now) -> Self {
        Self::new(uuid, host, Way::Scan, cx, now)
    }

    pub(super) fn for_push(uuid: QrUuid, host: String, cx: &mut Context, now: Now) -> Self {
        let until = now.mono + cx.config.push_login_wait;
        Self::new(uuid, host, Way::Push(until), cx, now)
    }

    fn new(uuid: QrUuid, host: String, way: Way, cx: &mut Context, now: Now) -> Self {
        let mut phone = Self {
            wait: Wait::Until(now.mono),
            uuid,
            host,
            way,
            stage: match way {
                Way::Scan => Stage::AwaitScan,
                Way::Push(_) => Stage::AwaitConfirm,
            },
            polls: 0,
            attempt: 0,
            nonsense: 0,
        };
        phone.show(cx);
        phone.poll(cx, now);
        phone
    }

    fn show(&self, cx: &mut Context) {
        let uuid = self.uuid.clone();
        cx.set_state(Watch::LoggingIn {
            step: match self.stage {
                Stage::AwaitScan => LoginStep::AwaitScan {
                    url: qrcode::content(&uuid),
                    uuid,
                },
                Stage::AwaitConfirm => LoginStep::AwaitConfirm { uuid },
            },
        });
    }

    fn poll(&mut self, cx: &mut Context, now: Now) {
        let request = login::Request {
            host: &self.host,
            uuid: &self.uuid,
            first: self.polls == 0,
            unix_ms: now.unix_ms,
        }
        .encode();
        self.polls += 1;
        self.wait = Wait::Answer(cx.send(now, Purpose::Login, Endpoint::Login, request));
    }

    /// When a login without a scan is given up.
    pub(super) const fn limit(&self) -> Option<Instant> {
        match self.way {
            Way::Scan => None,
            Way::Push(until) => Some(until),
        }
    }

    pub(super) fn again(mut self, cx: &mut Context, now: Now) -> Next {
        self.poll(cx, now);
        Next::State(State::Phone(self))
    }

    pub(super) fn reply(
        mut self,
        started: Instant,
        reply: Reply,
        cx: &mut Context,
        now: Now,
    ) -> Next {
        let answer = read(reply, Endpoint::Login, |answer| {
            login::Response::decode(&answer.body)
        });
        let response = match answer {
            Ok(response) => response,
            Err(useless) => {
                let senseless = useless.is_nonsense();
                return self.failed(senseless, &useless.to_string(), cx, now);
            }
        };
        cx.recovered(now);
        match (response.code, response.redirect_uri) {
            (LoginCode::CONFIRMED, Some(address)) => self.confirmed(address, cx, now),
            (LoginCode::CONFIRMED, None) => {
                let why = "login: confirmed, but without an address";
                self.failed(true, why, cx, now)
            }
            (LoginCode::CANCELLED, _) => self.dead(cx, EventKind::Cancelled {}),
            (code, _) if code.is_dead() => self.dead(cx, EventKind::QrExpired {}),
            (code, _) => {
                self.attempt = 0;
                self.nonsense = 0;
                if code == LoginCode::SCANNED {
                    self.scanned(response.avatar.as_deref(), cx);
                }
                if now.mono.since(started) >= HELD {
                    return self.again(cx, now);
                }
                self.wait = Wait::Until(now.mono + HELD);
                Next::State(State::Phone(self))
            }
        }
    }

    /// Polls again, unless too many answers made no sense.
    fn failed(mut self, senseless: bool, why: &str, cx: &mut Context, now: Now) -> Next {
        if senseless {
            self.nonsense += 1;
        }
        if self.nonsense >= MAX_NONSENSE {
            return self.dead(cx, EventKind::QrExpired {});
        }
        self.wait = retry(cx, now, &mut self.attempt, why);
        Next::State(State::Phone(self))
    }

    fn confirmed(self, address: TicketUrl, cx: &mut Context, now: Now) -> Next {
        cx.event(EventKind::Confirmed {});
        cx.set_state(Watch::LoggingIn {
            step: LoginStep::Opening {},
        });
        let push = matches!(self.way, Way::Push(_));
        match AwaitTicket::ask(address, push, cx, now) {
            Ok(state) => Next::State(State::Ticket(state)),
            Err(reason) => Next::End(reason),
        }
    }

    fn scanned(&mut self, avatar: Option<&str>, cx: &mut Context) {
        if self.stage == Stage::AwaitConfirm {
            return;
        }
        self.stage = Stage::AwaitConfirm;
        self.show(cx);
        cx.event(EventKind::Scanned {
            avatar: None,
            picture: avatar
                .and_then(login::picture)
                .map(|bytes| Picture(bytes.into())),
        });
    }

    fn dead(self, cx: &mut Context, event: EventKind) -> Next {
        cx.event(event);
        match self.way {
            Way::Scan => Next::NewCode,
            Way::Push(_) => Next::Down(not_scanned()),
        }
    }
}
