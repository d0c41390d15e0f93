//! What goes to stdout: data, a line at a time and flushed at once, so that
//! whoever reads it has each event when it happens. And what goes to stderr.

use std::io::{self, Write};

use serde::Serialize;

use crate::error::Error;
use crate::terminal::escape;

mod line;

pub use line::json;

/// Where data goes, and in which form.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Output {
    /// NDJSON instead of text for people.
    pub json: bool,
    /// Nothing on stderr but errors.
    pub quiet: bool,
}

impl Output {
    /// An output.
    #[must_use]
    pub fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet }
    }

    /// Writes a line to stdout.
    ///
    /// # Errors
    /// [`Error::Closed`] if nobody reads it.
    pub fn line(self, text: &str) -> Result<(), Error> {
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(text.as_bytes())
            .and_then(|()| stdout.write_all(b"\n"))
            .and_then(|()| stdout.flush())
            .map_err(|error| Error::io("stdout", error))
    }

    /// Writes a value: as JSON, or as what `human` makes of it. An empty text
    /// is not worth a line.
    ///
    /// # Errors
    /// As [`line`](Self::line).
    pub fn value<T: Serialize>(
        self,
        value: &T,
        human: impl FnOnce(&T) -> String,
    ) -> Result<(), Error> {
        let text = if self.json { json(value) } else { human(value) };
        if text.is_empty() {
            return Ok(());
        }
        self.line(&text)
    }

    /// Tells people something, on stderr.
    pub fn note(self, text: &str) {
        if !self.quiet {
            say(text);
        }
    }

    /// Tells of an error, on stderr: one object, or a line and a second one
    /// that says what to do.
    pub fn complain(self, error: &Error) {
        // What a decoder found is data: it is an object in either form.
        if self.json || matches!(error, Error::Decode(_)) {
            say(&error.json());
        } else {
            say(&format!("wx: {}", escape(&error.to_string())));
            say(&format!("    {}", error.advice()));
        }
    }
}

/// Writes a line to stderr. There is nobody to tell if that fails.
pub fn say(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.write_all(b"\n"));
}
