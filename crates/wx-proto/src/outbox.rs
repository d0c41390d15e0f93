//! Messages on their way out.
//!
//! A message's number is fixed and stored before anything of it goes out, so
//! that a crash at any point leaves a message of known or of unknown fate, and
//! never one that is sent twice. A request that cannot have reached the server
//! is tried again until the message expires; one that may have is not: it
//! ends as [`Fate::Unknown`] unless the stream of changes shows it as sent.
//!
//! ```text
//! accepted ──stored──► queued ──free, paced──► in flight ──answer──► ended
//!     │                  ▲ │                      │
//!     │                  └─┼────cannot have gone──┘
//!     └──cancelled, late───┴──► ended, not sent
//! ```
//!
//! Messages to one chat go out one after another; those to several chats
//! side by side.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use wx_wire::code::Ret;
use wx_wire::endpoint::{Endpoint, webwxsendmsg};
use wx_wire::id::ClientMsgId;

use crate::backoff::OUTAGE;
use crate::command::{CommandError, CommandId, Rejected, SendText};
use crate::context::{Context, Purpose, Reply, read};
use crate::event::{CloseReason, EventId};
use crate::journal::Journal;
use crate::message::mention;
use crate::saved::Change;
use crate::state::State;
use crate::time::{Instant, Now};

mod echo;
mod entry;
mod outgoing;
mod pacer;

pub(crate) use echo::Echo;
pub(crate) use entry::forget_old;
pub use entry::{Entry, Fate};
use outgoing::Outgoing;
use pacer::Pacer;

/// How many messages may be under way side by side.
const MAX_ACTIVE: usize = 4;
/// How many messages may wait.
const MAX_QUEUED: usize = 1000;

#[derive(Debug)]
pub(crate) struct Outbox {
    queue: VecDeque<Outgoing>,
    /// Those in flight.
    active: BTreeMap<ClientMsgId, Outgoing>,
    pacer: Pacer,
    /// The server asked for a pause, or cannot be reached.
    not_before: Instant,
    throttled: u32,
    /// Why nothing goes out any more, if so.
    stopped: Option<String>,
}

impl Outbox {
    pub(crate) fn new(cx: &Context) -> Self {
        Self {
            queue: VecDeque::new(),
            active: BTreeMap::new(),
            pacer: Pacer::new(cx.config.pace),
            not_before: Instant::default(),
            throttled: 0,
            stopped: None,
        }
    }

