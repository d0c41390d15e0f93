//! Entities and numeric character references.

use super::rewrite::Glyph;

/// The entities that XML knows.
pub(crate) const XML: &[(&str, char)] = &[
    ("lt", '<'),
    ("gt", '>'),
    ("amp", '&'),
    ("quot", '"'),
    ("apos", '\''),
];

/// The entities of texts.
pub(crate) const TEXT: &[(&str, char)] = &[
    ("lt", '<'),
    ("gt", '>'),
    ("amp", '&'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
];

/// More digits than any character needs, a few leading zeros included.
const MAX_DIGITS: usize = 10;

/// The reference that `markup` begins with, and what follows it.
pub(crate) fn resolve<'a>(markup: &'a str, names: &[(&str, char)]) -> Option<(Glyph, &'a str)> {
    let body = markup.strip_prefix('&')?;
    if let Some(number) = body.strip_prefix('#') {
        return numeric(number);
    }
    names.iter().find_map(|(name, c)| {
        let after = body.strip_prefix(name)?.strip_prefix(';')?;
        Some((Glyph::from(*c), after))
    })
}

fn numeric(number: &str) -> Option<(Glyph, &str)> {
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16),
        None => (number, 10),
    };
    let length = digits
        .bytes()
        .take(MAX_DIGITS)
        .take_while(|byte| char::from(*byte).is_digit(radix))
        .count();
    let (digits, after) = digits.split_at_checked(length)?;
    let code = u32::from_str_radix(digits, radix)
        .ok()
        .filter(|code| *code != 0)?;
    Some((Glyph::from(char::from_u32(code)?), after.strip_prefix(';')?))
}
