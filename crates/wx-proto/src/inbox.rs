//! Events on their way to the application, and the position that follows
//! its acknowledgements.
//!
//! The server's stream comes in pages. Polling goes on from the newest
//! position, but the stored one moves past a page only when every message up to
//! its end is acknowledged. After a crash, whatever the application had not
//! handled is fetched again.
//!
//! A message that may be the echo of one in flight is held: it and the later
//! messages of its chat stay in the queue until it is known whose it is.

use std::collections::{BTreeSet, VecDeque};

use wx_wire::id::MsgId;

use crate::event::{Event, EventId, EventKind, WarningKind};
use crate::journal::Journal;
use crate::message::Message;
use crate::recent::RecentIds;
use crate::saved::{Change, Position};

mod hand;

use hand::{Hand, InHand};

#[derive(Debug)]
pub(crate) struct Inbox {
    queue: VecDeque<Event>,
    /// From this length on, only the last notice of each kind stays in the
    /// queue.
    capacity: usize,
    last: u64,
    /// Every message that was admitted by this process or handled by an earlier
    /// one.
    seen: RecentIds,
    /// Messages that are queued, held or delivered, and not acknowledged.
    in_hand: Hand,
    held: BTreeSet<EventId>,
    /// Pages with messages in hand, and the handled pages that follow one.
    pages: VecDeque<Page>,
    first_page: u64,
    /// Messages on all those pages, acknowledged or not.
    beyond: usize,
}

#[derive(Debug)]
struct Page {
    messages: usize,
    outstanding: usize,
    /// Where the stream goes on after the page; `None` while it is being read.
    after: Option<Position>,
}

impl Inbox {
    pub(crate) fn new(seen: RecentIds, capacity: usize) -> Self {
        Self {
            queue: VecDeque::new(),
            capacity,
            last: 0,
            seen,
            in_hand: Hand::default(),
            held: BTreeSet::new(),
            pages: VecDeque::new(),
            first_page: 0,
            beyond: 0,
        }
    }

    /// Number of events in the queue, held ones included.
    pub(crate) fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Number of messages that are not acknowledged.
    pub(crate) fn in_hand(&self) -> usize {
        self.in_hand.len()
    }

    /// Number of messages that lie beyond the stored position.
    pub(crate) fn beyond(&self) -> usize {
        self.beyond
    }

    fn next_id(&mut self) -> EventId {
        self.last += 1;
        EventId(self.last)
    }

    /// Queues an event ahead of all others.
    pub(crate) fn push_first(&mut self, kind: EventKind) {
        let id = self.next_id();
        self.queue.push_front(Event { id, kind });
    }

    /// Queues an event that needs no acknowledgement.
    pub(crate) fn push(&mut self, kind: EventKind) {
        if self.queue.len() >= self.capacity {
            // A day's outage that nobody looks at must not fill the memory.
            self.queue.retain(|event| !same_notice(&event.kind, &kind));
        }
        let id = self.next_id();
        self.queue.push_back(Event { id, kind });
    }

    pub(crate) fn pop(&mut self) -> Option<Event> {
        let at = self.first_ready()?;
        self.queue.remove(at)
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.first_ready().is_some()
    }

    /// Place of the first event that is neither held nor behind a held message
    /// of its chat.
    fn first_ready(&self) -> Option<usize> {
        let mut waiting = BTreeSet::new();
        self.queue.iter().position(|event| {
            let EventKind::Message(message) = &event.kind else {
                return true;
            };
            if self.held.contains(&event.id) {
                waiting.insert(&message.chat.id);
            }
            !waiting.contains(&message.chat.id)
        })
    }

    /// If the application has handled everything, gives back the room that it
    /// took.
    pub(crate) fn shrink(&mut self) {
        if self.queue.is_empty() && self.pages.is_empty() {
            self.queue.shrink_to_fit();
            self.in_hand.shrink();
            self.pages.shrink_to_fit();
        }
    }

