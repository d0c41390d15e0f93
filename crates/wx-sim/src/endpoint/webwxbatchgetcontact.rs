//! `POST base host /cgi-bin/mmwebwx-bin/webwxbatchgetcontact`: details of up
//! to 50 contacts; groups come with their members and their EncryChatRoomId.
//!
//! More than 50 names are Ret 1. Unknown names are left out.

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use crate::account::contact::ContactId;
use crate::account::entries::Members;
use crate::codes::Ret;
use crate::layout::Json;
use crate::reply;
use crate::request::{Incoming, scalar};
use crate::service::{Claim, Door, Service};

const MOST: usize = 50;

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let body = request.json();
    let index = match service.authorize(request, &Claim::from_body(&body), Door::Base) {
        Ok(index) => index,
        Err(ret) => return refusal(ret),
    };
    let names = body.get("List").and_then(Value::as_array);
    let (Some(names), Some(account)) = (names, service.accounts.get(index)) else {
        return refusal(Ret::PARAMETER_ERROR);
    };
    let count = scalar(body.get("Count")).and_then(|count| count.parse().ok());
    if names.len() > MOST || count != Some(names.len()) {
        return refusal(Ret::PARAMETER_ERROR);
    }
    let found: Vec<ContactId> = names
        .iter()
        .filter_map(|item| account.by_user_name(item.get("UserName")?.as_str()?))
        .collect();
    let mut json = Json::response(Ret::OK, "");
    json.number("Count", found.len());
    json.list("ContactList", found, |json, id| {
        account.write_contact(json, id, Members::Full);
    });
    reply::json(json.finish())
}

pub(super) fn refusal(ret: Ret) -> Response<Bytes> {
    let mut json = Json::response(ret, "");
    json.number("Count", 0);
    json.empty_list("ContactList");
    reply::json(json.finish())
}
