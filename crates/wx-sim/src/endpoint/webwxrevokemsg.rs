//! `POST base host /cgi-bin/mmwebwx-bin/webwxrevokemsg`: takes back a message.
//!
//! It must be one's own, in that chat, and not older than `revoke_window_s`.
//! Everybody in the chat is told by a message of type 10002. A refusal is
//! Ret -1 and says why, in Chinese.

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use crate::codes::Ret;
use crate::layout::Json;
use crate::message::social::revocation;
use crate::reply;
use crate::request::{Incoming, scalar};
use crate::service::{Claim, Door, Route, Service};

/// What the phone shows with the first message that a user takes back.
const INTRODUCTION: &str = "你可以撤回2分钟内发送的消息（部分旧版本微信不支持这个功能）。";
const WORDING: &str = "已撤回";
const TOO_LATE: &str = "消息发送时间过长，不能被撤回。";
const FAILED: &str = "撤回失败";

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let body = request.json();
    let index = match service.authorize(request, &Claim::from_body(&body), Door::Base) {
        Ok(index) => index,
        Err(ret) => return refusal(ret),
    };
    match take_back(service, index, &body) {
        Ok(()) => {
            service.push_op(index, request, body);
            answered(Ret::OK, "", INTRODUCTION, WORDING)
        }
        Err(reason) => answered(Ret::SYSTEM_ERROR, reason, "", ""),
    }
}

pub(super) fn refusal(ret: Ret) -> Response<Bytes> {
    answered(ret, "", "", "")
}

fn answered(ret: Ret, reason: &str, introduction: &str, wording: &str) -> Response<Bytes> {
    let mut json = Json::response(ret, reason);
    json.text("Introduction", introduction);
    json.text("SysWording", wording);
    reply::json(json.finish())
}

fn take_back(service: &mut Service, index: usize, body: &Value) -> Result<(), &'static str> {
    let member = |name| scalar(body.get(name)).unwrap_or_default();
    let now_s = service.now.unix_s();
    let window_s = service.config.revoke_window_s;
    let account = service.accounts.get_mut(index).ok_or(FAILED)?;
    let msg_id: u64 = member("SvrMsgId").parse().map_err(|_| FAILED)?;
    let to = account.by_user_name(&member("ToUserName")).ok_or(FAILED)?;
    let message = account.message(msg_id).ok_or(FAILED)?;
    if !message.can_be_revoked()
        || message.from != account.me()
        || message.to != to
        || account.revoked.contains(&msg_id)
    {
        return Err(FAILED);
    }
    if message.unix_s.saturating_add(window_s) < now_s {
        return Err(TOO_LATE);
    }
    let route = Route {
        from: message.from,
        to,
        sender: None,
    };
    let item = revocation(account, message);
    account.revoked.insert(msg_id);
    service.deliver(index, route, item);
    service.pass_on_revocation(index, to, msg_id);
    Ok(())
}
