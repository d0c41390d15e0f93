//! The service's paths, one file for each.

mod avatars;
mod cookies;
mod jslogin;
pub(crate) mod login;
mod page;
mod qrcode;
mod sending;
mod serving;
pub(crate) mod synccheck;
mod webwxbatchgetcontact;
mod webwxcheckupload;
mod webwxcreatechatroom;
mod webwxgetcontact;
mod webwxgetmedia;
mod webwxgetmsgimg;
mod webwxgetpubliclinkimg;
mod webwxgetvideo;
mod webwxgetvoice;
mod webwxinit;
mod webwxlogout;
mod webwxnewloginpage;
mod webwxoplog;
mod webwxpreview;
mod webwxpushloginurl;
mod webwxrevokemsg;
mod webwxsearchcontact;
mod webwxsendappmsg;
mod webwxsendemoticon;
mod webwxsendmsg;
mod webwxsendmsgimg;
mod webwxsendvideomsg;
mod webwxstatusnotify;
mod webwxsync;
mod webwxupdatechatroom;
mod webwxuploadmedia;
mod webwxverifyuser;

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use crate::hosts::is_base_host;
use crate::layout::Json;
use crate::reply;
use crate::request::Incoming;
use crate::service::{Service, Wait};

/// What an endpoint does with a request.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Answers it.
    Now(Response<Bytes>),
    /// Holds it until something happens.
    Later(Wait),
}

impl From<Response<Bytes>> for Answer {
    fn from(response: Response<Bytes>) -> Self {
        Self::Now(response)
    }
}

const CGI: &str = "/cgi-bin/mmwebwx-bin/";

/// The endpoints' names, as faults are ordered by.
const NAMES: [&str; 33] = [
    "jslogin",
    "qrcode",
    "login",
    "webwxnewloginpage",
    "webwxpushloginurl",
    "webwxinit",
    "webwxstatusnotify",
    "webwxgetcontact",
    "webwxbatchgetcontact",
    "synccheck",
    "webwxsync",
    "webwxsendmsg",
    "webwxsendmsgimg",
    "webwxsendvideomsg",
    "webwxsendemoticon",
    "webwxsendappmsg",
    "webwxcheckupload",
    "webwxuploadmedia",
    "webwxgetmsgimg",
    "webwxgetvoice",
    "webwxgetvideo",
    "webwxgetmedia",
    "webwxgeticon",
    "webwxgetheadimg",
    "webwxgetpubliclinkimg",
    "webwxpreview",
    "webwxrevokemsg",
    "webwxoplog",
    "webwxverifyuser",
    "webwxsearchcontact",
    "webwxcreatechatroom",
    "webwxupdatechatroom",
    "webwxlogout",
];

