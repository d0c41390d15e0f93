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
    let (mut rest, (_, first)) = (opt(keyword), must("an assignment", name)).parse(input)?;
    let mut path = vec![first];
    while let (after, Some(_)) = opt(token('.')).parse(rest)? {
        let (after, segment) = must("a name", name)(after)?;
        path.push(segment);
        rest = after;
    }
    let (rest, _) = must("`=`", token('=')).parse(rest)?;
    let (rest, value) = value(rest, MAX_DEPTH)?;
    Ok((rest, Statement { path, value }))
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

fn name(input: &str) -> Parsed<'_, &str> {
    verify(take_while1(is_name_part), |name: &str| {
        !name.starts_with(|c: char| c.is_ascii_digit())
    })
    .parse(input)
}

/// A character with blanks around it.
fn token<'a>(wanted: char) -> impl Parser<&'a str, Output = char, Error = super::fault::Fault<'a>> {
    delimited(blanks, char(wanted), blanks)
}

/// White space and comments, possibly none.
fn blanks(input: &str) -> Parsed<'_, &str> {
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
