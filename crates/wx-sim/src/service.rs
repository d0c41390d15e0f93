//! The service: requests in, replies out, in virtual time.

mod access;
mod groups;
mod hold;
mod login;
mod manners;
mod phone;

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

pub(crate) use self::access::{Claim, Door};
pub(crate) use self::groups::Candidate;
pub(crate) use self::hold::Wait;
pub(crate) use self::phone::Route;
use crate::account::Account;
use crate::config::{AccountSpec, Config};
use crate::control::{self, ControlError, Synccheck};
use crate::endpoint::{self, Answer};
use crate::fault::{Fault, Faults};
use crate::login::Login;
use crate::media::Depot;
use crate::now::Now;
use crate::omission;
use crate::oracle::{Delivered, Logged, Op, Record, Sent, Upload};
use crate::reply::Reply;
use crate::request::Incoming;
use crate::rng::Rng;
use crate::script::Schedule;
use crate::session::Session;
use crate::timers::{Timer, TimerKey, Timers};

/// Pairs a reply with its request. The caller chooses it and uses it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// The simulated service, without any I/O.
///
/// Every method that does something takes the time. After each call, drain
/// [`poll_reply`](Self::poll_reply), then wait for the next request or for
/// [`deadline`](Self::deadline), whichever comes first. The same seed, calls
/// and times give the same replies, byte for byte.
///
/// A session is told what happens from its login on. What comes while nobody
/// is logged in stays on the phone.
#[derive(Debug)]
pub struct Service {
    pub(crate) seed: u64,
    pub(crate) config: Config,
    pub(crate) rng: Rng,
    pub(crate) now: Now,
    pub(crate) accounts: Vec<Account>,
    pub(crate) by_uin: HashMap<u64, usize>,
    pub(crate) logins: HashMap<String, Login>,
    /// The uuids of all logins, oldest first.
    pub(crate) uuids: Vec<String>,
    pub(crate) faults: Faults,
    pub(crate) forced_checks: VecDeque<Synccheck>,
    pub(crate) depot: Depot,
    pub(crate) record: Record,
    pub(crate) schedule: Schedule,
    pub(crate) over: bool,
    held: HashMap<RequestId, hold::Held>,
    replies: VecDeque<(RequestId, Reply)>,
    timers: Timers,
}

impl Service {
    /// A service with these accounts, none of them logged in.
    #[must_use]
    pub fn new(config: Config, accounts: &[AccountSpec], seed: u64) -> Self {
        let accounts: Vec<Account> = (accounts.iter().enumerate())
            .map(|(index, spec)| Account::new(seed, index, *spec))
            .collect();
        let by_uin = accounts
            .iter()
            .enumerate()
            .map(|(index, a)| (a.uin, index))
            .collect();
        Self {
            seed,
            config,
            rng: Rng::derive(seed, &["service"]),
            now: Now::default(),
            accounts,
            by_uin,
            logins: HashMap::new(),
            uuids: Vec::new(),
            faults: Faults::default(),
            forced_checks: VecDeque::new(),
            depot: Depot::default(),
            record: Record::default(),
            schedule: Schedule::default(),
            over: false,
            held: HashMap::new(),
            replies: VecDeque::new(),
            timers: Timers::default(),
        }
    }

    /// Takes a request. Its reply comes from [`poll_reply`](Self::poll_reply),
    /// for a long poll later.
    pub fn handle(&mut self, now: Now, id: RequestId, request: Request<Bytes>) {
        self.advance(now);
        let request = Incoming::new(request);
        let fault = self.faults.strike(&request);
        let logged = Logged::new(&request, self.now, fault.is_some());
        self.record.log.push(logged);
        if let Some(fault) = fault.as_ref().filter(|fault| !fault.lets_through()) {
            self.replies.push_back((id, fault.instead(&request)));
            return;
        }
        match endpoint::answer(self, &request) {
            Answer::Now(response) => {
                self.reply(id, request.endpoint(), fault.as_ref(), response);
            }
            Answer::Later(wait) => self.hold(id, wait, fault),
        }
    }

    /// Queues an answer after cutting out the configured omissions and applying
    /// the fault, if one struck the request.
    fn reply(
        &mut self,
        id: RequestId,
        endpoint: &str,
        fault: Option<&Fault>,
        mut response: Response<Bytes>,
    ) {
        let omitted = &mut self.record.omitted;
        omission::apply(&self.config.omit, endpoint, &mut response, omitted);
        let reply = match fault {
            Some(fault) => fault.spoil(response),
            None => Reply::Response(response),
        };
        self.replies.push_back((id, reply));
    }

    /// The next reply, if one is ready.
    pub fn poll_reply(&mut self, now: Now) -> Option<(RequestId, Reply)> {
        self.advance(now);
        self.replies.pop_front()
    }

    /// The client of a request went away: what is held for it is dropped.
    pub fn cancel(&mut self, id: RequestId) {
        self.drop_held(id);
        self.replies.retain(|(of, _)| *of != id);
    }

    /// When the service wants to be called again, if nothing arrives before.
    #[must_use]
    pub fn deadline(&self) -> Option<Now> {
        if self.replies.is_empty() {
            self.timers.next_at().map(Now::from_unix_ms)
        } else {
            Some(self.now)
        }
    }

