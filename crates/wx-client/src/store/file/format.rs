//! The bytes of an account's files. No I/O.
//!
//! ```text
//! sealed (session, roster)     wx-session 1 CRC {facts}\n
//!                              the kept bytes, to the end of the file
//! log (journal, outbox)        wx-journal 1 CRC {facts}\n
//!                              CRC record\n
//!                              CRC record\n
//! ```
//!
//! The first line names the format and its version. `CRC` is the CRC-32 of
//! what follows it as eight lower-case hex digits: of the facts and all that
//! comes after in a sealed file, of its own line in a log.

use bytes::{BufMut, Bytes, BytesMut};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The version that is written, and the only one that exists.
const VERSION: u64 = 1;

/// Precedes `n` for a line feed in a record, and itself. JSON never contains
/// this byte unescaped, so a record stays readable.
const ESCAPE: u8 = 0x10;

/// A file of an account, by its name in the folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Session,
    Journal,
    Outbox,
    Roster,
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Session, Self::Journal, Self::Outbox, Self::Roster];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Journal => "journal",
            Self::Outbox => "outbox",
            Self::Roster => "roster",
        }
    }

    fn magic(self) -> String {
        format!("wx-{} ", self.name())
    }
}

/// Why a file as a whole cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A later version of this software wrote it.
    Newer(u64),
    /// It is not what was written.
    Broken(&'static str),
}

/// Facts in the first line of `session`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SnapshotFacts {
    /// The store's position right after this snapshot. It grows with every
    /// snapshot, so it tells them apart as well.
    pub(super) position: u64,
    /// How much of the outbox is in this snapshot already.
    pub(super) outbox: Option<Fold>,
}

/// A place in one particular outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Fold {
    pub(super) generation: u64,
    /// Bytes from the start of the file.
    pub(super) offset: u64,
}

/// Facts in the first line of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct LogFacts {
    /// In the journal, the position of the snapshot that it follows; in the
    /// outbox, a random number drawn when it was begun.
    generation: u64,
}

/// The content of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Log {
    /// `None` if not even the first line was written completely.
    pub(super) generation: Option<u64>,
    /// The records, each with the offset at which its line begins.
    pub(super) records: Vec<(u64, Bytes)>,
    /// Where the sound lines end.
    pub(super) end: u64,
    pub(super) tail: Tail,
}

/// What comes after the sound lines of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    Nothing,
    /// The write of the last line was cut off.
    Torn,
    /// A line that was written completely has changed since.
    Damaged,
}

/// The facts and the bytes of a sealed file.
pub(super) fn unseal<T: DeserializeOwned>(kind: Kind, text: &Bytes) -> Result<(T, Bytes), Fault> {
    let first = first_line(text).ok_or(Fault::Broken("its first line is cut"))?;
    let body = text.slice(first.len() + 1..);
    Ok((facts(kind, first, &body)?, body))
}

/// The first line of a log.
pub(super) fn log_head(kind: Kind, generation: u64) -> serde_json::Result<Bytes> {
    head(kind, &LogFacts { generation }, &[])
}

/// Appends a record's line to `out`.
pub(super) fn put_record(out: &mut BytesMut, record: &[u8]) {
    // Room for the checksum, a blank and the end of the line as well; escapes
    // are rare.
    out.reserve(record.len() + 10);
    let crc_at = out.len();
    out.put_slice(b"00000000 ");
    let line_at = out.len();
    let mut plain_at = 0;
    for at in memchr::memchr2_iter(b'\n', ESCAPE, record) {
        out.put_slice(record.get(plain_at..at).unwrap_or_default());
        let is_feed = record.get(at) == Some(&b'\n');
        out.put_slice(&[ESCAPE, if is_feed { b'n' } else { ESCAPE }]);
        plain_at = at + 1;
    }
    out.put_slice(record.get(plain_at..).unwrap_or_default());
    let crc = hex(crc32fast::hash(out.get(line_at..).unwrap_or_default()));
    if let Some(place) = out.get_mut(crc_at..crc_at + crc.len()) {
        place.copy_from_slice(&crc);
    }
    out.put_u8(b'\n');
}

