//! What a test can ask: `log`, `sent`, `ops`, `state`.

use serde_json::{Value, json};

use crate::account::Account;
use crate::service::Service;

pub(super) fn log(service: &Service) -> Value {
    let entry = |logged: &crate::oracle::Logged| {
        json!({
            "time_ms": logged.unix_ms,
            "method": logged.method,
            "host": logged.host,
            "path": logged.path,
            "query": logged.query,
            "body": String::from_utf8_lossy(&logged.body),
            "fault": logged.fault,
        })
    };
    service.log().iter().map(entry).collect()
}

/// The Msg objects as received, each with what became of it.
pub(super) fn sent(service: &Service) -> Value {
    let entry = |sent: &crate::oracle::Sent| {
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

pub(super) fn ops(service: &Service) -> Value {
    let entry = |op: &crate::oracle::Op| {
        json!({
            "account": op.account,
            "endpoint": op.endpoint,
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
        "faults": service.faults.remaining(),
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
