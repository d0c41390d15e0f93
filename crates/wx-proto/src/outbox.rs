//! Messages on their way out.
//!
//! A message's number is fixed and stored before anything of it goes out, so
//! that a crash at any point leaves a message of known or of unknown fate, and
//! never one that is sent twice. A request that cannot have reached the server
//! is tried again until the message expires; one that may have is not: it
//! ends as [`Fate::Unknown`] unless the stream of changes shows it as sent.
//!
//! Messages to one chat go out one after another; those to several chats
//! side by side.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use wx_wire::code::Ret;
use wx_wire::endpoint::{Endpoint, webwxsendmsg};
use wx_wire::id::{ClientMsgId, MsgId, UserName};

use crate::backoff::{OUTAGE, THROTTLE};
use crate::command::{CommandError, CommandId, Done, IdempotencyKey, Rejected, SendText};
use crate::context::{Context, Purpose, Reply, millis};
use crate::event::{CloseReason, EventId, EventKind};
use crate::io::Reached;
use crate::message::{Body, Message, fnv1a};
use crate::saved::{Change, RecordSeq};
use crate::time::{Instant, Now};

mod pacer;

use pacer::Pacer;

/// How many messages may be under way side by side.
const MAX_ACTIVE: usize = 4;
/// How many messages may wait.
const MAX_QUEUED: usize = 1000;
/// How many sent messages are remembered at the most.
const MAX_KEPT: usize = 2000;
/// How long a sent message is remembered at the least, if there is room.
const KEPT_FOR_MS: u64 = 2 * 24 * 60 * 60 * 1000;

/// A message in the durable state. Its text is not kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    /// Its number.
    pub client_msg_id: ClientMsgId,
    /// The receiver.
    pub to: UserName,
    /// A hash of receiver and text, to tell messages apart.
    pub digest: u64,
    /// The caller's own name of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<IdempotencyKey>,
    /// When it was accepted: Unix time in milliseconds.
    pub accepted_ms: u64,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fate {
    /// It has not ended yet. Read from a store, it means unknown.
    Pending {},
    /// The server took it.
    Sent {
        /// The message's number.
        msg_id: MsgId,
    },
    /// The server said no.
    Refused {
        /// Its code.
        ret: Ret,
        /// Its sentence.
        message: String,
    },
    /// It may have arrived or not.
    Unknown {
        /// For people.
        reason: String,
    },
    /// It never went out.
    NotSent {
        /// For people.
        reason: String,
    },
}

/// Drops what is older than it needs to be, and what there is no room for.
pub(crate) fn forget_old(outbox: &mut BTreeMap<ClientMsgId, Entry>, now_ms: u64) {
    outbox.retain(|_, entry| entry.accepted_ms.saturating_add(KEPT_FOR_MS) > now_ms);
    while outbox.len() >= MAX_KEPT {
        // Numbers begin with the time, so the first is the oldest.
        outbox.pop_first();
    }
}

/// A message under way in this process.
#[derive(Debug)]
struct Outgoing {
    commands: Vec<CommandId>,
    to: UserName,
    text: String,
    digest: u64,
    client_msg_id: ClientMsgId,
    record: RecordSeq,
    expires: Instant,
    tries: u32,
    /// Messages in the stream that look like this one's echo.
    echoes: Vec<(EventId, MsgId)>,
}

#[derive(Debug)]
pub(crate) struct Outbox {
    queue: VecDeque<Outgoing>,
    active: BTreeMap<ClientMsgId, Outgoing>,
    pacer: Pacer,
    /// The server asked for a pause, or cannot be reached.
    not_before: Instant,
    throttled: u32,
}

impl Outbox {
    pub(crate) fn new(cx: &Context) -> Self {
        Self {
            queue: VecDeque::new(),
            active: BTreeMap::new(),
            pacer: Pacer::new(cx.config.pace),
            not_before: Instant::default(),
            throttled: 0,
        }
    }