/// Whether this is the name of an endpoint.
pub(crate) fn is_name(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Answers a request, or holds it. What is no path of the service is 404.
pub(crate) fn answer(service: &mut Service, request: &Incoming) -> Answer {
    if let Some(uuid) = request.path.strip_prefix("/qrcode/") {
        return qrcode::answer(request, uuid).into();
    }
    if request.path == "/" && is_base_host(&request.host) {
        return page::answer(service, request).into();
    }
    if request.path == "/jslogin" {
        return jslogin::answer(service, request).into();
    }
    let posted = request.method == Method::POST;
    match (request.path.strip_prefix(CGI).unwrap_or_default(), posted) {
        ("login", false) => login::answer(service, request),
        ("webwxnewloginpage", false) => webwxnewloginpage::answer(service, request).into(),
        ("webwxpushloginurl", false) => webwxpushloginurl::answer(service, request).into(),
        ("webwxinit", true) => webwxinit::answer(service, request).into(),
        ("webwxstatusnotify", true) => webwxstatusnotify::answer(service, request).into(),
        ("webwxgetcontact", _) => webwxgetcontact::answer(service, request).into(),
        ("webwxbatchgetcontact", true) => webwxbatchgetcontact::answer(service, request).into(),
        ("synccheck", false) => synccheck::answer(service, request),
        ("webwxsync", true) => webwxsync::answer(service, request).into(),
        ("webwxsendmsg", true) => sending::answer(service, request, webwxsendmsg::compose).into(),
        ("webwxsendmsgimg", true) => {
            sending::answer(service, request, webwxsendmsgimg::compose).into()
        }
        ("webwxsendvideomsg", true) => {
            sending::answer(service, request, webwxsendvideomsg::compose).into()
        }
        ("webwxsendemoticon", true) => {
            sending::answer(service, request, webwxsendemoticon::compose).into()
        }
        ("webwxsendappmsg", true) => {
            sending::answer(service, request, webwxsendappmsg::compose).into()
        }
        ("webwxcheckupload", true) => webwxcheckupload::answer(service, request).into(),
        ("webwxuploadmedia", true) => webwxuploadmedia::answer(service, request).into(),
        ("webwxgetmsgimg", false) => webwxgetmsgimg::answer(service, request).into(),
        ("webwxgetvoice", false) => webwxgetvoice::answer(service, request).into(),
        ("webwxgetvideo", false) => webwxgetvideo::answer(service, request).into(),
        ("webwxgetmedia", false) => webwxgetmedia::answer(service, request).into(),
        ("webwxgeticon", false) => avatars::answer(service, request, avatars::Of::People).into(),
        ("webwxgetheadimg", false) => avatars::answer(service, request, avatars::Of::Groups).into(),
        ("webwxgetpubliclinkimg", false) => webwxgetpubliclinkimg::answer(service, request).into(),
        ("webwxpreview", false) => webwxpreview::answer(service, request).into(),
        ("webwxrevokemsg", true) => webwxrevokemsg::answer(service, request).into(),
        ("webwxoplog", true) => webwxoplog::answer(service, request).into(),
        ("webwxverifyuser", true) => webwxverifyuser::answer(service, request).into(),
        ("webwxsearchcontact", true) => webwxsearchcontact::answer(service, request).into(),
        ("webwxcreatechatroom", true) => webwxcreatechatroom::answer(service, request).into(),
        ("webwxupdatechatroom", true) => webwxupdatechatroom::answer(service, request).into(),
        ("webwxlogout", _) => webwxlogout::answer(service, request).into(),
        _ => not_found().into(),
    }
}

/// The answer of an endpoint that refuses with `ret`.
pub(crate) fn refusal(endpoint: &str, ret: i32) -> Response<Bytes> {
    match endpoint {
        "jslogin" => jslogin::refusal(ret),
        "login" => login::code(ret),
        "webwxnewloginpage" => webwxnewloginpage::refusal(ret, ""),
        "webwxpushloginurl" => webwxpushloginurl::refusal(ret),
        "webwxinit" => webwxinit::refusal(ret),
        "webwxstatusnotify" => webwxstatusnotify::refusal(ret),
        "webwxgetcontact" => webwxgetcontact::refusal(ret),
        "webwxbatchgetcontact" => webwxbatchgetcontact::refusal(ret),
        "synccheck" => synccheck::answer_with(ret, 0),
        "webwxsync" => webwxsync::refusal(ret),
        "webwxsendmsg" | "webwxsendmsgimg" | "webwxsendvideomsg" | "webwxsendemoticon"
        | "webwxsendappmsg" => sending::refusal(ret),
        "webwxcheckupload" => webwxcheckupload::refusal(ret),
        "webwxuploadmedia" => webwxuploadmedia::refusal(ret),
        "webwxrevokemsg" => webwxrevokemsg::refusal(ret),
        "webwxsearchcontact" => webwxsearchcontact::refusal(ret),
        "webwxcreatechatroom" => webwxcreatechatroom::refusal(ret),
        "webwxupdatechatroom" => webwxupdatechatroom::refusal(ret),
        _ => reply::json(Json::response(ret, "").finish()),
    }
}

fn not_found() -> Response<Bytes> {
    reply::status(StatusCode::NOT_FOUND, "<html><body>404</body></html>\n")
}
