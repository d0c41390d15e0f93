//! What an account's files mean together. No I/O: the owner and the processes
//! beside it judge alike, but only the owner mends.

use std::path::Path;

use bytes::Bytes;

use crate::store::file::format::{self, Fault, Fold, Kind, Log, SnapshotFacts, Tail};
use crate::store::{Loaded, Position, StoreError};

/// Why records of a log are not used although they were written completely.
pub(super) const CHANGED: &str = "a record in its midst has changed";

/// The three files that make up an account, as they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Texts {
    pub(super) session: Option<Bytes>,
    pub(super) journal: Option<Bytes>,
    pub(super) outbox: Option<Bytes>,
}

/// What they mean.
#[derive(Debug)]
pub(super) struct Contents {
    pub(super) snapshot: Option<Bytes>,
    /// Why there is a snapshot that cannot be used.
    pub(super) damage: Option<&'static str>,
    /// The position right after the snapshot.
    pub(super) base: u64,
    /// How much of the outbox the snapshot has.
    pub(super) folded: Option<Fold>,
    pub(super) journal: Part,
    pub(super) outbox: Part,
}

/// What a log adds to the snapshot.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) records: Vec<Bytes>,
    /// The length of the sound part.
    pub(super) sound: u64,
    /// `None` if nothing is sound.
    pub(super) generation: Option<u64>,
    /// Why the rest is not used, unless it was never written completely or is
    /// known to be out of date.
    pub(super) damage: Option<&'static str>,
}

impl Contents {
    /// What cannot be used, for people, for a process that does not mend it.
    pub(super) fn damages(&self) -> Option<String> {
        let damages: Vec<String> = [
            (Kind::Session, self.damage),
            (Kind::Journal, self.journal.damage),
            (Kind::Outbox, self.outbox.damage),
        ]
        .into_iter()
        .filter_map(|(kind, why)| Some(format!("{}: {}", kind.name(), why?)))
        .collect();
        (!damages.is_empty()).then(|| damages.join("; "))
    }

    /// What a load returns, without the damage.
    pub(super) fn into_loaded(self, position: Position) -> Loaded {
        let mut records = self.journal.records;
        records.extend(self.outbox.records);
        Loaded {
            snapshot: self.snapshot,
            records,
            position,
            damage: None,
        }
    }
}

impl Part {
    fn damaged(why: &'static str) -> Self {
        Self {
            damage: Some(why),
            ..Self::default()
        }
    }

    /// The place after everything that is sound.
    pub(super) fn end(&self) -> Option<Fold> {
        self.generation.map(|generation| Fold {
            generation,
            offset: self.sound,
        })
    }
}

/// Fails only for files of a newer version, in whatever state the others are.
pub(super) fn judge(dir: &Path, texts: &Texts) -> Result<Contents, StoreError> {
    let session = match &texts.session {
        None => Ok(None),
        Some(text) => format::unseal::<SnapshotFacts>(Kind::Session, text)
            .and_then(in_range)
            .map(Some),
    };
    let session = known(dir, Kind::Session, session)?;
    let journal = known(dir, Kind::Journal, read_log(Kind::Journal, &texts.journal))?;
    let outbox = known(dir, Kind::Outbox, read_log(Kind::Outbox, &texts.outbox))?;
    Ok(match session {
        Ok(session) => {
            let (facts, snapshot) = session.unzip();
            let base = facts.map_or(0, |facts| facts.position);
            let folded = facts.and_then(|facts| facts.outbox);
            Contents {
                snapshot,
                damage: None,
                base,
                folded,
                journal: journal.map_or_else(Part::damaged, |log| journal_part(log, base)),
                outbox: outbox.map_or_else(Part::damaged, |log| outbox_part(log, folded)),
            }
        }
        // Neither log means anything without what it follows.
        Err(why) => Contents {
            snapshot: None,
            damage: Some(why),
            base: 0,
            folded: None,
            journal: orphan(&texts.journal),
            outbox: orphan(&texts.outbox),
        },
    })
}

/// No account lives long enough to come near the end of the count.
fn in_range<T>((facts, snapshot): (SnapshotFacts, T)) -> Result<(SnapshotFacts, T), Fault> {
    if facts.position > u64::MAX / 2 {
        return Err(Fault::Broken("its position is beyond all measure"));
    }
    Ok((facts, snapshot))
}

/// Lets a damaged file through, but not a newer one.
fn known<T>(
    dir: &Path,
    kind: Kind,
    result: Result<T, Fault>,
) -> Result<Result<T, &'static str>, StoreError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(Fault::Broken(why)) => Ok(Err(why)),
        Err(Fault::Newer(version)) => Err(newer(&dir.join(kind.name()), version)),
    }
}

/// The error for a file that this version cannot read.
pub(super) fn newer(path: &Path, version: u64) -> StoreError {
    StoreError::Unsupported(format!(
        "{} has version {version} of its format, which is newer than this software: upgrade it",
        path.display()
    ))
}

fn read_log(kind: Kind, text: &Option<Bytes>) -> Result<Log, Fault> {
    format::read_log(kind, text.as_ref().unwrap_or(&Bytes::new()))
}

fn orphan(text: &Option<Bytes>) -> Part {
    match text {
        Some(text) if !text.is_empty() => Part::damaged("the session that it follows is damaged"),
        _ => Part::default(),
    }
}

fn journal_part(log: Log, base: u64) -> Part {
    match log.generation {
        // Cut in its first line, before there was any record.
        None => Part::default(),
        // A crash came between writing the snapshot and emptying the journal:
        // the snapshot has all of it.
        Some(generation) if generation < base => Part::default(),
        Some(generation) if generation > base => {
            Part::damaged("the session that it follows is missing")
        }
        Some(_) => part(log, 0),
    }
}

fn outbox_part(log: Log, folded: Option<Fold>) -> Part {
    let from = match folded {
        // An outbox that is shorter than it was is not the one that was read.
        // Reading records twice does less harm than losing some.
        Some(fold) if log.generation == Some(fold.generation) && fold.offset <= log.end => {
            fold.offset
        }
        _ => 0,
    };
    part(log, from)
}

fn part(log: Log, from: u64) -> Part {
    Part {
        records: log
            .records
            .into_iter()
            .filter(|(start, _)| *start >= from)
            .map(|(_, record)| record)
            .collect(),
        sound: log.end,
        generation: log.generation,
        damage: match log.tail {
            Tail::Nothing | Tail::Torn => None,
            Tail::Damaged => Some(CHANGED),
        },
    }
}
