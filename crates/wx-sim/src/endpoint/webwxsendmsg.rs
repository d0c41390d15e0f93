//! `POST base host /cgi-bin/mmwebwx-bin/webwxsendmsg`: sends a text, a card or
//! a location.
//!
//! The message comes back through `webwxsync` under the MsgID of the answer.
//! A ClientMsgId that was used before gets the same MsgID again and sends
//! nothing; that the real service does so is what clients that retry rely on.

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use crate::escape;
use crate::feed::Item;
use crate::layout::Json;
use crate::oracle::Sent;
use crate::reply;
use crate::request::{Incoming, scalar};
use crate::service::{Claim, Door, Route, Service};

const PARAMETER_ERROR: i32 = 1;
const NO_FRIEND: i32 = 1204;
const TOO_OFTEN: i32 = 1205;

const TEXT: &str = "1";
const CARD: &str = "42";
const LOCATION: &str = "48";

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let body = request.json();
    let outcome = service
        .authorize(request, &Claim::from_body(&body), Door::Base)
        .and_then(|index| {
            let msg = body.get("Msg").filter(|msg| msg.is_object());
            take(service, index, msg.ok_or(PARAMETER_ERROR)?)
        });
    match outcome {
        Ok((msg_id, local_id)) => answered(0, &msg_id.to_string(), &local_id),
        Err(ret) => refusal(ret),
    }
}

pub(super) fn refusal(ret: i32) -> Response<Bytes> {
    answered(ret, "", "")
}

fn answered(ret: i32, msg_id: &str, local_id: &str) -> Response<Bytes> {
    let mut json = Json::response(ret, "");
    json.text("MsgID", msg_id);
    json.text("LocalID", local_id);
    reply::json(json.finish())
}

fn take(service: &mut Service, index: usize, msg: &Value) -> Result<(u64, String), i32> {
    let member = |name| scalar(msg.get(name)).unwrap_or_default();
    let client_msg_id = member("ClientMsgId");
    let local_id = member("LocalID");
    let content = member("Content");
    let item = match member("Type").as_str() {
        TEXT => Item::new("text", 1, escape::text(&content)),
        CARD => Item::new("card", 42, escape::document(&content)),
        LOCATION => {
            let mut item = Item::new("location", 1, escape::document(&content));
            item.sub_msg_type = 48;
            item.ori_content.clone_from(&content);
            item
        }
        _ => return Err(PARAMETER_ERROR),
    };
    let refuse_self = service.config.refuse_self;
    let account = service.accounts.get_mut(index).ok_or(PARAMETER_ERROR)?;
    let me = account.me();
    if member("FromUserName") != account.user_name(me) || client_msg_id.is_empty() {
        return Err(PARAMETER_ERROR);
    }
    if let Some(msg_id) = account.client_msg_ids.get(&client_msg_id) {
        return Ok((*msg_id, local_id));
    }
    let to_user_name = member("ToUserName");
    let to = account.by_user_name(&to_user_name).ok_or(NO_FRIEND)?;
    if !account.contact(to).is_reachable() || (to == me && refuse_self) {
        return Err(NO_FRIEND);
    }
    let real_id = account.contact(to).real_id.clone();
    if !service.may_send(index) {
        return Err(TOO_OFTEN);
    }
    let route = Route {
        from: me,
        to,
        sender: None,
    };
    let msg_id = service.deliver(index, route, item).ok_or(PARAMETER_ERROR)?;
    if let Some(account) = service.accounts.get_mut(index) {
        account.client_msg_ids.insert(client_msg_id.clone(), msg_id);
    }
    service.record.sent.push(Sent {
        account: index,
        endpoint: "webwxsendmsg".to_owned(),
        msg_id,
        unix_ms: service.now.unix_ms,
        client_msg_id,
        to_user_name,
        to: real_id,
        content,
        msg: msg.clone(),
    });
    Ok((msg_id, local_id))
}
