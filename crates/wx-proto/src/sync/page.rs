//! What a page of changes does to a session, in the official page's order:
//! keys, profile, deleted contacts, changed ones, messages.

use bytes::Bytes;
use wx_wire::code::{MsgType, StatusNotifyCode};
use wx_wire::contact::Contact;
use wx_wire::endpoint::webwxsync::{Profile, Response};
use wx_wire::id::UserName;
use wx_wire::message::{AddMsg, RawAddMsg};

use super::Parts;
use crate::context::Context;
use crate::identity;
use crate::message::{Body, Message, Strangers};
use crate::originals::Batch;
use crate::outbox::Echo;
use crate::sabotage::breaks;
use crate::saved::{Change, Position};
use crate::time::Now;

/// Whether a page was worth asking for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Brought {
    Something,
    Nothing,
}

pub(super) fn apply(
    mut page: Response<'_>,
    body: &Bytes,
    position: &mut Position,
    parts: &mut Parts<'_>,
    now: Now,
) -> Brought {
    let before = position.clone();
    // An empty key is never taken over: asked with it, the server sends nothing
    // for ever (protocol: sync keys).
    if let Some(key) = page.sync_key.filter(|key| !key.is_empty()) {
        position.sync_key = key;
    }
    if let Some(key) = page.sync_check_key.filter(|key| !key.is_empty()) {
        position.sync_check_key = Some(key);
    }
    if let Some(skey) = page.skey.filter(|skey| !skey.is_empty()) {
        let known = parts.cx.credentials().map(|keys| &keys.skey);
        if known != Some(&skey) && !breaks!(parts.cx.config, StaleSkey) {
            parts.cx.journal.write(Change::Skey { skey });
        }
    }
    let changes = !page.del_contact_list.is_empty()
        || !page.mod_contact_list.is_empty()
        || !page.mod_chat_room_member_list.is_empty()
        || page.profile.bit_flag == Profile::CHANGED;
    profile(&page.profile, parts);
    for id in &page.del_contact_list {
        parts.contacts.remove(id, parts.cx);
    }
    for contact in &page.mod_contact_list {
        parts.contacts.merge(contact, parts.cx);
        // The list of members is current, but may lack their names.
        if contact.user_name.is_room() {
            parts.contacts.want(contact.user_name.clone(), now);
        }
    }
    for group in page.mod_chat_room_member_list {
        parts.contacts.want(group, now);
    }
    let mut fresh = false;
    let some = !page.add_msg_list.is_empty();
    if breaks!(parts.cx.config, ReorderChat) {
        page.add_msg_list.reverse();
    }
    parts.cx.inbox.open_page();
    let mut received = Received {
        own: parts.cx.own(),
        batch: parts.cx.originals.batch(body, &page.add_msg_list),
        strangers: Strangers::default(),
        now,
    };
    for item in &page.add_msg_list {
        let raw = body.slice_ref(item.raw.as_bytes());
        fresh |= message(item, raw, &mut received, parts);
    }
    parts
        .cx
        .inbox
        .close_page(position.clone(), &mut parts.cx.journal);
    // Known messages at a position that does not move would be fetched again
    // and again.
    if fresh || (*position != before && (some || changes)) {
        Brought::Something
    } else {
        Brought::Nothing
    }
}

fn profile(profile: &Profile, parts: &mut Parts<'_>) {
    if profile.bit_flag != Profile::CHANGED {
        return;
    }
    let own = Contact::renamed(
        parts.cx.own(),
        profile.nick_name().to_owned(),
        profile.head_img_url.clone(),
    );
    parts.contacts.merge(&own, parts.cx);
}

/// What the messages of a page have in common.
struct Received {
    /// Oneself.
    own: UserName,
    batch: Batch,
    strangers: Strangers,
    now: Now,
}

/// Takes a message over. True if it is new to the application.
fn message(item: &RawAddMsg<'_>, raw: Bytes, page: &mut Received, parts: &mut Parts<'_>) -> bool {
    match item.msg.msg_type {
        MsgType::STATUS_NOTIFY => {
            status_notify(&item.msg, parts, page.now);
            return false;
        }
        MsgType::SYSTEM_NOTICE => return false,
        _ => {}
    }
    let message = translated(item, raw, page, parts.cx);
    let is_first = parts.cx.inbox.is_first(&message);
    (parts.cx.originals).remember(&message, &page.own, &page.batch, is_first);
    if matches!(&message.body, Body::FriendRequest { user_name, .. } if *user_name == page.own)
        || !(is_first || breaks!(parts.cx.config, SkipDedup))
        || (matches!(message.body, Body::Unknown { .. }) && breaks!(parts.cx.config, DropBadItem))
    {
        return false;
    }
    parts
        .contacts
        .want_group(&parts.cx.roster, &message.chat.id, page.now);
    let echo = Echo::of(&message);
    let event = parts.cx.inbox.admit(message);
    if let Some(echo) = echo {
        parts.outbox.echoed(echo, event, parts.cx);
    }
    true
}

/// Translates a message. A recall also gets the message it takes back, if that
/// is still remembered.
fn translated(item: &RawAddMsg<'_>, raw: Bytes, page: &mut Received, cx: &Context) -> Box<Message> {
    let Received { own, strangers, .. } = page;
    let mut translate = |item: &RawAddMsg<'_>, raw: Bytes, own: &UserName| {
        Message::translate(item, raw, own, &cx.config, &cx.roster, strangers)
    };
    let mut message = translate(item, raw, own);
    let known = cx.originals.of(&message);
    let found =
        known.and_then(|known| Some(translate(&known.item()?, known.raw.clone(), &known.own)));
    if let (
        Some(found),
        Body::Revoked {
            revoked_msg_id,
            original,
            ..
        },
    ) = (found, &mut message.body)
    {
        revoked_msg_id.clone_from(&found.msg_id);
        *original = Some(found);
    }
    message
}

/// The phone's list of chats, which may name groups that are not known yet.
fn status_notify(msg: &AddMsg, parts: &mut Parts<'_>, now: Now) {
    identity::pair(parts.cx, msg);
    let code = msg.status_notify_code;
    if code != StatusNotifyCode::SYNC_CONVERSATIONS && code != StatusNotifyCode::ENTER_SESSION {
        return;
    }
    let names = msg.status_notify_user_name.split(',');
    for name in names.filter(|name| name.starts_with('@')) {
        let name = UserName::from(name);
        if name.is_room() {
            parts.contacts.want_group(&parts.cx.roster, &name, now);
        } else if !parts.cx.roster.knows(&name) {
            parts.contacts.want(name, now);
        }
    }
}
