//! `POST base host /cgi-bin/mmwebwx-bin/webwxstatusnotify`: code 3 after init,
//! upon which the phone's chats come through `webwxsync`; code 1 when a chat
//! was read.

use bytes::Bytes;
use http::Response;

use crate::layout::Json;
use crate::reply;
use crate::request::{Incoming, scalar};
use crate::service::{Claim, Door, Service};

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let body = request.json();
    let index = match service.authorize(request, &Claim::from_body(&body), Door::Base) {
        Ok(index) => index,
        Err(ret) => return refusal(ret),
    };
    let now = service.now;
    let Some(account) = service.accounts.get_mut(index) else {
        return refusal(1);
    };
    let known = |name| {
        scalar(body.get(name)).is_some_and(|user_name| account.by_user_name(&user_name).is_some())
    };
    if !known("FromUserName") || !known("ToUserName") {
        return refusal(1);
    }
    let msg_id = account.new_msg_id(now);
    if scalar(body.get("Code")).as_deref() == Some("3") {
        service.notify_initialised(index);
    }
    service.push_op(index, request, body);
    outcome(0, &msg_id.to_string())
}

pub(super) fn refusal(ret: i32) -> Response<Bytes> {
    outcome(ret, "")
}

fn outcome(ret: i32, msg_id: &str) -> Response<Bytes> {
    let mut json = Json::response(ret, "");
    json.text("MsgID", msg_id);
    reply::json(json.finish())
}
