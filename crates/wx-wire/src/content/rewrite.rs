//! One pass over a text that replaces pieces of markup by characters.

use std::borrow::Cow;

use crate::scan::memchr2;

/// The one or two characters that a piece of markup stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Glyph {
    pub(crate) first: char,
    pub(crate) second: Option<char>,
}

impl From<char> for Glyph {
    fn from(first: char) -> Self {
        Self {
            first,
            second: None,
        }
    }
}

/// Replaces what `resolve` knows at each `<` and `&` of `text`.
///
/// `resolve` gets the text from there on and gives the replacement, which is
/// not looked at again, and what follows. It must look at a bounded piece only
/// for the pass to take linear time.
pub(crate) fn rewrite<'a>(
    text: &'a str,
    resolve: impl Fn(&'a str) -> Option<(Glyph, &'a str)>,
) -> Cow<'a, str> {
    let mut written: Option<String> = None;
    let mut plain = text;
    let mut searched = 0;
    while let Some(found) = plain
        .as_bytes()
        .get(searched..)
        .and_then(|bytes| memchr2(b'<', b'&', bytes))
    {
        let at = searched + found;
        let Some((before, markup)) = plain.split_at_checked(at) else {
            break;
        };
        let Some((glyph, after)) = resolve(markup) else {
            searched = at + 1;
            continue;
        };
        // No replacement is longer than its markup.
        let out = written.get_or_insert_with(|| String::with_capacity(text.len()));
        out.push_str(before);
        out.push(glyph.first);
        out.extend(glyph.second);
        plain = after;
        searched = 0;
    }
    match written {
        None => Cow::Borrowed(text),
        Some(mut out) => {
            out.push_str(plain);
            Cow::Owned(out)
        }
    }
}