    /// A call of the control interface.
    ///
    /// `wait_session` does not wait here: it says at once whether a client
    /// polls. `shutdown` only makes [`is_over`](Self::is_over) true.
    ///
    /// # Errors
    ///
    /// When the call is unknown, a member of its body is unknown or wrong, or
    /// it names a contact that does not exist. Nothing has changed then.
    pub fn control(&mut self, now: Now, call: &str, body: &Value) -> Result<Value, ControlError> {
        self.advance(now);
        let call = control::Call::parse(call, body)?;
        control::run(self, call)
    }

    /// Orders a fault: the control call `fault`.
    pub fn order_fault(&mut self, fault: Fault) {
        self.faults.order(fault);
    }

    /// The settings in force.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Whether the control call `shutdown` was made.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Whether the account has a session that initialised.
    #[must_use]
    pub fn is_online(&self, account: usize) -> bool {
        self.session_is(account, |session| session.online)
    }

    /// Whether the account has a session that has begun to poll.
    #[must_use]
    pub fn is_polling(&self, account: usize) -> bool {
        self.session_is(account, |session| session.polled)
    }

    /// The user name of a contact in the current login. `contact` is any of its
    /// names, as in control calls: `friend:1`, a wxid …
    #[must_use]
    pub fn user_name(&self, account: usize, contact: &str) -> Option<&str> {
        let account = self.accounts.get(account)?;
        Some(account.user_name(account.find(contact)?))
    }

    /// The short name of a contact, such as `friend:1`. `contact` is any of its
    /// names: [`Sent::to`], or a user name of the current login.
    #[must_use]
    pub fn short_name(&self, account: usize, contact: &str) -> Option<String> {
        let account = self.accounts.get(account)?;
        account.short_name(account.find(contact)?)
    }

    /// How many requests are held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// The requests that arrived, oldest first.
    #[must_use]
    pub fn log(&self) -> &[Logged] {
        &self.record.log
    }

    /// The messages taken from clients, oldest first.
    #[must_use]
    pub fn sent(&self) -> &[Sent] {
        &self.record.sent
    }

    /// The files that clients uploaded, or tried to, oldest first.
    #[must_use]
    pub fn uploads(&self) -> &[Upload] {
        &self.record.uploads
    }

    /// The file that can be fetched with a message, if it has one.
    #[must_use]
    pub fn media(&self, account: usize, msg_id: u64) -> Option<&Bytes> {
        let message = self.accounts.get(account)?.message(msg_id)?;
        Some(&message.item.media.as_ref()?.bytes)
    }

    /// Other operations taken from clients, oldest first.
    #[must_use]
    pub fn ops(&self) -> &[Op] {
        &self.record.ops
    }

    /// All messages of an account's feed, in order: pushed ones, the client's
    /// own, and status notifies, fetched or not.
    pub fn delivered(&self, account: usize) -> impl Iterator<Item = Delivered<'_>> {
        let account = self.accounts.get(account).into_iter();
        account.flat_map(|account| {
            let messages = account.feed.iter().filter_map(|change| change.message());
            messages.map(|message| {
                let chat = account.chat_of(message);
                let real_id = |id| account.contact(id).real_id.as_str();
                Delivered {
                    msg_id: message.id,
                    unix_s: message.unix_s,
                    chat: real_id(chat),
                    chat_user_name: account.user_name(chat),
                    from_me: message.from == account.me(),
                    sender: message.sender.map(real_id),
                    kind: message.item.kind,
                    content: &message.item.content,
                }
            })
        })
    }

    fn session_is(&self, account: usize, test: impl Fn(&Session) -> bool) -> bool {
        self.accounts
            .get(account)
            .and_then(|account| account.session.as_ref())
            .is_some_and(test)
    }

    /// Lets time pass, running what falls due on the way, each at its time.
    pub(crate) fn advance(&mut self, now: Now) {
        let now = now.max(self.now);
        // The first reading of the clock is the beginning of the script.
        self.start_schedule(now);
        while let Some((at_ms, timer)) = self.timers.pop_due(now.unix_ms) {
            self.now = self.now.max(Now::from_unix_ms(at_ms));
            match timer {
                Timer::Release(id) => self.release(id),
                Timer::Scan(uuid) => self.phone_scans(&uuid),
                Timer::Confirm(uuid) => self.phone_confirms(&uuid),
                Timer::Expire(uuid) => self.phone_drops(&uuid),
                Timer::Step(step) => self.run_step(step),
            }
        }
        self.now = now;
    }

    pub(crate) fn set_timer(&mut self, delay_ms: u64, timer: Timer) -> TimerKey {
        self.timers.set(self.now.plus_ms(delay_ms).unix_ms, timer)
    }

    pub(crate) fn push_op(&mut self, account: usize, request: &Incoming, body: Value) {
        self.record.ops.push(Op {
            account,
            endpoint: request.endpoint().to_owned(),
            fun: request.param("fun").map(str::to_owned),
            unix_ms: self.now.unix_ms,
            body,
        });
    }
}
