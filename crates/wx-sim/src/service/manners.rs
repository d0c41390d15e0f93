//! What a strict service asks of a request although the real one lets it pass.

use http::Method;
use http::header::{CONTENT_TYPE, USER_AGENT};

use crate::request::Incoming;
use crate::session::Session;

/// Every session call sends these. (protocol: webwxnewloginpage)
const COOKIES: [&str; 5] = [
    "wxuin",
    "wxsid",
    "webwx_data_ticket",
    "webwxuvid",
    "webwx_auth_ticket",
];

/// The endpoints whose query must have a pass_ticket.
const TICKETED: [&str; 6] = [
    "webwxinit",
    "webwxgetcontact",
    "webwxbatchgetcontact",
    "webwxsync",
    "webwxsendmsg",
    "webwxverifyuser",
];

/// Endpoints whose POST body is not JSON.
const FORMS: [&str; 2] = ["webwxlogout", "webwxuploadmedia"];

/// A pass_ticket, where there is one, is the session's; encoded twice, the
/// query decodes to the encoded form.
pub(super) fn ticket_is_right(request: &Incoming, session: &Session) -> bool {
    match request.param("pass_ticket") {
        Some(ticket) => session.accepts_pass_ticket(ticket),
        None => !TICKETED.contains(&request.endpoint()),
    }
}

pub(super) fn cookies_are_there(request: &Incoming, session: &Session) -> bool {
    let all = COOKIES.iter().all(|name| request.cookie(name).is_some());
    all && request.cookie("webwx_data_ticket") == Some(session.data_ticket.as_str())
}

/// JSON is called JSON, and the client says that it is a browser.
pub(super) fn head_is_right(request: &Incoming) -> bool {
    let json = request.method == Method::POST && !FORMS.contains(&request.endpoint());
    let content_type = request.header(&CONTENT_TYPE).unwrap_or_default();
    let content_type = content_type.to_ascii_lowercase().replace(' ', "");
    let agent = request.header(&USER_AGENT).unwrap_or_default();
    (!json || content_type == "application/json;charset=utf-8") && agent.starts_with("Mozilla/5.0 ")
}

pub(super) fn referer_is_right(request: &Incoming, session: &Session) -> bool {
    request.comes_from(session.family.base_host())
}
