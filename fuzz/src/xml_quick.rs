//! The XML reader beside quick-xml.

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use wx_wire::xml::{self, Element};

/// An element as quick-xml reads it.
#[derive(Default)]
struct Node {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Node>,
}

/// Reads any bytes as XML; input that is not well-formed is skipped.
///
/// # Panics
///
/// If quick-xml refuses a document that our strict reader accepts, or finds other elements,
/// attributes or texts in it.
pub fn xml_quick(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    if xml::strict(text).is_err() {
        return;
    }
    let ours = xml::parse(text);
    assert!(
        ours.is_ok(),
        "the tolerant reader refuses what the strict one accepts"
    );
    let theirs = read(text);
    assert!(theirs.is_some(), "quick-xml refuses {text:?}");
    if let (Ok(ours), Some(theirs)) = (ours, theirs) {
        assert_eq!(ours.roots().count(), 1);
        same(ours.root(), &theirs);
    }
}

fn same(ours: Element<'_>, theirs: &Node) {
    assert_eq!(ours.name(), theirs.name);
    let attributes = theirs
        .attributes
        .iter()
        .map(|(name, value)| (&**name, &**value));
    assert!(ours.attributes().eq(attributes));
    assert_eq!(ours.text(), theirs.text);
    assert_eq!(ours.children().count(), theirs.children.len());
    for (ours, theirs) in ours.children().zip(&theirs.children) {
        same(ours, theirs);
    }
}

/// The root, or nothing if quick-xml refuses the document.
fn read(text: &str) -> Option<Node> {
    let mut reader = Reader::from_str(text.strip_prefix('\u{feff}').unwrap_or(text));
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => open.push(node(&tag)?),
            Event::Empty(tag) => {
                let node = node(&tag)?;
                open.last_mut()?.children.push(node);
            }
            Event::End(_) => {
                let node = open.pop()?;
                open.last_mut()?.children.push(node);
            }
            Event::Text(text) => open.last_mut()?.text += &*text,
            Event::CData(text) => open.last_mut()?.text += &*text,
            Event::GeneralRef(name) => {
                let reference = format!("&{};", &*name);
                open.last_mut()?.text += &unescape(&reference).ok()?;
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::DocType(_) => return None,
        }
    }
    let mut whole = open.pop()?;
    let is_one = open.is_empty() && whole.children.len() == 1;
    is_one.then(|| whole.children.remove(0))
}

fn node(tag: &BytesStart<'_>) -> Option<Node> {
    let mut node = Node {
        name: tag.name().as_ref().to_owned(),
        ..Node::default()
    };
    for attribute in tag.attributes() {
        let attribute = attribute.ok()?;
        let name = attribute.key.as_ref().to_owned();
        let value = unescape(&attribute.value).ok()?.into_owned();
        node.attributes.push((name, value));
    }
    Some(node)
}
