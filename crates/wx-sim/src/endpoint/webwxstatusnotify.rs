//! `POST base host /cgi-bin/mmwebwx-bin/webwxstatusnotify`: code 3 after init,
//! upon which the phone's chats come through `webwxsync`; code 1 when a chat
//! was read.

use bytes::Bytes;
use http::Response;

use crate::codes::{Ret, notify_code};
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
        return refusal(Ret::PARAMETER_ERROR);
    };
    let known = |name| {
        scalar(body.get(name)).is_some_and(|user_name| account.by_user_name(&user_name).is_some())
    };
    if !known("FromUserName") || !known("ToUserName") {
        return refusal(Ret::PARAMETER_ERROR);
    }
    let msg_id = account.new_msg_id(now);
    if scalar(body.get("Code")) == Some(notify_code::INITED.to_string()) {
        service.notify_initialised(index);
    }
    service.push_op(index, request, body);
    outcome(Ret::OK, &msg_id.to_string())
}

pub(super) fn refusal(ret: Ret) -> Response<Bytes> {
    outcome(ret, "")
}

fn outcome(ret: Ret, msg_id: &str) -> Response<Bytes> {
    let mut json = Json::response(ret, "");
    json.text("MsgID", msg_id);
    reply::json(json.finish())
}
