//! Telling one's own messages in the stream of changes from those that the
//! phone or another process has sent.

use wx_wire::id::{MsgId, UserName};

use super::doubts::Doubt;
use super::outgoing::Outgoing;
use super::parcel::Shape;
use super::{Entry, shown};
use crate::context::Context;
use crate::event::EventId;
use crate::message::{Message, fnv1a};

/// How far the server's clock may be off.
const SKEW: i64 = 10 * 60;
/// How long after its acceptance a message may have been sent. A later one of
/// the same text is another message.
const SENT_WITHIN: i64 = 60 * 60;

/// A message in the stream that our own account has sent, from whatever client.
#[derive(Clone, Debug)]
pub(crate) struct Echo {
    chat: UserName,
    shape: Shape,
    /// What it can be recognised by, if by anything: see `shown.rs`.
    pub(super) likeness: Option<u64>,
    pub(super) msg_id: MsgId,
    /// Unix time in seconds.
    time: i64,
}

impl Echo {
    pub(crate) fn of(message: &Message) -> Option<Self> {
        let shape = Shape::of(message)?;
        (message.from_me && !message.msg_id.is_empty()).then(|| Self {
            chat: message.chat.id.clone(),
            shape,
            likeness: shown::of_message(message),
            msg_id: message.msg_id.clone(),
            time: message.time,
        })
    }

    /// True if it may be this message in flight. Files and pictures are
    /// compared by kind alone, because the server may rename or recompress
    /// them.
    pub(super) fn may_be_of(&self, outgoing: &Outgoing) -> bool {
        match self.shape {
            Shape::Text => self.is(outgoing),
            shape => self.chat == outgoing.to && shape == outgoing.parcel.shape(),
        }
    }

    /// True if it shows exactly what the stream would show of this message.
    pub(super) fn is(&self, outgoing: &Outgoing) -> bool {
        self.likeness == Some(outgoing.likeness)
    }

    /// When it was sent, in Unix milliseconds.
    pub(super) fn unix_ms(&self) -> Option<u64> {
        u64::try_from(self.time)
            .ok()
            .map(|time| time.saturating_mul(1000))
    }

    /// It is no message in flight. If a message of unknown fate looks like it,
    /// it may confirm that one; otherwise it goes on to the application.
    pub(super) fn pass(self, event: EventId, cx: &mut Context) {
        let mut entries = cx.journal.saved().outbox.values();
        if entries.any(|entry| self.may_be(entry)) {
            cx.inbox.hold(event);
            cx.doubts.push(Doubt::Late(event, self));
        } else {
            cx.inbox.release(event);
        }
    }

    /// True if it may be a message of unknown fate.
    pub(super) fn may_be(&self, entry: &Entry) -> bool {
        let accepted = i64::try_from(entry.accepted_ms / 1000).unwrap_or(i64::MAX);
        self.likeness == Some(entry.likeness())
            && entry.is_unknown()
            && self.time >= accepted.saturating_sub(SKEW)
            && self.time <= accepted.saturating_add(SENT_WITHIN)
    }
}

/// Equal for messages of the same receiver and text.
pub(super) fn digest(to: &UserName, text: &str) -> u64 {
    fnv1a(format!("{to}\0{text}").as_bytes())
}
