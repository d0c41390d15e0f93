//! `POST base host /cgi-bin/mmwebwx-bin/webwxsearchcontact`: finds one's own
//! contacts by a part of their names.
//!
//! The official page has the call, but no way to make it; no body of an answer
//! is known.

use bytes::Bytes;
use http::Response;

use crate::account::contact::ContactId;
use crate::codes::Ret;
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
    let key_word = scalar(body.get("KeyWord")).filter(|word| !word.is_empty());
    let (Some(word), Some(account)) = (key_word, service.accounts.get(index)) else {
        return refusal(Ret::PARAMETER_ERROR);
    };
    let found: Vec<ContactId> = account
        .all()
        .filter(|(_, contact)| {
            let names = [&contact.nick, &contact.remark, &contact.alias];
            contact.in_address_book() && names.iter().any(|name| name.contains(&word))
        })
        .map(|(id, _)| id)
        .collect();
    let mut json = Json::response(Ret::OK, "");
    json.list("List", found, |json, id| {
        json.text("EncryUserName", account.user_name(id));
    });
    let response = reply::json(json.finish());
    service.push_op(index, request, body);
    response
}

pub(super) fn refusal(ret: Ret) -> Response<Bytes> {
    let mut json = Json::response(ret, "");
    json.empty_list("List");
    reply::json(json.finish())
}
