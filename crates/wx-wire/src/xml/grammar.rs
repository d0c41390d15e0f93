//! The pieces of XML text: tags, comments, instructions and CDATA.

use std::borrow::Cow;

use nom::{
    Parser,
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
    script::fault::{Parsed, must},
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
    if !input.starts_with('<') {
        let length = memchr(b'<', input.as_bytes()).unwrap_or(input.len());
        let (text, rest) = input.split_at_checked(length).unwrap_or((input, ""));
        return Ok((rest, Token::Text(text)));
    }
    if let Some(rest) = input.strip_prefix("<!--") {
        let end = (take_until("-->"), tag("-->"));
        return must("the end of the comment", end)
            .map(|_| Token::Nothing)
            .parse(rest);
    }
    if let Some(rest) = input.strip_prefix("<![CDATA[") {
        let inside = terminated(take_until("]]>"), tag("]]>"));
        return must("the end of the CDATA section", inside)
            .map(Token::Cdata)
            .parse(rest);
    }
    if let Some(rest) = input.strip_prefix("<?") {
        let end = (take_until("?>"), tag("?>"));
        return must("the end of the instruction", end)
            .map(|_| Token::Nothing)
            .parse(rest);
    }
    let close = delimited(tag("</"), name, (multispace0, char('>'))).map(Token::Close);
    let open = preceded(char('<'), name).map(Token::Open);
    // Document types end up here.
    must("a tag, comment or CDATA section", alt((close, open)))(input)
}

/// What follows a tag's name or one of its attributes. No blank is asked for
/// between attributes, since the service forgets it now and then.
pub(super) fn next(input: &str) -> Parsed<'_, Next<'_>> {
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
