//! Where the bytes of an upload come from.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use md5::{Digest, Md5};

use super::digest;

/// How many bytes are hashed at a time.
const BLOCK: usize = 256 * 1024;

/// Bytes that stay as they are, or as they were when the file was opened.
#[derive(Debug)]
pub(crate) enum Source {
    Memory(Bytes),
    File(OpenFile),
}

/// A file as it was when it was opened.
#[derive(Debug)]
pub(crate) struct OpenFile {
    /// Its cursor is moved and used in one go.
    file: Mutex<File>,
    size: u64,
    modified: Option<SystemTime>,
}

impl OpenFile {
    pub(crate) fn new(file: File, metadata: &Metadata) -> Self {
        Self {
            file: Mutex::new(file),
            size: metadata.len(),
            modified: metadata.modified().ok(),
        }
    }

    fn read(&self, range: Range<u64>) -> io::Result<Bytes> {
        let length = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
        let mut piece = vec![0; length];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(range.start))?;
        match file.read_exact(&mut piece) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(changed()),
            Err(error) => Err(error),
            Ok(()) if self.is_as_it_was(&file)? => Ok(piece.into()),
            Ok(()) => Err(changed()),
        }
    }

    fn is_as_it_was(&self, file: &File) -> io::Result<bool> {
        let metadata = file.metadata()?;
        Ok(metadata.len() == self.size && metadata.modified().ok() == self.modified)
    }
}

fn changed() -> io::Error {
    io::Error::other("the file changed while it was being sent: send it again")
}

impl Source {
    pub(crate) fn size(&self) -> u64 {
        match self {
            Self::Memory(bytes) => bytes.len() as u64,
            Self::File(file) => file.size,
        }
    }

    /// Bytes from the middle; all of them, or an error. Blocks.
    pub(crate) fn read(&self, range: Range<u64>) -> io::Result<Bytes> {
        if range.start > range.end || range.end > self.size() {
            return Err(changed());
        }
        match self {
            Self::Memory(bytes) => {
                let at = |at: u64| usize::try_from(at).map_err(io::Error::other);
                Ok(bytes.slice(at(range.start)?..at(range.end)?))
            }
            Self::File(file) => file.read(range),
        }
    }

    /// The MD5 of all bytes, in one pass; `None` if `given_up` turns true in
    /// the meantime. Blocks.
    pub(crate) fn md5(&self, given_up: impl Fn() -> bool) -> io::Result<Option<String>> {
        let mut hash = Md5::new();
        let mut at = 0;
        while at < self.size() {
            if given_up() {
                return Ok(None);
            }
            let end = self.size().min(at + BLOCK as u64);
            hash.update(self.read(at..end)?);
            at = end;
        }
        Ok(Some(digest::hex(hash)))
    }
}
