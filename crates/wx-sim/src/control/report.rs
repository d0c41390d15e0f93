//! What a test can ask: `log`, `sent`, `uploads`, `ops`, `state`.

use serde_json::{Map, Value, json};

use crate::account::Account;
use crate::oracle::{Logged, Op, Sent, Upload};
use crate::service::Service;

pub(super) fn log(service: &Service) -> Value {
    let entry = |logged: &Logged| {
        json!({
            "time_ms": logged.unix_ms,
            "method": logged.method,
            "host": logged.host,
            "path": logged.path,
            "query": logged.query,
            "headers": headers(logged),
            "body": String::from_utf8_lossy(&logged.body),
            "body_len": logged.body_len,
            "body_cut": logged.body_is_cut(),
            "fault": logged.fault,
        })
    };
    service.log().iter().map(entry).collect()
}

/// The head by lower-case names; lines of one name are joined.
fn headers(logged: &Logged) -> Map<String, Value> {
    let names = logged.headers.keys();
    names
        .map(|name| {
            let lines = logged.headers.get_all(name).iter();
            let lines: Vec<_> = lines
                .map(|line| String::from_utf8_lossy(line.as_bytes()))
                .collect();
            (name.to_string(), lines.join(", ").into())
        })
        .collect()
}

/// The Msg objects as received, each with what became of it.
pub(super) fn sent(service: &Service) -> Value {
    let entry = |sent: &Sent| {
        let mut msg = sent.msg.clone();
        if let Some(members) = msg.as_object_mut() {
            members.insert("MsgId".to_owned(), sent.msg_id.to_string().into());
            members.insert("endpoint".to_owned(), sent.endpoint.clone().into());
            members.insert("account".to_owned(), sent.account.into());
            members.insert("time_ms".to_owned(), sent.unix_ms.into());
        }
        msg
    };
    service.sent().iter().map(entry).collect()
}

pub(super) fn uploads(service: &Service) -> Value {
    let entry = |upload: &Upload| {
        json!({
            "account": upload.account,
            "name": upload.name,
            "size": upload.size,
            "md5": upload.md5,
            "received_md5": upload.received_md5,
            "pieces": upload.pieces,
            "media_id": upload.media_id,
            "mediatype": upload.media_type,
            "to": upload.to_user_name,
            "time_ms": upload.unix_ms,
            "error": upload.error,
        })
    };
    service.uploads().iter().map(entry).collect()
}

pub(super) fn ops(service: &Service) -> Value {
    let entry = |op: &Op| {
        json!({
            "account": op.account,
            "endpoint": op.endpoint,
            "fun": op.fun,
            "time_ms": op.unix_ms,
            "body": op.body,
        })
    };
    service.ops().iter().map(entry).collect()
}

pub(super) fn state(service: &Service) -> Value {
    let accounts: Vec<Value> = (service.accounts.iter().enumerate())
        .map(|(index, account)| state_of(service, index, account))
        .collect();
    let logins: Vec<Value> = (service.uuids.iter())
        .filter_map(|uuid| service.logins.get(uuid).map(|login| (uuid, login)))
        .map(|(uuid, login)| {
            json!({
                "uuid": uuid,
                "account": login.account,
                "push": login.push,
                "stage": login.stage.name(),
            })
        })
        .collect();
    let failures: Vec<String> = service
        .script_failures()
        .iter()
        .map(ToString::to_string)
        .collect();
    json!({
        "host": service.config.family.base_host(),
        "accounts": accounts,
        "logins": logins,
        "requests": service.log().len(),
        "sent": service.sent().len(),
        "uploads": service.uploads().len(),
        "faults": service.faults.remaining(),
        "omitted": service.record.omitted,
        "script_failures": failures,
    })
}

fn state_of(service: &Service, index: usize, account: &Account) -> Value {
    let contacts: Vec<Value> = account
        .all()
        .zip(account.short_names())
        .map(|((id, contact), name)| {
            let members: Vec<&str> = contact
                .members
                .iter()
                .map(|member| account.user_name(member.contact))
                .collect();
            json!({
                "name": name,
                "id": contact.real_id,
                "user_name": account.user_name(id),
                "nick_name": contact.nick,
                "remark": contact.remark,
                "alias": contact.alias,
                "in_address_book": contact.in_address_book(),
                "pinned": contact.is_pinned(),
                "members": members,
            })
        })
        .collect();
    json!({
        "uin": account.uin.to_string(),
        "wxid": account.contact(account.me()).real_id,
        "user_name": account.user_name(account.me()),
        "nick_name": account.contact(account.me()).nick,
        "online": service.is_online(index),
        "polling": service.is_polling(index),
        "logins": account.logins(),
        "messages": account.by_msg_id.len(),
        "contacts": contacts,
    })
}
