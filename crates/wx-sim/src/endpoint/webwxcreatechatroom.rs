//! `POST base host /cgi-bin/mmwebwx-bin/webwxcreatechatroom`: makes a group of
//! the account and at least two others.
//!
//! People who have blocked or deleted the account are left out; the answer says
//! so in `MemberStatus`.

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use crate::account::contact::{ContactId, Member};
use crate::codes::Ret;
use crate::escape;
use crate::layout::Json;
use crate::reply;
use crate::request::{Incoming, scalar};
use crate::service::{Candidate, Claim, Door, Service};

const LEAST_OTHERS: usize = 2;

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let body = request.json();
    let outcome = service
        .authorize(request, &Claim::from_body(&body), Door::Base)
        .and_then(|index| Ok((index, make(service, index, &body)?)));
    match outcome {
        Ok((index, (group, candidates))) => {
            let topic = scalar(body.get("Topic")).unwrap_or_default();
            let response = success(service, index, group, &topic, &candidates);
            service.push_op(index, request, body);
            response
        }
        Err(ret) => refusal(ret),
    }
}

fn make(
    service: &mut Service,
    index: usize,
    body: &Value,
) -> Result<(ContactId, Vec<Candidate>), Ret> {
    let list = body.get("MemberList").and_then(Value::as_array);
    let names: Option<Vec<String>> = list
        .ok_or(Ret::PARAMETER_ERROR)?
        .iter()
        .map(|item| scalar(item.get("UserName")))
        .collect();
    let names = names.ok_or(Ret::PARAMETER_ERROR)?;
    let candidates = service.candidates(index, &names)?;
    let counted = scalar(body.get("MemberCount")) == Some(names.len().to_string());
    if candidates.len() < LEAST_OTHERS || !counted {
        return Err(Ret::PARAMETER_ERROR);
    }
    let topic = scalar(body.get("Topic")).unwrap_or_default();
    let group = service.make_group(index, &topic, &candidates)?;
    Ok((group, candidates))
}

fn success(
    service: &Service,
    index: usize,
    group: ContactId,
    topic: &str,
    candidates: &[Candidate],
) -> Response<Bytes> {
    let mut json = Json::response(Ret::OK, "Everything is OK");
    json.text("Topic", &escape::text(topic));
    json.blanks(&["PYInitial", "QuanPin"]);
    write_candidates(&mut json, service, index, candidates);
    let account = service.accounts.get(index);
    json.text(
        "ChatRoomName",
        account.map_or("", |account| account.user_name(group)),
    );
    json.text("BlackList", "");
    reply::json(json.finish())
}

pub(super) fn refusal(ret: Ret) -> Response<Bytes> {
    let mut json = Json::response(ret, "");
    json.blanks(&["Topic", "PYInitial", "QuanPin"]);
    json.number("MemberCount", 0);
    json.empty_list("MemberList");
    json.blanks(&["ChatRoomName", "BlackList"]);
    reply::json(json.finish())
}

/// `MemberCount` and `MemberList`: what became of each.
pub(super) fn write_candidates(
    json: &mut Json,
    service: &Service,
    index: usize,
    candidates: &[Candidate],
) {
    json.number("MemberCount", candidates.len());
    let account = service.accounts.get(index);
    json.list("MemberList", candidates, |json, (contact, attitude)| {
        if let Some(account) = account {
            let member = Member::new(*contact, "");
            account.write_member(json, &member, true, *attitude);
        }
    });
}
