//! What a strict reader refuses beyond the grammar.

use memchr::memchr_iter;

use super::{
    Attribute,
    escape::is_allowed,
    grammar::{Token, is_name_start},
};
use crate::{
    content::reference,
    script::fault::{Parsed, fail},
};

/// Whether all characters of a document may stand in XML.
pub(super) fn characters(text: &str) -> Parsed<'_, ()> {
    match text.find(|c| !is_allowed(c)) {
        Some(at) => fail("a character of XML", text.get(at..).unwrap_or_default()),
        None => Ok((text, ())),
    }
}

/// Whether `token`, which begins at `at`, may stand there.
pub(super) fn token<'a>(token: &Token<'a>, at: &'a str, first: bool) -> Parsed<'a, ()> {
    match token {
        Token::Text(text) if text.contains("]]>") => fail("text without `]]>`", at),
        Token::Text(text) => references(text, at),
        Token::Nothing if at.starts_with("<?xml ") && !first => fail("no declaration", at),
        Token::Nothing if is_nameless(at) => fail("the name of an instruction", at),
        Token::Nothing if has_dashes(at) => fail("a comment without `--`", at),
        Token::Nothing | Token::Cdata(_) | Token::Open(_) | Token::Close(_) => Ok((at, ())),
    }
}

/// Whether an instruction without a name begins here.
fn is_nameless(at: &str) -> bool {
    let inside = at.strip_prefix("<?");
    inside.is_some_and(|inside| !inside.starts_with(is_name_start))
}

/// Whether a comment begins here that contains `--` before its end.
fn has_dashes(at: &str) -> bool {
    let inside = at.strip_prefix("<!--");
    inside.is_some_and(|inside| inside.find("--") != inside.find("-->"))
}

/// Whether `attribute`, which was read from the text between `at` and `after`,
/// may follow the `earlier` ones of its element.
pub(super) fn attribute<'a>(
    attribute: &Attribute<'a>,
    earlier: &[Attribute<'a>],
    at: &'a str,
    after: &'a str,
) -> Parsed<'a, ()> {
    if !at.starts_with(|c: char| c.is_ascii_whitespace()) {
        return fail("a blank", at);
    }
    if earlier.iter().any(|other| other.name == attribute.name) {
        return fail("another attribute", at);
    }
    let (written, _) = at
        .split_at_checked(at.len() - after.len())
        .unwrap_or_default();
    if written.contains('<') {
        return fail("a value without `<`", at);
    }
    references(written, at)
}

/// Whether every `&` of `text`, which begins at `at`, begins a reference to a
/// character of XML.
fn references<'a>(text: &str, at: &'a str) -> Parsed<'a, ()> {
    for found in memchr_iter(b'&', text.as_bytes()) {
        let markup = text.get(found..).unwrap_or_default();
        let character = reference::resolve(markup, reference::XML);
        // XML knows no large `X`.
        let is_known = !markup.starts_with("&#X");
        if !is_known || !character.is_some_and(|(glyph, _)| is_allowed(glyph.first)) {
            return fail("a reference where `&` stands", at);
        }
    }
    Ok((at, ()))
}
