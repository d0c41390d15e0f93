//! A store in memory, for tests and for sessions that need not last.

use std::fmt;
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::store::{Loaded, Position, SessionStore, StoreError, StoreFuture, condition};

/// Keeps an account for as long as one of the handles on it lives.
///
/// Clones share what is kept, so that a test can let a second process find what
/// a first one left. As with a file, one handle at a time may write: the first
/// load through one fences all others, for good.
#[derive(Default)]
pub struct MemoryStore {
    shared: Arc<Mutex<Content>>,
    /// Which load of the content was this handle's, if it has loaded.
    owner: Option<u64>,
}

#[derive(Default)]
struct Content {
    snapshot: Option<Bytes>,
    records: Vec<Bytes>,
    position: u64,
    roster: Option<Bytes>,
    /// Counts the loads; the last one owns the content.
    owner: u64,
}

impl MemoryStore {
    /// A store with nothing in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        // Nothing in here panics while it holds the lock, and each change is
        // whole before the next.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The content, if this handle owns it.
    fn owned(&self) -> Result<MutexGuard<'_, Content>, StoreError> {
        let owner = self.owner.ok_or_else(condition::not_loaded)?;
        let content = self.content();
        if owner != content.owner {
            return Err(StoreError::Fenced(
                "another handle has loaded the same content".to_owned(),
            ));
        }
        Ok(content)
    }

    /// The content, if this handle may write to it at `expected`.
    fn owned_at(&self, expected: Position) -> Result<MutexGuard<'_, Content>, StoreError> {
        let content = self.owned()?;
        condition::check(expected, content.position)?;
        Ok(content)
    }

    fn load_now(&mut self) -> Result<Loaded, StoreError> {
        // Loading again does not win back what another handle has taken over.
        let content = match self.owner {
            Some(_) => self.owned()?,
            None => {
                let mut content = self.content();
                content.owner += 1;
                content
            }
        };
        let owner = content.owner;
        let loaded = Loaded {
            snapshot: content.snapshot.clone(),
            records: content.records.clone(),
            position: Position(content.position),
            damage: None,
        };
        drop(content);
        self.owner = Some(owner);
        Ok(loaded)
    }

    fn append_now(&self, records: Vec<Bytes>, expected: Position) -> Result<Position, StoreError> {
        let mut content = self.owned_at(expected)?;
        content.position += records.len() as u64;
        content.records.extend(records);
        Ok(Position(content.position))
    }

    fn compact_now(&self, snapshot: Bytes, expected: Position) -> Result<Position, StoreError> {
        let mut content = self.owned_at(expected)?;
        content.position += 1;
        content.records.clear();
        content.snapshot = Some(snapshot);
        Ok(Position(content.position))
    }
}

/// A further handle on the same content, which has yet to load.
impl Clone for MemoryStore {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            owner: None,
        }
    }
}

/// Sizes only: what is kept is secret.
impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let content = self.content();
        f.debug_struct("MemoryStore")
            .field("position", &content.position)
            .field("records", &content.records.len())
            .finish_non_exhaustive()
    }
}

impl SessionStore for MemoryStore {
    fn load(&mut self) -> StoreFuture<'_, Loaded> {
        Box::pin(ready(self.load_now()))
    }

    fn append(&mut self, records: Vec<Bytes>, expected: Position) -> StoreFuture<'_, Position> {
        Box::pin(ready(self.append_now(records, expected)))
    }

    fn compact(&mut self, snapshot: Bytes, expected: Position) -> StoreFuture<'_, Position> {
        Box::pin(ready(self.compact_now(snapshot, expected)))
    }

    fn flush(&mut self) -> StoreFuture<'_, ()> {
        Box::pin(ready(self.owned().map(drop)))
    }

    fn keep_roster(&mut self, roster: Bytes) -> StoreFuture<'_, ()> {
        let kept = self
            .owned()
            .map(|mut content| content.roster = Some(roster));
        Box::pin(ready(kept))
    }

    fn roster(&mut self) -> StoreFuture<'_, Option<Bytes>> {
        let roster = self.content().roster.clone();
        Box::pin(ready(Ok(roster)))
    }
}
