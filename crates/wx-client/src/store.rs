//! Where an account is kept: records that are appended and now and then replaced by a
//! snapshot, and a roster beside them.
//!
//! A store only handles bytes. The client encodes [`wx_proto::Saved`] and
//! [`wx_proto::Record`], which define what they mean.
//!
//! Writing is conditional: an owner names the [`Position`] at which it believes the
//! store to be, and gets [`StoreError::Fenced`] if somebody else has written
//! meanwhile. Since nothing is sent before its record is stored, an owner that was
//! superseded can send nothing new.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;

mod condition;
mod file;
mod memory;

pub use file::FileStore;
pub(crate) use file::is_at;
pub use memory::MemoryStore;

/// A future that a boxed store can give.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// How far the records of a store go. Only the store itself knows what the number
/// means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "stores outside of this crate make it"
)]
pub struct Position(pub u64);

/// What a store holds.
///
/// It contains the account's keys, so `Debug` shows sizes only.
#[derive(Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loaded {
    /// The last snapshot, if there is one.
    pub snapshot: Option<Bytes>,
    /// The records since then, in the order in which to apply them.
    pub records: Vec<Bytes>,
    /// Where the next record goes.
    pub position: Position,
    /// What could not be read, and where it was put, for people.
    pub damage: Option<String>,
}

impl Loaded {
    /// A store with nothing in it.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }
}

impl fmt::Debug for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loaded")
            .field("snapshot", &self.snapshot.as_ref().map(Bytes::len))
            .field("records", &self.records.len())
            .field("position", &self.position)
            .field("damage", &self.damage)
            .finish()
    }
}

/// Keeps an account.
///
/// If the caller drops a future half-way, its record may be stored or not. Whatever is
/// stored must stay readable in both cases.
pub trait SessionStore: Send {
    /// Reads everything, before anything else; and again after
    /// [`StoreError::Ambiguous`], which is no claim to the account: if another
    /// has taken it over meanwhile, the answer is [`StoreError::Fenced`].
    fn load(&mut self) -> StoreFuture<'_, Loaded>;

    /// Appends records at `expected`. When it returns, they survive the
    /// process; the machine's power only after [`flush`](Self::flush).
    fn append(&mut self, records: Vec<Bytes>, expected: Position) -> StoreFuture<'_, Position>;

    /// Replaces everything up to `expected` by a snapshot, at once or not at
    /// all, and so that it survives the machine's power.
    fn compact(&mut self, snapshot: Bytes, expected: Position) -> StoreFuture<'_, Position>;

    /// Makes what was appended survive a power failure.
    fn flush(&mut self) -> StoreFuture<'_, ()>;

    /// The records that processes beside the owner have appended, in order: at
    /// least those since the last [`load`](Self::load), and more is no harm.
    /// Reading them takes nothing away. A store that has one writer has none.
    fn others(&mut self) -> StoreFuture<'_, Vec<Bytes>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    /// Stores the roster. It can be fetched again, so losing it does no harm.
    fn keep_roster(&mut self, roster: Bytes) -> StoreFuture<'_, ()>;

    /// The roster that was stored last.
    fn roster(&mut self) -> StoreFuture<'_, Option<Bytes>>;
}

/// Why a store could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another owner has taken over the account. Final.
    #[error("another process has taken over the account: {0}")]
    Fenced(String),
    /// The account is in use by another process. Final, for this process.
    #[error("{0}")]
    Locked(String),
    /// The store cannot do this: its files are of a newer version, or it is
    /// attached to an account that another process owns. Final.
    #[error("{0}")]
    Unsupported(String),
    /// It may have been written or not: load again to know.
    #[error("the store did not say whether it has written: {0}")]
    Ambiguous(String),
    /// It was not written, but another try may succeed, for example after a full disk.
    #[error("{message}")]
    Transient {
        /// What was tried, and where.
        message: String,
        /// Why it failed.
        #[source]
        source: Option<std::io::Error>,
    },
}

impl StoreError {
    pub(crate) fn io(what: impl Into<String>, source: std::io::Error) -> Self {
        Self::Transient {
            message: what.into(),
            source: Some(source),
        }
    }
}