    /// Settles what an earlier process left open: nobody knows its fate.
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
            });
        }
    }

    /// Takes a message over.
    pub(crate) fn accept(
        &mut self,
        cx: &mut Context,
        now: Now,
        send: SendText,
    ) -> Result<CommandId, Rejected> {
        for (what, missing) in [
            ("a text", send.text.is_empty()),
            ("a receiver", send.to.is_empty()),
        ] {
            if missing {
                let what = what.to_owned();
                return Err(Rejected::Empty { what });
            }
        }
        let text = mention::with_names(&cx.roster, &send)?;
        let digest = echo::digest(&send.to, &text);
        if let Some(key) = &send.key
            && let Some(entry) = cx.journal.saved().keyed(key)
        {
            if entry.digest != digest {
                return Err(Rejected::KeyReused { key: key.clone() });
            }
            let entry = entry.clone();
            return Ok(self.repeat(cx, &entry));
        }
        if self.queue.len() >= MAX_QUEUED {
            return Err(Rejected::Full { limit: MAX_QUEUED });
        }
        let command = cx.next_command();
        let client_msg_id = cx.client_msg_id(now);
        let left = match send.expires_ms {
            Some(at) => Duration::from_millis(at.saturating_sub(now.unix_ms)),
            None => cx.config.send_expiry,
        };
        let record = cx.journal.write(Change::SendAccepted(Entry {
            client_msg_id: client_msg_id.clone(),
            to: send.to.clone(),
            digest,
            key: send.key,
            attached: matches!(cx.state(), State::Attached {}),
            accepted_ms: now.unix_ms,
            fate: Fate::Pending {},
        }));
        self.queue.push_back(Outgoing {
            commands: vec![command],
            to: send.to,
            text,
            mentions: send.mentions,
            digest,
            client_msg_id,
            record,
            expires: now.mono + left,
            tries: 0,
            trouble: None,
            echoes: Vec::new(),
        });
        Ok(command)
    }

    /// The same key again: the first outcome, or a wait for it.
    fn repeat(&mut self, cx: &mut Context, entry: &Entry) -> CommandId {
        let command = cx.next_command();
        let waiting = self
            .queue
            .iter_mut()
            .chain(self.active.values_mut())
            .find(|outgoing| outgoing.client_msg_id == entry.client_msg_id);
        match waiting {
            Some(outgoing) => outgoing.commands.push(command),
            None => cx.complete(command, entry.outcome()),
        }
        command
    }

    /// Gives a message up that has not gone out, unless others wait for it.
    pub(crate) fn cancel(&mut self, cx: &mut Context, command: CommandId) -> bool {
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

    /// Sends what may go out at this moment.
    pub(crate) fn pump(&mut self, cx: &mut Context, now: Now) {
        while let Some(at) = self.queue.iter().position(|o| o.expires <= now.mono) {
            if let Some(outgoing) = self.queue.remove(at) {
                let reason = outgoing.overdue();
                outgoing.finish(cx, Fate::not_sent(&reason), None);
            }
        }
        while self.ready_at() <= now.mono {
            let Some(credentials) = cx.credentials() else {
                return;
            };
            let next = self.next_free(&cx.journal);
            let Some(outgoing) = next.and_then(|at| self.queue.remove(at)) else {
                return;
            };
            let request = webwxsendmsg::Request {
                credentials,
                from: cx.roster.own(),
                to: &outgoing.to,
                content: &outgoing.text,
                client_msg_id: &outgoing.client_msg_id,
                mentions: &outgoing.mentions,
            }
            .encode();
            let purpose = Purpose::Send(outgoing.client_msg_id.clone());
            cx.send(now, purpose, Endpoint::SendMsg, request);
            self.pacer.spend(now.mono);
            self.active.insert(outgoing.client_msg_id.clone(), outgoing);
        }
    }

    fn ready_at(&self) -> Instant {
        self.not_before.max(self.pacer.ready_at())
    }

    /// Place of the first message that is stored and whose chat has none under
    /// way, if one more may be.
    fn next_free(&self, journal: &Journal) -> Option<usize> {
        if self.active.len() >= MAX_ACTIVE {
            return None;
        }
        self.queue.iter().position(|outgoing| {
            journal.is_stored(outgoing.record)
                && !self.active.values().any(|busy| busy.to == outgoing.to)
        })
    }

    /// The answer to a message, or its lack. Gives the server's verdict if it
    /// ends the session.
    pub(crate) fn reply(
        &mut self,
        cx: &mut Context,
        now: Now,
        client_msg_id: &ClientMsgId,
        reply: Reply,
    ) -> Option<CloseReason> {
        let outgoing = self.active.remove(client_msg_id)?;
        let answer = read(reply, Endpoint::SendMsg, |answer| {
            webwxsendmsg::Response::decode(&answer.body)
        });
        let response = match answer {
            Ok(response) => response,
            Err(useless) if useless.is_unsent() => {
                tracing::info!(reason = %useless, "a message waits for the network");
                self.put_back(cx, now, outgoing, useless.to_string());
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

    /// It did not go out: later, if it may.
    fn put_back(&mut self, cx: &mut Context, now: Now, mut outgoing: Outgoing, trouble: String) {
        outgoing.trouble = Some(trouble);
        if let Some(reason) = &self.stopped {
            return outgoing.finish(cx, Fate::not_sent(reason), None);
        }
        // What looks like it in the stream is somebody else's, then.
        outgoing.settle_echoes(cx, &Fate::Pending {});
        let delay = OUTAGE.delay(outgoing.tries, &mut cx.rng);
        outgoing.tries = outgoing.tries.saturating_add(1);
        self.not_before = self.not_before.max(now.mono + delay);
        self.queue.push_front(outgoing);
    }

    /// A text that oneself has sent came in the stream. If it may be one that
    /// is under way, it is held until that has ended.
    pub(crate) fn echoed(&mut self, echo: Echo, event: EventId, cx: &mut Context) {
        let active = self
            .active
            .values_mut()
            .find(|outgoing| outgoing.digest == echo.digest);
        match active {
            Some(outgoing) => {
                cx.inbox.hold(event);
                outgoing.echoes.push((event, echo));
            }
            None => echo.confirm(cx),
        }
    }

    /// Nothing goes out any more. What is in flight is waited for.
    pub(crate) fn stop(&mut self, cx: &mut Context, reason: &str) {
        self.stopped = Some(reason.to_owned());
        for outgoing in std::mem::take(&mut self.queue) {
            outgoing.finish(cx, Fate::not_sent(reason), None);
        }
    }

    pub(crate) fn deadline(&self, journal: &Journal) -> Option<Instant> {
        let late = self.queue.iter().map(|outgoing| outgoing.expires).min()?;
        // Without one that may go, it is an answer or the store that lets the
        // next one go.
        let next = self.next_free(journal).map(|_| self.ready_at());
        Some(next.map_or(late, |next| next.min(late)))
    }
}
