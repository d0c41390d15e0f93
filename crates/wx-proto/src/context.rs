//! What all parts of a session share: the outgoing queues, the requests in
//! flight, the durable state, and the current outage, if any.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, response};
use wx_wire::Credentials;
use wx_wire::endpoint::Endpoint;
use wx_wire::id::{ClientMsgId, UserName};
use wx_wire::secret::DataTicket;
use wx_wire::set_cookie;

use crate::backoff::THROTTLE;
use crate::command::{CommandError, CommandId, Completion, Done};
use crate::config::Config;
use crate::event::{Cause, EventKind, WarningKind};
use crate::inbox::Inbox;
use crate::io::{Body, RequestId, Sink};
use crate::journal::Journal;
use crate::message::Message;
use crate::originals::Originals;
use crate::outbox::Doubts;
use crate::rng::{Rng, Seed};
use crate::roster::Roster;
use crate::sabotage::breaks;
use crate::saved::{Change, Saved};
use crate::state::{Outage, State};
use crate::time::{Instant, Now};

mod answer;
mod requests;

pub(crate) use answer::{Answer, Reply, Useless, accepted, read};
pub(crate) use requests::{Launch, Purpose, Requests, Settled};

/// Where a login begins in a browser.
const HOME: &str = "wx.qq.com";

pub(crate) struct Context {
    pub(crate) config: Arc<Config>,
    pub(crate) rng: Rng,
    pub(crate) journal: Journal,
    pub(crate) inbox: Inbox,
    pub(crate) doubts: Doubts,
    pub(crate) requests: Requests,
    pub(crate) originals: Originals,
    pub(crate) roster: Roster,
    /// Changes whenever the roster does.
    pub(crate) roster_version: u64,
    /// Whom messages that were delivered name as their chat, or by a key.
    shown: BTreeSet<UserName>,
    state: State,
    completions: VecDeque<Completion>,
    last_command: u64,
    last_client_msg: u64,
    /// Since when nothing works, during an outage.
    outage: Option<Instant>,
}

impl Context {
    pub(crate) fn new(config: Arc<Config>, saved: Saved, seed: Seed, state: State) -> Self {
        let own = saved
            .account
            .as_ref()
            .map(|account| account.user_name.clone());
        Self {
            rng: Rng::new(seed),
            inbox: Inbox::new(saved.handled.clone(), config.event_capacity),
            doubts: Doubts::default(),
            requests: Requests::default(),
            originals: Originals::new(config.recall_memory),
            roster: Roster::new(own.unwrap_or_default()),
            roster_version: 0,
            journal: Journal::new(saved),
            shown: BTreeSet::new(),
            state,
            completions: VecDeque::new(),
            last_command: 0,
            last_client_msg: 0,
            outage: None,
            config,
        }
    }

    /// Sends a request.
    pub(crate) fn send(
        &mut self,
        now: Now,
        purpose: Purpose,
        endpoint: Endpoint,
        request: http::Request<Bytes>,
    ) -> RequestId {
        self.transfer(now, purpose, endpoint, request.map(Body::Whole), None)
    }

    /// Sends a request whose body or answer may be part of a file.
    pub(crate) fn transfer(
        &mut self,
        now: Now,
        purpose: Purpose,
        endpoint: Endpoint,
        request: http::Request<Body>,
        sink: Option<Sink>,
    ) -> RequestId {
        let agent = self.config.profile.user_agent.clone();
        let referer = self.referer(endpoint, request.uri());
        if breaks!(self.config, LeakSecretInLog) {
            tracing::trace!(uri = %request.uri(), "a request");
        }
        let launch = Launch {
            purpose,
            endpoint,
            request,
            sink,
        };
        self.requests.launch(now.mono, launch, agent, referer)
    }

    /// The page that a browser would send the request from: that of the
    /// session's host, or before there is a session that of the login.
    fn referer(&self, endpoint: Endpoint, to: &http::Uri) -> HeaderValue {
        let logs_in = matches!(
            endpoint,
            Endpoint::Jslogin | Endpoint::Login | Endpoint::NewLoginPage
        );
        let base = match self.credentials() {
            _ if logs_in => HOME,
            Some(keys) if !matches!(self.state, State::LoggingIn { .. }) => keys.hosts.base(),
            _ => to.host().unwrap_or(HOME),
        };
        let page = if logs_in && self.config.profile.desktop {
            let lang = &self.config.profile.lang;
            format!("https://{base}/?&lang={lang}&target=t")
        } else {
            format!("https://{base}/")
        };
        // Cannot fail: hosts are of known families, or the caller's own.
        HeaderValue::try_from(page).unwrap_or(HeaderValue::from_static("https://wx.qq.com/"))
    }

    /// Gives up every request whose purpose fits, and ends the commands that
    /// waited for one.
    pub(crate) fn abort(&mut self, fits: impl Fn(&Purpose) -> bool, error: &CommandError) {
        for command in self.requests.abort(fits) {
            self.complete(command, Err(error.clone()));
        }
    }

    pub(crate) fn poll_completion(&mut self) -> Option<Completion> {
        self.completions.pop_front()
    }

    pub(crate) fn next_command(&mut self) -> CommandId {
        self.last_command += 1;
        CommandId(self.last_command)
    }

    pub(crate) fn complete(&mut self, command: CommandId, result: Result<Done, CommandError>) {
        let completion = Completion { command, result };
        if breaks!(self.config, CompleteTwice) {
            self.completions.push_back(completion.clone());
        }
        self.completions.push_back(completion);
    }

