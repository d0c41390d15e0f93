//! The one process that owns an account: it alone writes `session`, `journal`
//! and `roster`.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use serde::Serialize;
use tempfile::NamedTempFile;
use wx_transport::Chain;

use crate::store::file::contents::{self, Texts};
use crate::store::file::disk::{self, Durability};
use crate::store::file::format::{self, Fold, Kind, SnapshotFacts};
use crate::store::file::lock::Lock;
use crate::store::file::log::LogFile;
use crate::store::file::mend::mend;
use crate::store::file::outbox;
use crate::store::{Loaded, Position, StoreError, condition};

#[derive(Debug)]
pub(super) struct Owner {
    dir: PathBuf,
    lock: Lock,
    /// `None` before the first load, and after a write whose outcome is
    /// unknown.
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    journal: LogFile,
    position: u64,
    /// The part of the outbox that was loaded, and so will be in the next
    /// snapshot.
    outbox: Option<Fold>,
}

impl Owner {
    pub(super) fn new(dir: &Path) -> Result<Self, StoreError> {
        let failed = |error| disk::failed("use the folder", dir, error);
        disk::private_folder(dir).map_err(failed)?;
        let lock = Lock::take(dir)?;
        disk::sweep(dir).map_err(failed)?;
        for name in Kind::ALL.map(Kind::name).into_iter().chain(["lock"]) {
            disk::tighten(&dir.join(name), 0o600).map_err(failed)?;
        }
        Ok(Self {
            dir: dir.to_owned(),
            lock,
            open: None,
        })
    }

    pub(super) fn load(&mut self) -> Result<Loaded, StoreError> {
        self.open = None;
        self.lock.check()?;
        let outbox = outbox::lock(&self.dir)?;
        let texts = Texts {
            session: disk::read(&self.dir, Kind::Session)?,
            journal: disk::read(&self.dir, Kind::Journal)?,
            outbox: outbox
                .as_ref()
                .map(outbox::read_open)
                .transpose()
                .map_err(|error| disk::failed("read the outbox in", &self.dir, error))?,
        };
        let found = contents::judge(&self.dir, &texts)?;
        let mended = mend(&self.dir, &texts, &found, outbox)?;
        let position = found.base + found.journal.records.len() as u64;
        self.open = Some(Open {
            journal: mended.journal,
            position,
            outbox: mended.outbox,
        });
        Ok(Loaded {
            damage: mended.damage,
            ..found.into_loaded(Position(position))
        })
    }

    pub(super) fn append(
        &mut self,
        records: &[Bytes],
        expected: Position,
    ) -> Result<Position, StoreError> {
        let open = self.owned_at(expected)?;
        if !records.is_empty() {
            open.journal.append(records)?;
            open.position += records.len() as u64;
        }
        Ok(Position(open.position))
    }

    pub(super) fn compact(
        &mut self,
        snapshot: &Bytes,
        expected: Position,
    ) -> Result<Position, StoreError> {
        let open = self.owned_at(expected)?;
        let facts = SnapshotFacts {
            position: open.position + 1,
            outbox: open.outbox,
        };
        let file = self.prepare(Kind::Session, &facts, snapshot, Durability::Disk)?;
        // Checked again: writing took a while, and replacing the snapshot
        // cannot be undone.
        self.owned_at(expected)?;
        self.put_in_place(Kind::Session, file)?;
        self.follow(facts.position).map_err(|error| {
            self.open = None;
            StoreError::Ambiguous(Chain(&error).to_string())
        })
    }

    pub(super) fn flush(&self) -> Result<(), StoreError> {
        self.owned()?.journal.sync()
    }

    pub(super) fn keep_roster(&self, roster: &Bytes) -> Result<(), StoreError> {
        self.owned()?;
        let file = self.prepare(Kind::Roster, &(), roster, Durability::Process)?;
        self.put_in_place(Kind::Roster, file)
    }

    /// The open files, if the account is still this process's.
    fn owned(&self) -> Result<&Open, StoreError> {
        self.lock.check()?;
        self.open.as_ref().ok_or_else(condition::not_loaded)
    }

    /// The open files, if they are still this process's, and at `expected`.
    fn owned_at(&mut self, expected: Position) -> Result<&mut Open, StoreError> {
        self.lock.check()?;
        let open = self.open.as_mut().ok_or_else(condition::not_loaded)?;
        condition::check(expected, open.position)?;
        open.journal.check()?;
        Ok(open)
    }

    /// Empties the journal, now that a snapshot has all of it. If a crash
    /// prevents that, the journal's generation shows that it is out of date.
    fn follow(&mut self, position: u64) -> Result<Position, StoreError> {
        disk::sync_folder(&self.dir).map_err(|error| disk::failed("sync", &self.dir, error))?;
        let open = self.open.as_mut().ok_or_else(condition::not_loaded)?;
        open.journal.reset(position)?;
        open.position = position;
        Ok(Position(position))
    }

    fn prepare(
        &self,
        kind: Kind,
        facts: &impl Serialize,
        body: &Bytes,
        durability: Durability,
    ) -> Result<NamedTempFile, StoreError> {
        format::head(kind, facts, body)
            .map_err(std::io::Error::from)
            .and_then(|head| disk::prepare(&self.dir, &[&head, body], durability))
            .map_err(|error| disk::failed("write", &self.dir.join(kind.name()), error))
    }

    fn put_in_place(&self, kind: Kind, file: NamedTempFile) -> Result<(), StoreError> {
        let path = self.dir.join(kind.name());
        match file.persist(&path) {
            Ok(_) => Ok(()),
            Err(refused) => Err(disk::failed("replace", &path, refused.error)),
        }
    }
}