/// Reads a log as far as it is sound.
pub(super) fn read_log(kind: Kind, text: &Bytes) -> Result<Log, Fault> {
    let Some(first) = first_line(text) else {
        return if is_cut_head(kind, text) {
            Ok(Log {
                generation: None,
                records: Vec::new(),
                end: 0,
                tail: if text.is_empty() {
                    Tail::Nothing
                } else {
                    Tail::Torn
                },
            })
        } else {
            Err(Fault::Broken("it does not begin with its name"))
        };
    };
    let facts: LogFacts = facts(kind, first, &[])?;
    let mut log = Log {
        generation: Some(facts.generation),
        records: Vec::new(),
        end: 0,
        tail: Tail::Nothing,
    };
    let mut at = first.len() + 1;
    while at < text.len() {
        let rest = text.slice(at..);
        let Some(line) = first_line(&rest) else {
            log.tail = Tail::Torn;
            break;
        };
        let next = at + line.len() + 1;
        let Some(record) = record_of(&rest.slice(..line.len())) else {
            log.tail = if next == text.len() {
                Tail::Torn
            } else {
                Tail::Damaged
            };
            break;
        };
        log.records.push((at as u64, record));
        at = next;
    }
    log.end = at as u64;
    Ok(log)
}

/// The first line of a file. In a sealed one, `body` follows it.
pub(super) fn head(kind: Kind, facts: &impl Serialize, body: &[u8]) -> serde_json::Result<Bytes> {
    let facts = serde_json::to_vec(facts)?;
    let mut line = BytesMut::new();
    line.put_slice(kind.magic().as_bytes());
    line.put_slice(VERSION.to_string().as_bytes());
    line.put_u8(b' ');
    line.put_slice(&hex(crc_of(&facts, body)));
    line.put_u8(b' ');
    line.put_slice(&facts);
    line.put_u8(b'\n');
    Ok(line.freeze())
}

fn facts<T: DeserializeOwned>(kind: Kind, line: &[u8], body: &[u8]) -> Result<T, Fault> {
    let rest = line
        .strip_prefix(kind.magic().as_bytes())
        .ok_or(Fault::Broken("it does not begin with its name"))?;
    let (version, rest) = split_blank(rest).ok_or(Fault::Broken("it names no version"))?;
    match number(version) {
        Some(VERSION) => {}
        Some(newer) if newer > VERSION => return Err(Fault::Newer(newer)),
        _ => return Err(Fault::Broken("it names no version")),
    }
    let (crc, facts) = split_blank(rest).ok_or(Fault::Broken("it has no checksum"))?;
    if crc != hex(crc_of(facts, body)) {
        return Err(Fault::Broken("its checksum does not fit"));
    }
    serde_json::from_slice(facts).map_err(|_| Fault::Broken("its first line cannot be understood"))
}

/// The record in a line without its line feed.
fn record_of(line: &Bytes) -> Option<Bytes> {
    let (crc, text) = split_blank(line)?;
    if crc != hex(crc32fast::hash(text)) {
        return None;
    }
    if !text.contains(&ESCAPE) {
        return Some(line.slice(crc.len() + 1..));
    }
    let mut record = BytesMut::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            ESCAPE => match bytes.next()? {
                b'n' => record.put_u8(b'\n'),
                &ESCAPE => record.put_u8(ESCAPE),
                _ => return None,
            },
            other => record.put_u8(other),
        }
    }
    Some(record.freeze())
}

/// True if a log without a line feed may be the beginning of a first line,
/// perhaps with the zeros that a power failure leaves where a write was due.
fn is_cut_head(kind: Kind, text: &[u8]) -> bool {
    let magic = kind.magic();
    let written = text
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    text.iter()
        .take(written)
        .zip(magic.as_bytes())
        .all(|(is, should)| is == should)
}

fn first_line(text: &[u8]) -> Option<&[u8]> {
    let end = text.iter().position(|byte| *byte == b'\n')?;
    text.get(..end)
}

fn split_blank(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|byte| *byte == b' ')?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

fn number(digits: &[u8]) -> Option<u64> {
    // `from_str` alone would take a plus sign.
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn crc_of(facts: &[u8], body: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(facts);
    hasher.update(body);
    hasher.finalize()
}

fn hex(crc: u32) -> [u8; 8] {
    let mut digits = [0; 8];
    let (pairs, _) = digits.as_chunks_mut();
    for (pair, byte) in pairs.iter_mut().zip(crc.to_be_bytes()) {
        *pair = [digit(byte >> 4), digit(byte & 0xf)];
    }
    digits
}

const fn digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0' + nibble,
        _ => b'a' - 10 + nibble,
    }
}
