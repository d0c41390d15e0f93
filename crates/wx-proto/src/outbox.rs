//! Messages on their way out.
//!
//! A message's number is fixed and stored before anything of it goes out, so
//! that a crash at any point leaves a message of known or unknown fate, but
//! never one that is sent twice. A request that cannot have reached the server
//! is tried again until the message expires. One that may have reached it is
//! not: it ends as [`Fate::Unknown`] unless the stream of changes shows that it
//! was sent (see `outbox/doubts.rs`).
//!
//! ```text
//! accepted ──stored──► queued ──free, paced──► in flight ──answer──► ended
//!     │                  ▲ │                      │
//!     │                  └─┼────cannot have gone──┘
//!     └──cancelled, late───┴──► ended, not sent
//! ```
//!
//! Messages to one chat go out one after another; those to several chats side
//! by side. A message that needs a file waits for the upload outside the queue,
//! and joins it afterwards (see `outbox/uploads.rs`).

use std::collections::{BTreeMap, VecDeque};

use wx_wire::code::Ret;
use wx_wire::endpoint::{Endpoint, Envelope, Receipt};
use wx_wire::id::ClientMsgId;

use crate::backoff::OUTAGE;
use crate::command::{CommandError, CommandId};
use crate::context::{Context, Purpose, Reply, read};
use crate::event::{CloseReason, EventId};
use crate::journal::Journal;
use crate::sabotage::breaks;
use crate::saved::Change;
use crate::time::{Instant, Now};

mod accept;
mod doubts;
mod echo;
mod entry;
mod files;
mod outgoing;
mod pacer;
mod parcel;
mod shown;
mod uploads;

pub(crate) use doubts::{Doubts, settle, settle_all};
pub(crate) use echo::Echo;
pub(crate) use entry::forget_old;
pub use entry::{Entry, Fate};
use outgoing::{Outgoing, Waiting};
use pacer::Pacer;
use uploads::Uploads;

/// How many messages may be under way side by side.
const MAX_ACTIVE: usize = 4;
/// How many messages may wait.
const MAX_QUEUED: usize = 1000;

#[derive(Debug)]
pub(crate) struct Outbox {
    queue: VecDeque<Outgoing>,
    /// Those in flight.
    active: BTreeMap<ClientMsgId, Outgoing>,
    /// Those whose file is not uploaded yet.
    waiting: BTreeMap<ClientMsgId, Waiting>,
    uploads: Uploads,
    pacer: Pacer,
    /// The server asked for a pause.
    not_before: Instant,
    /// The server cannot be reached: when to try again.
    offline_until: Instant,
    throttled: u32,
    /// Set once nothing goes out any more: the reason.
    stopped: Option<String>,
}

impl Outbox {
    pub(crate) fn new(cx: &Context) -> Self {
        Self {
            queue: VecDeque::new(),
            active: BTreeMap::new(),
            waiting: BTreeMap::new(),
            uploads: Uploads::default(),
            pacer: Pacer::new(cx.config.pace),
            not_before: Instant::default(),
            offline_until: Instant::default(),
            throttled: 0,
            stopped: None,
        }
    }

    /// Ends what an earlier process left open as unknown: nobody knows its
    /// fate.
    pub(crate) fn adopt(cx: &mut Context) {
        let open: Vec<ClientMsgId> = cx
            .journal
            .saved()
            .outbox
            .values()
            .filter(|entry| entry.is_pending())
            .map(|entry| entry.client_msg_id.clone())
            .collect();
        for client_msg_id in open {
            cx.journal.write(Change::SendEnded {
                client_msg_id,
                fate: Fate::unknown("the process ended before the server's answer"),
                at_ms: None,
            });
        }
    }

    /// Gives up a message that has not gone out, unless other commands wait for
    /// it.
    pub(crate) fn cancel(&mut self, cx: &mut Context, command: CommandId, now: Now) -> bool {
        if self.cancel_upload(cx, command, now) {
            return true;
        }
        let Some(at) = self
            .queue
            .iter()
            .position(|outgoing| outgoing.commands.contains(&command))
        else {
            return false;
        };
        if let Some(outgoing) = self.queue.get_mut(at)
            && outgoing.commands.len() > 1
        {
            outgoing.commands.retain(|waiting| *waiting != command);
            cx.complete(command, Err(CommandError::Cancelled {}));
        } else if let Some(outgoing) = self.queue.remove(at) {
            outgoing.finish(cx, Fate::not_sent("cancelled"), None);
        }
        true
    }

    /// Sends whatever may go out now.
    pub(crate) fn pump(&mut self, cx: &mut Context, now: Now) {
        for ended in self.uploads.pump(cx, now) {
            self.file_ended(ended, cx, now);
        }
        while let Some(at) = self.queue.iter().position(|o| o.expires <= now.mono) {
            if let Some(outgoing) = self.queue.remove(at) {
                let reason = outgoing.overdue();
                outgoing.finish(cx, Fate::not_sent(&reason), None);
            }
        }
        while !self.queue.is_empty() && self.ready_at() <= now.mono {
            let Some(credentials) = cx.credentials() else {
                return;
            };
            let next = self.next_free(&cx.journal);
            let Some(outgoing) = next.and_then(|at| self.queue.remove(at)) else {
                return;
            };
            let envelope = Envelope {
                credentials,
                from: cx.roster.own(),
                to: &outgoing.to,
                client_msg_id: &outgoing.client_msg_id,
                forwarded: false,
            };
            let desktop = cx.config.profile.desktop;
            let (endpoint, request) = outgoing.parcel.encode(envelope, desktop);
            let purpose = Purpose::Send(outgoing.client_msg_id.clone(), endpoint);
            cx.send(now, purpose, endpoint, request);
            self.pacer.spend(now.mono);
            self.active.insert(outgoing.client_msg_id.clone(), outgoing);
        }
    }