    /// Remembers a message that must not be delivered because this process sent
    /// it.
    pub(crate) fn mark_seen(&mut self, id: &MsgId) {
        self.seen.insert(id);
    }

    /// Remembers a message. True if it was not known before.
    pub(crate) fn is_first(&mut self, message: &Message) -> bool {
        self.seen.insert(&name(message))
    }

    pub(crate) fn open_page(&mut self) {
        self.pages.push_back(Page {
            messages: 0,
            outstanding: 0,
            after: None,
        });
    }

    /// Adds a message to the open page.
    pub(crate) fn admit(&mut self, message: Box<Message>) -> EventId {
        let msg_id = name(&message);
        let id = self.next_id();
        if let Some(page) = self.pages.back_mut() {
            page.messages += 1;
            page.outstanding += 1;
            self.beyond += 1;
        }
        let page = self.first_page + self.pages.len().saturating_sub(1) as u64;
        self.in_hand.push(id, InHand { page, msg_id });
        self.queue.push_back(Event {
            id,
            kind: EventKind::Message(message),
        });
        id
    }

    /// The number of a message in hand.
    pub(crate) fn msg_id(&self, id: EventId) -> Option<&MsgId> {
        self.in_hand.get(id).map(|in_hand| &in_hand.msg_id)
    }

    /// Queues a message in hand again, ahead of all others.
    pub(crate) fn requeue(&mut self, event: Event) {
        if self.in_hand.get(event.id).is_some() {
            self.queue.push_front(event);
        }
    }

    /// Holds an admitted message back.
    pub(crate) fn hold(&mut self, id: EventId) {
        self.held.insert(id);
    }

    /// Lets a held message go on to the application.
    pub(crate) fn release(&mut self, id: EventId) {
        self.held.remove(&id);
    }

    /// Drops a held message: it is not for the application.
    pub(crate) fn drop_held(&mut self, id: EventId, journal: &mut Journal) {
        if self.held.remove(&id) {
            self.queue.retain(|event| event.id != id);
            self.ack(id, journal);
        }
    }

    /// The page has been read; the stream goes on at `after`.
    pub(crate) fn close_page(&mut self, after: Position, journal: &mut Journal) {
        if let Some(page) = self.pages.back_mut() {
            page.after = Some(after);
        }
        self.advance(journal);
    }

    /// A message is handled. Events that need no acknowledgement are ignored.
    pub(crate) fn ack(&mut self, id: EventId, journal: &mut Journal) {
        let Some(in_hand) = self.in_hand.take(id) else {
            return;
        };
        journal.write(Change::Handled {
            msg_id: in_hand.msg_id,
        });
        let index = usize::try_from(in_hand.page.saturating_sub(self.first_page));
        if let Some(page) = index.ok().and_then(|index| self.pages.get_mut(index)) {
            page.outstanding = page.outstanding.saturating_sub(1);
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
            self.beyond = self.beyond.saturating_sub(page.messages);
            self.pages.pop_front();
            self.first_page += 1;
        }
        if let Some(position) = reached.filter(|position| *position != journal.saved().position) {
            journal.write(Change::Position(position));
            self.seen.trim();
        }
    }
}

/// What a message is remembered by: its number, or else its key.
fn name(message: &Message) -> MsgId {
    if message.msg_id.is_empty() {
        MsgId::from(message.key.as_str())
    } else {
        message.msg_id.clone()
    }
}

/// True if the later of two events makes the earlier one stale.
fn same_notice(earlier: &EventKind, later: &EventKind) -> bool {
    match (earlier, later) {
        (EventKind::Offline { .. }, EventKind::Offline { .. })
        | (EventKind::BackOnline { .. }, EventKind::BackOnline { .. })
        | (EventKind::Throttled { .. }, EventKind::Throttled { .. }) => true,
        // Each of these names another message, which nothing else will mention
        // again.
        (EventKind::Warning { kind: earlier, .. }, EventKind::Warning { kind: later, .. }) => {
            earlier == later && *later != WarningKind::Parked
        }
        _ => false,
    }
}
