//! How the service writes text: entities, line breaks, emoji spans.
//!
//! Two forms are in use. Text that people wrote has its emoji of the old table
//! as spans and everything else escaped once; XML that the service embeds in a
//! message has its markup escaped, its quotes left alone. Both turn line
//! breaks into a literal `<br/>`. (protocol: content decoding)

use std::fmt::Write as _;

/// Text typed by a person, as it stands in `Content`, `NickName` and the like.
pub(crate) fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len() + 16);
    for c in raw.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push_str("<br/>"),
            c if has_span(c) => {
                // Writing to a String cannot fail.
                let _ = write!(out, "<span class=\"emoji emoji{:x}\"></span>", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// An XML document as the content of a message.
pub(crate) fn document(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len() + raw.len() / 4);
    for c in raw.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' => out.push_str("<br/>"),
            c => out.push(c),
        }
    }
    out
}

/// A value inside such a document, between tags or double quotes.
pub(crate) fn xml_value(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// A file name as `EncryFileName` has it: everything but ASCII letters and
/// digits percent-encoded, the dot and the underscore too.
pub(crate) fn encry_file_name(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Whether the service's table, which ends with the emoji of 2012, has the
/// character. Later ones travel as plain UTF-8.
fn has_span(c: char) -> bool {
    matches!(u32::from(c), 0x2600..=0x26ff | 0x2700..=0x27bf | 0x1f300..=0x1f3f0 | 0x1f400..=0x1f4f7
        | 0x1f600..=0x1f640 | 0x1f680..=0x1f6c5)
}

#[cfg(test)]
mod tests {
    use super::{document, encry_file_name, text};

    #[test]
    fn typed_markup_arrives_escaped_and_emoji_as_spans() {
        assert_eq!(
            text("<b> & \"q\"\n\u{1f31b}\u{1f914}"),
            "&lt;b&gt; &amp; &quot;q&quot;<br/><span class=\"emoji emoji1f31b\"></span>\u{1f914}"
        );
    }

    #[test]
    fn documents_keep_their_quotes() {
        assert_eq!(document("<a b=\"1\">\n"), "&lt;a b=\"1\"&gt;<br/>");
    }

    #[test]
    fn file_names_lose_dots_and_underscores() {
        assert_eq!(encry_file_name("a_b.txt"), "a%5Fb%2Etxt");
    }
}
