//! The two clocks that the core is told the time of.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::time::Instant;
use wx_proto::{Now, Seed};

/// Monotonic time since the driver's start, and Unix time.
///
/// The monotonic clock is tokio's, so that timers and times agree. On Linux and
/// macOS it stands still while the machine is suspended: a poll that was out at
/// that moment is found dead when its connection says so, or when the rest of
/// its 35 seconds has passed after the resume.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    origin: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self {
            origin: Instant::now(),
        }
    }

    pub(crate) fn now(self) -> Now {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH);
        Now {
            mono: wx_proto::Instant::new(self.origin.elapsed()),
            unix_ms: u64::try_from(unix.unwrap_or_default().as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// Returns at this time; without one, or with one that the clock does not
    /// reach, never.
    pub(crate) async fn sleep_until(self, at: Option<wx_proto::Instant>) {
        match at.and_then(|at| self.origin.checked_add(at.since_origin())) {
            Some(at) => tokio::time::sleep_until(at).await,
            None => std::future::pending().await,
        }
    }
}

/// A number that the system drew for this process, and mixed anew each time.
pub(crate) fn seed() -> Seed {
    Seed(RandomState::new().build_hasher().finish())
}
