//! Operations on files: private ones, replacing them as a whole, and getting
//! them onto the disk in order.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tempfile::NamedTempFile;

use crate::store::StoreError;
use crate::store::file::format::Kind;

/// Names of files that are being written begin with it, so that those of a
/// killed process are recognised.
const UNFINISHED: &str = ".new-";
/// How many damaged versions of each file are kept aside: the newest ones.
const MAX_ASIDE: usize = 3;

/// Whether a file has to be on the disk before it takes its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Durability {
    Disk,
    Process,
}

/// Creates a folder that only its owner may look into, or makes an existing one
/// so.
pub(super) fn private_folder(dir: &Path) -> io::Result<()> {
    if !dir.is_dir() {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(dir)?;
        if let Some(parent) = dir.parent().filter(|parent| *parent != Path::new("")) {
            sync_folder(parent)?;
        }
    }
    tighten(dir, 0o700)
}

/// Takes the rights of others away from a file or folder, if it exists.
#[cfg(unix)]
pub(super) fn tighten(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let Some(metadata) = if_there(fs::metadata(path))? else {
        return Ok(());
    };
    if metadata.permissions().mode() & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

/// Elsewhere the rights are inherited from the folder of the user.
#[cfg(not(unix))]
pub(super) fn tighten(_path: &Path, _mode: u32) -> io::Result<()> {
    Ok(())
}

/// Opens a file for reading and writing; creates an empty one, for its owner
/// only, if there is none.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The content of a file of the account, if there is one.
pub(super) fn read(dir: &Path, kind: Kind) -> Result<Option<Bytes>, StoreError> {
    let path = dir.join(kind.name());
    match if_there(fs::read(&path)) {
        Ok(text) => Ok(text.map(Bytes::from)),
        Err(error) => Err(failed("read", &path, error)),
    }
}

/// `None` instead of an error if there is no such file.
pub(super) fn if_there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes a file under a temporary name.
pub(super) fn prepare(
    dir: &Path,
    parts: &[&[u8]],
    durability: Durability,
) -> io::Result<NamedTempFile> {
    // The library creates it with mode 0600.
    let mut file = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .tempfile_in(dir)?;
    for part in parts {
        file.write_all(part)?;
    }
    if durability == Durability::Disk {
        file.as_file().sync_all()?;
    }
    Ok(file)
}

/// Writes `text` to `NAME.bad`, or to `NAME.bad.1` and so on if there is one, and
/// removes the oldest of these if there are more than [`MAX_ASIDE`].
pub(super) fn keep_aside(dir: &Path, name: &str, text: &[u8]) -> io::Result<PathBuf> {
    let mut numbers = aside(dir, name)?;
    let mut number = numbers.last().map_or(0, |last| last + 1);
    let mut file = prepare(dir, &[text], Durability::Disk)?;
    let path = loop {
        let path = aside_path(dir, name, number);
        match file.persist_noclobber(&path) {
            Ok(_) => break path,
            Err(refused) if refused.error.kind() == io::ErrorKind::AlreadyExists => {
                file = refused.file;
                number += 1;
            }
            Err(refused) => return Err(refused.error),
        }
    };
    sync_folder(dir)?;
    numbers.push(number);
    let excess = numbers.len().saturating_sub(MAX_ASIDE);
    for number in numbers.drain(..excess) {
        if_there(fs::remove_file(aside_path(dir, name, number)))?;
    }
    Ok(path)
}

fn aside_path(dir: &Path, name: &str, number: u64) -> PathBuf {
    dir.join(match number {
        0 => format!("{name}.bad"),
        number => format!("{name}.bad.{number}"),
    })
}

/// The numbers of the files that were kept aside, the oldest first.
fn aside(dir: &Path, name: &str) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?.file_name();
        let rest = entry.to_str().and_then(|entry| {
            let rest = entry.strip_prefix(name)?.strip_prefix(".bad")?;
            if rest.is_empty() {
                return Some(0);
            }
            // Any longer number is not one of ours.
            rest.strip_prefix('.')?.parse::<u32>().ok().map(u64::from)
        });
        numbers.extend(rest);
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Removes files that a killed process left half written.
pub(super) fn sweep(dir: &Path) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            if_there(fs::remove_file(entry.path()))?;
        }
    }
    Ok(())
}

/// Makes new names in a folder survive a power loss.
#[cfg(unix)]
pub(super) fn sync_folder(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Elsewhere a folder cannot be opened as a file; the file system takes care of
/// its names.
#[cfg(not(unix))]
pub(super) fn sync_folder(_dir: &Path) -> io::Result<()> {
    Ok(())
}

/// True if the open file is the one that `path` names.
#[cfg(unix)]
pub(crate) fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;

    let open = file.metadata()?;
    Ok(if_there(fs::metadata(path))?
        .is_some_and(|named| (named.dev(), named.ino()) == (open.dev(), open.ino())))
}

/// Elsewhere a file has no number to compare; it must suffice that the path
/// exists.
#[cfg(not(unix))]
pub(crate) fn is_at(_file: &File, path: &Path) -> io::Result<bool> {
    path.try_exists()
}

/// The error for something that was not done.
pub(super) fn failed(verb: &str, path: &Path, error: io::Error) -> StoreError {
    StoreError::io(format!("cannot {verb} {}", path.display()), error)
}
