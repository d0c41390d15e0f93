//! `GET base host /cgi-bin/mmwebwx-bin/webwxnewloginpage`: trades the ticket of
//! a confirmed login for keys and cookies, once.
//!
//! A refusal has `ret` and `message` only. (protocol: webwxnewloginpage)

use bytes::Bytes;
use http::{Response, StatusCode};

use super::{cookies, not_found};
use crate::codes::Ret;
use crate::config::{LoginPage, Strictness};
use crate::escape;
use crate::hosts::is_base_host;
use crate::reply;
use crate::request::Incoming;
use crate::service::Service;

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    if !is_base_host(&request.host) {
        return not_found();
    }
    let asked_for_xml =
        request.param("fun") == Some("new") || request.param("version") == Some("v2");
    if !asked_for_xml && service.config.strictness == Strictness::Strict {
        return page("");
    }
    if let Some(text) = &service.config.refuse_login {
        return refused(Ret::LOGIN_REFUSED, text);
    }
    let ticket = request.param("ticket").unwrap_or_default();
    let uuid = request.param("uuid").unwrap_or_default();
    let traded = (request.host == service.config.family.base_host())
        .then(|| service.trade_ticket(uuid, ticket))
        .flatten();
    let form = service.config.login_page;
    let account = traded.and_then(|index| service.accounts.get_mut(index));
    if let Some(session) = account.and_then(|account| account.session.as_mut()) {
        session.skey_untold = form == LoginPage::CookiesOnly;
    }
    let account = traded.and_then(|index| service.accounts.get(index));
    let Some((account, session)) = account.and_then(|a| Some((a, a.session.as_ref()?))) else {
        return refused(Ret::LOGIN_REFUSED, "check ticket failed");
    };
    let mut response = page(&format!(
        "<error><ret>0</ret><message></message><skey>{}</skey><wxsid>{}</wxsid><wxuin>{}</wxuin>\
         <pass_ticket>{}</pass_ticket><isgrayscale>1</isgrayscale></error>",
        session.skey(),
        session.sid,
        account.uin,
        session.encoded_pass_ticket(),
    ));
    if form != LoginPage::Xml || !asked_for_xml {
        *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
    }
    if form == LoginPage::CookiesOnly {
        *response.body_mut() = Bytes::new();
    }
    cookies::set_at_login(&mut response, account, session, service.now);
    response
}

pub(super) fn refusal(ret: Ret) -> Response<Bytes> {
    refused(ret, "")
}

fn refused(ret: Ret, message: &str) -> Response<Bytes> {
    let message = escape::xml_value(message);
    page(&format!(
        "<error><ret>{ret}</ret><message>{message}</message></error>"
    ))
}

fn page(body: &str) -> Response<Bytes> {
    reply::typed("text/plain;charset=utf-8", body.to_owned())
}
