//! Calls (protocol: MsgType 50, 52 and 53).
//!
//! No content of this service was ever captured. Those of the phone's protocol
//! have one of several root elements, or three of them one after the other.

use std::iter;

use crate::xml::Document;

/// What there is to know about a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Voip {
    /// What to show, such as that the other side hung up.
    pub msg: Option<String>,
    /// 0 a video call, 1 a voice call.
    pub room_type: Option<String>,
    /// Seconds.
    pub duration: Option<String>,
    /// Every attribute, and every element that has no others inside, in the
    /// order of the text.
    pub fields: Vec<(String, String)>,
}

pub(super) fn read(document: &Document<'_>) -> Option<Voip> {
    let is_call = document
        .roots()
        .any(|root| root.name().to_ascii_lowercase().contains("voip"));
    if !is_call {
        return None;
    }
    let mut fields: Vec<(String, String)> = Vec::new();
    for root in document.roots() {
        for element in iter::once(root).chain(root.descendants()) {
            let attributes = element.attributes();
            fields.extend(attributes.map(|(name, value)| (name.to_owned(), value.to_owned())));
            if element.children().next().is_none() {
                fields.push((element.name().to_owned(), element.text().into_owned()));
            }
        }
    }
    let field = |wanted: &str| {
        let (_, text) = fields.iter().find(|(name, _)| name == wanted)?;
        Some(text.clone())
    };
    Some(Voip {
        msg: field("msg"),
        room_type: field("room_type"),
        duration: field("duration"),
        fields,
    })
}
