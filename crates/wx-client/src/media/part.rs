//! A download that is not complete yet: a file beside its target, which a later
//! download resumes.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};

use tempfile::TempPath;
use wx_proto::MediaRef;

use super::kind::HEAD;
use super::{Login, Sink, Sniffed, Sweeper, extension, safe_file_name};
use crate::error::{Error, ErrorKind};
use crate::store::is_at;

/// How many names are tried in a folder before giving up.
const MAX_NAMES: u32 = 1000;

/// What the caller wants of a download to a disk.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) target: Target,
    pub(crate) overwrite: bool,
    pub(crate) resume: bool,
}

/// Where a download goes.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// To a name.
    Path(PathBuf),
    /// Into a folder, under the medium's own name.
    Folder(PathBuf),
}

/// A download to a disk in progress. Its file is locked, so that no other
/// download writes to it.
#[derive(Debug)]
pub(crate) struct Part {
    wish: Wish,
    /// The file that it is written to.
    path: PathBuf,
    /// Its name in a folder, which has its extension already if `named`.
    name: String,
    named: bool,
    pub(crate) sink: Sink,
}

impl Part {
    /// Opens the file of an earlier attempt, or a new one, and removes what
    /// earlier logins have left beside it. Blocks.
    pub(crate) fn open(
        wish: Wish,
        media: &MediaRef,
        login: &Login,
        sweeper: &Sweeper,
    ) -> Result<Self, Error> {
        let (name, named) = name_of(media);
        let (folder, name) = match &wish.target {
            Target::Folder(folder) => (folder.as_path(), name),
            Target::Path(path) => {
                refuse_existing(path, wish.overwrite)?;
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let folder = path.parent().unwrap_or(Path::new(""));
                (folder, safe_file_name(&name))
            }
        };
        // References differ between logins, so only a download of the same
        // medium in the same login finds the part again.
        let reference = serde_json::to_vec(media).unwrap_or_default();
        sweeper.sweep(folder, login);
        let path = folder.join(login.part(&name, &reference));
        let file = open(&path).map_err(|error| cannot("written", &path, error))?;
        let file = file.ok_or_else(|| {
            let words = format!("{} is being written by another download", path.display());
            Error::new(ErrorKind::File, words)
        })?;
        // An avatar is not resumed, because it may have changed: the parts
        // could be of two different pictures.
        let resume = wish.resume && !matches!(media, MediaRef::Avatar { .. });
        if !resume {
            file.set_len(0)
                .map_err(|error| cannot("written", &path, error))?;
        }
        let sink = Sink::file(file).map_err(|error| cannot("read", &path, error))?;
        Ok(Self {
            wish,
            path,
            name,
            named,
            sink,
        })
    }

    /// Gives the complete file its name, and never replaces another file
    /// unasked. Blocks.
    pub(crate) fn finish(
        self,
        mut file: File,
        media_type: Option<&str>,
    ) -> Result<(PathBuf, Sniffed), Error> {
        let unread = |error| cannot("read", &self.path, error);
        let mut head = Vec::with_capacity(HEAD);
        file.rewind().map_err(unread)?;
        (&mut file)
            .take(HEAD as u64)
            .read_to_end(&mut head)
            .map_err(unread)?;
        let sniffed = Sniffed::of(&head);
        // A file with its final name must be complete even after a power loss.
        file.sync_all()
            .map_err(|error| cannot("written", &self.path, error))?;
        let path = match &self.wish.target {
            Target::Path(path) => {
                self.give(path).map_err(|error| ungiven(path, error))?;
                path.clone()
            }
            Target::Folder(folder) => {
                let mut name = self.name.clone();
                if !self.named {
                    name = format!("{name}.{}", extension(sniffed, media_type));
                }
                self.give_any(folder, &name)?
            }
        };
        Ok((path, sniffed))
    }

    fn give(&self, path: &Path) -> io::Result<()> {
        match self.wish.overwrite {
            true => fs::rename(&self.path, path),
            false => rename_to_new(&self.path, path),
        }
    }

