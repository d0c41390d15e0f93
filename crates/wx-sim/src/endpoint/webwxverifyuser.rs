//! `POST base host /cgi-bin/mmwebwx-bin/webwxverifyuser`: asks somebody to be
//! friends (Opcode 2), says yes to a request (3), follows a public account (1).
//!
//! `skey` beside the BaseRequest must be the same as in it: Ret -1 otherwise.
//! A yes needs the ticket of the request. ItChat never sends one and works, so
//! that only a strict service minds an empty one.

use serde_json::Value;

use crate::account::Account;
use crate::account::contact::{ContactId, FLAG_CHAT, FLAG_CONTACT, Kind};
use crate::codes::Ret;
use crate::config::Strictness;
use crate::feed::Change;
use crate::request::scalar;
use crate::service::Service;

const ADD_CONTACT: &str = "1";
const SEND_REQUEST: &str = "2";
const VERIFY_OK: &str = "3";

pub(super) fn verify(service: &mut Service, index: usize, body: &Value) -> Result<(), Ret> {
    let skey = |of: &Value, name| scalar(of.get(name));
    let in_base = body.get("BaseRequest").and_then(|base| skey(base, "Skey"));
    if skey(body, "skey") != in_base {
        return Err(Ret::SYSTEM_ERROR);
    }
    let list = |name| body.get(name).and_then(Value::as_array);
    let counted = |name, len: usize| scalar(body.get(name)) == Some(len.to_string());
    let users = list("VerifyUserList").ok_or(Ret::PARAMETER_ERROR)?;
    let scenes = list("SceneList").ok_or(Ret::PARAMETER_ERROR)?;
    let [user] = users.as_slice() else {
        return Err(Ret::PARAMETER_ERROR);
    };
    if !counted("VerifyUserListSize", 1) || !counted("SceneListCount", scenes.len()) {
        return Err(Ret::PARAMETER_ERROR);
    }
    let ticket = scalar(user.get("VerifyUserTicket")).unwrap_or_default();
    let value = scalar(user.get("Value")).unwrap_or_default();
    let (now_ms, limit) = (service.now.unix_ms, service.config.verify_limit);
    let strict = service.config.strictness == Strictness::Strict;
    let auto_accept = service.config.auto_accept;
    let account = service.account_mut(index)?;
    let id = account.by_user_name(&value).ok_or(Ret::PARAMETER_ERROR)?;
    let kind = account.contact(id).kind;
    let becomes_contact = match scalar(body.get("Opcode")).as_deref() {
        Some(ADD_CONTACT) if kind == Kind::Official => true,
        Some(SEND_REQUEST) if matches!(kind, Kind::Friend | Kind::Stranger) => auto_accept,
        Some(VERIFY_OK) if may_accept(account, id, &ticket, strict) => true,
        _ => return Err(Ret::PARAMETER_ERROR),
    };
    if !account.verifications.admits(limit, now_ms) {
        return Err(Ret::TOO_OFTEN);
    }
    if becomes_contact && !account.contact(id).in_address_book() {
        let contact = account.contact_mut(id);
        contact.set_flag(FLAG_CONTACT | FLAG_CHAT, true);
        let line = format!("你已添加了{}，现在可以开始聊天了。", contact.shown_name());
        service.announce(index, Change::Roster(id));
        if kind != Kind::Official {
            service.tell(index, id, &line);
        }
    }
    Ok(())
}

/// Whether that person asked, and under this ticket.
fn may_accept(account: &Account, id: ContactId, ticket: &str, strict: bool) -> bool {
    let messages = account.feed.iter().filter_map(Change::message);
    let mut requests = messages.filter_map(|message| {
        let recommend = message.item.recommend.as_deref()?;
        (recommend.contact == id && recommend.op_code > 0).then_some(&recommend.ticket)
    });
    requests.any(|issued| issued == ticket || (ticket.is_empty() && !strict))
}
