//! The XML reader.

use wx_wire::xml::{self, Document, Element};

/// Reads any bytes as XML; input that is not UTF-8 is skipped.
///
/// # Panics
///
/// If an error points outside the text, or a document is not the same after it was written
/// and read again.
pub fn xml(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    match xml::parse(text) {
        Ok(document) => {
            let fragment = xml::fragment(text);
            assert!(fragment.is_ok_and(|fragment| same_roots(&document, &fragment)));
            let written: String = document.roots().map(written).collect();
            let again = xml::parse(&written);
            assert!(again.is_ok_and(|again| same_roots(&document, &again)));
        }
        Err(error) => {
            assert!(text.is_char_boundary(error.offset));
            if let Err(error) = xml::fragment(text) {
                assert!(text.is_char_boundary(error.offset));
            }
        }
    }
}

fn same_roots(one: &Document<'_>, other: &Document<'_>) -> bool {
    one.roots().count() == other.roots().count()
        && one
            .roots()
            .zip(other.roots())
            .all(|(one, other)| same(one, other))
}

fn same(one: Element<'_>, other: Element<'_>) -> bool {
    one.name() == other.name()
        && one.attributes().eq(other.attributes())
        && one.text() == other.text()
        && one.children().count() == other.children().count()
        && one
            .children()
            .zip(other.children())
            .all(|(one, other)| same(one, other))
}

/// Writes an element, with its text in front of its children.
fn written(element: Element<'_>) -> String {
    let name = element.name();
    let attributes: String = element
        .attributes()
        .map(|(name, value)| format!(" {name}=\"{}\"", escaped(value)))
        .collect();
    let text = escaped(&element.text());
    let children: String = element.children().map(written).collect();
    format!("<{name}{attributes}>{text}{children}</{name}>")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
