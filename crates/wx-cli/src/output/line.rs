//! JSON that is one line, whatever is in it.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// A value as compact JSON on one line.
///
/// Beside what JSON demands, the control characters from U+007F to U+009F, the
/// line separators and the bidi controls are escaped: some readers end a line
/// at them, and terminals obey them. A raw value loses the blanks between its
/// tokens and is otherwise as it was received.
pub fn json<T: Serialize + ?Sized>(value: &T) -> String {
    let mut line = Vec::with_capacity(128);
    append(&mut line, value);
    String::from_utf8(line).unwrap_or_default()
}

/// Appends what [`json`] gives.
pub(super) fn append<T: Serialize + ?Sized>(line: &mut Vec<u8>, value: &T) {
    let begun = line.len();
    let mut serializer = Serializer::with_formatter(&mut *line, OneLine);
    // Writing to memory cannot fail, and all values here have JSON forms.
    if let Err(error) = value.serialize(&mut serializer) {
        tracing::error!(%error, "a value has no JSON form");
    }
    escape_hidden(line, begun);
}

struct OneLine;

impl Formatter for OneLine {
    fn write_raw_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut compact = String::with_capacity(fragment.len());
        let (mut in_string, mut is_escaped) = (false, false);
        for c in fragment.chars() {
            if in_string || !c.is_ascii_whitespace() {
                compact.push(c);
            }
            match c {
                _ if is_escaped => is_escaped = false,
                '\\' => is_escaped = true,
                '"' => in_string = !in_string,
                _ => {}
            }
        }
        writer.write_all(compact.as_bytes())
    }
}

/// Escapes what is hidden in the JSON from an offset on: it can only stand
/// within strings. It is looked for in a whole line at once, as there is hardly
/// ever any of it.
fn escape_hidden(line: &mut Vec<u8>, begun: usize) {
    let json = line.get(begun..).unwrap_or_default();
    let of_two_bytes_or_more = memchr::memchr3(0xc2, 0xd8, 0xe2, json);
    let first = [memchr::memchr(0x7f, json), of_two_bytes_or_more];
    let Some(first) = first.into_iter().flatten().min() else {
        return;
    };
    // It is the first byte of a character, and JSON is text.
    let rest = json.get(first..).map(str::from_utf8);
    let Some(rest) = rest
        .and_then(Result::ok)
        .filter(|rest| rest.contains(is_hidden))
    else {
        return;
    };
    let mut escaped = String::with_capacity(rest.len() + 16);
    for c in rest.chars() {
        if is_hidden(c) {
            // Writing to memory cannot fail.
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    line.truncate(begun + first);
    line.extend_from_slice(escaped.as_bytes());
}

/// Whether a terminal or a reader of lines may act on a character instead of
/// showing it. All of them are in the basic plane, as `\uXXXX` needs, and the
/// first bytes of their UTF-8 are those that [`escape_hidden`] looks for.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{7f}'..='\u{9f}'
        | '\u{61c}'
        | '\u{200e}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
    )
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;
    use serde_json::{Value, json};

    #[test]
    fn what_breaks_a_line_or_turns_it_around_is_escaped_and_reads_as_it_was() {
        let value = json!({"a": "x\u{85}\u{2028}\u{202e}\u{9b}31m\u{7f}\n\u{1b}\"\\ 你好 🌸"});
        let line = super::json(&value);
        assert_eq!(
            line,
            r#"{"a":"x\u0085\u2028\u202e\u009b31m\u007f\n\u001b\"\\ 你好 🌸"}"#
        );
        assert_eq!(serde_json::from_str::<Value>(&line).unwrap(), value);
    }

    #[test]
    fn whatever_is_hidden_is_escaped_in_the_middle_of_other_text() {
        for c in '\u{7f}'..='\u{ffff}' {
            let line = super::json(&format!("“é\u{600}{c}"));
            let escaped = format!("\"“é\u{600}\\u{:04x}\"", u32::from(c));
            assert_eq!(line == escaped, super::is_hidden(c), "{line}");
        }
    }

    #[test]
    fn a_raw_value_keeps_everything_but_the_blanks_between_its_tokens() {
        let raw = "{ \"b\" : 12345678901234567890,\n\t\"a\": \"x \\\" \\\\\", \"c\":[ 1.50 ] }";
        let raw = RawValue::from_string(raw.to_owned()).unwrap();
        assert_eq!(
            super::json(&raw),
            r#"{"b":12345678901234567890,"a":"x \" \\","c":[1.50]}"#
        );
    }
}
