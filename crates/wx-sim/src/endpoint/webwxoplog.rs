//! `POST base host /cgi-bin/mmwebwx-bin/webwxoplog`: sets a remark (CmdId 2),
//! pins a chat or lets it go (CmdId 3).
//!
//! Pinning sets the remark as well: without a RemarkName the remark is cleared. The contact comes back through `webwxsync`.

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use crate::account::build::FLAG_PINNED;
use crate::feed::Change;
use crate::layout::Json;
use crate::reply;
use crate::request::{Incoming, scalar};
use crate::service::{Claim, Door, Service};

const PARAMETER_ERROR: i32 = 1;
const REMARK: &str = "2";
const PIN: &str = "3";

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let body = request.json();
    let outcome = service
        .authorize(request, &Claim::from_body(&body), Door::Base)
        .and_then(|index| change(service, index, &body).map(|()| index));
    let ret = match outcome {
        Ok(index) => {
            service.push_op(index, request, body);
            0
        }
        Err(ret) => ret,
    };
    reply::json(Json::response(ret, "").finish())
}

fn change(service: &mut Service, index: usize, body: &Value) -> Result<(), i32> {
    let member = |name| scalar(body.get(name));
    let remark = member("RemarkName");
    let account = service.accounts.get_mut(index).ok_or(PARAMETER_ERROR)?;
    let user_name = member("UserName").unwrap_or_default();
    let id = account.by_user_name(&user_name).ok_or(PARAMETER_ERROR)?;
    let contact = account.contact_mut(id);
    match (member("CmdId").as_deref(), member("OP").as_deref()) {
        (Some(REMARK), _) => contact.remark = remark.ok_or(PARAMETER_ERROR)?,
        (Some(PIN), Some(op @ ("0" | "1"))) => {
            if op == "1" {
                contact.contact_flag |= FLAG_PINNED;
            } else {
                contact.contact_flag &= !FLAG_PINNED;
            }
            contact.remark = remark.unwrap_or_default();
        }
        _ => return Err(PARAMETER_ERROR),
    }
    service.announce(index, Change::Contact(id));
    Ok(())
}
