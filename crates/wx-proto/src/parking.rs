//! Messages whose handler failed (promise 1).
//!
//! ```text
//! delivered ──failed──► waiting ──time──► delivered again
//!                └──for the third time──► parked: reported, and passed
//! ```
//!
//! The number of failures is stored, so that it survives restarts. A waiting
//! message is still in hand: it holds the position, and comes again after a
//! crash.

use crate::backoff::OUTAGE;
use crate::context::Context;
use crate::event::{Event, EventId, EventKind, WarningKind};
use crate::sabotage::breaks;
use crate::saved::Change;
use crate::state::State;
use crate::time::{Instant, Now};

/// How often a message is delivered before it is passed over.
const MAX_FAILURES: u32 = 3;

#[derive(Debug, Default)]
pub(crate) struct Parking {
    waiting: Vec<(Instant, Event)>,
}

impl Parking {
    /// A message's handler failed.
    pub(crate) fn fail(&mut self, event: Event, why: &str, cx: &mut Context, now: Now) {
        let Some(msg_id) = cx.inbox.msg_id(event.id).cloned() else {
            return;
        };
        let EventKind::Message(message) = &event.kind else {
            return;
        };
        let failures = cx.journal.saved().failures(&msg_id).saturating_add(1);
        cx.journal.write(Change::Failed {
            msg_id,
            times: failures,
        });
        if breaks!(cx.config, LoseFailed) {
            return;
        }
        let early = breaks!(cx.config, ParkTooEarly);
        if early || (failures >= MAX_FAILURES && !breaks!(cx.config, NeverPark)) {
            let words = format!(
                "the message {} was passed: its handler failed {failures} times, last with: {why}",
                message.key
            );
            let id = event.id;
            cx.warn(WarningKind::Parked, words);
            cx.inbox.ack(id, &mut cx.journal);
            return;
        }
        if matches!(cx.state(), State::Closed {} | State::Frozen {}) {
            // It is delivered at the next start.
            return;
        }
        let delay = OUTAGE.bound(failures.saturating_sub(1));
        tracing::info!(key = message.key, failures, why, "a handler failed");
        self.waiting.push((now.mono + delay, event));
    }

    /// Delivers messages that have waited long enough again.
    pub(crate) fn wake(&mut self, cx: &mut Context, now: Now) {
        while let Some(at) = self.waiting.iter().position(|(due, _)| *due <= now.mono) {
            let (_, event) = self.waiting.remove(at);
            cx.inbox.requeue(event);
        }
    }

    /// A waiting message is handled after all.
    pub(crate) fn forget(&mut self, id: EventId) {
        self.waiting.retain(|(_, event)| event.id != id);
    }

    /// Stops redelivery: waiting messages come again at the next start.
    pub(crate) fn end(&mut self) {
        self.waiting.clear();
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.waiting.iter().map(|(due, _)| *due).min()
    }
}
