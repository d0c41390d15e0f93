//! The most recent messages, so that a recall can show what was taken back.
//!
//! They are kept in memory only: what was taken back shall not lie on a disk
//! because of us.

use std::collections::VecDeque;

use bytes::Bytes;
use wx_wire::id::MsgId;

use crate::message::{Body, Message};

#[derive(Debug)]
pub(crate) struct Originals {
    /// Oldest first.
    kept: VecDeque<Message>,
    /// Bytes that they take, about.
    size: usize,
    capacity: usize,
}

impl Originals {
    pub(crate) const fn new(capacity: usize) -> Self {
        Self {
            kept: VecDeque::new(),
            size: 0,
            capacity,
        }
    }

    /// Puts what a recall takes back into it, and remembers any other message.
    pub(crate) fn see(&mut self, message: &mut Message) {
        let original = match &message.body {
            Body::Revoked { revoked_msg_id, .. } if revoked_msg_id.is_empty() => {
                self.last_own(message).cloned()
            }
            Body::Revoked { revoked_msg_id, .. } => self.find(revoked_msg_id).cloned(),
            Body::System { .. } => return,
            _ => return self.remember(message),
        };
        if let (
            Some(found),
            Body::Revoked {
                revoked_msg_id,
                original,
                ..
            },
        ) = (original, &mut message.body)
        {
            revoked_msg_id.clone_from(&found.msg_id);
            *original = Some(Box::new(found));
        }
    }

    fn find(&self, id: &MsgId) -> Option<&Message> {
        self.kept.iter().rfind(|message| message.msg_id == *id)
    }

    /// A recall without a number takes back one's own last message in the chat
    /// (protocol: recall, msgid 0).
    fn last_own(&self, recall: &Message) -> Option<&Message> {
        let is_it = |message: &&Message| message.from_me && message.chat.id == recall.chat.id;
        self.kept.iter().rfind(is_it)
    }

    fn remember(&mut self, message: &Message) {
        let size = weight(message);
        if size > self.capacity || message.msg_id.is_empty() || self.find(&message.msg_id).is_some()
        {
            return;
        }
        let mut copy = message.clone();
        // A slice would keep the whole page alive.
        copy.raw = Bytes::copy_from_slice(&message.raw);
        self.kept.push_back(copy);
        self.size += size;
        while self.size > self.capacity {
            let Some(oldest) = self.kept.pop_front() else {
                return;
            };
            self.size = self.size.saturating_sub(weight(&oldest));
        }
    }
}

/// What a message takes, about: its texts are in the item and in the body.
fn weight(message: &Message) -> usize {
    size_of::<Message>() + 2 * message.raw.len()
}
