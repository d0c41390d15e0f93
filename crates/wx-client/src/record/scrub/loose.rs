//! Scrubs JSON and the service's scripts token by token, so that broken ones
//! stay broken and nothing changes its order.

use super::Scrubber;
use super::known::{OWN_NAMES, OWN_NUMBERS, OWN_TAGS, WIRE_NAMES, WIRE_NUMBERS};

/// Whose names the members have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// The service's.
    Wire,
    /// This program's.
    Own,
}

/// A count has at most this many digits.
const MAX_DIGITS: usize = 20;
/// The name of a variant has at most this many bytes.
const MAX_TAG: usize = 40;
/// How much of a picture's stand-in is written.
const PICTURE: &str = "AAAAAAAAAAAAAAAA";

impl Dialect {
    fn is_name(self, name: &str) -> bool {
        match self {
            Self::Wire => WIRE_NAMES.contains(name),
            // The numbers of sent messages are made here, of times.
            Self::Own => OWN_NAMES.contains(name) || name.len() == 17 && is_number(name),
        }
    }

    fn is_count(self, name: &str) -> bool {
        match self {
            Self::Wire => WIRE_NUMBERS.contains(name),
            Self::Own => OWN_NUMBERS.contains(name),
        }
    }

    /// True if a text under the name stays as it is.
    fn stays(self, name: &str, text: &str) -> bool {
        let is_tag = || {
            let allowed =
                |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_/.+-".contains(&b);
            text.len() <= MAX_TAG && text.bytes().all(allowed)
        };
        self.is_count(name) && is_number(text)
            || self == Self::Own && OWN_TAGS.contains(name) && is_tag()
    }
}

impl Scrubber {
    /// Writes JSON or a script.
    pub(super) fn loose(&self, dialect: Dialect, text: &str, out: &mut String) {
        let mut key = "";
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = match first {
                '"' | '\'' => {
                    let length = string_length(rest, first);
                    let after = rest.get(length..).unwrap_or_default();
                    let string = rest.get(..length).unwrap_or_default();
                    let content = string.trim_matches(first);
                    if after.trim_start().starts_with(':') {
                        key = content;
                        self.key(dialect, string, content, out);
                    } else {
                        self.string(dialect, key, string, first, out);
                    }
                    length
                }
                '0'..='9' => {
                    let length = prefix(rest, |c| c.is_ascii_digit());
                    let digits = rest.get(..length).unwrap_or_default();
                    // Commands have bare numbers; who somebody is stands there as a text.
                    let of_command = dialect == Dialect::Own && key == "id";
                    if of_command || dialect.is_count(key) {
                        out.push_str(digits);
                    } else {
                        self.text(digits, false, out);
                    }
                    length
                }
                _ if first.is_alphanumeric() || matches!(first, '_' | '$') => {
                    let length = prefix(rest, |c| c.is_alphanumeric() || matches!(c, '_' | '$'));
                    let word = rest.get(..length).unwrap_or_default();
                    // The e of a number is one, too.
                    let stays = ["true", "false", "null", "e", "E"].contains(&word);
                    if stays || dialect.is_name(word) {
                        out.push_str(word);
                    } else {
                        self.text(word, false, out);
                    }
                    key = if stays { key } else { word };
                    length
                }
                other => {
                    out.push(other);
                    other.len_utf8()
                }
            };
            rest = rest.get(length..).unwrap_or_default();
        }
    }

    fn key(&self, dialect: Dialect, string: &str, content: &str, out: &mut String) {
        if dialect.is_name(content) {
            out.push_str(string);
        } else {
            self.text(string, true, out);
        }
    }

    fn string(&self, dialect: Dialect, key: &str, string: &str, quote: char, out: &mut String) {
        let content = string.strip_prefix(quote).unwrap_or_default();
        let (content, end) = match content.strip_suffix(quote) {
            Some(content) => (content, true),
            None => (content, false),
        };
        out.push(quote);
        match (dialect, key) {
            _ if dialect.stays(key, content) => out.push_str(content),
            // Only the type of a picture is read.
            (Dialect::Wire, "userAvatar") if content.starts_with("data:") => {
                out.push_str("data:img/jpg;base64,");
                out.push_str(PICTURE);
            }
            (Dialect::Own, "hosts") => out.push_str(&self.host_name(content)),
            // The letter in front of the digits is what makes it one.
            (Dialect::Own, "device_id") if content.starts_with('e') => {
                out.push('e');
                self.text(content.get(1..).unwrap_or_default(), true, out);
            }
            _ => self.text(content, true, out),
        }
        if end {
            out.push(quote);
        }
    }
}

/// The length of a string with its quotes, or of the rest of the text.
fn string_length(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn prefix(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

/// True for a number, and for an empty text.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.len() <= MAX_DIGITS && digits.bytes().all(|b| b.is_ascii_digit())
}