    /// Settles what an earlier process left open: nobody knows its fate.
    pub(crate) fn adopt(cx: &mut Context) {
        let open: Vec<ClientMsgId> = cx
            .journal
            .saved()
            .outbox
            .values()
            .filter(|entry| entry.fate == Fate::Pending {})
            .map(|entry| entry.client_msg_id.clone())
            .collect();
        for client_msg_id in open {
            cx.journal.write(Change::SendEnded {
                client_msg_id,
                fate: Fate::Unknown {
                    reason: "the process ended before the server's answer".to_owned(),
                },
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
        let digest = digest(&send.to, &send.text);
        if let Some(key) = &send.key {
            if let Some(entry) = cx.journal.saved().keyed(key) {
                if entry.digest != digest {
                    return Err(Rejected::KeyReused { key: key.clone() });
                }
                let entry = entry.clone();
                return Ok(self.repeat(cx, &entry));
            }
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
            accepted_ms: now.unix_ms,
            fate: Fate::Pending {},
        }));
        self.queue.push_back(Outgoing {
            commands: vec![command],
            to: send.to,
            text: send.text,
            digest,
            client_msg_id,
            record,
            expires: now.mono + left,
            tries: 0,
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
            None => cx.complete(command, outcome(entry, None)),
        }
        command
    }

    /// Gives a message up that has not gone out.
    pub(crate) fn cancel(&mut self, cx: &mut Context, command: CommandId) -> bool {
        let at = self
            .queue
            .iter()
            .position(|o| o.commands.contains(&command));
        if let Some(outgoing) = at.and_then(|at| self.queue.remove(at)) {
            let reason = "cancelled".to_owned();
            finish(cx, outgoing, Fate::NotSent { reason }, None);
            return true;
        }
        false
    }

    /// Sends what may go out now.
    pub(crate) fn pump(&mut self, cx: &mut Context, now: Now) {
        while let Some(at) = self.queue.iter().position(|o| o.expires <= now.mono) {
            if let Some(outgoing) = self.queue.remove(at) {
                let reason = "the service could not be reached in time".to_owned();
                finish(cx, outgoing, Fate::NotSent { reason }, None);
            }
        }
        if self.not_before > now.mono {
            return;
        }
        while self.active.len() < MAX_ACTIVE && self.pacer.ready_at() <= now.mono {
            let Some(outgoing) = self.next_free() else {
                return;
            };
            let Some(credentials) = cx.credentials() else {
                return;
            };
            let request = webwxsendmsg::Request {
                credentials,
                from: cx.roster.own(),
                to: &outgoing.to,
                content: &outgoing.text,
                client_msg_id: &outgoing.client_msg_id,
            }
            .encode();
            let purpose = Purpose::Send(outgoing.client_msg_id.clone());
            cx.send_after(now, outgoing.record, purpose, Endpoint::SendMsg, request);
            self.pacer.spend(now.mono);
            self.active.insert(outgoing.client_msg_id.clone(), outgoing);
        }
    }

    /// The first message whose chat has none under way.
    fn next_free(&mut self) -> Option<Outgoing> {
        let busy = |to: &UserName| self.active.values().any(|active| active.to == *to);
        let at = self.queue.iter().position(|outgoing| !busy(&outgoing.to))?;
        self.queue.remove(at)
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
        let mut outgoing = self.active.remove(client_msg_id)?;
        let answer = reply.and_then(|answer| {
            let body = answer.ok(Endpoint::SendMsg)?;
            Ok(webwxsendmsg::Response::decode(body))
        });
        let (fate, retry_after) = match answer {
            Err(failure) if failure.reached == Reached::No => {
                let delay = OUTAGE.delay(outgoing.tries, &mut cx.rng);
                outgoing.tries += 1;
                self.not_before = now.mono + delay;
                tracing::info!(reason = failure.message, "a message waits for the network");
                self.queue.push_front(outgoing);
                return None;
            }
            Err(failure) => (unknown(failure.message), None),
            Ok(Err(decode)) => (unknown(decode.to_string()), None),
            Ok(Ok(response)) => self.verdict(cx, now, &response),
        };
        let ends = match &fate {
            Fate::Refused { ret, message } if ret.ends_session() => {
                Some(CloseReason::by_server(*ret, message.clone()))
            }
            _ => None,
        };
        let fate = settle_echoes(cx, &outgoing, fate);
        finish(cx, outgoing, fate, retry_after);
        ends
    }

    fn verdict(
        &mut self,
        cx: &mut Context,
        now: Now,
        response: &webwxsendmsg::Response,
    ) -> (Fate, Option<Duration>) {
        let verdict = response.base_response();
        if verdict.ret.is_ok() {
            self.throttled = 0;
            let msg_id = response.msg_id.clone();
            return (Fate::Sent { msg_id }, None);
        }
        let mut retry_after = None;
        if verdict.ret == Ret::TOO_OFTEN {
            let pause = THROTTLE.full(self.throttled);
            self.throttled += 1;
            self.not_before = now.mono + pause;
            retry_after = Some(pause);
            cx.event(EventKind::Throttled {
                for_ms: millis(pause),
            });
        }
        let fate = Fate::Refused {
            ret: verdict.ret,
            message: verdict.err_msg,
        };
        (fate, retry_after)
    }

    /// Looks for a message of ours in the stream of changes. True: it looks
    /// like one that is under way, and is to be held until that has ended.
    pub(crate) fn is_echo(&self, message: &Message) -> bool {
        self.echoed(message).is_some()
    }

    fn echoed(&self, message: &Message) -> Option<ClientMsgId> {
        let digest = digest_of(message)?;
        self.active
            .values()
            .find(|outgoing| outgoing.digest == digest)
            .map(|outgoing| outgoing.client_msg_id.clone())
    }

    /// Remembers a held message.
    pub(crate) fn hold(&mut self, message: &Message, id: EventId) {
        let active = self.echoed(message).and_then(|id| self.active.get_mut(&id));
        if let Some(outgoing) = active {
            outgoing.echoes.push((id, message.msg_id.clone()));
        }
    }

    /// Drops everything that has not gone out: the session is over.
    pub(crate) fn end(&mut self, cx: &mut Context, reason: &str) {
        for outgoing in std::mem::take(&mut self.queue) {
            let reason = reason.to_owned();
            finish(cx, outgoing, Fate::NotSent { reason }, None);
        }
    }

    /// Messages whose requests have not been let out by the store end as not
    /// sent; those in flight stay.
    pub(crate) fn freeze(&mut self, cx: &mut Context, reason: &str) {
        self.end(cx, reason);
        let unsent: Vec<ClientMsgId> = self
            .active
            .keys()
            .filter(|id| !cx.is_in_flight(&Purpose::Send((*id).clone())))
            .cloned()
            .collect();
        for id in unsent {
            if let Some(outgoing) = self.active.remove(&id) {
                let reason = reason.to_owned();
                finish(cx, outgoing, Fate::NotSent { reason }, None);
            }
        }
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        let first = self.queue.iter().map(|outgoing| outgoing.expires).min()?;
        let ready = self.not_before.max(self.pacer.ready_at());
        let free = self.active.len() < MAX_ACTIVE;
        // With all places taken it is an answer that lets the next one go.
        Some(if free { first.min(ready) } else { first })
    }
}

fn unknown(reason: String) -> Fate {
    Fate::Unknown { reason }
}

/// Echoes that were held turn out to be this message, or somebody else's.
fn settle_echoes(cx: &mut Context, outgoing: &Outgoing, fate: Fate) -> Fate {
    let fate = match (&fate, outgoing.echoes.first()) {
        // The answer was lost, but the stream shows that it was sent.
        (Fate::Unknown { .. }, Some((_, msg_id))) => Fate::Sent {
            msg_id: msg_id.clone(),
        },
        _ => fate,
    };
    for (event, msg_id) in &outgoing.echoes {
        match &fate {
            Fate::Sent { msg_id: own } if own == msg_id => cx.inbox.ack(*event, &mut cx.journal),
            _ => cx.inbox.release(*event),
        }
    }
    fate
}

fn finish(cx: &mut Context, outgoing: Outgoing, fate: Fate, retry_after: Option<Duration>) {
    if let Fate::Sent { msg_id } = &fate {
        cx.inbox.mark_seen(msg_id);
    }
    let entry = Entry {
        client_msg_id: outgoing.client_msg_id,
        to: outgoing.to,
        digest: outgoing.digest,
        key: None,
        accepted_ms: 0,
        fate,
    };
    for command in outgoing.commands {
        cx.complete(command, outcome(&entry, retry_after));
    }
    cx.journal.write(Change::SendEnded {
        client_msg_id: entry.client_msg_id,
        fate: entry.fate,
    });
}

fn outcome(entry: &Entry, retry_after: Option<Duration>) -> Result<Done, CommandError> {
    let client_msg_id = entry.client_msg_id.clone();
    match entry.fate.clone() {
        Fate::Sent { msg_id } => Ok(Done::Sent {
            msg_id,
            client_msg_id,
            to: entry.to.clone(),
        }),
        Fate::Refused { ret, message } => Err(CommandError::Refused {
            ret,
            message,
            retry_after_ms: retry_after.map(millis),
        }),
        Fate::NotSent { reason } => Err(CommandError::NotSent { reason }),
        Fate::Unknown { reason } => Err(CommandError::Unknown {
            client_msg_id,
            reason,
        }),
        Fate::Pending {} => Err(CommandError::Unknown {
            client_msg_id,
            reason: "another process is sending it, or ended while it was".to_owned(),
        }),
    }
}

fn digest(to: &UserName, text: &str) -> u64 {
    fnv1a(format!("{to}\0{text}").as_bytes())
}

/// The digest of a text that oneself has sent.
fn digest_of(message: &Message) -> Option<u64> {
    match &message.body {
        Body::Text { text, .. } if message.from_me => Some(digest(&message.chat.id, text)),
        _ => None,
    }
}

/// A message in the stream shows that one of unknown fate was sent.
pub(crate) fn confirm(cx: &mut Context, message: &Message) {
    let Some(digest) = digest_of(message) else {
        return;
    };
    let known = cx
        .journal
        .saved()
        .outbox
        .values()
        .any(|entry| matches!(&entry.fate, Fate::Sent { msg_id } if *msg_id == message.msg_id));
    let unknown = cx
        .journal
        .saved()
        .outbox
        .values()
        .find(|entry| entry.digest == digest && matches!(entry.fate, Fate::Unknown { .. }))
        .map(|entry| entry.client_msg_id.clone());
    if let Some(client_msg_id) = unknown.filter(|_| !known) {
        cx.journal.write(Change::SendEnded {
            client_msg_id,
            fate: Fate::Sent {
                msg_id: message.msg_id.clone(),
            },
        });
    }
}
