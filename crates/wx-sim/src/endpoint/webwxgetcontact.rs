//! `GET base host /cgi-bin/mmwebwx-bin/webwxgetcontact`: the address book, in
//! pages when `contact_page` says so: while `Seq` is not 0 there is more.
//!
//! Only groups saved to the address book are in it, without their members.

use bytes::Bytes;
use http::Response;

use crate::account::contact::ContactId;
use crate::account::entries::Members;
use crate::codes::Ret;
use crate::layout::Json;
use crate::reply;
use crate::request::Incoming;
use crate::service::{Claim, Door, Service};

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let claim = Claim::from_cookies(request);
    let index = match service.authorize(request, &claim, Door::Base) {
        Ok(index) => index,
        Err(ret) => return refusal(ret),
    };
    let Some(account) = service.accounts.get(index) else {
        return refusal(Ret::PARAMETER_ERROR);
    };
    let first: usize = match request.param("seq").unwrap_or("0").parse() {
        Ok(first) => first,
        Err(_) => return refusal(Ret::PARAMETER_ERROR),
    };
    let size = match service.config.contact_page {
        0 => usize::MAX,
        size => size,
    };
    let mut book = account
        .all()
        .filter(|(_, contact)| contact.in_address_book())
        .map(|(id, _)| id)
        .skip(first);
    let page: Vec<ContactId> = book.by_ref().take(size).collect();
    let seq = if book.next().is_some() {
        first + size
    } else {
        0
    };
    let mut json = Json::response(Ret::OK, "");
    json.number("MemberCount", page.len());
    json.list("MemberList", page, |json, id| {
        account.write_contact(json, id, Members::Counted);
    });
    json.number("Seq", seq);
    reply::json(json.finish())
}

pub(super) fn refusal(ret: Ret) -> Response<Bytes> {
    let mut json = Json::response(ret, "");
    json.number("MemberCount", 0);
    json.empty_list("MemberList");
    json.number("Seq", 0);
    reply::json(json.finish())
}
