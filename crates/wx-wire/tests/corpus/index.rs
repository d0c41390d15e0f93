//! The index of the captured bodies.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a corpus that cannot be read is a failure"
)]

use std::{env, fs, path::Path};

use serde_json::{Map, Value};

/// A captured body and what it says.
pub(crate) struct Entry {
    entry: Value,
    body: Vec<u8>,
}

impl Entry {
    pub(crate) fn kind(&self) -> &str {
        self.entry["kind"].as_str().unwrap()
    }

    /// The body's path inside the corpus.
    pub(crate) fn file(&self) -> &str {
        self.entry["file"].as_str().unwrap()
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// What a decoder knows from around the body.
    pub(crate) fn context(&self) -> &Value {
        &self.entry["context"]
    }

    pub(crate) fn expected(&self) -> &Map<String, Value> {
        self.entry["expected"].as_object().unwrap()
    }
}

/// All entries, or none if no corpus is named.
pub(crate) fn entries() -> Option<Vec<Entry>> {
    let folder = env::var_os("WX_CORPUS")?;
    let folder = Path::new(&folder);
    let read = |file: &str| {
        let path = folder.join(file);
        fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let index: Vec<Value> = serde_json::from_slice(&read("index.json")).unwrap();
    assert!(!index.is_empty());
    let entries = index.into_iter().map(|entry| {
        let body = read(entry["file"].as_str().unwrap());
        Entry { entry, body }
    });
    Some(entries.collect())
}
