//! The files of an account: their formats, and what a client makes of them.

use std::fs;
use std::future::Future;
use std::path::Path;
use std::sync::OnceLock;

use bytes::Bytes;
use tokio::runtime::Runtime;
use wx_client::store::{FileStore, Loaded, SessionStore, StoreError};
use wx_proto::{Record, Roster, Saved, Session};

use crate::session::{Driver, attach};

/// The line that separates two files.
const NEXT: &[u8] = b"\n====\n";

/// Reads the input as the files of an account, separated by lines of `====`, and loads the
/// account.
///
/// The first line of a file is its name: `session`, `journal`, `outbox` or `roster`. Its other
/// bytes are written as they are. If a `+` follows the name, they get the head and the
/// checksums that such a file needs: a log has one for each line.
///
/// # Panics
///
/// If a store loses what it appends, an account is not the same when it is loaded again, or
/// what was loaded breaks a session.
pub fn store(bytes: &[u8]) {
    let (Some(runtime), Ok(folder)) = (runtime(), tempfile::tempdir()) else {
        return;
    };
    let folder = folder.path();
    let mut rest = Some(bytes);
    while let Some(bytes) = rest {
        let at = bytes.windows(NEXT.len()).position(|window| window == NEXT);
        let (file, after) = bytes.split_at(at.unwrap_or(bytes.len()));
        rest = after.get(NEXT.len()..);
        if write(folder, file).is_none() {
            return;
        }
    }
    runtime.block_on(load(folder));
}

fn runtime() -> Option<&'static Runtime> {
    static RUNTIME: OnceLock<Option<Runtime>> = OnceLock::new();
    let build = || tokio::runtime::Builder::new_current_thread().build().ok();
    RUNTIME.get_or_init(build).as_ref()
}

fn write(folder: &Path, file: &[u8]) -> Option<()> {
    let end = file.iter().position(|byte| *byte == b'\n');
    let (first, text) = file.split_at(end.unwrap_or(file.len()));
    let text = text.get(1..).unwrap_or_default();
    let name = str::from_utf8(first).ok()?;
    let (name, sealed) = match name.strip_suffix('+') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let text = match name {
        _ if !sealed => text.to_vec(),
        "session" | "roster" => sealed_file(name, text),
        _ => log(name, text),
    };
    if ["session", "journal", "outbox", "roster"].contains(&name) {
        fs::write(folder.join(name), text).ok()?;
    }
    Some(())
}

/// A file whose head holds a checksum of everything behind it.
fn sealed_file(name: &str, text: &[u8]) -> Vec<u8> {
    let end = text.iter().position(|byte| *byte == b'\n');
    let (facts, body) = text.split_at(end.unwrap_or(text.len()));
    let crc = crc32fast::hash(&[facts, body.get(1..).unwrap_or_default()].concat());
    let head = format!("wx-{name} 1 {crc:08x} ");
    [head.as_bytes(), text].concat()
}

fn log(name: &str, text: &[u8]) -> Vec<u8> {
    let mut out = format!("wx-{name} 1 ").into_bytes();
    for line in text.split(|byte| *byte == b'\n') {
        out.extend(format!("{:08x} ", crc32fast::hash(line)).as_bytes());
        out.extend(line);
        out.push(b'\n');
    }
    out
}

async fn load(folder: &Path) {
    let beside = FileStore::attach(folder).load().await;
    let Ok(mut store) = FileStore::open(folder) else {
        return;
    };
    let loaded = match store.load().await {
        Ok(loaded) => loaded,
        Err(error) => {
            assert!(matches!(error, StoreError::Unsupported(_)), "{error}");
            return;
        }
    };
    // A process beside the owner sees what the owner sees.
    assert!(beside.is_ok_and(|beside| same(&beside, &loaded)));
    let roster = store.roster().await.unwrap_or_default();
    let next = Bytes::from_static(b"{\"a\n\x10b\":1}");
    let appended = store.append(vec![next.clone()], loaded.position).await;
    assert!(appended.is_ok(), "{appended:?}");
    drop(store);
    let again = again(folder, |mut store| async move { store.load().await }).await;
    assert!(again.is_some_and(|again| {
        let sound = again.snapshot == loaded.snapshot && again.damage.is_none();
        sound && has_one_more(&again.records, &loaded.records, &next)
    }));
    resume(&loaded, roster);
}

/// Whether `next` was added, at any place: the records of processes beside the owner come
/// after it.
fn has_one_more(again: &[Bytes], before: &[Bytes], next: &Bytes) -> bool {
    let without = |at: usize| {
        let (front, back) = (again.iter().take(at), again.iter().skip(at + 1));
        again.get(at) == Some(next) && front.chain(back).eq(before)
    };
    (0..again.len()).any(without)
}

fn same(one: &Loaded, other: &Loaded) -> bool {
    one.snapshot == other.snapshot && one.records == other.records
}

async fn again<F>(folder: &Path, load: impl FnOnce(FileStore) -> F) -> Option<Loaded>
where
    F: Future<Output = Result<Loaded, StoreError>>,
{
    load(FileStore::open(folder).ok()?).await.ok()
}

/// Resumes a session from what was loaded, as its owner and beside one.
fn resume(loaded: &Loaded, roster: Option<Bytes>) {
    let snapshot = loaded.snapshot.as_deref();
    let Ok(mut saved) = snapshot.map_or(Ok(Saved::new()), serde_json::from_slice::<Saved>) else {
        return;
    };
    for record in &loaded.records {
        if let Ok(record) = serde_json::from_slice::<Record>(record) {
            saved.apply(record);
        }
    }
    let text = serde_json::to_vec(&saved).unwrap_or_default();
    let again = serde_json::from_slice::<Saved>(&text);
    assert!(again.is_ok_and(|again| again == saved));
    let roster = roster.and_then(|roster| serde_json::from_slice::<Roster>(&roster).ok());
    for make in [Session::resume, attach] {
        let mut driver = Driver::of_any_host(saved.clone(), make);
        if let Some(roster) = roster.clone() {
            for contact in roster.contacts() {
                let named = roster.name(&contact.id).is_none_or(|name| !name.is_empty());
                assert!(named && roster.members(&contact.id).len() <= 1 << 24);
            }
            driver.session.adopt_roster(roster);
        }
        driver.store(usize::MAX);
        driver.end();
    }
}
