//! Events on their way to the application, and the position that follows
//! its acknowledgements.
//!
//! The server's stream comes in pages. Polling goes on with the newest
//! position, but the stored one moves past a page only when every message of
//! it and of all before it is acknowledged: what a crash takes from the
//! application's hands is fetched again.

use std::collections::{BTreeMap, VecDeque};

use wx_wire::id::MsgId;

use crate::event::{Event, EventId, EventKind};
use crate::journal::Journal;
use crate::message::Message;
use crate::recent::RecentIds;
use crate::saved::{Change, Position};

#[derive(Debug)]
pub(crate) struct Inbox {
    queue: VecDeque<Event>,
    next: u64,
    /// Everything that was let in by this process or handled by an earlier one.
    seen: RecentIds,
    /// Messages that are queued, held or delivered, and not acknowledged.
    in_hand: BTreeMap<EventId, InHand>,
    held: BTreeMap<EventId, Message>,
    /// Pages with messages in hand, and complete ones behind those.
    pages: VecDeque<Page>,
    first_page: u64,
}

#[derive(Debug)]
struct InHand {
    page: u64,
    msg_id: MsgId,
}

#[derive(Debug)]
struct Page {
    outstanding: usize,
    /// Where the stream goes on behind the page; none while it is being read.
    after: Option<Position>,
}

impl Inbox {
    pub(crate) fn new(seen: RecentIds) -> Self {
        Self {
            queue: VecDeque::new(),
            next: 0,
            seen,
            in_hand: BTreeMap::new(),
            held: BTreeMap::new(),
            pages: VecDeque::new(),
            first_page: 0,
        }
    }

    /// Number of events that wait for the application.
    pub(crate) fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Number of messages that wait for their acknowledgement.
    pub(crate) fn in_hand(&self) -> usize {
        self.in_hand.len()
    }

    fn next_id(&mut self) -> EventId {
        self.next += 1;
        EventId(self.next)
    }

    /// Queues an event that needs no acknowledgement.
    pub(crate) fn push(&mut self, kind: EventKind) {
        let id = self.next_id();
        self.queue.push_back(Event { id, kind });
    }

    pub(crate) fn pop(&mut self) -> Option<Event> {
        self.queue.pop_front()
    }

    /// Remembers a message that is not to be delivered: one's own.
    pub(crate) fn mark_seen(&mut self, id: &MsgId) {
        self.seen.insert(id);
    }

    pub(crate) fn open_page(&mut self) {
        self.pages.push_back(Page {
            outstanding: 0,
            after: None,
        });
    }

    /// Lets a message of the open page in, unless it was there before.
    ///
    /// A held one is not queued until [`release`](Self::release).
    pub(crate) fn admit(&mut self, message: Message, hold: bool) -> Option<EventId> {
        let msg_id = if message.msg_id.is_empty() {
            MsgId::from(message.key.as_str())
        } else {
            message.msg_id.clone()
        };
        if self.seen.contains(&msg_id) {
            return None;
        }
        self.seen.insert(&msg_id);
        let id = self.next_id();
        let last = self.pages.len().saturating_sub(1);
        if let Some(page) = self.pages.get_mut(last) {
            page.outstanding += 1;
        }
        let page = self.first_page + last as u64;
        self.in_hand.insert(id, InHand { page, msg_id });
        if hold {
            self.held.insert(id, message);
        } else {
            self.queue.push_back(Event {
                id,
                kind: EventKind::Message(Box::new(message)),
            });
        }
        Some(id)
    }

    /// Queues a held message after all.
    pub(crate) fn release(&mut self, id: EventId) {
        if let Some(message) = self.held.remove(&id) {
            self.queue.push_back(Event {
                id,
                kind: EventKind::Message(Box::new(message)),
            });
        }
    }

    /// The page has been read; the stream goes on at `after`.
    pub(crate) fn close_page(&mut self, after: Position, journal: &mut Journal) {
        if let Some(page) = self.pages.back_mut() {
            page.after = Some(after);
        }
        self.advance(journal);
    }

    /// A message is handled. Anything else is not worth a word.
    pub(crate) fn ack(&mut self, id: EventId, journal: &mut Journal) {
        let Some(in_hand) = self.in_hand.remove(&id) else {
            return;
        };
        self.held.remove(&id);
        journal.write(Change::Handled {
            msg_id: in_hand.msg_id,
        });
        let index = usize::try_from(in_hand.page - self.first_page).unwrap_or(usize::MAX);
        if let Some(page) = self.pages.get_mut(index) {
            page.outstanding -= 1;
        }
        self.advance(journal);
    }

    /// Moves the stored position past all leading pages that are handled.
    fn advance(&mut self, journal: &mut Journal) {
        let mut reached = None;
        while let Some(page) = self.pages.front_mut() {
            if page.outstanding > 0 || page.after.is_none() {
                break;
            }
            reached = page.after.take();
            self.pages.pop_front();
            self.first_page += 1;
        }
        if let Some(position) = reached.filter(|position| *position != journal.saved().position) {
            journal.write(Change::Position(position));
        }
    }
}
