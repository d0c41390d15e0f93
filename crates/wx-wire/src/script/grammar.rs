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
    Parser,
    branch::alt,
    bytes::complete::tag,
    character::complete::{char, digit1, one_of},
    combinator::{opt, recognize, verify},
    sequence::{delimited, pair, preceded},
};

use super::{
    MAX_DEPTH, Statement, Value,
    fault::{Parsed, fail, must},
    text,
};
use crate::scan::{take_until, take_while, take_while1};

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
    let keyword = pair(tag("var"), verify(blanks, |blank: &str| !blank.is_empty()));
    let (start, _) = opt(keyword).parse(input)?;
    let (mut rest, first) = must("an assignment", name)(start)?;
    let mut path = Cow::Borrowed(first);
    while let (after, Some(_)) = opt(token('.')).parse(rest)? {
        let (after, segment) = must("a name", name)(after)?;
        path = joined(path, segment, start, after);
        rest = after;
    }
    let (rest, _) = must("`=`", token('=')).parse(rest)?;
    let (rest, value) = value(rest, MAX_DEPTH)?;
    Ok((rest, Statement::new(path, value)))
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
            list('{', member, '}').map(Value::Object).parse(input)
        }
        Some('[') => {
            let element = |input| value(input, depth - 1);
            list('[', element, ']').map(Value::Array).parse(input)
        }
        Some('-' | '.' | '0'..='9') => must("a number", number).parse(input),
        _ => must("a literal", word).parse(input),
    }
}

/// Items separated by commas, the last of which may be followed by one.
fn list<'a, T>(
    open: char,
    mut item: impl FnMut(&'a str) -> Parsed<'a, T>,
    close: char,
) -> impl FnMut(&'a str) -> Parsed<'a, Vec<T>> {
    move |input| {
        let mut items = Vec::new();
        let (mut rest, _) = token(open).parse(input)?;
        loop {
            if let (after, Some(_)) = opt(char(close)).parse(rest)? {
                return Ok((after, items));
            }
            let (after, found) = item(rest)?;
            items.push(found);
            let (after, comma) = preceded(blanks, opt(char(','))).parse(after)?;
            if comma.is_none() {
                let (after, _) = must("`,` or the end of the list", char(close))(after)?;
                return Ok((after, items));
            }
            rest = blanks(after)?.0;
        }
    }
}

fn member(input: &str, depth: usize) -> Parsed<'_, (Cow<'_, str>, Value<'_>)> {
    let key = alt((
        text::literal,
        name.map(Cow::Borrowed),
        digit1.map(Cow::Borrowed),
    ));
    let (rest, (key, _)) = (must("a key", key), must("`:`", token(':'))).parse(input)?;
    let (rest, value) = value(rest, depth)?;
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
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$');
    let length = input.bytes().take_while(is_part).count();
    match (input.split_at_checked(length), input.as_bytes().get(length)) {
        (Some((name, rest)), Some(b'\0'..=b'\x7f') | None)
            if !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) =>
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

/// A character with blanks around it.
fn token<'a>(wanted: char) -> impl Parser<&'a str, Output = char, Error = super::fault::Fault<'a>> {
    delimited(blanks, char(wanted), blanks)
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
