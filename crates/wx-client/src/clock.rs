//! The two clocks that the core is told the time of.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::time::Instant;
use wx_proto::{Deadline, Now, Seed};

/// Monotonic time since the driver's start, and Unix time.
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

    /// Returns at the deadline; without one, never.
    pub(crate) async fn sleep_until(self, deadline: Option<Deadline>) {
        match deadline {
            Some(deadline) => {
                tokio::time::sleep_until(self.origin + deadline.at.since_origin()).await;
            }
            None => std::future::pending().await,
        }
    }
}

/// A number that the system drew for this process, and mixed anew each time.
pub(crate) fn seed() -> Seed {
    Seed(RandomState::new().build_hasher().finish())
}
