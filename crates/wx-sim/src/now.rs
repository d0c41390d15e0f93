//! The service's clock reading, which every call hands in.

/// A moment in virtual time.
///
/// The service never reads a clock: whoever drives it says what time it is. A
/// test counts up from any value it likes, the TLS server passes the machine's
/// clock on. A reading older than one seen before counts as that one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Now {
    /// Milliseconds since the Unix epoch.
    pub unix_ms: u64,
}

impl Now {
    /// The moment `unix_ms` milliseconds after the Unix epoch.
    #[must_use]
    pub const fn from_unix_ms(unix_ms: u64) -> Self {
        Self { unix_ms }
    }

    /// Whole seconds since the Unix epoch, the unit of `CreateTime`.
    #[must_use]
    pub const fn unix_s(self) -> u64 {
        self.unix_ms / 1000
    }

    /// The moment `ms` milliseconds later.
    #[must_use]
    pub const fn plus_ms(self, ms: u64) -> Self {
        Self::from_unix_ms(self.unix_ms.saturating_add(ms))
    }
}
