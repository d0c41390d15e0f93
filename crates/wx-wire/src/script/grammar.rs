//! The grammar of script bodies, except string literals.
//!
//! ```text
//! script    = { ";" } [ statement { end statement } ] { ";" }
//! statement = [ "var" ] name { "." name } "=" value
//! end       = ";" | line terminator
//! value     = string | number | word | "{" [ member { "," member } [ "," ] ] "}"
//!                                    | "[" [ value { "," value } [ "," ] ] "]"
//! member    = ( name | string | number ) ":" value
//! word      = "true" | "false" | "null" | "undefined"
//! ```
//!
//! White space and comments may stand between any two tokens.

use std::borrow::Cow;

use nom::{
    Err, Parser,
    branch::alt,
    bytes::complete::tag,
    character::complete::{char, digit1, one_of},
    combinator::{opt, recognize, verify},
    sequence::pair,
};

use super::{
    MAX_DEPTH, Statement, Value,
    fault::{Fault, Parsed, fail, must},
    text,
};
use crate::scan::{looked, take_until, take_while, take_while1};

pub(super) fn script(input: &str) -> Parsed<'_, Vec<Statement<'_>>> {
    let mut statements = Vec::new();
    let mut rest = semicolons(input)?.0;
    while !rest.is_empty() {
        let (after, statement) = statement(rest)?;
        statements.push(statement);
        rest = end(after)?.0;
    }
    Ok((rest, statements))
}

/// What ends a statement, and whatever blanks and semicolons follow.
fn end(input: &str) -> Parsed<'_, ()> {
    let (rest, blank) = blanks(input)?;
    if rest.is_empty() || rest.starts_with(';') || blank.contains(is_line_terminator) {
        semicolons(rest)
    } else {
        fail("`;` or a new line", rest)
    }
}

fn semicolons(input: &str) -> Parsed<'_, ()> {
    let (mut rest, _) = blanks(input)?;
    while let Some(after) = rest.strip_prefix(';') {
        rest = blanks(after)?.0;
    }
    Ok((rest, ()))
}

fn statement(input: &str) -> Parsed<'_, Statement<'_>> {
    let start = after_keyword(input)?;
    let (mut rest, begun) = match plain_path(start) {
        Some(found) => found,
        None => must("an assignment", name)(start)?,
    };
    let mut path = Cow::Borrowed(begun);
    while let Some(after) = behind(b'.', rest)? {
        let (after, segment) = must("a name", name)(after)?;
        path = joined(path, segment, start, after);
        rest = after;
    }
    let Some(after) = behind(b'=', rest)? else {
        return fail("`=`", rest);
    };
    let (rest, value) = value(after, MAX_DEPTH)?;
    Ok((rest, Statement::new(path, value)))
}

/// What follows `var` and the blanks behind it, or everything if it does not
/// stand here.
fn after_keyword(input: &str) -> Result<&str, Err<Fault<'_>>> {
    let Some(after) = input.strip_prefix("var") else {
        return Ok(input);
    };
    let (rest, blank) = blanks(after)?;
    Ok(if blank.is_empty() { input } else { rest })
}

/// The shortest way to a path, or to its beginning: names of ASCII with nothing
/// but dots between them, as nearly all are, in front of a blank or the `=`.
fn plain_path(input: &str) -> Option<(&str, &str)> {
    let mut in_name = false;
    for (length, byte) in input.bytes().enumerate() {
        looked(1);
        in_name = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'$' => true,
            b'0'..=b'9' if in_name => true,
            b'.' if in_name => false,
            b' ' | b'=' if in_name => {
                let (path, rest) = input.split_at_checked(length)?;
                return Some((rest, path));
            }
            _ => return None,
        };
    }
    None
}

/// A path and its next segment, which is what `start` has in front of `rest`
/// unless blanks stand around a dot.
fn joined<'a>(path: Cow<'a, str>, segment: &str, start: &'a str, rest: &str) -> Cow<'a, str> {
    let length = start.len() - rest.len();
    match start.get(..length) {
        Some(written) if length == path.len() + 1 + segment.len() => Cow::Borrowed(written),
        _ => Cow::Owned(format!("{path}.{segment}")),
    }
}

fn value(input: &str, depth: usize) -> Parsed<'_, Value<'_>> {
    match input.chars().next() {
        Some('"' | '\'') => text::literal.map(Value::Text).parse(input),
        Some('{' | '[') if depth == 0 => fail("fewer nested literals", input),
        Some('{') => {
            let member = |input| member(input, depth - 1);
            list(b'{', member, b'}').map(Value::Object).parse(input)
        }
        Some('[') => {
            let element = |input| value(input, depth - 1);
            list(b'[', element, b']').map(Value::Array).parse(input)
        }
        Some('-' | '.' | '0'..='9') => must("a number", number).parse(input),
        _ => must("a literal", word).parse(input),
    }
}

