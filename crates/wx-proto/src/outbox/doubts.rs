//! Messages in the stream that our account has sent, when it is open which
//! process sent them.
//!
//! A message whose answer was lost counts as sent once the stream shows one
//! like it. But where other processes send on the same account, it may be
//! theirs, and only their own records name it. Every process stores a message
//! before it sends it, so records read after the stream has shown a message do
//! name it.
//!
//! ```text
//! in doubt ──shared──► asked for what others have stored ──read──► settled
//!     │                                                              ▲
//!     └───────────────nobody else sends──────────────────────────────┘
//! ```

use std::collections::{BTreeMap, VecDeque};

use wx_wire::id::{ClientMsgId, MsgId};

use super::echo::Echo;
use super::outgoing::Outgoing;
use super::{Entry, Fate};
use crate::context::Context;
use crate::event::EventId;
use crate::sabotage::breaks;
use crate::saved::{Change, Record};

/// A question that the records of other processes answer. The events it is
/// about are held meanwhile.
#[derive(Debug)]
pub(super) enum Doubt {
    /// A message whose answer never came, for this reason, along with the
    /// events held for it.
    Unanswered(Box<Outgoing>, String),
    /// A message in the stream that looks like one of unknown fate.
    Late(EventId, Echo),
}

impl Doubt {
    fn settle(self, cx: &mut Context, others: Option<&[Record]>) {
        match self {
            Self::Unanswered(outgoing, reason) => {
                let claimed = others.and_then(|others| claim(cx, &outgoing, others));
                let fate = match claimed {
                    Some(msg_id) => Fate::Sent { msg_id },
                    None => Fate::Unknown { reason },
                };
                outgoing.end(cx, fate, None);
            }
            Self::Late(event, echo) => {
                if let Some(others) = others {
                    confirm(cx, &echo, others);
                }
                cx.inbox.release(event);
            }
        }
    }
}

/// All doubts of a session.
#[derive(Debug, Default)]
pub(crate) struct Doubts {
    waiting: Vec<Doubt>,
    /// Those whose records the driver is reading.
    asked: Option<Vec<Doubt>>,
}

impl Doubts {
    pub(super) fn push(&mut self, doubt: Doubt) {
        self.waiting.push(doubt);
    }

    /// True if the driver has to read what other processes have stored. Doubts
    /// that arise while it reads need another reading.
    pub(crate) fn poll(&mut self) -> bool {
        let asks = self.asked.is_none() && !self.waiting.is_empty();
        if asks {
            self.asked = Some(std::mem::take(&mut self.waiting));
        }
        asks
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.asked.is_none()
    }
}

/// Settles the doubts that were asked about, using what other processes have
/// stored. Without that, nothing counts as sent.
pub(crate) fn settle(cx: &mut Context, others: Option<&[Record]>) {
    let mut asked = VecDeque::from(cx.doubts.asked.take().unwrap_or_default());
    while let Some(doubt) = asked.pop_front() {
        let waiting = cx.doubts.waiting.len();
        doubt.settle(cx, others);
        // An event that an unknown message does not claim may confirm another.
        asked.extend(cx.doubts.waiting.split_off(waiting));
    }
}

/// Settles all doubts at once: nobody else sends, or nothing will be read any
/// more.
pub(crate) fn settle_all(cx: &mut Context, others: Option<&[Record]>) {
    settle(cx, others);
    while cx.doubts.poll() {
        settle(cx, others);
    }
}

/// The message in the stream that can only be this one.
fn claim(cx: &Context, outgoing: &Outgoing, others: &[Record]) -> Option<MsgId> {
    let others = if breaks!(cx.config, TrustStream) {
        &[]
    } else {
        others
    };
    let mut alike = Alike::of(cx, outgoing.likeness, others);
    alike.0.remove(&outgoing.client_msg_id);
    // A message queued in this process has not gone out, but one of another
    // process may have.
    if alike.any_open() || alike.0.values().any(Entry::is_unknown) {
        return None;
    }
    let mut echoes = outgoing.echoes.iter().map(|(_, echo)| echo);
    echoes
        .find(|echo| echo.is(outgoing) && !alike.has_sent(&echo.msg_id))
        .map(|echo| echo.msg_id.clone())
}

/// If a message of unknown fate looks like this one, and no other process's
/// does, it was sent.
fn confirm(cx: &mut Context, echo: &Echo, others: &[Record]) {
    let Some(likeness) = echo.likeness else {
        return;
    };
    let alike = Alike::of(cx, likeness, others);
    let saved = &cx.journal.saved().outbox;
    let foreign = |entry: &Entry| entry.is_unknown() && !saved.contains_key(&entry.client_msg_id);
    if alike.any_open() || alike.has_sent(&echo.msg_id) || alike.0.values().any(foreign) {
        return;
    }
    let mut entries = alike.0.into_values().filter(|entry| echo.may_be(entry));
    let Some(entry) = entries.next() else {
        return;
    };
    // Two files of the same name and size: nobody knows which of them it is.
    if entries.any(|other| other.digest != entry.digest) {
        return;
    }
    cx.journal.write(Change::SendEnded {
        client_msg_id: entry.client_msg_id,
        fate: Fate::Sent {
            msg_id: echo.msg_id.clone(),
        },
        at_ms: echo.unix_ms(),
    });
}

/// All messages of the account that look the same in the stream, by number.
struct Alike(BTreeMap<ClientMsgId, Entry>);

impl Alike {
    fn of(cx: &Context, likeness: u64, others: &[Record]) -> Self {
        let own = cx.journal.saved().outbox.values();
        let own = own.filter(|entry| entry.likeness() == likeness);
        let mut found: BTreeMap<_, _> = own
            .map(|entry| (entry.client_msg_id.clone(), entry.clone()))
            .collect();
        for record in others {
            match &record.change {
                Change::SendAccepted(entry) if entry.likeness() == likeness => {
                    let number = entry.client_msg_id.clone();
                    found.entry(number).or_insert_with(|| (**entry).clone());
                }
                Change::SendEnded {
                    client_msg_id,
                    fate,
                    ..
                } => {
                    let entry = found.get_mut(client_msg_id);
                    // What the stream has confirmed in the meantime stays
                    // confirmed.
                    if let Some(entry) = entry.filter(|e| e.is_pending() || e.is_unknown()) {
                        entry.fate = fate.clone();
                    }
                }
                _ => {}
            }
        }
        Self(found)
    }

    /// True if another process waits for the answer to one.
    fn any_open(&self) -> bool {
        let mut entries = self.0.values();
        entries.any(|entry| entry.attached && entry.is_pending())
    }

    /// True if this message is known to be another one of them.
    fn has_sent(&self, msg_id: &MsgId) -> bool {
        let mut entries = self.0.values();
        entries.any(|entry| matches!(&entry.fate, Fate::Sent { msg_id: sent } if sent == msg_id))
    }
}
