//! The decoding of message contents.

use wx_wire::{
    code::MsgType,
    content::{self, EmojiTable},
    message::{Content, Context},
    xml,
};

/// The types of messages whose contents have a form of their own, and an unknown one.
const TYPES: &[MsgType] = &[
    MsgType::TEXT,
    MsgType::IMAGE,
    MsgType::VOICE,
    MsgType::VIDEO,
    MsgType::EMOTICON,
    MsgType::CARD,
    MsgType::FRIEND_REQUEST,
    MsgType::LOCATION,
    MsgType::APP,
    MsgType::STATUS_NOTIFY,
    MsgType::VOIP,
    MsgType::SYSTEM,
    MsgType::SYSTEM_XML,
    MsgType(0),
];

/// Decodes any bytes as a content; input that is not UTF-8 is skipped.
///
/// # Panics
///
/// If decoding loses or adds something, or takes typed text for markup.
pub fn content(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    prefixes(text);
    messages(text);
    for table in [EmojiTable::AsIs, EmojiTable::Repaired] {
        let decoded = content::decode_text(text, table);
        assert!(decoded.len() <= text.len());
        assert_eq!(content::decode_text(&encoded(&decoded), table), decoded);
        if !text.contains("<br/>") {
            assert_eq!(content::decode_name(text, table), decoded);
        }
        let xml = content::xml_text(text, table);
        assert!(decoded.ends_with(&*xml));
        if let Err(error) = xml::parse(&xml) {
            assert!(xml.is_char_boundary(error.offset));
        }
    }
    assert_eq!(
        content::unescape(&encoded(text).replace("<br/>", "\n")),
        text
    );
    let names = content::mentions(text).count();
    assert!(names <= text.matches('@').count());
}

fn prefixes(text: &str) {
    let prefixes = content::split_prefixes(text, true);
    let first = prefixes.sender.or(prefixes.room);
    let front = first
        .map(|name| format!("{name}:<br/>"))
        .unwrap_or_default();
    assert_eq!(format!("{front}{}", prefixes.body), text);
    assert_eq!(
        content::split_sender(text, true),
        (prefixes.sender, prefixes.body)
    );
    assert_eq!(content::split_sender(text, false), (None, text));
    let second = content::split_sender(prefixes.body, true).0;
    assert_eq!(prefixes.second_sender, prefixes.sender.and(second));
}

/// Only an empty body decodes to [`Content::Empty`], and the sender is not part of the body.
fn messages(text: &str) {
    for msg_type in TYPES {
        for room in [false, true] {
            let mut context = Context::new(*msg_type);
            context.room = room;
            let body = context.prefixes(text).body;
            assert!(text.ends_with(body));
            let decoded = Content::decode(&context, text);
            assert_eq!(decoded == Content::Empty, body.is_empty());
        }
    }
}

/// A typed text as the service would send it.
fn encoded(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\n', "<br/>")
}
