//! Connections that wait for their next request.
//!
//! One task per pool closes those that waited too long. It runs only while
//! there are any.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use crate::config::HostPort;
use crate::exchange::Connection;

/// The most connections that wait in one pool. Beyond that the oldest goes.
const MAX_IDLE: usize = 8;

/// The waiting connections of one pool.
pub(crate) struct Idle {
    timeout: Duration,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    /// In the order in which they came, so that the first expires first.
    entries: Vec<Entry>,
    reaper_runs: bool,
}

struct Entry {
    expires: Instant,
    connection: Connection,
}

impl Idle {
    pub(crate) fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            waiting: Mutex::default(),
        }
    }

    /// Takes the connection to `origin` that was used last.
    pub(crate) fn take(&self, origin: &HostPort) -> Option<Connection> {
        let mut waiting = self.lock();
        let at = waiting
            .entries
            .iter()
            .rposition(|entry| entry.connection.origin == *origin)?;
        Some(waiting.entries.remove(at).connection)
    }

    /// Keeps a connection for the next request to its origin, or closes it if
    /// it cannot take one. Asks without pausing.
    pub(crate) async fn put(self: &Arc<Self>, mut connection: Connection) {
        if !connection.is_ready().await {
            return;
        }
        let mut waiting = self.lock();
        if waiting.entries.len() >= MAX_IDLE {
            waiting.entries.remove(0);
        }
        waiting.entries.push(Entry {
            expires: Instant::now() + self.timeout,
            connection,
        });
        if !waiting.reaper_runs {
            waiting.reaper_runs = true;
            let idle = Arc::downgrade(self);
            tokio::spawn(async move {
                // Between two looks only a weak reference is held: connections
                // of a pool that is gone close at once.
                while let Some(next) = idle.upgrade().and_then(|idle| idle.reap()) {
                    sleep_until(next).await;
                }
            });
        }
    }

    /// Closes all of them. The reaper then finds none, and ends.
    pub(crate) fn close(&self) {
        self.lock().entries.clear();
    }

    /// Closes what has expired and says when to come again, if ever.
    fn reap(&self) -> Option<Instant> {
        let now = Instant::now();
        let mut waiting = self.lock();
        waiting.entries.retain(|entry| entry.expires > now);
        let next = waiting.entries.first().map(|entry| entry.expires);
        waiting.reaper_runs = next.is_some();
        next
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
