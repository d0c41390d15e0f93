//! A process beside the owner: it reads what is there, and writes nothing but
//! the outbox.

use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::store::file::contents::{self, Texts};
use crate::store::file::disk;
use crate::store::file::format::Kind;
use crate::store::file::outbox;
use crate::store::{Loaded, Position, StoreError, condition};

/// How often the snapshot may be replaced while the files are being read. The
/// owner replaces it once in many records.
const ATTEMPTS: u32 = 16;

#[derive(Debug)]
pub(super) struct Attached {
    dir: PathBuf,
    /// Records that this process has appended, which is its position: others
    /// may append at any time.
    appended: u64,
}

impl Attached {
    pub(super) fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_owned(),
            appended: 0,
        }
    }

    pub(super) fn load(&self) -> Result<Loaded, StoreError> {
        let texts = self.read_all()?;
        let found = contents::judge(&self.dir, &texts)?;
        let damage = found.damages();
        Ok(Loaded {
            damage,
            ..found.into_loaded(Position(self.appended))
        })
    }

    pub(super) fn append(
        &mut self,
        records: &[Bytes],
        expected: Position,
    ) -> Result<Position, StoreError> {
        condition::check(expected, self.appended)?;
        if !records.is_empty() {
            outbox::append(&self.dir, records)?;
            self.appended += records.len() as u64;
        }
        Ok(Position(self.appended))
    }

    pub(super) fn flush(&self) -> Result<(), StoreError> {
        outbox::sync(&self.dir)
    }

    /// The error for what only the owner does.
    pub(super) fn refuse<T>(&self, what: &str) -> Result<T, StoreError> {
        Err(StoreError::Unsupported(format!(
            "only the process that owns the account in {} {what}",
            self.dir.display()
        )))
    }

    /// Files that belong together, even if the owner is replacing them: the
    /// snapshot was the same before and after reading the logs.
    fn read_all(&self) -> Result<Texts, StoreError> {
        let mut session = disk::read(&self.dir, Kind::Session)?;
        for _ in 0..ATTEMPTS {
            let journal = disk::read(&self.dir, Kind::Journal)?;
            let outbox = outbox::read(&self.dir)?;
            let again = disk::read(&self.dir, Kind::Session)?;
            if again == session {
                return Ok(Texts {
                    session,
                    journal,
                    outbox,
                });
            }
            session = again;
        }
        Err(StoreError::Transient {
            message: format!("{} changes all the time", self.dir.display()),
            source: None,
        })
    }
}
