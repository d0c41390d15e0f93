//! How fast messages may go out: a token bucket, kept as the moment at which it
//! would be full again.

use std::time::Duration;

use crate::config::Pace;
use crate::time::Instant;

#[derive(Debug)]
pub(super) struct Pacer {
    pace: Option<Pace>,
    full_at: Instant,
}

impl Pacer {
    pub(super) fn new(pace: Option<Pace>) -> Self {
        Self {
            pace,
            full_at: Instant::default(),
        }
    }

    /// When the next message may go out.
    pub(super) fn ready_at(&self) -> Instant {
        let Some(pace) = self.pace else {
            return Instant::default();
        };
        let ahead = pace.interval.saturating_mul(pace.burst.get() - 1);
        Instant::new(self.full_at.since_origin().saturating_sub(ahead))
    }

    pub(super) fn spend(&mut self, now: Instant) {
        let interval = self.pace.map_or(Duration::ZERO, |pace| pace.interval);
        self.full_at = self.full_at.max(now) + interval;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    #[test]
    fn a_burst_then_the_rate_then_a_burst_again() {
        let five = NonZeroU32::new(5).unwrap();
        let mut pacer = Pacer::new(Some(Pace::per_second(NonZeroU32::MIN, five)));
        let mut now = Instant::new(Duration::from_secs(100));
        for _ in 0..5 {
            assert!(pacer.ready_at() <= now);
            pacer.spend(now);
        }
        assert_eq!(pacer.ready_at(), now + Duration::from_secs(1));
        now = now + Duration::from_secs(60);
        for _ in 0..5 {
            assert!(pacer.ready_at() <= now);
            pacer.spend(now);
        }
        assert!(pacer.ready_at() > now);
    }

    #[test]
    fn without_a_pace_everything_goes() {
        let mut pacer = Pacer::new(None);
        pacer.spend(Instant::new(Duration::from_secs(9)));
        assert_eq!(pacer.ready_at(), Instant::default());
    }
}
