//! Awaits the phone: the scan of a QR code and its confirmation, or the
//! confirmation alone.
//!
//! A poll with tip 1 is answered at once if there is anything to say, one with
//! tip 0 is held until something changes. Whatever a server does, a poll that
//! was not held is followed by a pause.

use bytes::Bytes;
use wx_wire::code::{LoginCode, Ret};
use wx_wire::endpoint::{Endpoint, login, qrcode};
use wx_wire::id::QrUuid;

use super::{AwaitTicket, HELD, Next, State, Wait, reason, retry};
use crate::context::{Context, Purpose, Reply};
use crate::event::{Cause, CloseReason, EventKind};
use crate::state::{LoginStep, State as Watch};
use crate::time::{Instant, Now};

/// Answers in a row that make no sense, after which the code counts as dead.
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
    /// Until then; afterwards the next rung.
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

    pub(super) fn again(mut self, cx: &mut Context, now: Now) -> Next {
        if let Way::Push(until) = self.way {
            if until <= now.mono {
                return Next::NextRung(CloseReason::new(Cause::NotScanned, Ret::OK, ""));
            }
        }
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
        let answer = reply.and_then(|answer| {
            let body = answer.ok(Endpoint::Login)?;
            Ok(login::Response::decode(body))
        });
        match answer {
            Ok(Ok(response)) => {
                cx.recovered(now);
                self.attempt = 0;
                self.nonsense = 0;
                self.answered(response, started, cx, now)
            }
            Ok(Err(decode)) => {
                self.nonsense += 1;
                if self.nonsense >= MAX_NONSENSE {
                    return self.dead(cx, EventKind::QrExpired {});
                }
                self.wait = retry(cx, now, &mut self.attempt, &reason(&Ok(decode)));
                Next::State(State::Phone(self))
            }
            Err(failure) => {
                self.wait = retry(cx, now, &mut self.attempt, &reason(&Err(failure)));
                Next::State(State::Phone(self))
            }
        }
    }

    fn answered(
        mut self,
        response: login::Response,
        started: Instant,
        cx: &mut Context,
        now: Now,
    ) -> Next {
        match (response.code, response.redirect_uri) {
            (LoginCode::CONFIRMED, Some(address)) => {
                cx.event(EventKind::Confirmed {});
                cx.set_state(Watch::LoggingIn {
                    step: LoginStep::Opening {},
                });
                let push = matches!(self.way, Way::Push(_));
                return match AwaitTicket::ask(address, push, cx, now) {
                    Ok(state) => Next::State(State::Ticket(state)),
                    Err(reason) => Next::End(reason),
                };
            }
            (LoginCode::CANCELLED, _) => return self.dead(cx, EventKind::Cancelled {}),
            (code, _) if code.is_dead() => return self.dead(cx, EventKind::QrExpired {}),
            (LoginCode::SCANNED, _) => self.scanned(response.avatar.as_deref(), cx),
            // 408, 200 without an address, and codes that nobody knows.
            _ => {}
        }
        // A push's deadline is looked at between polls.
        let held = now.mono.since(started) >= HELD;
        self.wait = Wait::Until(if held { now.mono } else { now.mono + HELD });
        if held {
            return self.again(cx, now);
        }
        Next::State(State::Phone(self))
    }

    fn scanned(&mut self, avatar: Option<&str>, cx: &mut Context) {
        if self.stage == Stage::AwaitConfirm {
            return;
        }
        self.stage = Stage::AwaitConfirm;
        self.show(cx);
        cx.event(EventKind::Scanned {
            avatar: None,
            picture: avatar.and_then(login::picture).map(Bytes::from),
        });
    }

    fn dead(self, cx: &mut Context, event: EventKind) -> Next {
        cx.event(event);
        match self.way {
            Way::Scan => Next::NewCode,
            Way::Push(_) => Next::NextRung(CloseReason::new(Cause::NotScanned, Ret::OK, "")),
        }
    }
}
