//! Facts of the bodies about an account, its contacts and what it sends.

use serde_json::{Map, Value, json};
use wx_wire::{
    contact::{Contact, Member},
    content::{EmojiTable, decode_name},
    endpoint::{
        BaseResponse, webwxbatchgetcontact, webwxgetcontact, webwxinit, webwxpushloginurl,
        webwxsendmsg, webwxstatusnotify,
    },
};

use super::index::Entry;

/// The server's verdict and, unless it is a refusal, `facts`.
fn answer(base: &BaseResponse, facts: Value) -> Value {
    let mut answer = Map::new();
    answer.insert("ret".to_owned(), json!(base.ret));
    answer.insert("err_msg".to_owned(), json!(base.err_msg));
    if let Value::Object(facts) = facts {
        answer.extend(facts);
    }
    Value::Object(answer)
}

pub(crate) fn init(_: &Entry, body: &[u8]) -> Result<Value, String> {
    let response = webwxinit::Response::decode(body).map_err(|error| error.to_string())?;
    let published = &response.mp_subscribe_msg_list;
    let facts = json!({
        "count": response.count,
        "contacts": response.contact_list.iter().map(contact_facts).collect::<Vec<_>>(),
        "sync_key_count": response.sync_key.count,
        "sync_key_entries": response.sync_key.list.len(),
        "sync_key": response.sync_key.to_string(),
        "user_name": response.user.user_name,
        "user_nick": response.user.nick_name,
        "user_uin": response.user.uin,
        "skey": response.skey.expose(),
        "client_version": response.client_version,
        "system_time": response.system_time,
        "chat_set": response.chat_set().collect::<Vec<_>>(),
        "mp_count": response.mp_subscribe_msg_count,
        "mp_entries": published.len(),
        "mp_articles": published.iter().map(|entry| entry.articles.len()).collect::<Vec<_>>(),
        "invite_start_count": response.invite_start_count,
        "click_report_interval": response.click_report_interval,
    });
    Ok(answer(&response.base_response(), facts))
}

pub(crate) fn contact(_: &Entry, body: &[u8]) -> Result<Value, String> {
    let response = webwxgetcontact::Response::decode(body).map_err(|error| error.to_string())?;
    let (base, seq, count) = (
        response.base_response(),
        response.seq,
        response.member_count,
    );
    let contacts = response.into_contacts();
    let facts = json!({
        "seq": seq,
        "member_count": count,
        "members": contacts.len(),
        "list": contacts.iter().map(contact_facts).collect::<Vec<_>>(),
    });
    Ok(answer(&base, facts))
}

pub(crate) fn batchcontact(_: &Entry, body: &[u8]) -> Result<Value, String> {
    let response =
        webwxbatchgetcontact::Response::decode(body).map_err(|error| error.to_string())?;
    let (base, count) = (response.base_response(), response.count);
    let contacts = response.into_contacts();
    let facts = json!({
        "count": count,
        "entries": contacts.len(),
        "list": contacts.iter().map(contact_facts).collect::<Vec<_>>(),
    });
    Ok(answer(&base, facts))
}

fn contact_facts(contact: &Contact) -> Value {
    let members = contact.member_list.as_deref().unwrap_or_default();
    let each = |fact: fn(&Member) -> Value| members.iter().map(fact).collect::<Vec<_>>();
    json!({
        "user_name": contact.user_name,
        "nick_name": contact.nick_name,
        "nick_text": contact.nick_name.as_deref().map(name),
        "remark_name": contact.remark_name,
        "member_count": contact.member_count,
        "members": members.len(),
        "member_names": each(|member| json!(member.user_name)),
        "member_nicks": each(|member| json!(name(&member.nick_name))),
        "display_names": each(|member| json!(name(&member.display_name))),
        "verify_flag": contact.verify_flag,
        "contact_flag": contact.contact_flag,
        "encry_chat_room_id": contact.encry_chat_room_id,
        "owner_uin": contact.owner_uin,
        "is_owner": contact.is_owner,
        "is_room": contact.user_name.is_room(),
    })
}

fn name(wire: &str) -> String {
    decode_name(wire, EmojiTable::AsIs).into_owned()
}

pub(crate) fn sendmsg(_: &Entry, body: &[u8]) -> Result<Value, String> {
    let response = webwxsendmsg::Response::decode(body).map_err(|error| error.to_string())?;
    let facts = json!({ "msg_id": response.msg_id, "local_id": response.local_id });
    Ok(answer(&response.base_response(), facts))
}

pub(crate) fn statusnotify(_: &Entry, body: &[u8]) -> Result<Value, String> {
    let response = webwxstatusnotify::Response::decode(body).map_err(|error| error.to_string())?;
    Ok(answer(
        &response.base_response(),
        json!({ "msg_id": response.msg_id }),
    ))
}

/// This one has no BaseResponse, and mostly a text for `ret`.
pub(crate) fn pushloginurl(_: &Entry, body: &[u8]) -> Result<Value, String> {
    let response = webwxpushloginurl::Response::decode(body).map_err(|error| error.to_string())?;
    let wire: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let is_string = wire.get("ret").is_some_and(Value::is_string);
    let ret = response.ret.map(|ret| {
        if is_string {
            json!(ret.to_string())
        } else {
            json!(ret)
        }
    });
    Ok(json!({
        "ret": ret,
        "ret_is_string": is_string,
        "msg": response.msg,
        "uuid": response.uuid,
    }))
}
