//! Folders with an account in them, and the bytes that ought to be there.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use tempfile::TempDir;
use wx_client::store::{FileStore, Loaded, Position, SessionStore};

/// A folder that goes away with the test; the account is `account` in it.
pub(crate) struct Account {
    _root: TempDir,
    pub(crate) dir: std::path::PathBuf,
}

impl Account {
    /// The account's folder does not exist yet.
    pub(crate) fn missing() -> Self {
        let root = TempDir::new().expect("a temporary folder");
        let dir = root.path().join("account");
        Self { _root: root, dir }
    }

    /// The account has these files.
    pub(crate) fn with(files: &[(&str, &[u8])]) -> Self {
        let account = Self::missing();
        fs::create_dir(&account.dir).expect("the folder");
        for (name, text) in files {
            account.write(name, text);
        }
        account
    }

    pub(crate) fn write(&self, name: &str, text: &[u8]) {
        fs::write(self.dir.join(name), text).expect("a file of the account");
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.dir.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The names in the folder, sorted, without the lock.
    pub(crate) fn names(&self) -> Vec<String> {
        names(&self.dir)
    }

    pub(crate) fn open(&self) -> FileStore {
        FileStore::open(&self.dir).expect("nobody else owns the account")
    }

    /// What a process that starts finds.
    pub(crate) async fn load(&self) -> Loaded {
        self.open().load().await.expect("readable files")
    }
}

pub(crate) fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .expect("the folder")
        .map(|entry| {
            let name = entry.expect("an entry").file_name();
            name.into_string().expect("a name of ours")
        })
        .filter(|name| name != "lock")
        .collect();
    names.sort();
    names
}

pub(crate) fn records(texts: &[&str]) -> Vec<Bytes> {
    texts
        .iter()
        .map(|text| Bytes::copy_from_slice(text.as_bytes()))
        .collect()
}

/// What the records say, for comparing.
pub(crate) fn texts(loaded: &Loaded) -> Vec<&str> {
    loaded
        .records
        .iter()
        .map(|record| std::str::from_utf8(record).expect("a record of this test"))
        .collect()
}

/// Loads, and appends each record by itself.
pub(crate) async fn append_all(store: &mut FileStore, texts: &[&str]) -> Position {
    let mut position = store.load().await.expect("readable files").position;
    for text in texts {
        position = store
            .append(records(&[text]), position)
            .await
            .expect("room on the disk");
    }
    position
}

/// A log as its format says: a head that names the generation, and one line a
/// record, each with its CRC-32.
pub(crate) fn log_text(name: &str, generation: u64, records: &[&str]) -> Vec<u8> {
    let facts = format!("{{\"generation\":{generation}}}");
    let crc = crc32fast::hash(facts.as_bytes());
    let mut text = format!("wx-{name} 1 {crc:08x} {facts}\n");
    for record in records {
        let crc = crc32fast::hash(record.as_bytes());
        text.push_str(&format!("{crc:08x} {record}\n"));
    }
    text.into_bytes()
}

/// A snapshot as its format says. `outbox` is a generation and an offset.
pub(crate) fn session_text(position: u64, outbox: Option<(u64, u64)>, body: &str) -> Vec<u8> {
    let outbox = outbox.map_or("null".to_owned(), |(generation, offset)| {
        format!("{{\"generation\":{generation},\"offset\":{offset}}}")
    });
    let facts = format!("{{\"position\":{position},\"outbox\":{outbox}}}");
    let crc = crc32fast::hash(format!("{facts}{body}").as_bytes());
    format!("wx-session 1 {crc:08x} {facts}\n{body}").into_bytes()
}
