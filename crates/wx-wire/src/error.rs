//! Errors of decoding: what was expected, and where; never what was found,
//! since a body may hold secrets.

use crate::endpoint::Endpoint;

/// A body or a piece of one does not follow its grammar.
///
/// It names no payload, so it can be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} at byte {offset}")]
#[non_exhaustive]
pub struct GrammarError {
    /// What the grammar wanted there.
    pub expected: &'static str,
    /// Offset in bytes from the start of the input.
    pub offset: usize,
}

impl GrammarError {
    /// An error at `offset`.
    #[must_use]
    pub const fn new(expected: &'static str, offset: usize) -> Self {
        Self { expected, offset }
    }
}

/// A response body of an endpoint could not be decoded.
///
/// The fault is the server's, or that of something between it and us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{endpoint}: expected {expected} at byte {offset}")]
#[non_exhaustive]
pub struct DecodeError {
    /// The endpoint that was asked.
    pub endpoint: Endpoint,
    /// What a body of this endpoint has at that place.
    pub expected: &'static str,
    /// Offset in bytes from the start of the body.
    pub offset: usize,
}

impl DecodeError {
    /// An error of `endpoint` at `offset`.
    #[must_use]
    pub const fn new(endpoint: Endpoint, expected: &'static str, offset: usize) -> Self {
        Self {
            endpoint,
            expected,
            offset,
        }
    }

    /// The same error with the endpoint it happened at.
    #[must_use]
    pub const fn at(endpoint: Endpoint, error: GrammarError) -> Self {
        Self::new(endpoint, error.expected, error.offset)
    }
}
