//! Facts in the bodies about an account and its contacts.

use serde_json::{Value, json};

use super::{Error, Facts, answer, presence::only_present};
use crate::{
    contact::{Contact, Member},
    content::{EmojiTable, decode_name},
    endpoint::{webwxbatchgetcontact, webwxgetcontact, webwxinit},
};

/// Where the answer of webwxinit has its facts.
const INIT_MEMBERS: &[(&str, &str)] = &[
    ("count", "/Count"),
    ("contacts", "/ContactList"),
    ("sync_key_count", "/SyncKey"),
    ("sync_key_entries", "/SyncKey"),
    ("sync_key", "/SyncKey"),
    ("user_name", "/User/UserName"),
    ("user_nick", "/User/NickName"),
    ("user_uin", "/User/Uin"),
    ("skey", "/SKey"),
    ("client_version", "/ClientVersion"),
    ("system_time", "/SystemTime"),
    ("chat_set", "/ChatSet"),
    ("mp_count", "/MPSubscribeMsgCount"),
    ("mp_entries", "/MPSubscribeMsgList"),
    ("mp_articles", "/MPSubscribeMsgList"),
    ("invite_start_count", "/InviteStartCount"),
    ("click_report_interval", "/ClickReportInterval"),
];

pub(super) fn init(_: &Value, body: &[u8]) -> Result<Facts, Error> {
    let response = webwxinit::Response::decode(body)?;
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
    let facts = answer(&response.base_response(), facts);
    Ok(only_present(facts, body, INIT_MEMBERS))
}

pub(super) fn contact(_: &Value, body: &[u8]) -> Result<Facts, Error> {
    let response = webwxgetcontact::Response::decode(body)?;
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
    let members = [("seq", "/Seq"), ("member_count", "/MemberCount")];
    Ok(only_present(answer(&base, facts), body, &members))
}

pub(super) fn batchcontact(_: &Value, body: &[u8]) -> Result<Facts, Error> {
    let response = webwxbatchgetcontact::Response::decode(body)?;
    let (base, count) = (response.base_response(), response.count);
    let contacts = response.into_contacts();
    let facts = json!({
        "count": count,
        "entries": contacts.len(),
        "list": contacts.iter().map(detail_facts).collect::<Vec<_>>(),
    });
    Ok(only_present(
        answer(&base, facts),
        body,
        &[("count", "/Count")],
    ))
}

fn contact_facts(contact: &Contact) -> Value {
    let members = contact.member_list.as_deref().unwrap_or_default();
    json!({
        "user_name": contact.user_name,
        "nick_name": contact.nick_name,
        "nick_text": contact.nick_name.as_deref().map(name),
        "remark_name": contact.remark_name,
        "member_count": contact.member_count,
        "members": members.len(),
        "verify_flag": contact.verify_flag,
        "contact_flag": contact.contact_flag,
        "encry_chat_room_id": contact.encry_chat_room_id,
        "owner_uin": contact.owner_uin,
        "is_owner": contact.is_owner,
        "is_room": contact.user_name.is_room(),
    })
}

/// Details, which name the members as well.
fn detail_facts(contact: &Contact) -> Value {
    let members = contact.member_list.as_deref().unwrap_or_default();
    let each = |fact: fn(&Member) -> Value| members.iter().map(fact).collect::<Vec<_>>();
    let named = [
        ("member_names", each(|member| json!(member.user_name))),
        (
            "member_nicks",
            each(|member| json!(name(&member.nick_name))),
        ),
        (
            "display_names",
            each(|member| json!(name(&member.display_name))),
        ),
    ];
    let mut facts = contact_facts(contact);
    if let Value::Object(facts) = &mut facts {
        facts.extend(named.map(|(key, names)| (key.to_owned(), names.into())));
    }
    facts
}

fn name(wire: &str) -> String {
    decode_name(wire, EmojiTable::AsIs).into_owned()
}