    pub(crate) fn event(&mut self, kind: EventKind) {
        self.inbox.push(kind);
    }

    pub(crate) fn warn(&mut self, kind: WarningKind, message: impl Into<String>) {
        let message = message.into();
        tracing::warn!(?kind, "{message}");
        self.event(EventKind::Warning { kind, message });
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    pub(crate) fn set_state(&mut self, state: State) {
        self.state = state;
    }

    pub(crate) fn credentials(&self) -> Option<&Credentials> {
        self.journal.saved().credentials.as_ref()
    }

    /// Fills in what is known of a message at the moment of its delivery.
    pub(crate) fn name(&mut self, message: &mut Message) {
        message.name(&self.roster, &self.journal.saved().identities);
        let (chat, sender) = (&message.chat.id, &message.sender);
        let keyed = sender.key.is_some() && sender.id != *chat;
        for id in [Some(chat), keyed.then_some(&sender.id)]
            .into_iter()
            .flatten()
        {
            if !self.shown.contains(id) {
                self.shown.insert(id.clone());
            }
        }
    }

    /// True if the application has seen messages of somebody, or a message that
    /// named their key.
    pub(crate) fn has_shown(&self, id: &UserName) -> bool {
        self.shown.contains(id)
    }

    pub(crate) fn own(&self) -> UserName {
        self.roster.own().clone()
    }

    /// Takes over the cookies of an answer that later requests carry outside of
    /// the cookie jar.
    pub(crate) fn note_cookies(&mut self, head: &response::Parts) {
        if let Some(data_ticket) = data_ticket(head)
            && self.credentials().is_some()
            && self.journal.saved().data_ticket != data_ticket
        {
            self.journal.write(Change::DataTicket { data_ticket });
        }
    }

    /// Records that the session is over, unless that is recorded already.
    pub(crate) fn record_end(&mut self, cause: Cause, now: Now) {
        let saved = self.journal.saved();
        if saved.is_live() {
            let since = saved.stretches.last().map(|stretch| stretch.since);
            let at = now.unix();
            self.journal.write(Change::Ended { cause, at, since });
        }
    }

    /// Notes a contact's new remark.
    pub(crate) fn set_remark(&mut self, to: &UserName, remark: String) {
        if self.roster.set_remark(to, remark) {
            self.roster_version += 1;
        }
    }

    /// A number for a message of ours: milliseconds, a 0 and three digits, as
    /// the page makes them; beside the owner, another digit takes the place of
    /// the 0. It is larger than all before it in this process, and differs from
    /// any that an earlier process drew before the clock was set back.
    ///
    /// It does not continue from the numbers of earlier processes: two
    /// processes that start with the same ones would then draw the same.
    pub(crate) fn client_msg_id(&mut self, now: Now) -> ClientMsgId {
        if self.last_client_msg > 0 && breaks!(self.config, ReuseClientMsgId) {
            return ClientMsgId::from(self.last_client_msg.to_string());
        }
        // A clock that is far off must not exhaust the numbers.
        let base = now.unix_ms.saturating_mul(10_000).min(u64::MAX / 2);
        // The page puts a 0 here, other clients any digit (protocol:
        // ClientMsgId). A process that sends beside the owner at the same
        // moment must not draw the owner's number: the service would drop the
        // second message.
        let beside = matches!(self.state, State::Attached {});
        let kind = if beside { 1 + self.rng.below(9) } else { 0 };
        let drawn = base.saturating_add(kind * 1000 + self.rng.below(1000));
        let mut number = drawn.max(self.last_client_msg.saturating_add(1));
        let known = &self.journal.saved().outbox;
        while known.contains_key(number.to_string().as_str()) {
            number = number.saturating_add(1);
        }
        self.last_client_msg = number;
        ClientMsgId::from(number.to_string())
    }

    /// The server says "too often" (protocol: 1205), after `count` times in a
    /// row: tells the application, and returns the pause to make.
    pub(crate) fn throttled(&mut self, count: &mut u32) -> Duration {
        let pause = THROTTLE.bound(*count);
        *count = count.saturating_add(1);
        self.event(EventKind::Throttled {
            for_ms: millis(pause),
        });
        pause
    }

    /// Nothing works: tells the application, along with when the next try is.
    pub(crate) fn trouble(&mut self, now: Now, reason: &str, retry_in: Duration) {
        tracing::info!(reason, retry_in_ms = millis(retry_in), "offline");
        self.outage.get_or_insert(now.mono);
        if let State::Online { outage, .. } = &mut self.state {
            match outage {
                Some(outage) => reason.clone_into(&mut outage.reason),
                None => {
                    *outage = Some(Outage {
                        reason: reason.to_owned(),
                        since: now.unix(),
                    });
                }
            }
        }
        self.event(EventKind::Offline {
            reason: reason.to_owned(),
            retry_in_ms: millis(retry_in),
        });
    }

    /// True during an outage.
    pub(crate) const fn is_offline(&self) -> bool {
        self.outage.is_some()
    }

    /// The service was reached: ends the outage, if there was one.
    pub(crate) fn recovered(&mut self, now: Now) {
        if let Some(since) = self.outage.take() {
            if let State::Online { outage, .. } = &mut self.state {
                *outage = None;
            }
            self.event(EventKind::BackOnline {
                after_ms: millis(now.mono.since(since)),
            });
        }
    }
}

/// The cookie of that name, if an answer sets it.
pub(crate) fn data_ticket(head: &response::Parts) -> Option<DataTicket> {
    set_cookie::value(&head.headers, "webwx_data_ticket").map(DataTicket::new)
}

pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
