//! The two clocks whose time the core is told.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::{Instant, Sleep};
use wx_proto::{Now, Seed};

/// A shorter suspension is ignored: it may be only the time between reading the
/// two clocks that reveal it.
const SHORTEST: Duration = Duration::from_secs(1);
/// How often a waiting driver checks whether the machine was suspended, during
/// which its timers stand still.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Monotonic time since the driver's start, and Unix time.
///
/// The monotonic clock is tokio's, so that timers and times agree, plus the
/// time for which the machine was suspended, which tokio's leaves out: after a
/// suspension, waits that are overdue end. Only Linux and Android report
/// suspensions. The clock of Windows runs on by itself. Elsewhere, a poll that
/// was in flight is found dead when its connection breaks, or when the rest of
/// its 35 seconds has passed.
#[derive(Debug)]
pub(crate) struct Clock {
    origin: Instant,
    suspensions: Suspensions,
    /// Their total at the start, and when somebody last looked, in
    /// milliseconds.
    before: u64,
    seen: AtomicU64,
}

/// How suspensions are noticed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Suspensions {
    /// How long the machine has been suspended since it was started.
    so_far: fn() -> Duration,
    look_every: Duration,
}

impl Default for Suspensions {
    fn default() -> Self {
        Self {
            so_far: suspended,
            look_every: LOOK_EVERY,
        }
    }
}

impl Clock {
    pub(crate) fn start(suspensions: Suspensions) -> Self {
        let before = millis((suspensions.so_far)());
        Self {
            origin: Instant::now(),
            suspensions,
            before,
            seen: AtomicU64::new(before),
        }
    }

    pub(crate) fn now(&self) -> Now {
        Now {
            mono: wx_proto::Instant::new(self.origin.elapsed() + self.look()),
            unix_ms: unix_ms(),
        }
    }

    /// For how long the machine has been suspended since the start. It never
    /// becomes less.
    fn look(&self) -> Duration {
        let now = millis((self.suspensions.so_far)());
        if now
            >= self
                .seen
                .load(Ordering::Relaxed)
                .saturating_add(millis(SHORTEST))
        {
            self.seen.fetch_max(now, Ordering::Relaxed);
        }
        self.suspended()
    }

    /// For how long the machine had been suspended when somebody last asked for
    /// the time.
    pub(crate) fn suspended(&self) -> Duration {
        Duration::from_millis(self.seen.load(Ordering::Relaxed) - self.before)
    }

    /// A timer for [`Self::ring`].
    pub(crate) fn alarm(&self) -> Sleep {
        tokio::time::sleep_until(self.origin)
    }

    /// Returns at this time; without one, or with one that the clock does not
    /// reach, never. The alarm is reset each time, which costs next to nothing
    /// if the new time is later.
    ///
    /// Cancel safe.
    pub(crate) async fn ring(
        &self,
        mut alarm: Pin<&mut Sleep>,
        mut now: Now,
        at: Option<wx_proto::Instant>,
    ) {
        let Some(at) = at else {
            return std::future::pending().await;
        };
        loop {
            let rest = at.since(now.mono);
            if rest.is_zero() {
                return;
            }
            let awake = now.mono.since_origin().saturating_sub(self.suspended());
            let next = awake + rest.min(self.suspensions.look_every);
            alarm.as_mut().reset(self.origin + next);
            alarm.as_mut().await;
            now = self.now();
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn suspended() -> Duration {
    use rustix::time::{ClockId, clock_gettime};

    let of = |clock| Duration::try_from(clock_gettime(clock)).unwrap_or_default();
    let awake = of(ClockId::Monotonic);
    of(ClockId::Boottime).saturating_sub(awake)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn suspended() -> Duration {
    Duration::ZERO
}

/// Unix time in milliseconds.
pub(crate) fn unix_ms() -> u64 {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH);
    millis(unix.unwrap_or_default())
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A random number, from the standard library's hashers, which the system
/// seeds.
pub(crate) fn seed() -> Seed {
    Seed(RandomState::new().build_hasher().finish())
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;
    use std::pin::pin;

    use super::*;

    thread_local! {
        static SUSPENDED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
    }

    /// Suspends the machine, for the clocks of this thread.
    pub(crate) fn suspend(by: Duration) {
        SUSPENDED.set(SUSPENDED.get() + by);
    }

    /// What [`suspend`] has come to, looked at often.
    pub(crate) fn pretended() -> Suspensions {
        Suspensions {
            so_far: || SUSPENDED.get(),
            look_every: Duration::from_millis(20),
        }
    }

    async fn sleep_until(clock: &Clock, at: wx_proto::Instant) {
        let alarm = pin!(clock.alarm());
        clock.ring(alarm, clock.now(), Some(at)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_suspension_is_time_that_has_passed() {
        suspend(Duration::from_secs(7));
        let clock = Clock::start(pretended());
        let before = clock.now().mono;
        assert_eq!(before, wx_proto::Instant::default(), "that was earlier");
        let until = before + Duration::from_secs(100);
        let sleep = sleep_until(&clock, until);
        let meanwhile = async {
            sleep_until(&clock, before + Duration::from_secs(1)).await;
            suspend(Duration::from_secs(98));
        };
        let begun = Instant::now();
        tokio::join!(sleep, meanwhile);
        assert_eq!(begun.elapsed().as_millis(), 2000, "of a hundred seconds");
        assert_eq!(clock.now().mono, until);
        assert_eq!(clock.look(), Duration::from_secs(98));
    }

    #[tokio::test(start_paused = true)]
    async fn clocks_that_are_read_at_different_moments_are_no_suspension() {
        let clock = Clock::start(pretended());
        suspend(Duration::from_millis(900));
        assert_eq!(clock.look(), Duration::ZERO);
        suspend(Duration::from_millis(100));
        assert_eq!(clock.look(), Duration::from_secs(1));
        SUSPENDED.set(Duration::ZERO);
        assert_eq!(clock.look(), Duration::from_secs(1), "never less");
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_suspension_a_sleep_lasts_as_long_as_it_is_to() {
        let clock = Clock::start(Suspensions::default());
        let until = clock.now().mono + Duration::from_millis(12_345);
        sleep_until(&clock, until).await;
        assert_eq!(clock.now().mono, until);
    }
}
