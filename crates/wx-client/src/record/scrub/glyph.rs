//! A text as people see it, character by character, each with the way it is
//! written: as it is, as an escape of JSON or JavaScript, as an entity, or
//! percent-encoded, and any number of times over.

use std::fmt::Write as _;

/// A character of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph<'a> {
    /// How it is written.
    pub(super) raw: &'a str,
    /// What it is.
    pub(super) c: char,
    form: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// As it is, or as an escape of a string.
    Plain,
    /// As an entity, whose `&` is written as one so many times over.
    Entity(usize),
    /// Percent-encoded, with the percent sign encoded so many times over.
    Percent(usize),
    /// A percent-encoded byte of an unknown encoding.
    Byte(usize),
}

impl Glyph<'_> {
    /// True for characters that words are made of.
    pub(super) fn is_word(&self) -> bool {
        self.form != Form::Plain && self.c == char::REPLACEMENT_CHARACTER
            || self.c.is_alphanumeric()
            || self.c == '_'
    }

    /// True if it is written as it is, or as an escape of a string.
    pub(super) fn is_plain(&self) -> bool {
        self.form == Form::Plain
    }

    /// Writes another character in its place, the way this one is written.
    pub(super) fn write(&self, c: char, out: &mut String) {
        let result = match self.form {
            Form::Plain => out.write_char(c),
            Form::Entity(depth) => {
                write!(out, "&{}#{};", "amp;".repeat(depth), u32::from(c))
            }
            Form::Percent(depth) => {
                let mut buffer = [0; 4];
                let bytes = c.encode_utf8(&mut buffer).bytes();
                bytes
                    .into_iter()
                    .try_for_each(|byte| write!(out, "%{}{byte:02X}", "25".repeat(depth)))
            }
            Form::Byte(depth) => write!(out, "%{}80", "25".repeat(depth)),
        };
        // Writing to a String does not fail.
        debug_assert!(result.is_ok());
    }
}

/// Reads a text; with `escapes`, the inside of a string of JSON or JavaScript.
pub(super) fn glyphs(text: &str, escapes: bool) -> Vec<Glyph<'_>> {
    let units = units(text, escapes);
    let mut glyphs = Vec::with_capacity(units.len());
    let mut rest = units.as_slice();
    while let Some(first) = rest.first() {
        let special = match first.c {
            '&' => entity(rest),
            '%' => percent(rest),
            _ => None,
        };
        let (c, form, count) = special.unwrap_or((first.c, Form::Plain, 1));
        let (taken, left) = rest.split_at(count.min(rest.len()));
        let end = taken.last().map_or(first.end, |last| last.end);
        glyphs.push(Glyph {
            raw: text.get(first.start..end).unwrap_or_default(),
            c,
            form,
        });
        rest = left;
    }
    glyphs
}

#[derive(Clone, Copy)]
struct Unit {
    start: usize,
    end: usize,
    c: char,
}

fn units(text: &str, escapes: bool) -> Vec<Unit> {
    let mut units = Vec::with_capacity(text.len());
    let mut start = 0;
    while let Some(rest) = text.get(start..) {
        let Some(first) = rest.chars().next() else {
            break;
        };
        let (c, length) = match first {
            '\\' if escapes => escape(rest),
            _ => (first, first.len_utf8()),
        };
        let end = start + length;
        units.push(Unit { start, end, c });
        start = end;
    }
    units
}

/// The character that an escape stands for, and the escape's length.
fn escape(text: &str) -> (char, usize) {
    let hex = |from: usize, to: usize| {
        let digits = text.get(from..to)?;
        u32::from_str_radix(digits, 16).ok()
    };
    match text.chars().nth(1) {
        Some('u') => match hex(2, 6) {
            Some(high @ 0xd800..0xdc00) if text.get(6..8) == Some("\\u") => match hex(8, 12) {
                Some(low @ 0xdc00..0xe000) => {
                    let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    (char::from_u32(code).unwrap_or_default(), 12)
                }
                _ => (char::REPLACEMENT_CHARACTER, 6),
            },
            Some(code) => (
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
                6,
            ),
            None => ('\\', 1),
        },
        Some('x') => match hex(2, 4).and_then(char::from_u32) {
            Some(c) => (c, 4),
            None => ('\\', 1),
        },
        Some('n') => ('\n', 2),
        Some('t') => ('\t', 2),
        Some('r' | 'b' | 'f' | 'v' | '0') => ('\r', 2),
        Some(c @ ('"' | '\'' | '/' | '\\')) => (c, 2),
        _ => ('\\', 1),
    }
}

