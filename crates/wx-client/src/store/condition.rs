//! What makes writing conditional, the same for every store of this crate.

use crate::store::{Position, StoreError};

/// Compares the position that a caller expects with the store's.
pub(super) fn check(expected: Position, actual: u64) -> Result<(), StoreError> {
    if actual == expected.0 {
        return Ok(());
    }
    Err(StoreError::Fenced(format!(
        "the store is at position {actual}, not at {}",
        expected.0
    )))
}

/// The error for a write by somebody who cannot know the store's position.
pub(super) fn not_loaded() -> StoreError {
    StoreError::Ambiguous("it has to be loaded before it is written to".to_owned())
}
