//! The owner's lock on an account.

use std::fs::{self, File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::store::StoreError;
use crate::store::file::disk;

/// Held until it is dropped. The operating system also releases it when the
/// process ends, in whatever way.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    pub(super) fn take(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join("lock");
        let file = disk::open_private(&path).map_err(|error| disk::failed("open", &path, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked(format!(
                    "the account in {} is in use by {}; stop that, or use another account",
                    dir.display(),
                    holder(&path),
                )));
            }
            Err(TryLockError::Error(error)) => return Err(disk::failed("lock", &path, error)),
        }
        let lock = Self { file, path };
        lock.check()?;
        lock.sign();
        Ok(lock)
    }

    /// An error if the lock that is held is no longer the account's: its file
    /// was removed, so that somebody else could take a new one.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        match disk::is_at(&self.file, &self.path) {
            Ok(true) => Ok(()),
            Ok(false) => Err(StoreError::Fenced(format!(
                "{} was removed or replaced",
                self.path.display()
            ))),
            Err(error) => Err(disk::failed("look at", &self.path, error)),
        }
    }

    /// Leaves the process's id for whoever finds the account locked. Only a
    /// courtesy, so failing is no error: a full disk must not keep an account
    /// from being read.
    fn sign(&self) {
        let signed = self
            .file
            .set_len(0)
            .and_then(|()| (&self.file).write_all(format!("{}\n", std::process::id()).as_bytes()));
        if let Err(error) = signed {
            tracing::debug!(%error, "the lock does not name its process");
        }
    }
}

impl Drop for Lock {
    /// Closing the file might not release the lock at once: a child process
    /// that is just being started has it open as well.
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            tracing::debug!(%error, "the lock is left to the end of the process");
        }
    }
}

fn holder(path: &Path) -> String {
    fs::read_to_string(path)
        .ok()
        .and_then(|text| text.trim().parse::<u32>().ok())
        .map_or_else(
            || "another process".to_owned(),
            |pid| format!("process {pid}"),
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_process_does_not_keep_the_lock() {
        let dir = tempfile::tempdir().expect("a folder");
        let lock = Lock::take(dir.path()).expect("a free lock");
        let inherited = lock.file.try_clone().expect("the file as a child has it");
        drop(lock);
        Lock::take(dir.path()).expect("the lock was let go of");
        drop(inherited);
    }
}
