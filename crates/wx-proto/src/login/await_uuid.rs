//! Awaits the uuid of a QR code.

use wx_wire::code::Ret;
use wx_wire::endpoint::{Endpoint, jslogin, qrcode};
use wx_wire::host::Hosts;
use wx_wire::id::QrUuid;

use super::{AwaitPhone, Next, State, Wait, retry};
use crate::context::{Context, Purpose, Reply, read};
use crate::event::{Cause, CloseReason, EventKind};
use crate::state::{LoginStep, State as Watch};
use crate::time::Now;

/// How many refusals in a row end the login: the service does not want to
/// talk to this address.
const MAX_REFUSALS: u32 = 5;

#[derive(Debug)]
pub(super) struct AwaitUuid {
    pub(super) wait: Wait,
    attempt: u32,
    refusals: u32,
}

impl AwaitUuid {
    pub(super) fn ask(cx: &mut Context, now: Now) -> Self {
        cx.set_state(Watch::LoggingIn {
            step: LoginStep::Starting {},
        });
        Self {
            wait: request(cx, now),
            attempt: 0,
            refusals: 0,
        }
    }

    pub(super) fn again(self, cx: &mut Context, now: Now) -> Next {
        Next::State(State::Uuid(Self {
            wait: request(cx, now),
            ..self
        }))
    }

    pub(super) fn reply(mut self, reply: Reply, cx: &mut Context, now: Now) -> Next {
        let answer = read(reply, Endpoint::Jslogin, |answer| {
            jslogin::Response::decode(&answer.body)
        });
        let why = match answer {
            Ok(jslogin::Response {
                code: 200,
                uuid: Some(uuid),
                ..
            }) => {
                cx.recovered(now);
                return Next::State(State::Phone(shown(uuid, cx, now)));
            }
            Ok(response) => {
                self.refusals += 1;
                let words = response.error.filter(|words| !words.is_empty());
                let words = words.unwrap_or_else(|| "no QR code was granted".to_owned());
                if self.refusals >= MAX_REFUSALS {
                    let ret = Ret(response.code);
                    return Next::End(CloseReason::new(Cause::Refused, ret, words));
                }
                format!("jslogin: code {}: {words}", response.code)
            }
            Err(useless) => useless.to_string(),
        };
        self.wait = retry(cx, now, &mut self.attempt, &why);
        Next::State(State::Uuid(self))
    }
}

/// A code is there: reports it, and waits for its scan.
pub(super) fn shown(uuid: QrUuid, cx: &mut Context, now: Now) -> AwaitPhone {
    let url = qrcode::content(&uuid);
    cx.event(EventKind::Qr {
        uuid: uuid.clone(),
        url,
    });
    let host = cx.config.login_host.clone();
    AwaitPhone::for_scan(uuid, host, cx, now)
}

fn request(cx: &mut Context, now: Now) -> Wait {
    let request = jslogin::Request {
        host: &cx.config.login_host,
        lang: &cx.config.profile.lang,
        desktop: cx.config.profile.desktop,
        unix_ms: now.unix_ms,
    }
    .encode();
    Wait::Answer(cx.send(now, Purpose::Login, Endpoint::Jslogin, request))
}

/// The login host of a session that is known.
pub(super) fn login_host(cx: &Context, hosts: &Hosts) -> String {
    if Hosts::of(hosts.base()).is_some() {
        hosts.login()
    } else {
        cx.config.login_host.clone()
    }
}
