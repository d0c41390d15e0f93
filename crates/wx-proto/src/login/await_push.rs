//! Awaits the uuid of a login that the phone is asked to confirm without a
//! scan.

use wx_wire::Credentials;
use wx_wire::code::Ret;
use wx_wire::endpoint::{Endpoint, webwxpushloginurl};

use super::await_uuid::login_host;
use super::{AwaitPhone, Next, State, Wait, retry};
use crate::context::{Context, Purpose, Reply, read};
use crate::event::{CloseReason, EventKind};
use crate::state::{LoginStep, State as Watch};
use crate::time::Now;

/// After this many senseless answers this rung is given up.
const MAX_NONSENSE: u32 = 3;

#[derive(Debug)]
pub(super) struct AwaitPush {
    pub(super) wait: Wait,
    keys: Credentials,
    attempt: u32,
    nonsense: u32,
}

impl AwaitPush {
    pub(super) fn ask(keys: Credentials, cx: &mut Context, now: Now) -> Self {
        cx.set_state(Watch::LoggingIn {
            step: LoginStep::Starting {},
        });
        Self {
            wait: request(&keys, cx, now),
            keys,
            attempt: 0,
            nonsense: 0,
        }
    }

    pub(super) fn again(self, cx: &mut Context, now: Now) -> Next {
        Next::State(State::Push(Self {
            wait: request(&self.keys, cx, now),
            ..self
        }))
    }

    pub(super) fn reply(mut self, reply: Reply, cx: &mut Context, now: Now) -> Next {
        let answer = read(reply, Endpoint::PushLoginUrl, |answer| {
            webwxpushloginurl::Response::decode(&answer.body)
        });
        let why = match answer {
            Ok(response) => {
                cx.recovered(now);
                let Some(uuid) = response.granted().cloned() else {
                    let ret = Ret(response.ret.unwrap_or_default());
                    return Next::Down(CloseReason::by_server(ret, response.msg));
                };
                cx.event(EventKind::PushLogin { uuid: uuid.clone() });
                let host = login_host(cx, &self.keys.hosts);
                let phone = AwaitPhone::for_push(uuid, host, cx, now);
                return Next::State(State::Phone(phone));
            }
            Err(useless) => {
                if useless.is_nonsense() {
                    self.nonsense += 1;
                }
                if self.nonsense >= MAX_NONSENSE {
                    return Next::Down(CloseReason::by_server(Ret::OK, useless.to_string()));
                }
                useless.to_string()
            }
        };
        self.wait = retry(cx, now, &mut self.attempt, &why);
        Next::State(State::Push(self))
    }
}

fn request(keys: &Credentials, cx: &mut Context, now: Now) -> Wait {
    let request = webwxpushloginurl::Request {
        hosts: &keys.hosts,
        uin: keys.uin,
        desktop: cx.config.profile.desktop,
    }
    .encode();
    Wait::Answer(cx.send(now, Purpose::Login, Endpoint::PushLoginUrl, request))
}
