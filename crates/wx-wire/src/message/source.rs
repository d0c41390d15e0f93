//! The XML of a content: getting at its text and finding an element in it.

use std::borrow::Cow;

use crate::{
    content::{self, EmojiTable},
    xml::{Document, Element},
};

/// The XML in `body`, whose `escaped` layer the service put there; inside
/// another XML there is none.
///
/// A body that begins with a tag was never escaped (as `OriContent` is not),
/// so that only its spans and line breaks are undone.
pub(crate) fn text(body: &str, escaped: bool, emoji: EmojiTable) -> Cow<'_, str> {
    let start = body.trim_start();
    let is_markup = start.starts_with('<') && !start.starts_with("<br") && !is_span(start);
    if escaped && !is_markup {
        return content::xml_text(body, emoji);
    }
    match content::undo_markup(start, emoji) {
        Cow::Borrowed(text) => Cow::Borrowed(from_first_tag(text)),
        Cow::Owned(text) => Cow::Owned(from_first_tag(&text).to_owned()),
    }
}

fn is_span(text: &str) -> bool {
    text.starts_with("<span")
}

fn from_first_tag(text: &str) -> &str {
    text.find('<')
        .and_then(|at| text.get(at..))
        .unwrap_or_default()
}

/// The element of that name which is a root or directly inside one.
pub(super) fn find<'d>(document: &'d Document<'_>, name: &str) -> Option<Element<'d>> {
    document.roots().find_map(|root| {
        if root.name() == name {
            Some(root)
        } else {
            root.child(name)
        }
    })
}

/// Whether the XML is what a reader without tolerance takes. Line breaks
/// behind it do not count, in whatever form they came.
pub(crate) fn is_well_formed(xml: &str) -> bool {
    let mut rest = xml.trim_end();
    while let Some(before) = rest.strip_suffix("<br/>") {
        rest = before.trim_end();
    }
    crate::xml::strict(rest).is_ok()
}
