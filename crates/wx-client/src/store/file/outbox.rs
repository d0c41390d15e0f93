//! The outbox: records of the processes beside the owner, one after another.
//!
//! Whoever writes to it holds the lock on the file itself, so that batches do
//! not mix; the owner holds it while it loads. The file is never replaced,
//! only emptied, so a writer that waited for the lock has the right file.

use std::fs::{File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Read};
use std::path::Path;

use bytes::Bytes;

use crate::store::StoreError;
use crate::store::file::contents::{self, CHANGED};
use crate::store::file::disk;
use crate::store::file::format::{self, Fault, Kind, Log, Tail};
use crate::store::file::log::LogFile;

/// Appends all records, or none of them, after the last complete one.
pub(super) fn append(dir: &Path, records: &[Bytes]) -> Result<(), StoreError> {
    let path = dir.join(Kind::Outbox.name());
    let failed = |error| disk::failed("open", &path, error);
    let file = disk::open_private(&path).map_err(failed)?;
    file.lock().map_err(failed)?;
    let text = read_open(&file).map_err(failed)?;
    let found = judge(&path, &text)?;
    let mut log = LogFile::new(Kind::Outbox, dir, file, new_generation(), found.end);
    if found.tail == Tail::Torn {
        log.cut(found.end)?;
    }
    log.append(records)
}

/// Makes appended records survive a power loss.
pub(super) fn sync(dir: &Path) -> Result<(), StoreError> {
    let path = dir.join(Kind::Outbox.name());
    let synced = disk::if_there(open(&path)).and_then(|file| match file {
        Some(file) => file.sync_all().and_then(|()| disk::sync_folder(dir)),
        None => Ok(()),
    });
    synced.map_err(|error| StoreError::Ambiguous(format!("{}: {error}", path.display())))
}

/// The outbox, if there is one, with nobody writing to it until the file is
/// dropped.
pub(super) fn lock(dir: &Path) -> Result<Option<File>, StoreError> {
    let path = dir.join(Kind::Outbox.name());
    disk::if_there(open(&path))
        .and_then(|file| {
            if let Some(file) = &file {
                file.lock()?;
            }
            Ok(file)
        })
        .map_err(|error| disk::failed("lock", &path, error))
}

/// What is in it, between two writes.
pub(super) fn read(dir: &Path) -> Result<Option<Bytes>, StoreError> {
    let path = dir.join(Kind::Outbox.name());
    let text = disk::if_there(File::open(&path)).and_then(|file| match file {
        Some(file) => file.lock_shared().and_then(|()| read_open(&file)).map(Some),
        None => Ok(None),
    });
    text.map_err(|error| disk::failed("read", &path, error))
}

/// The records in it, between two writes, as far as they are sound.
pub(super) fn records(dir: &Path) -> Result<Vec<Bytes>, StoreError> {
    let Some(text) = read(dir)? else {
        return Ok(Vec::new());
    };
    let path = dir.join(Kind::Outbox.name());
    let found = judge(&path, &text)?;
    Ok(found
        .records
        .into_iter()
        .map(|(_, record)| record)
        .collect())
}

/// The records of a text that is whole, except perhaps for its last write.
fn judge(path: &Path, text: &Bytes) -> Result<Log, StoreError> {
    match format::read_log(Kind::Outbox, text) {
        Ok(found) if found.tail == Tail::Damaged => Err(damaged(path, CHANGED)),
        Ok(found) => Ok(found),
        Err(Fault::Broken(why)) => Err(damaged(path, why)),
        Err(Fault::Newer(version)) => Err(contents::newer(path, version)),
    }
}

/// What is in an outbox that was just opened.
pub(super) fn read_open(mut file: &File) -> io::Result<Bytes> {
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    Ok(text.into())
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open(path)
}

/// The error for a damaged outbox, from which the owner would not read what is
/// appended.
fn damaged(path: &Path, why: &str) -> StoreError {
    StoreError::Transient {
        message: format!(
            "{} is damaged ({why}); the account's owner puts it aside at its next start",
            path.display()
        ),
        source: None,
    }
}

/// Tells one outbox from all earlier ones, so that an offset into another is
/// not taken for one into this. Random, since the standard library seeds its
/// hashers at random.
fn new_generation() -> u64 {
    RandomState::new().build_hasher().finish()
}
