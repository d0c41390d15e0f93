//! Facts of webwxsync's pages and of single messages.

use serde_json::{Value, json};

use super::{Error, Facts, content, empty, is_empty, object, presence::only_present};
use crate::{
    contact::Contact,
    endpoint::{Endpoint, webwxsync},
    json,
    message::{AddMsg, Context, RawAddMsg},
    sync_key::SyncKey,
};

pub(super) fn sync(_: &Value, body: &[u8]) -> Result<Facts, Error> {
    if is_empty(body) {
        return Ok(empty(&["ret", "err_msg"]));
    }
    let page = webwxsync::Response::decode(body)?;
    let messages: Vec<&AddMsg> = page
        .add_msg_list
        .iter()
        .map(|RawAddMsg { msg, .. }| msg)
        .collect();
    let each =
        |fact: fn(&AddMsg) -> Value| messages.iter().map(|msg| fact(msg)).collect::<Vec<_>>();
    let changed = |contact: &Contact| json!(contact.user_name);
    Ok(object(json!({
        "ret": page.base_response.ret,
        "err_msg": page.base_response.err_msg,
        "add_msg_count": page.add_msg_count,
        "msgs": messages.len(),
        "msg_kinds": each(|msg| json!(msg.msg_type)),
        "msg_ids": each(|msg| json!(msg.msg_id)),
        "from": each(|msg| json!(msg.from_user_name)),
        "to": each(|msg| json!(msg.to_user_name)),
        "status_notify_codes": each(|msg| json!(msg.status_notify_code)),
        "new_msg_id_equals_msg_id":
            each(|msg| json!(msg.new_msg_id.to_string() == msg.msg_id.as_str())),
        "contents": each(content_facts),
        "mod_contact_count": page.mod_contact_count,
        "mod_contacts": page.mod_contact_list.iter().map(changed).collect::<Vec<_>>(),
        "del_contact_count": page.del_contact_count,
        "del_contacts": page.del_contact_list,
        "continue_flag": page.continue_flag,
        "skey": page.skey.as_ref().map(|skey| skey.expose()),
        "sync_key_count": page.sync_key.as_ref().map(|key| key.count),
        "sync_key_entries": page.sync_key.as_ref().map(|key| key.list.len()),
        "sync_key": page.sync_key.as_ref().map(SyncKey::to_string),
        "sync_check_key_count": page.sync_check_key.as_ref().map(|key| key.count),
        "sync_check_key": page.sync_check_key.as_ref().map(SyncKey::to_string),
    })))
}

/// Where an item of AddMsgList has its facts.
const MEMBERS: &[(&str, &str)] = &[
    ("msg_id", "/MsgId"),
    ("new_msg_id", "/NewMsgId"),
    ("msg_type", "/MsgType"),
    ("status", "/Status"),
    ("from", "/FromUserName"),
    ("to", "/ToUserName"),
    ("create_time", "/CreateTime"),
    ("app_msg_type", "/AppMsgType"),
    ("sub_msg_type", "/SubMsgType"),
    ("file_name", "/FileName"),
    ("file_size", "/FileSize"),
    ("media_id_len", "/MediaId"),
    ("status_notify_code", "/StatusNotifyCode"),
    ("recommend_user", "/RecommendInfo/UserName"),
    ("recommend_nick", "/RecommendInfo/NickName"),
    ("recommend_ticket", "/RecommendInfo/Ticket"),
];

/// A single item of AddMsgList.
pub(super) fn add_msg(body: &[u8]) -> Result<Facts, Error> {
    let msg: AddMsg = json::body(Endpoint::Sync, body)?;
    let names = msg
        .status_notify_user_name
        .split(',')
        .filter(|name| !name.is_empty());
    let encry_file_name = msg.encry_file_name.as_deref();
    let person = msg.recommend_info();
    let facts = object(json!({
        "msg_id": msg.msg_id,
        "new_msg_id": msg.new_msg_id.to_string(),
        "msg_type": msg.msg_type,
        "status": msg.status,
        "from": msg.from_user_name,
        "to": msg.to_user_name,
        "room": Context::of(&msg).room,
        "create_time": msg.create_time,
        "app_msg_type": msg.app_msg_type,
        "sub_msg_type": msg.sub_msg_type,
        "file_name": msg.file_name,
        "file_size": msg.file_size,
        "media_id_len": msg.media_id.len(),
        "encry_file_name": encry_file_name,
        "encry_file_name_decoded": encry_file_name.map(crate::query::decode),
        "status_notify_code": msg.status_notify_code,
        "status_notify_users": names.count(),
        "recommend_user": person.user_name,
        "recommend_nick": person.nick_name,
        "recommend_ticket": person.ticket.expose(),
        "content": content_facts(&msg),
    }));
    Ok(only_present(facts, body, MEMBERS))
}

/// The facts of a message's content. Of a text without emoji spans the text
/// itself is all there is to say here.
fn content_facts(msg: &AddMsg) -> Value {
    let mut facts = content::facts(&Context::of(msg), &msg.content);
    if facts.get("emoji_spans").is_some_and(|spans| spans == 0) {
        facts.retain(|key, _| matches!(key.as_str(), "sender" | "kind" | "text"));
    }
    Value::Object(facts)
}
