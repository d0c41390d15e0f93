//! Awaits the keys for the one-use ticket of a confirmed login.
//!
//! They come as XML, or — in the desktop variant — as cookies of a redirect
//! that leads nowhere.

use std::time::Duration;

use wx_wire::code::Ret;
use wx_wire::endpoint::{Endpoint, webwxnewloginpage};
use wx_wire::host::Hosts;
use wx_wire::id::Uin;
use wx_wire::secret::{DataTicket, PassTicket, Sid, TicketUrl};
use wx_wire::{Credentials, set_cookie};

use super::redirect::family;
use super::{AwaitInit, Next, Run, State, Wait, retry};
use crate::context::{Answer, Context, Purpose, Reply, data_ticket};
use crate::event::{Cause, CloseReason, How};
use crate::io::Reached;
use crate::time::Now;

/// How often the ticket is tried (protocol: webwxnewloginpage).
const MAX_TRIES: u32 = 3;
/// How many times the login may be redirected to another host.
const MAX_HOPS: u32 = 3;

#[derive(Debug)]
pub(super) struct AwaitTicket {
    pub(super) wait: Wait,
    address: TicketUrl,
    hosts: Hosts,
    push: bool,
    hops: u32,
    /// How often the ticket may have been seen.
    tries: u32,
    attempt: u32,
}

impl AwaitTicket {
    /// # Errors
    /// If keys may not be fetched from this address.
    pub(super) fn ask(
        address: TicketUrl,
        push: bool,
        cx: &mut Context,
        now: Now,
    ) -> Result<Self, CloseReason> {
        let hosts = family(&address, &cx.config)?;
        Ok(Self {
            wait: request(&address, cx, now),
            address,
            hosts,
            push,
            hops: 0,
            tries: 0,
            attempt: 0,
        })
    }

    pub(super) fn again(self, cx: &mut Context, now: Now) -> Next {
        Next::State(State::Ticket(Self {
            wait: request(&self.address, cx, now),
            ..self
        }))
    }

    pub(super) fn reply(mut self, run: &Run, reply: Reply, cx: &mut Context, now: Now) -> Next {
        let why = match reply {
            Ok(answer) => match self.read(run, &answer) {
                Ok(Keys::Here(keys, data_ticket)) => {
                    cx.recovered(now);
                    let how = if self.push { How::Push } else { How::Qr };
                    let init = AwaitInit::ask(*keys, data_ticket, how, cx, now);
                    return Next::State(State::Init(init));
                }
                Ok(Keys::At(address)) => return self.hop(address, cx, now),
                Ok(Keys::Refused(reason)) => return Next::End(reason),
                Err(why) => {
                    self.tries += 1;
                    why
                }
            },
            Err(failure) => {
                // A request that never went out has not used up the ticket.
                if failure.reached == Reached::Maybe {
                    self.tries += 1;
                }
                failure.message
            }
        };
        if self.tries >= MAX_TRIES {
            cx.trouble(now, &why, Duration::ZERO);
            return Next::NewCode;
        }
        self.wait = retry(cx, now, &mut self.attempt, &why);
        Next::State(State::Ticket(self))
    }

    /// The login goes on at another host.
    fn hop(mut self, address: TicketUrl, cx: &mut Context, now: Now) -> Next {
        self.hops += 1;
        if self.hops > MAX_HOPS {
            let words = "the login was redirected too often";
            return Next::End(CloseReason::new(Cause::Refused, Ret::OK, words));
        }
        match family(&address, &cx.config) {
            Ok(hosts) => {
                self.wait = request(&address, cx, now);
                self.hosts = hosts;
                self.address = address;
                Next::State(State::Ticket(self))
            }
            Err(reason) => Next::End(reason),
        }
    }

    /// What an answer contains, checked in the official page's order: another
    /// address, a refusal, the keys.
    fn read(&self, run: &Run, answer: &Answer) -> Result<Keys, String> {
        let status = answer.head.status;
        if !status.is_success() && !status.is_redirection() {
            return Err(format!(
                "webwxnewloginpage: HTTP status {}",
                status.as_u16()
            ));
        }
        let cookie = |name| set_cookie::value(&answer.head.headers, name);
        let page = webwxnewloginpage::Response::decode(&answer.body);
        // The body of a redirect may be anything, even empty.
        let page = match page {
            Ok(page) => Some(page),
            Err(_) if status.is_redirection() => None,
            Err(error) => return Err(error.to_string()),
        };
        let page = page.as_ref();
        if let Some(address) = page.and_then(|page| page.redirect_url.clone()) {
            return Ok(Keys::At(address));
        }
        if let Some(refusal) = page.filter(|page| !page.ret.is_ok()) {
            let reason = CloseReason::by_server(refusal.ret, refusal.message.clone());
            return Ok(Keys::Refused(reason));
        }
        let sid = page
            .and_then(|page| page.wxsid.clone())
            .or_else(|| cookie("wxsid").map(Sid::new));
        let uin = page
            .and_then(|page| page.wxuin)
            .or_else(|| cookie("wxuin")?.parse().ok().map(Uin));
        let (Some(sid), Some(uin)) = (sid, uin) else {
            let words = "the server gave no keys: this account may not use web login \
                         (the desktop variant wants a verified name)";
            return Ok(Keys::Refused(CloseReason::new(
                Cause::Refused,
                Ret::OK,
                words,
            )));
        };
        let pass_ticket = page
            .and_then(|page| page.pass_ticket.clone())
            .or_else(|| cookie("pass_ticket").map(PassTicket::new));
        let keys = Credentials {
            hosts: self.hosts.clone(),
            uin,
            sid,
            // webwxinit gives one.
            skey: page.and_then(|page| page.skey.clone()).unwrap_or_default(),
            pass_ticket: pass_ticket.unwrap_or_default(),
            device_id: run.device_id.clone(),
        };
        let data_ticket = data_ticket(&answer.head);
        Ok(Keys::Here(Box::new(keys), data_ticket.unwrap_or_default()))
    }
}

enum Keys {
    Here(Box<Credentials>, DataTicket),
    At(TicketUrl),
    Refused(CloseReason),
}

fn request(address: &TicketUrl, cx: &mut Context, now: Now) -> Wait {
    let profile = &cx.config.profile;
    let mut request = webwxnewloginpage::Request {
        redirect_uri: address,
        desktop: profile.desktop,
    }
    .encode();
    for (name, value) in &profile.login_page_headers {
        request.headers_mut().insert(name, value.clone());
    }
    Wait::Answer(cx.send(now, Purpose::Login, Endpoint::NewLoginPage, request))
}