    fn ready_at(&self) -> Instant {
        self.not_before
            .max(self.offline_until)
            .max(self.pacer.ready_at())
    }

    /// Place of the first message that is stored and whose chat has none in
    /// flight; none if enough are in flight already.
    fn next_free(&self, journal: &Journal) -> Option<usize> {
        if self.active.len() >= MAX_ACTIVE {
            return None;
        }
        self.queue.iter().position(|outgoing| {
            journal.is_stored(outgoing.record)
                && !self.active.values().any(|busy| busy.to == outgoing.to)
        })
    }

    /// The answer to a message, or the failure to get one. Returns the server's
    /// verdict if that ends the session.
    pub(crate) fn reply(
        &mut self,
        cx: &mut Context,
        now: Now,
        client_msg_id: &ClientMsgId,
        endpoint: Endpoint,
        reply: Reply,
    ) -> Option<CloseReason> {
        let mut outgoing = self.active.remove(client_msg_id)?;
        let answer = read(reply, endpoint, |answer| {
            Receipt::decode(endpoint, &answer.body)
        });
        let response = match answer {
            Ok(response) => response,
            Err(useless) if useless.is_unsent() || breaks!(cx.config, ResendMaybe) => {
                tracing::info!(reason = %useless, "a message waits for the network");
                self.put_back(cx, now, outgoing, useless.to_string());
                return None;
            }
            Err(_) if breaks!(cx.config, GuessSent) => {
                let msg_id = outgoing.client_msg_id.as_str().into();
                outgoing.finish(cx, Fate::Sent { msg_id }, None);
                return None;
            }
            Err(useless) => {
                outgoing.finish(cx, Fate::unknown(useless.to_string()), None);
                return None;
            }
        };
        let verdict = response.base_response();
        if verdict.ret.is_ok() {
            self.throttled = 0;
            let msg_id = response.msg_id;
            outgoing.sent_ms = Some(now.unix_ms);
            outgoing.finish(cx, Fate::Sent { msg_id }, None);
            return None;
        }
        let (ret, message) = (verdict.ret, verdict.err_msg);
        let retry_after = (ret == Ret::TOO_OFTEN).then(|| cx.throttled(&mut self.throttled));
        if let Some(pause) = retry_after {
            self.not_before = self.not_before.max(now.mono + pause);
        }
        let end = ret
            .ends_session()
            .then(|| CloseReason::by_server(ret, message.clone()));
        outgoing.finish(cx, Fate::Refused { ret, message }, retry_after);
        end
    }

    /// The network may be back. A pause that the server asked for stays.
    pub(crate) fn hurry(&mut self, now: Now) {
        self.offline_until = self.offline_until.min(now.mono);
        self.uploads.hurry(now);
    }

    /// The message did not go out: queues it again, unless the outbox is
    /// stopped.
    fn put_back(&mut self, cx: &mut Context, now: Now, mut outgoing: Outgoing, trouble: String) {
        outgoing.trouble = Some(trouble);
        if let Some(reason) = &self.stopped {
            return outgoing.finish(cx, Fate::not_sent(reason), None);
        }
        // Whatever looks like it in the stream must then be somebody else's.
        outgoing.settle_echoes(cx, &Fate::Pending {});
        let delay = OUTAGE.delay(outgoing.tries, &mut cx.rng);
        outgoing.tries = outgoing.tries.saturating_add(1);
        self.offline_until = now.mono + delay;
        self.queue.push_front(outgoing);
    }

    /// The stream brought a message of our own account. If it may be one that
    /// is in flight, it is held until that has ended.
    pub(crate) fn echoed(&mut self, echo: Echo, event: EventId, cx: &mut Context) {
        let active = self
            .active
            .values_mut()
            .find(|outgoing| echo.may_be_of(outgoing));
        match active {
            Some(outgoing) => {
                cx.inbox.hold(event);
                outgoing.echoes.push((event, echo));
            }
            None => echo.pass(event, cx),
        }
    }

    /// Ends everything that has not gone out with this error, and records
    /// nothing of it: there is no store.
    pub(crate) fn give_up(&mut self, cx: &mut Context, error: &CommandError) {
        let waiting = std::mem::take(&mut self.waiting).into_values();
        let queued = std::mem::take(&mut self.queue).into_iter();
        let commands = waiting
            .flat_map(|waiting| waiting.commands)
            .chain(queued.flat_map(|outgoing| outgoing.commands));
        for command in commands {
            cx.complete(command, Err(error.clone()));
        }
    }

    /// Nothing goes out any more. What is in flight is waited for.
    pub(crate) fn stop(&mut self, cx: &mut Context, reason: &str) {
        self.stopped = Some(reason.to_owned());
        self.stop_uploads(cx, reason);
        for outgoing in std::mem::take(&mut self.queue) {
            outgoing.finish(cx, Fate::not_sent(reason), None);
        }
    }

    pub(crate) fn deadline(&self, journal: &Journal) -> Option<Instant> {
        let late = self.queue.iter().map(|outgoing| outgoing.expires).min();
        // If none may go, the next one waits for an answer or for the store,
        // not for time to pass.
        let next = self.next_free(journal).map(|_| self.ready_at());
        let due = [late, next, self.uploads.deadline(journal)];
        due.into_iter().flatten().min()
    }
}