    /// Gives it a name that is free in a folder.
    fn give_any(&self, folder: &Path, name: &str) -> Result<PathBuf, Error> {
        let (stem, extension) = match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
            _ => (name, String::new()),
        };
        let mut path = folder.join(name);
        for number in 2..MAX_NAMES {
            match self.give(&path) {
                Ok(()) => return Ok(path),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    path = folder.join(format!("{stem} ({number}){extension}"));
                }
                Err(error) => return Err(ungiven(&path, error)),
            }
        }
        Err(exists(&folder.join(name)))
    }

    /// Keeps what has come for the next attempt, and says so in the error. An
    /// empty file, or one with something else in it, is removed. Blocks.
    pub(crate) fn give_up(self, bytes: u64, error: Error) -> Error {
        // These errors mean that the bytes are not those of the medium.
        let is_wrong = matches!(
            error.kind(),
            ErrorKind::Decode | ErrorKind::Missing | ErrorKind::Refused
        );
        if bytes > 0 && self.wish.resume && !is_wrong {
            let path = self.path.display();
            return error.note(&format!(
                "; {bytes} bytes are kept in {path}, and the next download goes on from there"
            ));
        }
        if let Err(unremoved) = fs::remove_file(&self.path) {
            tracing::debug!(error = %unremoved, "a part of a download stays");
        }
        error
    }
}

/// Opens a part for this download alone; `None` if another has it.
fn open(path: &Path) -> io::Result<Option<File>> {
    loop {
        let file = match create(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // A link could lead anywhere.
                if !fs::symlink_metadata(path)?.is_file() {
                    return Err(error);
                }
                OpenOptions::new().read(true).write(true).open(path)?
            }
            created => created?,
        };
        match file.try_lock() {
            Ok(()) if is_at(&file, path)? => return Ok(Some(file)),
            // Another download finished it in between, so the open file is no
            // longer the part.
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// A new file for its owner only.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A rename that fails if there is such a file.
fn rename_to_new(from: &Path, to: &Path) -> io::Result<()> {
    let mut part = TempPath::try_from_path(from)?;
    // It is not a temporary file, but the library can do such a rename.
    part.disable_cleanup(true);
    part.persist_noclobber(to).map_err(|refused| refused.error)
}

/// Refuses a target before anything is fetched for it. Only a file or a link is
/// ever replaced, never a folder or a device.
fn refuse_existing(path: &Path, overwrite: bool) -> Result<(), Error> {
    match fs::symlink_metadata(path) {
        Ok(_) if !overwrite => Err(exists(path)),
        Ok(there) if there.is_file() || there.is_symlink() => Ok(()),
        Ok(_) => {
            let words = format!("{} is no file: choose another name", path.display());
            Err(Error::new(ErrorKind::File, words))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot("written", path, error)),
    }
}

fn exists(path: &Path) -> Error {
    let words = format!(
        "{} exists already: choose another name, or have it overwritten",
        path.display()
    );
    Error::new(ErrorKind::File, words)
}

/// The error for a complete file that could not be given its name.
fn ungiven(path: &Path, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => cannot("written", path, error),
    }
}

fn cannot(verb: &str, path: &Path, error: io::Error) -> Error {
    Error::file(format!("{} cannot be {verb}", path.display()), error)
}

/// What a medium is called, and whether that has its extension.
fn name_of(media: &MediaRef) -> (String, bool) {
    let (kind, id) = match media {
        MediaRef::File { file_name, .. } => return (safe_file_name(file_name), true),
        MediaRef::Image { msg_id } => ("image", msg_id.as_str()),
        MediaRef::Thumbnail { msg_id } => ("thumbnail", msg_id.as_str()),
        MediaRef::Emoticon { msg_id } => ("emoticon", msg_id.as_str()),
        MediaRef::Voice { msg_id } => ("voice", msg_id.as_str()),
        MediaRef::Video { msg_id } => ("video", msg_id.as_str()),
        MediaRef::Map { msg_id } => ("map", msg_id.as_str()),
        MediaRef::Avatar { user_name, .. } => ("avatar", user_name.as_str()),
        MediaRef::Preview { media_id } => ("preview", media_id.as_str()),
        _ => ("media", ""),
    };
    let id = id.trim_start_matches('@');
    (safe_file_name(&format!("{kind}-{id}")), false)
}
