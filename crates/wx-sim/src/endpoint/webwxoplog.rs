//! `POST base host /cgi-bin/mmwebwx-bin/webwxoplog`: sets a remark (CmdId 2),
//! pins a chat or lets it go (CmdId 3).
//!
//! Pinning sets the remark as well: without a RemarkName the remark is
//! cleared. The contact comes back through `webwxsync`.

use serde_json::Value;

use crate::account::contact::FLAG_PINNED;
use crate::codes::Ret;
use crate::feed::Change;
use crate::request::scalar;
use crate::service::Service;

const REMARK: &str = "2";
const PIN: &str = "3";

pub(super) fn change(service: &mut Service, index: usize, body: &Value) -> Result<(), Ret> {
    let member = |name| scalar(body.get(name));
    let remark = member("RemarkName");
    let account = service.account_mut(index)?;
    let user_name = member("UserName").unwrap_or_default();
    let id = account
        .by_user_name(&user_name)
        .ok_or(Ret::PARAMETER_ERROR)?;
    let contact = account.contact_mut(id);
    match (member("CmdId").as_deref(), member("OP").as_deref()) {
        (Some(REMARK), _) => contact.remark = remark.ok_or(Ret::PARAMETER_ERROR)?,
        (Some(PIN), Some(op @ ("0" | "1"))) => {
            contact.set_flag(FLAG_PINNED, op == "1");
            contact.remark = remark.unwrap_or_default();
        }
        _ => return Err(Ret::PARAMETER_ERROR),
    }
    service.announce(index, Change::Contact(id));
    Ok(())
}
