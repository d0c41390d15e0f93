//! Facts of message contents.

use serde_json::{Value, json};
use wx_wire::{
    code::MsgType,
    content::{self, EmojiTable, decode_text},
    xml,
};

use super::index::Entry;

pub(crate) fn content(entry: &Entry, body: &[u8]) -> Result<Value, String> {
    let content = str::from_utf8(body).map_err(|error| error.to_string())?;
    let msg_type = entry
        .context("MsgType")
        .as_i64()
        .map_or(MsgType::TEXT, MsgType);
    let room = entry.context("room") == true;
    Ok(facts(msg_type, room, content))
}

/// The facts of a content that came from a room or a person.
pub(crate) fn facts(msg_type: MsgType, room: bool, content: &str) -> Value {
    // System lines have no prefix.
    let (sender, body) = content::split_sender(content, room && msg_type != MsgType::SYSTEM);
    let hash = body.strip_prefix('@');
    if body.is_empty() {
        json!({ "sender": sender, "kind": "empty" })
    } else if msg_type == MsgType::STATUS_NOTIFY {
        status_notify(sender, body)
    } else if msg_type != MsgType::TEXT
        && hash.is_some_and(|hash| hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
    {
        json!({
            "sender": sender,
            "kind": "media-ref",
            "media_ref": true,
            "media_ref_len": body.len(),
        })
    } else {
        let text = decode_text(body, EmojiTable::AsIs);
        json!({
            "sender": sender,
            "kind": "text",
            "text": text,
            "text_naive": text,
            "text_wechat": decode_text(body, EmojiTable::Repaired),
            "emoji_spans": content::emoji_spans(body),
            "mentions": content::mentions(&text).collect::<Vec<_>>(),
        })
    }
}

fn status_notify(sender: Option<&str>, body: &str) -> Value {
    let text = content::xml_text(body, EmojiTable::AsIs);
    let Ok(document) = xml::parse(&text) else {
        return json!({ "sender": sender, "kind": "status-notify", "well_formed": false });
    };
    let op = document.root().child("op");
    let text_at = |element: Option<xml::Element<'_>>, path: &[&str]| {
        let element = element.and_then(|element| element.descend(path));
        element
            .map(|element| element.text().into_owned())
            .unwrap_or_default()
    };
    let names = text_at(op, &["username"]);
    let names: Vec<&str> = names.split(',').filter(|name| !name.is_empty()).collect();
    let chats = op.and_then(|op| op.child("unreadchatlist"));
    let unread: Vec<[String; 2]> = chats
        .iter()
        .flat_map(|list| list.children())
        .map(|chat| ["username", "lastreadtime"].map(|name| text_at(Some(chat), &[name])))
        .collect();
    json!({
        "sender": sender,
        "kind": "status-notify",
        "well_formed": true,
        "op_id": op.and_then(|op| op.attribute("id")),
        "usernames": names.len(),
        "first_username": names.first(),
        "unread_chats": unread,
    })
}
