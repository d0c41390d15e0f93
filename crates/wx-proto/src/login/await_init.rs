//! Awaits the opening of the session, with fresh keys or with saved ones that
//! may no longer be valid.

use wx_wire::Credentials;
use wx_wire::code::Ret;
use wx_wire::endpoint::{Endpoint, webwxinit};
use wx_wire::secret::DataTicket;

use super::{Next, Opened, State, Wait, retry};
use crate::context::{Context, Purpose, Reply, data_ticket, read};
use crate::event::{CloseReason, How};
use crate::state::{LoginStep, State as Watch};
use crate::time::Now;

/// How many refusals with a code of unknown meaning it takes to believe them.
const MAX_REFUSALS: u32 = 3;

#[derive(Debug)]
pub(super) struct AwaitInit {
    pub(super) wait: Wait,
    keys: Credentials,
    data_ticket: DataTicket,
    how: How,
    attempt: u32,
    refusals: u32,
    throttled: u32,
}

impl AwaitInit {
    pub(super) fn ask(
        keys: Credentials,
        data_ticket: DataTicket,
        how: How,
        cx: &mut Context,
        now: Now,
    ) -> Self {
        cx.set_state(Watch::LoggingIn {
            step: LoginStep::Opening {},
        });
        Self {
            wait: request(&keys, cx, now),
            keys,
            data_ticket,
            how,
            attempt: 0,
            refusals: 0,
            throttled: 0,
        }
    }

    pub(super) fn again(self, cx: &mut Context, now: Now) -> Next {
        Next::State(State::Init(Self {
            wait: request(&self.keys, cx, now),
            ..self
        }))
    }

    pub(super) fn reply(mut self, reply: Reply, cx: &mut Context, now: Now) -> Next {
        let answer = read(reply, Endpoint::Init, |answer| {
            if let Some(fresh) = data_ticket(&answer.head) {
                self.data_ticket = fresh;
            }
            webwxinit::Response::decode(&answer.body)
        });
        let why = match answer {
            Ok(init) => {
                let verdict = init.base_response();
                if verdict.ret.is_ok() {
                    cx.recovered(now);
                    return self.open(init);
                }
                return self.refused(verdict.ret, &verdict.err_msg, cx, now);
            }
            Err(useless) => useless.to_string(),
        };
        self.wait = retry(cx, now, &mut self.attempt, &why);
        Next::State(State::Init(self))
    }

    fn open(mut self, init: webwxinit::Response) -> Next {
        if !init.skey.is_empty() {
            self.keys.skey = init.skey.clone();
        }
        Next::Open(Box::new(Opened {
            credentials: self.keys,
            data_ticket: self.data_ticket,
            how: self.how,
            init,
        }))
    }

    fn refused(mut self, ret: Ret, words: &str, cx: &mut Context, now: Now) -> Next {
        let reason = CloseReason::by_server(ret, words);
        if ret == Ret::TOO_OFTEN {
            let pause = cx.throttled(&mut self.throttled);
            self.wait = Wait::Until(now.mono + pause);
            return Next::State(State::Init(self));
        }
        self.refusals += 1;
        let final_word = ret.ends_session() || ret == Ret::LOGIN_REFUSED;
        if !final_word && self.refusals < MAX_REFUSALS {
            let why = format!("webwxinit: {reason}");
            self.wait = retry(cx, now, &mut self.attempt, &why);
            return Next::State(State::Init(self));
        }
        if self.how == How::Saved && ret.ends_session() {
            // The next process need not ask again.
            cx.record_end(reason.cause, now);
        }
        // Refused saved keys leave the other rungs, unless the account itself
        // is refused.
        if self.how == How::Saved && ret != Ret::LOGIN_REFUSED {
            Next::Down(reason)
        } else {
            Next::End(reason)
        }
    }
}

fn request(keys: &Credentials, cx: &mut Context, now: Now) -> Wait {
    let request = webwxinit::Request {
        credentials: keys,
        unix_ms: now.unix_ms,
    }
    .encode();
    Wait::Answer(cx.send(now, Purpose::Login, Endpoint::Init, request))
}
