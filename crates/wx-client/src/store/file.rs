//! A store in the files of one folder.
//!
//! ```text
//! lock      held by the owner; has its process id
//! session   the snapshot
//! journal   the owner's records since the snapshot
//! outbox    records of processes beside the owner
//! roster    the contacts, to start quicker
//! *.bad     what was damaged, as it was: the newest three of each file
//! ```
//!
//! The folder has mode 0700 and every file mode 0600, from the moment it
//! exists. `session` and `roster` are replaced as a whole; `journal` and
//! `outbox` grow by one write for each batch. Both logs name what they follow,
//! so that a log left over from a crash is not taken for a current one. A last
//! line that was not written completely is cut off at the next load.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::Mutex;
use tokio::task::JoinError;

use crate::store::{Loaded, Position, SessionStore, StoreError, StoreFuture};

mod attached;
mod contents;
mod disk;
mod format;
mod lock;
mod log;
mod mend;
mod outbox;
mod owner;

use attached::Attached;
pub(crate) use disk::is_at;
use format::Kind;
use owner::Owner;

/// Keeps an account in a folder of its own, either as its one owner or
/// attached beside it.
///
/// The files are worked on by tokio's blocking threads, so the futures need a
/// tokio runtime. One that is dropped half way lets its work run to the end;
/// the next one waits for that.
pub struct FileStore {
    dir: PathBuf,
    role: Arc<Mutex<Role>>,
}

enum Role {
    Owner(Owner),
    Attached(Attached),
}

impl FileStore {
    /// Takes the account in `dir` over, creating the folder if there is none.
    /// The account stays locked until this is dropped.
    ///
    /// # Errors
    ///
    /// [`StoreError::Locked`] if a process owns it already, with that process's
    /// id in the text; [`StoreError::Transient`] if the folder cannot be used.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, StoreError> {
        let dir = dir.as_ref();
        Ok(Self::new(dir, Role::Owner(Owner::new(dir)?)))
    }

    /// Works on the account in `dir` beside its owner, if there is one at this
    /// moment. Nothing is created or changed until a record is appended.
    ///
    /// Loading gives what the owner has stored so far. Records go to a file
    /// that the owner reads when it loads next; the position counts those of
    /// this store only. Compacting, and keeping the roster, is refused with
    /// [`StoreError::Unsupported`].
    #[must_use]
    pub fn attach(dir: impl AsRef<Path>) -> Self {
        let dir = dir.as_ref();
        Self::new(dir, Role::Attached(Attached::new(dir)))
    }

    fn new(dir: &Path, role: Role) -> Self {
        Self {
            dir: dir.to_owned(),
            role: Arc::new(Mutex::new(role)),
        }
    }

    /// Does `job` on a thread that may block on the disk.
    fn blocking<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Role) -> Result<T, StoreError> + Send + 'static,
    ) -> StoreFuture<'_, T> {
        Box::pin(async move {
            let mut role = Arc::clone(&self.role).lock_owned().await;
            tokio::task::spawn_blocking(move || job(&mut role))
                .await
                .unwrap_or_else(|error| Err(abandoned(&error)))
        })
    }
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStore")
            .field("dir", &self.dir)
            .finish_non_exhaustive()
    }
}

impl SessionStore for FileStore {
    fn load(&mut self) -> StoreFuture<'_, Loaded> {
        self.blocking(|role| match role {
            Role::Owner(owner) => owner.load(),
            Role::Attached(attached) => attached.load(),
        })
    }

    fn append(&mut self, records: Vec<Bytes>, expected: Position) -> StoreFuture<'_, Position> {
        self.blocking(move |role| match role {
            Role::Owner(owner) => owner.append(&records, expected),
            Role::Attached(attached) => attached.append(&records, expected),
        })
    }

    fn compact(&mut self, snapshot: Bytes, expected: Position) -> StoreFuture<'_, Position> {
        self.blocking(move |role| match role {
            Role::Owner(owner) => owner.compact(&snapshot, expected),
            Role::Attached(attached) => attached.refuse("writes its snapshot"),
        })
    }

    fn flush(&mut self) -> StoreFuture<'_, ()> {
        self.blocking(|role| match role {
            Role::Owner(owner) => owner.flush(),
            Role::Attached(attached) => attached.flush(),
        })
    }

    fn others(&mut self) -> StoreFuture<'_, Vec<Bytes>> {
        let dir = self.dir.clone();
        // Not checked for a fence: the next write will be.
        self.blocking(move |_| outbox::records(&dir))
    }

    fn keep_roster(&mut self, roster: Bytes) -> StoreFuture<'_, ()> {
        self.blocking(move |role| match role {
            Role::Owner(owner) => owner.keep_roster(&roster),
            Role::Attached(attached) => attached.refuse("keeps its roster"),
        })
    }

    fn roster(&mut self) -> StoreFuture<'_, Option<Bytes>> {
        let dir = self.dir.clone();
        self.blocking(move |_| {
            // A roster that cannot be used is ignored: it will be fetched
            // again.
            let text = disk::read(&dir, Kind::Roster)?;
            Ok(text
                .and_then(|text| format::unseal(Kind::Roster, &text).ok())
                .map(|((), roster)| roster))
        })
    }
}

/// The error for work that a thread did not finish.
fn abandoned(error: &JoinError) -> StoreError {
    if error.is_cancelled() {
        return StoreError::Transient {
            message: "the runtime shuts down, so the store was not asked".to_owned(),
            source: None,
        };
    }
    StoreError::Ambiguous(error.to_string())
}
