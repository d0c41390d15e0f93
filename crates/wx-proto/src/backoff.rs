//! Delays between attempts: doubling, capped, with jitter.

use std::time::Duration;

use crate::rng::Rng;

/// The public schedule of promise 3: the n-th retry comes within
/// 1, 2, 4, 8 … 60 seconds.
pub(crate) const OUTAGE: Schedule = Schedule {
    first: Duration::from_secs(1),
    cap: Duration::from_secs(60),
};

/// After 1205, "too often": 5 seconds, doubling to 10 minutes.
pub(crate) const THROTTLE: Schedule = Schedule {
    first: Duration::from_secs(5),
    cap: Duration::from_secs(600),
};

/// After a poll that promised news and brought none.
pub(crate) const IDLE: Schedule = Schedule {
    first: Duration::from_secs(1),
    cap: Duration::from_secs(8),
};

/// An answer to a long poll that came faster than this was not held by the
/// server. Asking again at once would spin.
pub(crate) const HELD: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Schedule {
    first: Duration,
    cap: Duration,
}

impl Schedule {
    /// The longest delay before retry number `attempt`, counted from 0; all of
    /// it where the server has asked for a pause.
    pub(crate) fn bound(self, attempt: u32) -> Duration {
        let factor = 1_u32.checked_shl(attempt).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.cap)
    }

    /// A delay between half the bound and the bound, so that ten thousand
    /// clients do not come back in one second.
    pub(crate) fn delay(self, attempt: u32, rng: &mut Rng) -> Duration {
        let half = self.bound(attempt) / 2;
        let millis = u64::try_from(half.as_millis()).unwrap_or(u64::MAX);
        half + Duration::from_millis(rng.below(millis.saturating_add(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Seed;

    #[test]
    fn outages_follow_the_public_schedule() {
        let mut rng = Rng::new(Seed(7));
        for (attempt, bound) in [1, 2, 4, 8, 16, 32, 60, 60].into_iter().enumerate() {
            let attempt = u32::try_from(attempt).unwrap();
            let delay = OUTAGE.delay(attempt, &mut rng);
            assert!(delay <= Duration::from_secs(bound), "{attempt}: {delay:?}");
            assert!(
                delay >= Duration::from_secs(bound) / 2,
                "{attempt}: {delay:?}"
            );
        }
        assert_eq!(OUTAGE.bound(99), Duration::from_secs(60));
    }

    #[test]
    fn throttling_doubles_from_five_seconds_to_ten_minutes() {
        let pauses: Vec<u64> = (0..9).map(|n| THROTTLE.bound(n).as_secs()).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 600, 600]);
    }
}
