//! How the owner repairs damaged files.
//!
//! Every step may be the last before a crash: what is cut off is kept aside
//! first if it was ever whole, and a damaged snapshot, without which the logs
//! mean nothing, goes last.

use std::fs::{self, File};
use std::path::Path;

use bytes::Bytes;

use crate::store::StoreError;
use crate::store::file::contents::{Contents, Texts};
use crate::store::file::disk;
use crate::store::file::format::{Fold, Kind};
use crate::store::file::log::LogFile;

/// An outbox of which the snapshot has everything is emptied at this length.
const OUTBOX_AT: u64 = 256 * 1024;

/// What is left of an account after mending.
#[derive(Debug)]
pub(super) struct Mended {
    pub(super) journal: LogFile,
    /// The part of the outbox that is sound.
    pub(super) outbox: Option<Fold>,
    /// What was kept aside, and why.
    pub(super) damage: Option<String>,
}

/// Makes the files say no more than what was found in them. `outbox` is
/// locked.
pub(super) fn mend(
    dir: &Path,
    texts: &Texts,
    found: &Contents,
    outbox: Option<File>,
) -> Result<Mended, StoreError> {
    // A power loss could still undo the replacement of the snapshot. Until it
    // no longer can, what the snapshot has must not be removed elsewhere.
    disk::sync_folder(dir).map_err(|error| disk::failed("sync", dir, error))?;
    let mut damage = Vec::new();
    for (kind, text, why) in [
        (Kind::Session, &texts.session, found.damage),
        (Kind::Journal, &texts.journal, found.journal.damage),
        (Kind::Outbox, &texts.outbox, found.outbox.damage),
    ] {
        if let (Some(text), Some(why)) = (text, why) {
            let path = disk::keep_aside(dir, kind.name(), text)
                .map_err(|error| disk::failed("copy", &dir.join(kind.name()), error))?;
            let name = kind.name();
            damage.push(format!("{name}: {why}; kept as {}", path.display()));
        }
    }
    let journal = mend_journal(dir, &texts.journal, found)?;
    let outbox = match outbox {
        Some(file) => mend_outbox(dir, file, &texts.outbox, found)?,
        None => None,
    };
    if found.damage.is_some() {
        let path = dir.join(Kind::Session.name());
        fs::remove_file(&path)
            .and_then(|()| disk::sync_folder(dir))
            .map_err(|error| disk::failed("remove", &path, error))?;
    }
    Ok(Mended {
        journal,
        outbox,
        damage: (!damage.is_empty()).then(|| damage.join("; ")),
    })
}

fn mend_journal(dir: &Path, text: &Option<Bytes>, found: &Contents) -> Result<LogFile, StoreError> {
    let path = dir.join(Kind::Journal.name());
    let mut file = disk::open_private(&path);
    if text.is_none() {
        file = file.and_then(|file| disk::sync_folder(dir).map(|()| file));
    }
    let file = file.map_err(|error| disk::failed("open", &path, error))?;
    let sound = found.journal.sound;
    let mut journal = LogFile::new(Kind::Journal, dir, file, found.base, sound);
    if len(text) != sound {
        journal.cut(sound)?;
    }
    Ok(journal)
}

fn mend_outbox(
    dir: &Path,
    file: File,
    text: &Option<Bytes>,
    found: &Contents,
) -> Result<Option<Fold>, StoreError> {
    let sound = found.outbox.sound;
    let generation = found.outbox.generation.unwrap_or_default();
    let mut outbox = LogFile::new(Kind::Outbox, dir, file, generation, sound);
    if len(text) != sound {
        outbox.cut(sound)?;
    }
    let end = found.outbox.end();
    if end == found.folded {
        if sound > OUTBOX_AT {
            outbox.cut(0)?;
            return Ok(None);
        }
    } else {
        // The next snapshot will say that it has this much of the outbox. If a
        // power loss then took that part, what others write in its place would
        // count as known.
        outbox.sync()?;
    }
    Ok(end)
}

fn len(text: &Option<Bytes>) -> u64 {
    text.as_ref().map_or(0, |text| text.len() as u64)
}
