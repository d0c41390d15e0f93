//! What the service does by itself when its time comes.

use std::collections::BTreeMap;

use crate::service::RequestId;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Timer {
    /// A long poll has been held long enough.
    Release(RequestId),
    /// The phone scans this QR code.
    Scan(String),
    /// The phone confirms this login.
    Confirm(String),
    /// The QR code is too old.
    Expire(String),
    /// A step of the script is due.
    Step(usize),
}

/// Timers in order of time, those of one moment in order of setting.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    queue: BTreeMap<TimerKey, Timer>,
    count: u64,
}

/// Names a timer that may be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TimerKey {
    at_ms: u64,
    order: u64,
}

impl Timers {
    pub(crate) fn set(&mut self, at_ms: u64, timer: Timer) -> TimerKey {
        let order = self.count;
        self.count += 1;
        let key = TimerKey { at_ms, order };
        self.queue.insert(key, timer);
        key
    }

    pub(crate) fn unset(&mut self, key: TimerKey) {
        self.queue.remove(&key);
    }

    pub(crate) fn next_at(&self) -> Option<u64> {
        self.queue.keys().next().map(|key| key.at_ms)
    }

    /// The next timer due at `now_ms` or before, with its time.
    pub(crate) fn pop_due(&mut self, now_ms: u64) -> Option<(u64, Timer)> {
        let first = self.queue.first_entry()?;
        let at_ms = first.key().at_ms;
        (at_ms <= now_ms).then(|| (at_ms, first.remove()))
    }
}
