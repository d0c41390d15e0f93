//! So many operations in so much time, and no more.

use std::collections::VecDeque;

/// When the operations of one kind took place, as far as it matters.
#[derive(Debug, Default)]
pub(crate) struct Window(VecDeque<u64>);

impl Window {
    /// Counts an operation against a limit of so many within so many seconds;
    /// false when it is one too many, which is not counted.
    pub(crate) fn admits(&mut self, limit: Option<(usize, u64)>, now_ms: u64) -> bool {
        let Some((most, within_s)) = limit else {
            return true;
        };
        let within_ms = within_s.saturating_mul(1000);
        while (self.0.front()).is_some_and(|then_ms| then_ms.saturating_add(within_ms) <= now_ms) {
            self.0.pop_front();
        }
        let admits = self.0.len() < most;
        if admits {
            self.0.push_back(now_ms);
        }
        admits
    }
}
