//! The error of this crate: which step failed, whether the request can have
//! reached the server, and what the user can do.

use std::error::Error as StdError;
use std::fmt;

use crate::chain::Chain;

/// A boxed cause from a library below.
pub(crate) type Cause = Box<dyn StdError + Send + Sync>;

/// The step that failed.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The configuration or the request itself is not usable.
    Config,
    /// Saved cookies could not be read.
    Restore,
    /// The host name was not resolved.
    Resolve,
    /// No TCP connection to the server.
    Connect,
    /// The proxy was not reached, or did not open a way to the server.
    Proxy,
    /// No TLS session with the server.
    Tls,
    /// The connection was closed before the request was written.
    Send,
    /// No answer, or one whose status line or headers are broken.
    Head,
    /// The answer's body broke off or is wrongly framed.
    Body,
    /// The answer's body does not decompress, or is compressed where it must
    /// not be.
    Decode,
    /// The answer's body is larger than the [`Limits`](crate::Limits) allow.
    TooLarge,
}

/// Whether the request can have reached the server.
#[expect(
    clippy::exhaustive_enums,
    reason = "callers must decide for both cases, and there is no third"
)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reached {
    /// Not one byte of the request was written. It may be sent again.
    No,
    /// The server may have acted on the request.
    Maybe,
}

/// Why a request has no answer, or a value was not accepted.
///
/// `Display` gives the host and the step; the causes are behind `source`, the
/// last of them with what to do where the user can do something about it, and
/// [`Chain`](crate::Chain) shows all in one line. Nothing of it ever holds
/// query strings, cookies, bodies or passwords.
pub struct Error(Box<Inner>);

struct Inner {
    phase: Phase,
    reached: Reached,
    transient: bool,
    host: Option<String>,
    source: Cause,
}

impl Error {
    /// An error from before the first byte of a request.
    pub(crate) fn new(phase: Phase, source: impl Into<Cause>) -> Self {
        let transient = match phase {
            Phase::Config | Phase::Restore | Phase::TooLarge => false,
            Phase::Resolve
            | Phase::Connect
            | Phase::Proxy
            | Phase::Tls
            | Phase::Send
            | Phase::Head
            | Phase::Body
            | Phase::Decode => true,
        };
        Self(Box::new(Inner {
            phase,
            reached: Reached::No,
            transient,
            host: None,
            source: source.into(),
        }))
    }

    /// An error from after the request was handed to a connection.
    pub(crate) fn after_write(phase: Phase, source: impl Into<Cause>) -> Self {
        let mut error = Self::new(phase, source);
        error.0.reached = Reached::Maybe;
        error
    }

    pub(crate) fn host(mut self, host: Option<String>) -> Self {
        self.0.host = host;
        self
    }

    /// The same error, with what to do behind its causes.
    pub(crate) fn advice(mut self, advice: &'static str) -> Self {
        let causes = Chain(self.0.source.as_ref());
        self.0.source = format!("{causes}; {advice}").into();
        self
    }

    pub(crate) fn permanent(mut self) -> Self {
        self.0.transient = false;
        self
    }

    /// The step that failed.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.0.phase
    }

    /// Whether the request can have reached the server.
    #[must_use]
    pub fn reached(&self) -> Reached {
        self.0.reached
    }

    /// Whether the same request may succeed later although nobody changes
    /// anything: true for faults of the network, false for a wrong
    /// configuration, a refused certificate, refused proxy credentials and an
    /// answer over the limit.
    ///
    /// This says nothing about whether sending again is safe; see
    /// [`Error::reached`].
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.0.transient
    }
}

impl Phase {
    fn sentence(self) -> &'static str {
        match self {
            Self::Config => "the configuration or the request cannot be used",
            Self::Restore => "the saved cookies cannot be read",
            Self::Resolve => "the host name was not resolved",
            Self::Connect => "no connection",
            Self::Proxy => "no way through the proxy",
            Self::Tls => "no TLS session",
            Self::Send => "the connection was closed before the request was written",
            Self::Head => "no valid answer",
            Self::Body => "the answer is incomplete or malformed",
            Self::Decode => "the answer cannot be decoded",
            Self::TooLarge => "the answer is too large",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(host) = &self.0.host {
            write!(f, "{host}: ")?;
        }
        f.write_str(self.0.phase.sentence())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("phase", &self.0.phase)
            .field("reached", &self.0.reached)
            .field("transient", &self.0.transient)
            .field("host", &self.0.host)
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(self.0.source.as_ref())
    }
}
