//! The most recent messages, so that a recall can show what was taken back.
//!
//! They are kept in memory only: this client must not be the reason that a
//! message which was taken back lies on a disk.

use std::collections::VecDeque;

use bytes::Bytes;
use wx_wire::id::{MsgId, UserName};
use wx_wire::message::{AddMsg, RawAddMsg};

use crate::message::{Body, Message};

#[derive(Debug)]
pub(crate) struct Originals {
    /// Oldest first.
    kept: VecDeque<Original>,
    /// Roughly how many bytes they take.
    size: usize,
    capacity: usize,
}

/// A message as it came, to be translated again if it is taken back.
#[derive(Clone, Debug)]
pub(crate) struct Original {
    msg_id: MsgId,
    chat: UserName,
    from_me: bool,
    /// Our own user name in the login that it came in.
    pub(crate) own: UserName,
    pub(crate) raw: Bytes,
}

impl Original {
    /// The item, decoded again.
    pub(crate) fn item(&self) -> Option<RawAddMsg<'_>> {
        let raw = str::from_utf8(&self.raw).ok()?;
        Some(RawAddMsg::new(raw, AddMsg::decode(&self.raw).ok()?))
    }

    /// Roughly how many bytes it takes: itself, and its surroundings in the
    /// page.
    fn weight(&self) -> usize {
        size_of::<Self>() + 2 * self.raw.len()
    }
}

/// The messages of a page, copied at once: slices of the page itself would keep
/// alive whatever buffer it was received in.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    start: usize,
    copy: Bytes,
}

impl Batch {
    fn of(&self, raw: &Bytes) -> Bytes {
        let start = raw.as_ptr().addr().wrapping_sub(self.start);
        let end = start.saturating_add(raw.len());
        if end <= self.copy.len() {
            self.copy.slice(start..end)
        } else {
            Bytes::copy_from_slice(raw)
        }
    }
}

impl Originals {
    pub(crate) const fn new(capacity: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            size: 0,
            capacity,
        }
    }

    /// Copies the messages of a page at once, unless that copy is so large that
    /// a few remembered messages would keep too much of it alive.
    pub(crate) fn batch(&self, body: &[u8], items: &[RawAddMsg<'_>]) -> Batch {
        let (Some(first), Some(last)) = (items.first(), items.last()) else {
            return Batch::default();
        };
        let start = first.raw.as_ptr().addr();
        let from = start.wrapping_sub(body.as_ptr().addr());
        let end = last.raw.as_ptr().addr().wrapping_add(last.raw.len());
        let to = end.wrapping_sub(body.as_ptr().addr());
        match body.get(from..to) {
            Some(list) if list.len() <= self.capacity / 2 => Batch {
                start,
                copy: Bytes::copy_from_slice(list),
            },
            _ => Batch::default(),
        }
    }

    /// The message that a recall takes back, if it is still remembered.
    pub(crate) fn of(&self, recall: &Message) -> Option<&Original> {
        match &recall.body {
            Body::Revoked { revoked_msg_id, .. } if revoked_msg_id.is_empty() => {
                self.last_own(recall)
            }
            Body::Revoked { revoked_msg_id, .. } => self.find(revoked_msg_id),
            _ => None,
        }
    }

    fn find(&self, id: &MsgId) -> Option<&Original> {
        self.kept.iter().rfind(|original| original.msg_id == *id)
    }

    /// A recall without a number takes back our own last message in the chat
    /// (protocol: recall, msgid 0).
    fn last_own(&self, recall: &Message) -> Option<&Original> {
        let is_it = |original: &&Original| original.from_me && original.chat == recall.chat.id;
        self.kept.iter().rfind(is_it)
    }

    /// Remembers a message, unless nobody can take it back. `is_new` says that
    /// it has not come before.
    pub(crate) fn remember(
        &mut self,
        message: &Message,
        own: &UserName,
        batch: &Batch,
        is_new: bool,
    ) {
        if message.msg_id.is_empty()
            || matches!(message.body, Body::Revoked { .. } | Body::System { .. })
            || (!is_new && self.find(&message.msg_id).is_some())
        {
            return;
        }
        let original = Original {
            msg_id: message.msg_id.clone(),
            chat: message.chat.id.clone(),
            from_me: message.from_me,
            own: own.clone(),
            raw: batch.of(&message.raw),
        };
        if original.weight() > self.capacity {
            return;
        }
        self.size += original.weight();
        self.kept.push_back(original);
        while self.size > self.capacity {
            let Some(oldest) = self.kept.pop_front() else {
                return;
            };
            self.size = self.size.saturating_sub(oldest.weight());
        }
    }
}