/// How many of the units spell a word.
fn spells(units: &[Unit], word: &str) -> bool {
    let mut units = units.iter();
    word.chars()
        .all(|c| units.next().is_some_and(|unit| unit.c == c))
}

type Special = (char, Form, usize);

fn entity(units: &[Unit]) -> Option<Special> {
    const NAMED: [(&str, char); 6] = [
        ("lt;", '<'),
        ("gt;", '>'),
        ("quot;", '"'),
        ("apos;", '\''),
        ("nbsp;", '\u{a0}'),
        ("amp;", '&'),
    ];
    let mut depth = 0;
    while units
        .get(1 + 4 * depth..)
        .is_some_and(|rest| spells(rest, "amp;"))
    {
        depth += 1;
    }
    let at = 1 + 4 * depth;
    let rest = units.get(at..).unwrap_or_default();
    for (name, c) in NAMED {
        if spells(rest, name) {
            return Some((c, Form::Entity(depth), at + name.len()));
        }
    }
    if let Some((code, length)) = reference(rest) {
        let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        return Some((c, Form::Entity(depth), at + length));
    }
    // Nothing but ampersands.
    (depth > 0).then_some(('&', Form::Entity(depth), at))
}

/// `#20320;` or `#x4f60;`
fn reference(units: &[Unit]) -> Option<(u32, usize)> {
    const MOST: usize = 10;
    let text: String = units.iter().take(MOST).map(|unit| unit.c).collect();
    let (number, _) = text.strip_prefix('#')?.split_once(';')?;
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    Some((code.ok()?, number.len() + 2))
}

/// A byte that is percent-encoded once or more: the byte, how many times over,
/// and the length of it all.
fn percent_byte(units: &[Unit]) -> Option<(u8, usize, usize)> {
    let digit = |at: usize| units.get(at)?.c.to_digit(16);
    if units.first()?.c != '%' {
        return None;
    }
    let mut depth = 0;
    while units
        .get(1 + 2 * depth..)
        .is_some_and(|rest| spells(rest, "25"))
    {
        depth += 1;
    }
    let byte = |depth: usize| {
        let value = digit(1 + 2 * depth)? * 16 + digit(2 + 2 * depth)?;
        Some((u8::try_from(value).ok()?, depth, 3 + 2 * depth))
    };
    // The last of them may be what it stands for: a percent sign.
    byte(depth).or_else(|| byte(depth.checked_sub(1)?))
}

fn percent(units: &[Unit]) -> Option<Special> {
    let (byte, depth, length) = percent_byte(units)?;
    if byte.is_ascii() {
        return Some((char::from(byte), Form::Percent(depth), length));
    }
    let mut bytes = vec![byte];
    let mut end = length;
    while bytes.len() < 4 {
        match percent_byte(units.get(end..)?) {
            Some((next, again, length)) if again == depth => {
                bytes.push(next);
                end += length;
            }
            _ => break,
        }
        if let Ok(text) = std::str::from_utf8(&bytes) {
            let c = text.chars().next()?;
            return Some((c, Form::Percent(depth), end));
        }
    }
    Some((char::REPLACEMENT_CHARACTER, Form::Byte(depth), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, escapes: bool) -> String {
        let glyphs = glyphs(text, escapes);
        // Nothing is lost.
        let raw: String = glyphs.iter().map(|glyph| glyph.raw).collect();
        assert_eq!(raw, text);
        glyphs.iter().map(|glyph| glyph.c).collect()
    }

    #[test]
    fn characters_are_found_however_they_are_written() {
        for (text, expected) in [
            ("a&lt;b&amp;gt;c&amp;amp;#20320;d", "a<b>c你d"),
            ("&amp;amp;x & y &unknown;", "&x & y &unknown;"),
            ("%41%2B%252b%E4%BD%A0%25E4%25BD%25A0", "A++你你"),
            ("100% 50%25 %zz", "100% 50% %zz"),
            ("%C4%E3", "\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(read(text, false), expected, "{text}");
        }
        for (text, expected) in [
            (r"\u4f60\u597d\ud83c\udf38\/\n\x41", "你好🌸/\nA"),
            (r"\ud83c \u12 \q", "\u{fffd} \\u12 \\q"),
        ] {
            assert_eq!(read(text, true), expected, "{text}");
        }
    }

    #[test]
    fn another_character_is_written_the_same_way() {
        for (text, expected) in [
            ("x", "b"),
            ("&#20320;", "&#98;"),
            ("&amp;#x4f60;", "&amp;#98;"),
            ("%41", "%62"),
            ("%2541", "%2562"),
            ("%C4", "%80"),
        ] {
            let mut out = String::new();
            glyphs(text, false)[0].write('b', &mut out);
            assert_eq!(out, expected, "{text}");
        }
    }
}
