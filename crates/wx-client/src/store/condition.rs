//! What makes writing conditional, the same for every store of this crate.

use crate::store::{Position, StoreError};

/// Compares what a caller believes with where the store is.
pub(super) fn check(expected: Position, actual: u64) -> Result<(), StoreError> {
    if actual == expected.0 {
        return Ok(());
    }
    Err(StoreError::Fenced(format!(
        "the store is at position {actual}, not at {}",
        expected.0
    )))
}

/// The error for a write of somebody who cannot know where the store is.
pub(super) fn not_loaded() -> StoreError {
    StoreError::Ambiguous("it has to be loaded before it is written to".to_owned())
}
