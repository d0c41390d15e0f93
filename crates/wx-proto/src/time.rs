//! Time as an argument: the core never asks a clock.

use std::fmt;
use std::ops::Add;
use std::time::Duration;

/// A point of a clock that only moves forward, counted from an origin of the
/// driver's choice. It has no `now()`.
///
/// The clock should run on while the machine is suspended, so that a poll sent
/// an hour ago is seen to be dead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Duration);

impl Instant {
    /// The point `since_origin` after the origin.
    #[must_use]
    pub const fn new(since_origin: Duration) -> Self {
        Self(since_origin)
    }

    /// Time since the origin.
    #[must_use]
    pub const fn since_origin(self) -> Duration {
        self.0
    }

    /// Time since `earlier`, or zero if that is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }
}

/// The present, as the methods of a session take it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "drivers build it; two clocks are all there is"
)]
pub struct Now {
    /// For order and durations.
    pub mono: Instant,
    /// Unix time in milliseconds, only for the wire and the records.
    pub unix_ms: u64,
}

impl Now {
    /// Unix time in seconds.
    #[must_use]
    pub const fn unix(self) -> u64 {
        self.unix_ms / 1000
    }
}

/// When to hand in [`Input::Timeout`](crate::Input::Timeout) if nothing
/// else happens before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Deadline {
    /// The moment.
    pub at: Instant,
    /// What it is for, for logs.
    pub timer: Timer,
}

/// What a deadline is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Timer {
    /// A request's answer is overdue.
    Request,
    /// The login goes on.
    Login,
    /// The long poll or a page is asked for again.
    Sync,
    /// Contact details are asked for.
    Contacts,
    /// The next message may go out, or one expires.
    Outbox,
    /// A download is asked for again.
    Download,
    /// A message whose handler failed is delivered again.
    Parking,
    /// Records are stored again after a failure.
    Store,
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request",
            Self::Login => "login",
            Self::Sync => "sync",
            Self::Contacts => "contacts",
            Self::Outbox => "outbox",
            Self::Download => "download",
            Self::Parking => "parking",
            Self::Store => "store",
        })
    }
}