/// Items separated by commas, the last of which may be followed by one.
fn list<'a, T>(
    open: u8,
    mut item: impl FnMut(&'a str) -> Parsed<'a, T>,
    close: u8,
) -> impl FnMut(&'a str) -> Parsed<'a, Vec<T>> {
    move |input| {
        let mut items = Vec::new();
        let Some(mut rest) = behind(open, input)? else {
            return fail("a list", input);
        };
        loop {
            if let Some(after) = rest.strip_prefix(char::from(close)) {
                return Ok((after, items));
            }
            let (after, found) = item(rest)?;
            items.push(found);
            let after = blanks(after)?.0;
            if let Some(end) = after.strip_prefix(char::from(close)) {
                return Ok((end, items));
            }
            let Some(next) = behind(b',', after)? else {
                return fail("`,` or the end of the list", after);
            };
            rest = next;
        }
    }
}

fn member(input: &str, depth: usize) -> Parsed<'_, (Cow<'_, str>, Value<'_>)> {
    let key = alt((
        text::literal,
        name.map(Cow::Borrowed),
        digit1.map(Cow::Borrowed),
    ));
    let (rest, key) = must("a key", key)(input)?;
    let Some(after) = behind(b':', rest)? else {
        return fail("`:`", rest);
    };
    let (rest, value) = value(after, depth)?;
    Ok((rest, (key, value)))
}

/// A number; one that is not whole or does not fit keeps its text.
fn number(input: &str) -> Parsed<'_, Value<'_>> {
    if let Some(found) = digits(input) {
        return Ok(found);
    }
    let decimals = alt((
        recognize((digit1, opt(pair(char('.'), opt(digit1))))),
        recognize(pair(char('.'), digit1)),
    ));
    let exponent = (one_of("eE"), opt(one_of("+-")), digit1);
    let (rest, text) = recognize((opt(char('-')), decimals, opt(exponent))).parse(input)?;
    if rest.starts_with(is_name_part) {
        return fail("the end of the number", rest);
    }
    let value = text.parse().map_or(Value::Number(text), Value::Integer);
    Ok((rest, value))
}

/// The shortest way to a number that is nothing but a few digits, as nearly all
/// are: what follows them is no part of it.
fn digits(input: &str) -> Option<(&str, Value<'_>)> {
    let length = input
        .bytes()
        .take(18)
        .take_while(u8::is_ascii_digit)
        .count();
    let (digits, rest) = input.split_at_checked(length)?;
    let ends = rest
        .bytes()
        .next()
        .is_none_or(|byte| byte.is_ascii() && byte != b'.' && !is_name_part(char::from(byte)));
    let number = digits.parse().ok().filter(|_| ends)?;
    Some((rest, Value::Integer(number)))
}

fn word(input: &str) -> Parsed<'_, Value<'_>> {
    let (rest, word) = name(input)?;
    let value = match word {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "null" => Value::Null,
        "undefined" => Value::Undefined,
        _ => return fail("a literal", input),
    };
    Ok((rest, value))
}

#[inline]
fn name(input: &str) -> Parsed<'_, &str> {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
    let bytes = input.as_bytes();
    let length = bytes.iter().take_while(is_part).count();
    looked(length + 1);
    match (input.split_at_checked(length), bytes) {
        (Some((name, rest)), [b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'$', ..])
            if rest.bytes().next().is_none_or(|byte| byte.is_ascii()) =>
        {
            Ok((rest, name))
        }
        // Letters of any script, or no name.
        _ => verify(take_while1(is_name_part), |name: &str| {
            !name.starts_with(|c: char| c.is_ascii_digit())
        })
        .parse(input),
    }
}

/// What follows an ASCII character with blanks around it, if that is what
/// stands here.
#[inline]
fn behind(wanted: u8, input: &str) -> Result<Option<&str>, Err<Fault<'_>>> {
    let (rest, _) = blanks(input)?;
    match rest.strip_prefix(char::from(wanted)) {
        Some(after) => Ok(Some(blanks(after)?.0)),
        None => Ok(None),
    }
}

/// White space and comments, possibly none.
#[inline]
fn blanks(input: &str) -> Parsed<'_, &str> {
    let is_common = |byte: &&u8| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    let bytes = input.as_bytes();
    let length = bytes.iter().take_while(is_common).count();
    match (input.split_at_checked(length), bytes.get(length)) {
        (Some((blank, rest)), None | Some(b'!'..=b'.' | b'0'..=b'~')) => Ok((rest, blank)),
        _ => rare_blanks(input),
    }
}

/// The same with comments, and white space of any script.
fn rare_blanks(input: &str) -> Parsed<'_, &str> {
    let mut rest = input;
    loop {
        let (after, _) = take_while(is_blank).parse(rest)?;
        rest = if after.starts_with("//") {
            take_while(|c| !is_line_terminator(c)).parse(after)?.0
        } else if after.starts_with("/*") {
            must("the end of the comment", (take_until("*/"), tag("*/")))(after)?.0
        } else {
            let length = input.len() - after.len();
            return Ok((after, input.get(..length).unwrap_or_default()));
        };
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

pub(super) const fn is_line_terminator(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}
