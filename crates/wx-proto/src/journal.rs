//! The session's durable state, and the records on their way to the store.

use std::collections::VecDeque;

use crate::backoff::OUTAGE;
use crate::rng::Rng;
use crate::saved::{Change, Record, RecordSeq, Saved};
use crate::time::Instant;

/// Records are kept until the store has them, so that a full disk loses none.
#[derive(Debug)]
pub(crate) struct Journal {
    saved: Saved,
    /// Not yet stored, oldest first.
    waiting: VecDeque<Record>,
    /// How many of them the driver has taken.
    handed_out: usize,
    last: RecordSeq,
    /// The last record that something may wait for.
    awaited: RecordSeq,
    stored: RecordSeq,
    retry_at: Option<Instant>,
    failures: u32,
}

impl Journal {
    pub(crate) fn new(saved: Saved) -> Self {
        Self {
            saved,
            waiting: VecDeque::new(),
            handed_out: 0,
            last: RecordSeq(0),
            awaited: RecordSeq(0),
            stored: RecordSeq(0),
            retry_at: None,
            failures: 0,
        }
    }

    pub(crate) fn saved(&self) -> &Saved {
        &self.saved
    }

    /// Changes the durable state. There is no other way to do so.
    pub(crate) fn write(&mut self, change: Change) -> RecordSeq {
        self.last = RecordSeq(self.last.0 + 1);
        if !matches!(change, Change::Handled { .. } | Change::Position(_)) {
            self.awaited = self.last;
        }
        let record = Record {
            seq: self.last,
            change,
            jar: None,
        };
        self.saved.fold(&record.change);
        self.waiting.push_back(record);
        self.last
    }

    pub(crate) const fn last(&self) -> RecordSeq {
        self.last
    }

    pub(crate) fn is_stored(&self, seq: RecordSeq) -> bool {
        seq <= self.stored
    }

    /// True if the store has failed since it last took something.
    pub(crate) const fn is_failing(&self) -> bool {
        self.failures > 0
    }

    pub(crate) fn is_flushed(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(crate) fn poll(&mut self) -> Option<Record> {
        let record = self.next()?.clone();
        self.handed_out += 1;
        Some(record)
    }

    /// What [`poll`](Self::poll) gives.
    pub(crate) fn next(&self) -> Option<&Record> {
        self.waiting
            .get(self.handed_out)
            .filter(|_| self.retry_at.is_none())
    }

    /// True if something may wait for a record that is not handed out yet.
    /// Nothing waits for the records of handled messages.
    pub(crate) fn is_awaited(&self) -> bool {
        self.next().is_some_and(|next| next.seq <= self.awaited)
    }

    pub(crate) fn persisted(&mut self, through: RecordSeq) {
        while self
            .waiting
            .front()
            .is_some_and(|record| record.seq <= through)
        {
            self.waiting.pop_front();
            self.handed_out = self.handed_out.saturating_sub(1);
        }
        if self.waiting.is_empty() {
            // A session at rest keeps no room for what it would record.
            self.waiting.shrink_to_fit();
        }
        self.stored = self.stored.max(through.min(self.last));
        self.failures = 0;
    }

    /// Everything that is not stored is offered again later.
    pub(crate) fn failed(&mut self, now: Instant, rng: &mut Rng) {
        self.handed_out = 0;
        self.retry_at = Some(now + OUTAGE.delay(self.failures, rng));
        self.failures = self.failures.saturating_add(1);
    }

    /// Drops everything that is not stored: nobody will store it later.
    pub(crate) fn give_up(&mut self) {
        self.waiting.clear();
        self.handed_out = 0;
        self.retry_at = None;
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.retry_at
    }

    pub(crate) fn wake(&mut self, now: Instant) {
        if self.retry_at.is_some_and(|at| at <= now) {
            self.retry_at = None;
        }
    }
}
