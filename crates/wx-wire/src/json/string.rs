//! Strings of JSON.

use std::borrow::Cow;

use super::reader::{Fault, Reader};
use crate::scan::looked;

/// A byte in each of a word's eight places.
const fn everywhere(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// The place of the first byte of a word that ends a plain run: a quote, a
/// backslash or a control character.
const fn first_mark(word: u64) -> Option<usize> {
    /// Marks bytes below a bound, and none but such in front of the first.
    const fn below(word: u64, bound: u8) -> u64 {
        word.wrapping_sub(everywhere(bound)) & !word & everywhere(0x80)
    }
    let quote = below(word ^ everywhere(b'"'), 1);
    let backslash = below(word ^ everywhere(b'\\'), 1);
    let marks = quote | backslash | below(word, 0x20);
    if marks == 0 {
        None
    } else {
        Some(marks.trailing_zeros() as usize / 8)
    }
}

/// The length of the run of plain bytes at the start.
#[inline]
fn plain(bytes: &[u8]) -> usize {
    // Most texts of a message are empty.
    if bytes.first() == Some(&b'"') {
        return 0;
    }
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        looked(8);
        if let Some(at) = first_mark(u64::from_le_bytes(*word)) {
            return index * 8 + at;
        }
    }
    let is_plain = |byte: &&u8| !matches!(byte, b'"' | b'\\' | 0..0x20);
    looked(rest.len());
    words.len() * 8 + rest.iter().take_while(is_plain).count()
}

impl<'de> Reader<'de> {
    /// Reads the rest of a string, whose opening quote is passed. It is
    /// borrowed if it holds no escapes.
    pub(super) fn string(&mut self) -> Result<Cow<'de, str>, Fault> {
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let end = start + plain(rest);
        self.at = end + 1;
        match self.text.as_bytes().get(end) {
            // All that ends a run is ASCII, so these are boundaries of characters.
            Some(b'"') => Ok(Cow::Borrowed(self.text.get(start..end).unwrap_or_default())),
            Some(b'\\') => {
                let run = self.text.get(start..end).unwrap_or_default();
                self.escaped(run.to_owned()).map(Cow::Owned)
            }
            _ => self.fault_before(),
        }
    }

    /// Passes over a plain run and gives it.
    fn run(&mut self) -> &'de str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let (run, _) = rest
            .split_at_checked(plain(rest.as_bytes()))
            .unwrap_or_default();
        self.at += run.len();
        run
    }

    fn skip_run(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += plain(rest);
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.byte();
        self.at += 1;
        byte
    }

    /// A fault at the byte that was taken last.
    fn fault_before<T>(&mut self) -> Result<T, Fault> {
        self.at = self.at.saturating_sub(1).min(self.text.len());
        self.fault()
    }

    /// Goes on with a string behind its first backslash.
    fn escaped(&mut self, mut text: String) -> Result<String, Fault> {
        loop {
            let c = match self.next() {
                Some(b'u') => self.code_point()?,
                Some(letter) => match escape(letter) {
                    Some(c) => c,
                    None => return self.fault_before(),
                },
                None => return self.fault_before(),
            };
            text.push(c);
            text.push_str(self.run());
            match self.next() {
                Some(b'"') => return Ok(text),
                Some(b'\\') => {}
                _ => return self.fault_before(),
            }
        }
    }

    /// The character of `\u`, and of a second one behind it if the first is
    /// half of a pair. Half a pair alone is none.
    fn code_point(&mut self) -> Result<char, Fault> {
        let start = self.at;
        let first = self.hex()?;
        let code = match first {
            0xd800..=0xdbff => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                if !rest.starts_with("\\u") {
                    let is_cut = "\\u".starts_with(rest);
                    self.at = if is_cut { self.text.len() } else { start };
                    return self.fault();
                }
                self.at += 2;
                let second = self.hex()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    self.at = start;
                    return self.fault();
                }
                0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            code => code,
        };
        char::from_u32(code).ok_or(Fault { at: start })
    }

    fn hex(&mut self) -> Result<u32, Fault> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.byte().and_then(|byte| char::from(byte).to_digit(16));
            let Some(digit) = digit else {
                return self.fault();
            };
            self.at += 1;
            code = code * 16 + digit;
        }
        Ok(code)
    }

    /// Passes over the rest of a string. Pairs are not put together.
    pub(super) fn skip_string(&mut self) -> Result<(), Fault> {
        loop {
            self.skip_run();
            match self.next() {
                Some(b'"') => return Ok(()),
                Some(b'\\') => match self.next() {
                    Some(b'u') => {
                        self.hex()?;
                    }
                    Some(letter) if escape(letter).is_some() => {}
                    _ => return self.fault_before(),
                },
                _ => return self.fault_before(),
            }
        }
    }
}

/// What a backslash and a letter stand for.
const fn escape(letter: u8) -> Option<char> {
    Some(match letter {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        _ => return None,
    })
}
