//! `POST base host /cgi-bin/mmwebwx-bin/webwxupdatechatroom?fun=…`: changes a
//! group.
//!
//! | fun | member of the body |
//! |---|---|
//! | `addmember` | `AddMemberList`; Ret 1 once the group would have `invite_start` members |
//! | `invitemember` | `InviteMemberList`; they join when they accept (control call `group/member`) |
//! | `delmember` | `DelMemberList`; the owner only |
//! | `modtopic` | `NewTopic` |
//! | `quitchatroom` | – |
//!
//! What is not allowed is Ret 1, without a word.

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use super::webwxcreatechatroom::write_candidates;
use crate::codes::Ret;
use crate::layout::Json;
use crate::reply;
use crate::request::{Incoming, scalar};
use crate::service::{Candidate, Claim, Door, Service};

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let body = request.json();
    let fun = request.param("fun").unwrap_or_default();
    let outcome = service
        .authorize(request, &Claim::from_body(&body), Door::Base)
        .and_then(|index| Ok((index, change(service, index, fun, &body)?)));
    match outcome {
        Ok((index, candidates)) => {
            let mut json = Json::response(Ret::OK, "");
            write_candidates(&mut json, service, index, &candidates);
            service.push_op(index, request, body);
            reply::json(json.finish())
        }
        Err(ret) => refusal(ret),
    }
}

pub(super) fn refusal(ret: Ret) -> Response<Bytes> {
    let mut json = Json::response(ret, "");
    json.number("MemberCount", 0);
    json.empty_list("MemberList");
    reply::json(json.finish())
}

/// Makes the change and returns the people whom the answer lists.
fn change(
    service: &mut Service,
    index: usize,
    fun: &str,
    body: &Value,
) -> Result<Vec<Candidate>, Ret> {
    let text = |name| scalar(body.get(name)).ok_or(Ret::PARAMETER_ERROR);
    let names = |name| {
        let list: Vec<String> = text(name)?.split(',').map(str::to_owned).collect();
        Ok::<_, Ret>(list)
    };
    let group = service.own_group(index, &text("ChatRoomName")?)?;
    match fun {
        "addmember" => {
            let candidates = service.candidates(index, &names("AddMemberList")?)?;
            service.add_members(index, group, &candidates)?;
            return Ok(candidates);
        }
        "invitemember" => {
            service.candidates(index, &names("InviteMemberList")?)?;
            service.count_group_change(index)?;
        }
        "delmember" => {
            let account = service.account(index)?;
            let names = names("DelMemberList")?;
            let members: Option<Vec<_>> = names
                .iter()
                .map(|name| account.by_user_name(name))
                .collect();
            service.remove_members(index, group, &members.ok_or(Ret::PARAMETER_ERROR)?)?;
        }
        "modtopic" => service.rename_group(index, group, &text("NewTopic")?)?,
        "quitchatroom" => service.leave_group(index, group)?,
        _ => return Err(Ret::PARAMETER_ERROR),
    }
    Ok(Vec::new())
}
