//! `GET base host /cgi-bin/mmwebwx-bin/webwxpushloginurl`: asks the phone to
//! confirm a login, on the strength of an older session's cookies.
//!
//! There is no BaseResponse, and `ret` is a string.

use bytes::Bytes;
use http::Response;

use super::not_found;
use crate::codes::Ret;
use crate::hosts::{is_base_host, is_login_host};
use crate::layout::Json;
use crate::reply;
use crate::request::Incoming;
use crate::service::Service;

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    // ItChat asks the login host.
    if !is_base_host(&request.host) && !is_login_host(&request.host) {
        return not_found();
    }
    let Some(account) = known_account(service, request) else {
        return refusal(Ret::PARAMETER_ERROR);
    };
    let uuid = service.begin_login(account, true, "zh_CN");
    outcome(Ret::OK, "all ok", &uuid)
}

pub(super) fn refusal(ret: Ret) -> Response<Bytes> {
    outcome(ret, "fail", "")
}

/// The account that `uin` and the cookies agree on.
fn known_account(service: &Service, request: &Incoming) -> Option<usize> {
    let uin = request.param("uin")?;
    let index = *service.by_uin.get(&uin.parse().ok()?)?;
    let tickets = &service.accounts.get(index)?.push_tickets;
    let known = tickets.iter().any(|(uvid, auth_ticket)| {
        request.cookie("webwxuvid") == Some(uvid)
            && request.cookie("webwx_auth_ticket") == Some(auth_ticket)
    });
    (known && request.cookie("wxuin") == Some(uin)).then_some(index)
}

fn outcome(ret: Ret, msg: &str, uuid: &str) -> Response<Bytes> {
    let mut json = Json::new();
    json.text("ret", &ret.to_string());
    json.text("msg", msg);
    json.text("uuid", uuid);
    reply::json(json.finish())
}
