//! String literals in either kind of quotes, with their escapes.

use std::borrow::Cow;

use super::{
    fault::{Parsed, fail},
    grammar::is_line_terminator,
};
use crate::scan::{memchr, memchr3};

const UNCLOSED: &str = "the closing quote";
const ESCAPE: &str = "an escape sequence";

/// A string literal, borrowed if it holds no escapes.
///
/// Fails without commitment if no quote stands here.
pub(super) fn literal(input: &str) -> Parsed<'_, Cow<'_, str>> {
    let (mut rest, quote) = nom::character::complete::one_of("\"'")(input)?;
    let quote_byte = if quote == '"' { b'"' } else { b'\'' };
    let mut text = Text::default();
    loop {
        let Some(at) = memchr3(quote_byte, b'\\', b'\n', rest.as_bytes()) else {
            return fail(UNCLOSED, input);
        };
        let Some((plain, tail)) = rest.split_at_checked(at) else {
            return fail(UNCLOSED, rest);
        };
        if let Some(cr) = memchr(b'\r', plain.as_bytes()) {
            return fail(UNCLOSED, rest.get(cr..).unwrap_or_default());
        }
        if let Some(after) = tail.strip_prefix(quote) {
            return Ok((after, text.finish(plain)));
        }
        let Some(escape) = tail.strip_prefix('\\') else {
            return fail(UNCLOSED, tail);
        };
        text.push_str(plain);
        rest = match escaped(escape) {
            Some((Some(code), after)) => {
                text.push_code(code);
                after
            }
            Some((None, after)) => after,
            None => return fail(ESCAPE, tail),
        };
    }
}

/// The code that an escape stands for, if it stands for one, and what follows
/// it. `input` begins behind the backslash.
fn escaped(input: &str) -> Option<(Option<u32>, &str)> {
    let mut chars = input.chars();
    let first = chars.next()?;
    let after = chars.as_str();
    let code = match first {
        'n' => 0x0a,
        't' => 0x09,
        'r' => 0x0d,
        'b' => 0x08,
        'f' => 0x0c,
        'v' => 0x0b,
        'x' => return fixed(after, 2),
        'u' => {
            return after
                .strip_prefix('{')
                .map_or_else(|| fixed(after, 4), braced);
        }
        '0'..='7' => return Some(octal(input)),
        '\r' => return Some((None, after.strip_prefix('\n').unwrap_or(after))),
        c if is_line_terminator(c) => return Some((None, after)),
        other => u32::from(other),
    };
    Some((Some(code), after))
}

/// Exactly `digits` hexadecimal digits.
fn fixed(input: &str, digits: usize) -> Option<(Option<u32>, &str)> {
    let (hex, after) = input.split_at_checked(digits)?;
    Some((Some(hexadecimal(hex)?), after))
}

/// The inside of `\u{…}`.
fn braced(input: &str) -> Option<(Option<u32>, &str)> {
    let length = input
        .bytes()
        .take(6)
        .take_while(u8::is_ascii_hexdigit)
        .count();
    let (hex, after) = input.split_at_checked(length)?;
    let code = hexadecimal(hex).filter(|code| *code <= u32::from(char::MAX))?;
    Some((Some(code), after.strip_prefix('}')?))
}

fn hexadecimal(digits: &str) -> Option<u32> {
    // `from_str_radix` would take a sign.
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    all_digits.then(|| u32::from_str_radix(digits, 16).ok())?
}

/// One to three octal digits, at most `\377`; `\0` is the usual one.
fn octal(input: &str) -> (Option<u32>, &str) {
    let mut code = 0;
    let mut rest = input;
    for _ in 0..3 {
        let mut chars = rest.chars();
        let Some(digit) = chars.next().and_then(|c| c.to_digit(8)) else {
            break;
        };
        if code * 8 + digit > 0o377 {
            break;
        }
        code = code * 8 + digit;
        rest = chars.as_str();
    }
    (Some(code), rest)
}

/// A string put together from plain runs and escapes.
#[derive(Default)]
struct Text {
    text: Option<String>,
    /// The first half of a surrogate pair whose second half may follow.
    high: Option<u32>,
}

impl Text {
    fn push_str(&mut self, plain: &str) {
        if !plain.is_empty() {
            self.flush();
        }
        self.text.get_or_insert_default().push_str(plain);
    }

    fn push_code(&mut self, code: u32) {
        if let (Some(high), 0xdc00..=0xdfff) = (self.high, code) {
            self.high = None;
            self.push_char(0x1_0000 + ((high - 0xd800) << 10) + (code - 0xdc00));
            return;
        }
        self.flush();
        if let 0xd800..=0xdbff = code {
            self.high = Some(code);
        } else {
            self.push_char(code);
        }
    }

    fn push_char(&mut self, code: u32) {
        let c = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        self.text.get_or_insert_default().push(c);
    }

    /// Gives up waiting for the second half of a pair.
    fn flush(&mut self) {
        if let Some(high) = self.high.take() {
            self.push_char(high);
        }
    }

    /// The whole string, of which `plain` is the end.
    fn finish(mut self, plain: &str) -> Cow<'_, str> {
        if self.text.is_none() {
            return Cow::Borrowed(plain);
        }
        self.push_str(plain);
        self.flush();
        Cow::Owned(self.text.unwrap_or_default())
    }
}
