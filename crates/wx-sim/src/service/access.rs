//! Whether a request belongs to a live session.

use serde_json::Value;

use super::{Service, manners};
use crate::account::Account;
use crate::codes::Ret;
use crate::config::Strictness;
use crate::request::{Incoming, scalar};

/// Which of a session's hosts a request must have come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// The base host; without cookies Ret 1100.
    Base,
    /// The push host; without cookies retcode 1102.
    Push,
    /// The file host; with other cookies Ret 1100. Uploads come without any,
    /// too: the ticket in the form speaks for them, and clients have lived on
    /// that (itchat up to 1.2.32).
    File,
}

/// Who a request says it comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claim {
    uin: String,
    sid: String,
    skey: Option<String>,
    device_id: Option<String>,
    /// Whether the call has a place for a DeviceID.
    names_device: bool,
}

impl Claim {
    /// From the `BaseRequest` of a body.
    pub(crate) fn from_body(body: &Value) -> Self {
        let member = |name| scalar(body.get("BaseRequest").and_then(|base| base.get(name)));
        Self {
            uin: member("Uin").unwrap_or_default(),
            sid: member("Sid").unwrap_or_default(),
            skey: member("Skey"),
            device_id: member("DeviceID"),
            names_device: true,
        }
    }

    /// From the query of a `synccheck`.
    pub(crate) fn from_query(request: &Incoming) -> Self {
        let param = |name| request.param(name).map(str::to_owned);
        Self {
            uin: param("uin").unwrap_or_default(),
            sid: param("sid").unwrap_or_default(),
            skey: param("skey"),
            device_id: param("deviceid"),
            names_device: true,
        }
    }

    /// From the cookies and the `skey` in the query, for calls without a body.
    pub(crate) fn from_cookies(request: &Incoming) -> Self {
        let cookie = |name| request.cookie(name).unwrap_or_default().to_owned();
        Self {
            uin: cookie("wxuin"),
            sid: cookie("wxsid"),
            skey: request.param("skey").map(str::to_owned),
            device_id: None,
            names_device: false,
        }
    }

    /// The same for pictures: their addresses come ready-made in contacts,
    /// with a `skey` that is empty.
    pub(crate) fn from_picture(request: &Incoming) -> Self {
        let claim = Self::from_cookies(request);
        Self {
            skey: claim.skey.filter(|skey| !skey.is_empty()),
            ..claim
        }
    }
}

impl Service {
    /// The account that [`authorize`](Self::authorize) named.
    pub(crate) fn account(&self, index: usize) -> Result<&Account, Ret> {
        self.accounts.get(index).ok_or(Ret::PARAMETER_ERROR)
    }

    pub(crate) fn account_mut(&mut self, index: usize) -> Result<&mut Account, Ret> {
        self.accounts.get_mut(index).ok_or(Ret::PARAMETER_ERROR)
    }

    /// The account whose live session made the request, or the Ret to refuse
    /// it with.
    pub(crate) fn authorize(
        &mut self,
        request: &Incoming,
        claim: &Claim,
        door: Door,
    ) -> Result<usize, Ret> {
        let stranger = match door {
            Door::Base | Door::File => Ret::LOGGED_OUT,
            Door::Push => Ret::COOKIE_INVALID,
        };
        let cookies = [("wxuin", &claim.uin), ("wxsid", &claim.sid)];
        let fits = |(name, value): &(&str, &String)| match request.cookie(name) {
            Some(cookie) => cookie == value.as_str(),
            None => door == Door::File,
        };
        if !cookies.iter().all(fits) {
            return Err(stranger);
        }
        let uin: u64 = claim.uin.parse().map_err(|_| stranger)?;
        let index = *self.by_uin.get(&uin).ok_or(stranger)?;
        let account = self.accounts.get_mut(index).ok_or(stranger)?;
        let session = match &mut account.session {
            Some(session) if session.sid == claim.sid => session,
            Some(_) | None => {
                let ended = account.ended.iter().find(|ended| ended.sid == claim.sid);
                return Err(ended.map_or(stranger, |ended| ended.ret));
            }
        };
        let host_is_right = match door {
            Door::Base => request.host == session.family.base_host(),
            Door::Push => request.host == session.family.push_host(),
            Door::File => request.host == session.family.file_host(),
        };
        if !host_is_right {
            return Err(Ret::LOGGED_OUT);
        }
        match &claim.skey {
            Some(skey) if session.accepts_skey(skey) => {}
            None if self.config.strictness == Strictness::Real || !claim.names_device => {}
            Some(_) | None => return Err(stranger),
        }
        if self.config.strictness == Strictness::Strict {
            let device_is_right =
                !claim.names_device || claim.device_id.as_deref().is_some_and(is_device_id);
            let head_is_right = manners::ticket_is_right(request, session)
                && manners::cookies_are_there(request, session)
                && manners::head_is_right(request)
                && (!self.config.check_referer || manners::referer_is_right(request, session));
            if !device_is_right || !head_is_right {
                return Err(Ret::PARAMETER_ERROR);
            }
        }
        Ok(index)
    }
}

/// `e` and 15 digits.
fn is_device_id(text: &str) -> bool {
    text.strip_prefix('e')
        .is_some_and(|digits| digits.len() == 15 && digits.bytes().all(|b| b.is_ascii_digit()))
}
