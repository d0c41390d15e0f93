//! A log that is open for appending: the journal, or the outbox.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use bytes::{Bytes, BytesMut};

use crate::store::StoreError;
use crate::store::file::disk;
use crate::store::file::format::{self, Kind};

/// Only one process at a time may have one on a file: the journal's is the
/// account's owner, the outbox's whoever holds the lock on that file.
#[derive(Debug)]
pub(super) struct LogFile {
    kind: Kind,
    path: PathBuf,
    file: File,
    /// Goes into the first line, which is written with the first record: an
    /// empty file is an empty log of whatever generation is due.
    generation: u64,
    len: u64,
    /// Something may stand after `len` that an append left and could not undo.
    unclean: bool,
}

impl LogFile {
    /// A log of which the first `len` bytes are known to be sound.
    pub(super) fn new(kind: Kind, dir: &Path, file: File, generation: u64, len: u64) -> Self {
        Self {
            kind,
            path: dir.join(kind.name()),
            file,
            generation,
            len,
            unclean: false,
        }
    }

    /// Appends all records, or none of them.
    pub(super) fn append(&mut self, records: &[Bytes]) -> Result<(), StoreError> {
        if self.unclean {
            self.cut(self.len)?;
        }
        // Room for all lines with their checksums.
        let lines = records.iter().map(|record| record.len() + 10).sum();
        let mut text = BytesMut::with_capacity(lines);
        if self.len == 0 {
            let head = format::log_head(self.kind, self.generation)
                .map_err(|error| self.failed("write", error.into()))?;
            text.extend_from_slice(&head);
        }
        for record in records {
            format::put_record(&mut text, record);
        }
        let written = self
            .file
            .seek(SeekFrom::Start(self.len))
            .and_then(|_| self.file.write_all(&text));
        match written {
            Ok(()) => {
                self.len += text.len() as u64;
                Ok(())
            }
            Err(error) => Err(self.undo(error)),
        }
    }

    /// An error if the file is not the one that this process has written, at
    /// the length to which it has written it.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        let is_ours =
            disk::is_at(&self.file, &self.path).map_err(|error| self.failed("look at", error))?;
        if !is_ours {
            return Err(self.fenced("was removed or replaced"));
        }
        // What an append could not undo may make it longer.
        if !self.unclean && self.file_len()? != self.len {
            return Err(self.fenced("was written to"));
        }
        Ok(())
    }

    /// Makes the log end at `len`, on the disk as well: what is written after
    /// that must not be followed by what was there.
    pub(super) fn cut(&mut self, len: u64) -> Result<(), StoreError> {
        self.file
            .set_len(len)
            .and_then(|()| self.file.sync_all())
            .map_err(|error| self.failed("shorten", error))?;
        self.len = len;
        self.unclean = false;
        Ok(())
    }

    /// Empties the log, and begins another generation with its next record.
    pub(super) fn reset(&mut self, generation: u64) -> Result<(), StoreError> {
        self.cut(0)?;
        self.generation = generation;
        Ok(())
    }

    /// Makes what was appended survive the machine's power.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        self.file
            .sync_all()
            .map_err(|error| StoreError::Ambiguous(format!("{}: {error}", self.path.display())))
    }

    fn undo(&mut self, cause: io::Error) -> StoreError {
        // Until the rest is known to be gone.
        self.unclean = true;
        match self.cut(self.len) {
            Ok(()) => self.failed("write", cause),
            Err(undoing) => {
                StoreError::Ambiguous(format!("{}: {cause}; {undoing}", self.path.display()))
            }
        }
    }

    fn file_len(&self) -> Result<u64, StoreError> {
        match self.file.metadata() {
            Ok(metadata) => Ok(metadata.len()),
            Err(error) => Err(self.failed("look at", error)),
        }
    }

    fn failed(&self, verb: &str, error: io::Error) -> StoreError {
        disk::failed(verb, &self.path, error)
    }

    fn fenced(&self, how: &str) -> StoreError {
        StoreError::Fenced(format!("{} {how}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Neither writing nor undoing works on a file that is open for reading
    /// only, as on a disk that fails.
    #[test]
    fn nothing_is_written_after_what_could_not_be_undone() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("journal");
        let before = [Bytes::from_static(b"before")];
        let after = [Bytes::from_static(b"after")];

        let file = disk::open_private(&path).expect("a file");
        let mut log = LogFile::new(Kind::Journal, dir.path(), file, 4, 0);
        log.append(&before).expect("room on the disk");
        let writable = std::mem::replace(&mut log.file, File::open(&path).expect("the file"));
        let failed = log.append(&after);
        assert!(
            matches!(failed, Err(StoreError::Ambiguous(_))),
            "{failed:?}"
        );
        // The rest of a failed write is not taken for another owner's.
        let sound = fs::read(&path).expect("the file");
        fs::write(&path, [&sound[..], b"0123"].concat()).expect("room on the disk");
        log.check().expect("still ours");
        let failed = log.append(&after);
        assert!(
            matches!(failed, Err(StoreError::Transient { .. })),
            "{failed:?}"
        );

        log.file = writable;
        log.append(&after).expect("room on the disk");
        let text = fs::read(&path).expect("the file").into();
        let records = format::read_log(Kind::Journal, &text)
            .expect("a log")
            .records;
        let records: Vec<Bytes> = records.into_iter().map(|(_, record)| record).collect();
        assert_eq!(records, [before, after].concat());
    }
}
