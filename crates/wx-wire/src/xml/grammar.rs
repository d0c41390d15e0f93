//! The pieces of XML text: tags, comments, instructions and CDATA.

use std::borrow::Cow;

use nom::{
    Err, Parser,
    branch::alt,
    bytes::complete::tag,
    character::complete::{anychar, char, multispace0},
    combinator::{recognize, verify},
    sequence::{delimited, pair, preceded, terminated},
};

use super::Attribute;
use crate::{
    content::{reference, rewrite::rewrite},
    scan::{memchr, take_until, take_while},
    script::fault::{Parsed, fail, must},
};

/// What stands between two `<`, or behind one.
pub(super) enum Token<'a> {
    /// Text as written.
    Text(&'a str),
    /// The inside of a CDATA section.
    Cdata(&'a str),
    /// The name of an opening tag, whose attributes follow.
    Open(&'a str),
    /// The name of a closing tag.
    Close(&'a str),
    /// A comment, a declaration or a processing instruction.
    Nothing,
}

/// How an opening tag goes on.
pub(super) enum Next<'a> {
    Attribute(Attribute<'a>),
    /// `>`
    Content,
    /// `/>`
    Nothing,
}

pub(super) fn token(input: &str) -> Parsed<'_, Token<'_>> {
    let Some(inside) = input.strip_prefix('<') else {
        let length = memchr(b'<', input.as_bytes()).unwrap_or(input.len());
        let (text, rest) = input.split_at_checked(length).unwrap_or((input, ""));
        return Ok((rest, Token::Text(text)));
    };
    // Document types end up with the names of opening tags.
    let token = match inside.as_bytes().first() {
        Some(b'/') => closing(inside),
        Some(b'!') if inside.starts_with("!--") => return comment(inside),
        Some(b'!') if inside.starts_with("![CDATA[") => return cdata(inside),
        Some(b'?') => return instruction(inside),
        _ => name(inside).map(|(rest, name)| (rest, Token::Open(name))),
    };
    match token {
        Err(Err::Error(_)) => fail("a tag, comment or CDATA section", input),
        other => other,
    }
}

fn closing(tag: &str) -> Parsed<'_, Token<'_>> {
    let (rest, name) = preceded(char('/'), name).parse(tag)?;
    if let Some(rest) = rest.strip_prefix('>') {
        return Ok((rest, Token::Close(name)));
    }
    let (rest, _) = (multispace0, char('>')).parse(rest)?;
    Ok((rest, Token::Close(name)))
}

fn comment(tag: &str) -> Parsed<'_, Token<'_>> {
    let rest = tag.strip_prefix("!--").unwrap_or_default();
    passed("the end of the comment", rest, "-->")
}

fn instruction(tag: &str) -> Parsed<'_, Token<'_>> {
    let rest = tag.strip_prefix('?').unwrap_or_default();
    passed("the end of the instruction", rest, "?>")
}

fn passed<'a>(wanted: &'static str, rest: &'a str, end: &'static str) -> Parsed<'a, Token<'a>> {
    must(wanted, (take_until(end), tag(end)))
        .map(|_| Token::Nothing)
        .parse(rest)
}

fn cdata(text: &str) -> Parsed<'_, Token<'_>> {
    let rest = text.strip_prefix("![CDATA[").unwrap_or_default();
    let inside = terminated(take_until("]]>"), tag("]]>"));
    must("the end of the CDATA section", inside)
        .map(Token::Cdata)
        .parse(rest)
}

/// What follows a tag's name or one of its attributes. No blank is asked for
/// between attributes, since the service forgets it now and then.
pub(super) fn next(input: &str) -> Parsed<'_, Next<'_>> {
    // Most tags have no attribute.
    if let Some(rest) = input.strip_prefix('>') {
        return Ok((rest, Next::Content));
    }
    let inside = alt((
        char('>').map(|_| Next::Content),
        tag("/>").map(|_| Next::Nothing),
        attribute.map(Next::Attribute),
    ));
    preceded(
        multispace0,
        must("an attribute or the end of the tag", inside),
    )
    .parse(input)
}

fn attribute(input: &str) -> Parsed<'_, Attribute<'_>> {
    let equals = must("`=`", delimited(multispace0, char('='), multispace0));
    let quoted = must(
        "a quoted value",
        alt((
            delimited(char('"'), take_until("\""), char('"')),
            delimited(char('\''), take_until("'"), char('\'')),
        )),
    );
    let (rest, (name, _, value)) = (name, equals, quoted).parse(input)?;
    let value = unescape(value);
    Ok((rest, Attribute { name, value }))
}

fn name(input: &str) -> Parsed<'_, &str> {
    let bytes = input.as_bytes();
    let is_part = |byte: &&u8| byte.is_ascii() && is_name_part(char::from(**byte));
    let length = bytes.iter().take_while(is_part).count();
    if let (Some((name, rest)), Some(b'\0'..=b'\x7f') | None) =
        (input.split_at_checked(length), bytes.get(length))
        && name.starts_with(is_name_start)
    {
        return Ok((rest, name));
    }
    // Letters of any script, or no name.
    let first = verify(anychar, |c| is_name_start(*c));
    recognize(pair(first, take_while(is_name_part))).parse(input)
}

pub(super) fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || matches!(c, '_' | ':')
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.')
}

/// Undoes the entities that XML knows, and numeric references.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    rewrite(text, |markup| reference::resolve(markup, reference::XML))
}
