//! `GET login host /cgi-bin/mmwebwx-bin/login`: the login poll.
//!
//! A poll is answered at once when it has news, and held otherwise. With
//! `tip=1` a scan is always news; with `tip=0` it is news once, so that the
//! poll after a 201 waits for the confirmation. (protocol: tip, codes)

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::Response;

use super::{Answer, not_found};
use crate::codes::Ret;
use crate::hosts::is_login_host;
use crate::login::Stage;
use crate::media::draw::PICTURE;
use crate::reply;
use crate::request::Incoming;
use crate::service::{Service, Wait};

/// Codes of the login poll. (protocol: codes)
const SCANNED: Ret = Ret(201);
const CANCELLED: Ret = Ret(202);
const DEAD: Ret = Ret(400);
const NOTHING_YET: Ret = Ret(408);

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Answer {
    if !is_login_host(&request.host) {
        return not_found().into();
    }
    let uuid = request.param("uuid").unwrap_or_default();
    let icon = request.param("loginicon") == Some("true");
    service.login_polled(uuid);
    let Some(login) = service.logins.get_mut(uuid) else {
        return code(DEAD).into();
    };
    if request.param("tip") == Some("1") {
        login.told_scanned = false;
    }
    match news(service, uuid, icon) {
        Some(response) => response.into(),
        None => Answer::Later(Wait::Login {
            uuid: uuid.to_owned(),
            icon,
        }),
    }
}

/// What there is to tell of a login, if anything.
pub(crate) fn news(service: &mut Service, uuid: &str, icon: bool) -> Option<Response<Bytes>> {
    let base_host = service.config.family.base_host();
    let Some(login) = service.logins.get_mut(uuid) else {
        return Some(code(DEAD));
    };
    match &login.stage {
        Stage::Waiting => None,
        Stage::Scanned if login.told_scanned => None,
        Stage::Scanned => {
            login.told_scanned = true;
            Some(if icon {
                scanned_with_avatar()
            } else {
                code(SCANNED)
            })
        }
        Stage::Confirmed { ticket, unix_s } => {
            let lang = &login.lang;
            Some(reply::script(format!(
                "window.code=200;\nwindow.redirect_uri=\"https://{base_host}/cgi-bin/mmwebwx-bin/\
                 webwxnewloginpage?ticket={ticket}&uuid={uuid}&lang={lang}&scan={unix_s}\";"
            )))
        }
        Stage::Cancelled => Some(code(CANCELLED)),
        Stage::Dead => Some(code(DEAD)),
    }
}

/// The answer when a poll was held long enough.
pub(crate) fn nothing_yet() -> Response<Bytes> {
    code(NOTHING_YET)
}

/// An answer that is nothing but a code.
pub(super) fn code(code: Ret) -> Response<Bytes> {
    reply::script(format!("window.code={code};"))
}

fn scanned_with_avatar() -> Response<Bytes> {
    let avatar = BASE64_STANDARD.encode(PICTURE);
    reply::script(format!(
        "window.code={SCANNED};window.userAvatar = 'data:img/jpg;base64,{avatar}';"
    ))
}
