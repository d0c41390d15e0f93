//! What happened, as a hash to compare two runs by and, on demand, as text to
//! read.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

#[derive(Debug)]
pub(crate) struct Trace {
    hash: DefaultHasher,
    lines: Option<Vec<String>>,
}

impl Trace {
    /// `readable` keeps the lines, which costs more than the world itself.
    pub(crate) fn new(readable: bool) -> Self {
        Self {
            hash: DefaultHasher::new(),
            lines: readable.then(Vec::new),
        }
    }

    /// Notes something that happened in process `life`; 0 is nobody's.
    pub(crate) fn note(&mut self, now_ms: u64, life: u32, what: fmt::Arguments<'_>) {
        now_ms.hash(&mut self.hash);
        life.hash(&mut self.hash);
        // Writing to a hash does not fail.
        let _ = fmt::write(&mut Sink(&mut self.hash), what);
        if let Some(lines) = &mut self.lines {
            let (minutes, seconds, ms) = (now_ms / 60_000, now_ms / 1000 % 60, now_ms % 1000);
            lines.push(format!("{minutes:3}:{seconds:02}.{ms:03} [{life}] {what}"));
        }
    }

    /// Adds bytes that nobody wants to read.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.hash.write(bytes);
    }

    pub(crate) fn hash(&self) -> u64 {
        self.hash.finish()
    }

    pub(crate) fn lines(self) -> Vec<String> {
        self.lines.unwrap_or_default()
    }
}

struct Sink<'a>(&'a mut DefaultHasher);

impl fmt::Write for Sink<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}
