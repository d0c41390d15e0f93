//! `GET login host /jslogin`: begins a login by QR code.
//!
//! The answer is a script under two Content-Type lines, without a line break
//! at its end.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};

use super::not_found;
use crate::codes::Ret;
use crate::hosts::is_login_host;
use crate::reply;
use crate::request::Incoming;
use crate::service::Service;

/// `code` when the query is wrong.
const BAD_REQUEST: Ret = Ret(400);
const WEB_APP_ID: &str = "wx782c26e4c19acffb";

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    if !is_login_host(&request.host) {
        return not_found();
    }
    if request.param("appid") != Some(WEB_APP_ID) || request.param("fun") != Some("new") {
        return refusal(BAD_REQUEST);
    }
    let lang = request.param("lang").unwrap_or("zh_CN");
    let account = service.next_account();
    let uuid = service.begin_login(account, false, lang);
    script(format!(
        "window.QRLogin.code = 200; window.QRLogin.uuid = \"{uuid}\";"
    ))
}

pub(super) fn refusal(code: Ret) -> Response<Bytes> {
    script(format!(
        "window.QRLogin.code = {code}; window.QRLogin.error = \"\";"
    ))
}

fn script(body: String) -> Response<Bytes> {
    let mut response = reply::script(body);
    let second = HeaderValue::from_static("text/html; charset=gbk");
    response.headers_mut().append(CONTENT_TYPE, second);
    response
}
