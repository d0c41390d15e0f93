//! Facts of message contents.

use serde_json::{Value, json};

use super::{Facts, app, object};
use crate::{
    content::{self, EmojiTable, decode_text},
    message::{
        Content, Context, Emoticon, Location, Revoke, StatusNotify, SysMsg, Voip, source,
        texts::Texts,
    },
};

/// The facts of a content and of what stands in front of it.
pub(super) fn facts(context: &Context<'_>, wire: &str) -> Facts {
    let prefixes = context.prefixes(wire);
    let content = Content::decode(context, wire);
    let mut facts = of(&content, prefixes.body, context.emoji);
    if words(&content).is_some() {
        facts.extend(texts(context, wire, prefixes.body));
    }
    let xml = source::text(prefixes.body, true, context.emoji);
    if is_from_xml(&content) && !xml.is_empty() {
        let well_formed = source::is_well_formed(&xml);
        facts.insert("well_formed".to_owned(), json!(well_formed));
    }
    facts.insert("sender".to_owned(), json!(prefixes.sender));
    if let Some(second) = prefixes.second_sender {
        facts.insert("second_prefix".to_owned(), json!(true));
        facts.insert("second_sender".to_owned(), json!(second));
    }
    if let Some(room) = prefixes.room {
        facts.insert("room_prefix".to_owned(), json!(room));
    }
    facts
}

fn of(content: &Content<'_>, body: &str, emoji: EmojiTable) -> Facts {
    match content {
        Content::Empty => kind("empty"),
        Content::Text(_) | Content::Unknown(_) => kind("text"),
        Content::Notice(notice) => {
            let about = notice.about.map(|about| about.name());
            object(json!({ "kind": "text", "about": about }))
        }
        Content::MediaRef(media) => object(json!({
            "kind": "media-ref",
            "media_ref": true,
            "media_ref_len": media.as_str().len(),
        })),
        Content::Image(image) => record("image", &**image),
        Content::Voice(voice) => record("voice", &**voice),
        Content::Video(video) => record("video", &**video),
        Content::Emoticon(emoticon) => self::emoticon(emoticon),
        Content::Card(card) => record("card", &**card),
        Content::FriendRequest(request) | Content::PossibleFriend(request) => {
            record("friend-request", &**request)
        }
        Content::Location(location) => self::location(location, body, emoji),
        Content::App(app) => app::facts(app),
        Content::Revoke(revoke) => self::revoke(revoke),
        Content::SysMsg(message) => sysmsg(message),
        Content::StatusNotify(notify) => status_notify(notify),
        Content::Voip(voip) => self::voip(voip),
    }
}

/// Whether sense could be made of a content as the XML of such a message.
pub(super) fn is_readable(context: &Context<'_>, wire: &str) -> bool {
    is_from_xml(&Content::decode(context, wire))
}

const fn is_from_xml(content: &Content<'_>) -> bool {
    !matches!(
        content,
        Content::Empty
            | Content::Text(_)
            | Content::MediaRef(_)
            | Content::Notice(_)
            | Content::Unknown(_)
    )
}

fn kind(name: &str) -> Facts {
    object(json!({ "kind": name }))
}

/// A record's texts under their names.
pub(super) fn insert(facts: &mut Facts, prefix: &str, record: &impl Texts) {
    record.each(|name, text| {
        facts.insert(format!("{prefix}{name}"), json!(text));
    });
}

fn record(name: &str, record: &impl Texts) -> Facts {
    let mut facts = Facts::new();
    insert(&mut facts, "", record);
    facts.insert("kind".to_owned(), json!(name));
    facts
}

/// What a content says in words, if it is nothing else.
fn words<'c>(content: &'c Content<'_>) -> Option<&'c str> {
    match content {
        Content::Text(text) | Content::Unknown(text) => Some(text),
        Content::Notice(notice) => Some(&notice.text),
        _ => None,
    }
}

/// The words of a content, its emoji read in either way.
fn texts(context: &Context<'_>, wire: &str, body: &str) -> Facts {
    let with = |emoji| {
        let content = Content::decode(&Context { emoji, ..*context }, wire);
        words(&content).map(str::to_owned)
    };
    let text = with(context.emoji).unwrap_or_default();
    object(json!({
        "text_naive": with(EmojiTable::AsIs),
        "text_wechat": with(EmojiTable::Repaired),
        "emoji_spans": content::emoji_spans(body),
        "mentions": content::mentions(&text).collect::<Vec<_>>(),
        "text": text,
    }))
}

fn emoticon(emoticon: &Emoticon) -> Facts {
    let mut facts = record("emoticon", emoticon);
    if let Some(game) = &emoticon.game {
        insert(&mut facts, "gameext_", game);
    }
    facts
}

fn location(location: &Location, body: &str, emoji: EmojiTable) -> Facts {
    let mut facts = record("location", location);
    facts.insert("image_path".to_owned(), json!(location.image_path));
    facts.insert("msgid".to_owned(), json!(location.msgid));
    facts.insert("url".to_owned(), json!(location.url));
    facts.insert("text".to_owned(), json!(decode_text(body, emoji)));
    facts
}

fn revoke(revoke: &Revoke) -> Facts {
    let mut facts = record("revoke", revoke);
    facts.insert("sysmsg_type".to_owned(), json!("revokemsg"));
    facts
}

fn sysmsg(message: &SysMsg) -> Facts {
    let mut facts = record("sysmsg", message);
    let links: Facts = message
        .links
        .iter()
        .map(|link| {
            let members = link.members.iter();
            let members = members.map(|member| json!([member.username, member.nickname]));
            (link.name.clone(), Value::Array(members.collect()))
        })
        .collect();
    facts.insert("sysmsg_type".to_owned(), json!(message.sysmsg_type));
    facts.insert("links".to_owned(), Value::Object(links));
    facts.insert("shown".to_owned(), json!(message.shown()));
    facts
}

fn status_notify(notify: &StatusNotify) -> Facts {
    let unread = notify.unread_chats.iter();
    let unread = unread.map(|chat| json!([chat.username, chat.lastreadtime]));
    object(json!({
        "kind": "status-notify",
        "op_id": notify.op_id,
        "usernames": notify.usernames.len(),
        "first_username": notify.usernames.first(),
        "unread_chats": unread.collect::<Vec<_>>(),
    }))
}

/// The elements of a call under their names, the first of each.
fn voip(voip: &Voip) -> Facts {
    let mut facts = Facts::new();
    for (name, text) in &voip.fields {
        facts.entry(name.clone()).or_insert_with(|| json!(text));
    }
    facts.insert("kind".to_owned(), json!("voip"));
    facts.insert("voip_msg".to_owned(), json!(voip.msg));
    facts
}
