//! Message contents: what a text says once the service's markup is undone.
//!
//! A content carries up to four layers (protocol: content decoding), undone in
//! this order and each once:
//!
//! 1. in a room, the sender's user name in front ([`split_prefixes`]);
//! 2. emoji as raw spans, `<span class="emoji emoji1f604"></span>`;
//! 3. line breaks as raw `<br/>`;
//! 4. entities, `&amp;` last.
//!
//! Spans and line breaks which somebody typed arrive escaped, so a reader that
//! undoes entities first takes them for markup. The functions here go over the
//! text once, from left to right, and never look again at what they wrote;
//! that comes to the same as the four steps. They borrow when nothing changes,
//! and leave alone what they do not know.
//!
//! ```
//! use wx_wire::content::{self, EmojiTable};
//!
//! let content = r#"@3f5a:<br/>a &lt;br/&gt;<br/>b<span class="emoji emoji1f604"></span>"#;
//! let (sender, text) = content::split_sender(content, true);
//! assert_eq!(sender, Some("@3f5a"));
//! assert_eq!(content::decode_text(text, EmojiTable::AsIs), "a <br/>\nb😄");
//! ```

mod emoji;
mod face;
mod mention;
pub(crate) mod prefix;
pub(crate) mod reference;
pub(crate) mod rewrite;

use std::borrow::Cow;

use memchr::memchr_iter;

pub use emoji::EmojiTable;
pub use face::{FACES, NEWER_FACES, face, face_number};
pub use mention::mentions;
pub use prefix::{Prefixes, split_prefixes, split_sender};
use rewrite::{Glyph, rewrite};

use crate::scan::memchr;

/// Decodes a text, whose prefix is already split off.
#[must_use]
pub fn decode_text(text: &str, emoji: EmojiTable) -> Cow<'_, str> {
    rewrite(text, |markup| {
        emoji::span(markup, emoji)
            .or_else(|| line_break(markup))
            .or_else(|| reference::resolve(markup, reference::TEXT))
    })
}

/// Decodes a name: `NickName`, `DisplayName`, `RemarkName` or `Signature`,
/// which carry spans and entities but no line breaks.
#[must_use]
pub fn decode_name(name: &str, emoji: EmojiTable) -> Cow<'_, str> {
    rewrite(name, |markup| {
        emoji::span(markup, emoji).or_else(|| reference::resolve(markup, reference::TEXT))
    })
}

/// Undoes one level of entities: `&amp;lt;` becomes `&lt;`.
///
/// Known are `&lt;`, `&gt;`, `&amp;`, `&quot;`, `&apos;`, `&nbsp;` and numeric
/// references.
#[must_use]
pub fn unescape(text: &str) -> Cow<'_, str> {
    rewrite(text, |markup| reference::resolve(markup, reference::TEXT))
}

/// Makes the XML of a content ready for [`xml::parse`](crate::xml::parse),
/// from its first tag on; empty if it has none.
///
/// Spans become characters and line breaks newlines before the XML is read,
/// because they stand raw in it, even in attributes, where the quotes of a span
/// would end the value. A second level of entities is the XML's own and stays.
///
/// `emoji` should be what the texts are decoded with, since both hold the same
/// names.
#[must_use]
pub fn xml_text(content: &str, emoji: EmojiTable) -> Cow<'_, str> {
    match decode_text(content, emoji) {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(first_tag(text)..).unwrap_or_default()),
        Cow::Owned(mut text) => {
            text.drain(..first_tag(&text));
            Cow::Owned(text)
        }
    }
}

/// Undoes spans and line breaks alone: for XML that has no layer of entities
/// around it.
pub(crate) fn undo_markup(text: &str, emoji: EmojiTable) -> Cow<'_, str> {
    rewrite(text, |markup| {
        emoji::span(markup, emoji).or_else(|| line_break(markup))
    })
}

/// How many emoji spans [`decode_text`] finds in a content.
#[must_use]
pub fn emoji_spans(content: &str) -> usize {
    memchr_iter(b'<', content.as_bytes())
        .filter_map(|at| emoji::span(content.get(at..)?, EmojiTable::AsIs))
        .count()
}

fn first_tag(text: &str) -> usize {
    memchr(b'<', text.as_bytes()).unwrap_or(text.len())
}

fn line_break(markup: &str) -> Option<(Glyph, &str)> {
    Some((Glyph::from('\n'), markup.strip_prefix("<br/>")?))
}
