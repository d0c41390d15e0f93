//! What goes to stdout: data in whole lines and flushed at once, so that whoever
//! reads it has each event when it happens. And what goes to stderr.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use crate::error::Error;
use crate::terminal::{Screen, escape};

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
    /// Stdout is a terminal that shows no more than ASCII.
    ascii: bool,
}

impl Output {
    /// An output.
    #[must_use]
    pub fn new(json: bool, quiet: bool) -> Self {
        Self {
            json,
            quiet,
            ascii: Screen::of_stdout().is_ascii(),
        }
    }

    /// Writes a line to stdout.
    ///
    /// # Errors
    /// [`Error::Closed`] if nobody reads it.
    pub fn line(self, text: &str) -> Result<(), Error> {
        let mut lines = Lines::default();
        lines.line(text);
        lines.write()
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
        let mut lines = Lines::default();
        lines.value(self, value, human);
        lines.write()
    }

    /// Writes a line for people, or several; nothing if there is nothing in it.
    ///
    /// # Errors
    /// As [`line`](Self::line).
    pub fn text(self, text: &str) -> Result<(), Error> {
        let mut lines = Lines::default();
        lines.text(self, text);
        lines.write()
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
            complain(&error.told(), error.advice());
        }
    }
}

/// Tells people what is wrong, and what to do: a line each, which a terminal
/// shows broken between words.
pub(crate) fn complain(what: &str, advice: &str) {
    let columns = Some(Screen::of_stderr()).filter(|screen| screen.is_terminal);
    let columns = columns.and_then(|screen| screen.columns);
    for (head, text) in [("wx: ", what), ("    ", advice)] {
        let line = format!("{head}{}", escape(text));
        say(&match columns {
            Some(columns) => broken(&line, columns),
            None => line,
        });
    }
}

/// A line broken between words. A path or an address stays whole.
fn broken(line: &str, columns: usize) -> String {
    let options = textwrap::Options::new(columns)
        .subsequent_indent("    ")
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(line, options)
}

/// Lines for stdout that are written together.
#[derive(Debug, Default)]
pub struct Lines(Vec<u8>);

impl Lines {
    /// Lines of so many bytes are written before there are more.
    const MANY: usize = 64 * 1024;

    /// Adds a value in the form of an output: see [`Output::value`].
    pub fn value<T: Serialize>(
        &mut self,
        output: Output,
        value: &T,
        human: impl FnOnce(&T) -> String,
    ) {
        if output.json {
            line::append(&mut self.0, value);
            self.0.push(b'\n');
            return;
        }
        self.text(output, &human(value));
    }

    /// Adds a line for people, or several: see [`Output::text`].
    pub fn text(&mut self, output: Output, text: &str) {
        match text {
            "" => {}
            text if output.ascii => self.line(&in_ascii(text)),
            text => self.line(text),
        }
    }

    fn line(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(b'\n');
    }

    /// Whether it is time to write.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.0.len() >= Self::MANY
    }

    /// Writes all of them to stdout. When it returns they are written.
    ///
    /// # Errors
    /// [`Error::Closed`] if nobody reads them.
    pub fn write(&mut self) -> Result<(), Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(&self.0).and_then(|()| stdout.flush());
        self.0.clear();
        self.0.shrink_to(Self::MANY);
        written.map_err(|error| Error::io("stdout", error))
    }
}

/// Writes a line to stderr. There is nobody to tell if that fails.
pub fn say(text: &str) {
    let mut stderr = io::stderr().lock();
    let text = match Screen::of_stderr().is_ascii() {
        true => Cow::Owned(in_ascii(text)),
        false => Cow::Borrowed(text),
    };
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.write_all(b"\n"));
}

/// The same with ASCII in the place of the signs that this program writes;
/// what others wrote is left to the terminal.
fn in_ascii(text: &str) -> String {
    let mut shown = text.replace(" …", " ...");
    for (sign, ascii) in [('…', "~"), ('→', "->"), ('✓', "+"), ('✗', "x"), ('⏎', "/")] {
        shown = shown.replace(sign, ascii);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_broken_between_words() {
        for (line, shown) in [
            ("wx: short", "wx: short"),
            (
                "wx: a/long/path/that/stays-whole is not there",
                "wx:\n    a/long/path/that/stays-whole\n    is not there",
            ),
            ("wx: 王小明 is 微信 group", "wx: 王小明 is 微信\n    group"),
        ] {
            assert_eq!(broken(line, 20), shown);
        }
    }

    #[test]
    fn our_signs_have_ascii_forms() {
        let text = "me → you: waiting … use @… ✓ dns ✗ tls a⏎b";
        assert_eq!(
            in_ascii(text),
            "me -> you: waiting ... use @~ + dns x tls a/b"
        );
    }
}
