//! The service's paths, one file for each.

mod avatars;
mod cookies;
mod jslogin;
pub(crate) mod login;
mod operation;
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

use self::Conduct::{Operates, Own, Poll, Sends};
use self::operation::Operation;
use self::sending::Compose;
use crate::codes::Ret;
use crate::hosts::is_base_host;
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

/// A path below [`CGI`].
struct Endpoint {
    name: &'static str,
    /// The only method that it has, if not all.
    method: Option<Method>,
    conduct: Conduct,
}

/// How an endpoint comes to its answer.
enum Conduct {
    /// In its own way.
    Own(fn(&mut Service, &Incoming) -> Response<Bytes>, Refusal),
    /// Likewise, and maybe later.
    Poll(fn(&mut Service, &Incoming) -> Answer, Refusal),
    /// As all endpoints that send a message.
    Sends(Compose),
    /// As those that only say whether they did what was asked.
    Operates(Operation),
}

/// Writes the answer of an endpoint that refuses.
type Refusal = fn(Ret) -> Response<Bytes>;

const fn get(name: &'static str, conduct: Conduct) -> Endpoint {
    let method = Some(Method::GET);
    Endpoint {
        name,
        method,
        conduct,
    }
}

const fn post(name: &'static str, conduct: Conduct) -> Endpoint {
    let method = Some(Method::POST);
    Endpoint {
        name,
        method,
        conduct,
    }
}

const fn any(name: &'static str, conduct: Conduct) -> Endpoint {
    let method = None;
    Endpoint {
        name,
        method,
        conduct,
    }
}

static ENDPOINTS: [Endpoint; 31] = [
    get("login", Poll(login::answer, login::code)),
    get(
        "webwxnewloginpage",
        Own(webwxnewloginpage::answer, webwxnewloginpage::refusal),
    ),
    get(
        "webwxpushloginurl",
        Own(webwxpushloginurl::answer, webwxpushloginurl::refusal),
    ),
    post("webwxinit", Own(webwxinit::answer, webwxinit::refusal)),
    post(
        "webwxstatusnotify",
        Own(webwxstatusnotify::answer, webwxstatusnotify::refusal),
    ),
    any(
        "webwxgetcontact",
        Own(webwxgetcontact::answer, webwxgetcontact::refusal),
    ),
    post(
        "webwxbatchgetcontact",
        Own(webwxbatchgetcontact::answer, webwxbatchgetcontact::refusal),
    ),
    get("synccheck", Poll(synccheck::answer, synccheck::refusal)),
    post("webwxsync", Own(webwxsync::answer, webwxsync::refusal)),
    post("webwxsendmsg", Sends(webwxsendmsg::compose)),
    post("webwxsendmsgimg", Sends(webwxsendmsgimg::compose)),
    post("webwxsendvideomsg", Sends(webwxsendvideomsg::compose)),
    post("webwxsendemoticon", Sends(webwxsendemoticon::compose)),
    post("webwxsendappmsg", Sends(webwxsendappmsg::compose)),
    post(
        "webwxcheckupload",
        Own(webwxcheckupload::answer, webwxcheckupload::refusal),
    ),
    post(
        "webwxuploadmedia",
        Own(webwxuploadmedia::answer, webwxuploadmedia::refusal),
    ),
    get("webwxgetmsgimg", Own(webwxgetmsgimg::answer, reply::ret)),
    get("webwxgetvoice", Own(webwxgetvoice::answer, reply::ret)),
    get("webwxgetvideo", Own(webwxgetvideo::answer, reply::ret)),
    get("webwxgetmedia", Own(webwxgetmedia::answer, reply::ret)),
    get("webwxgeticon", Own(avatars::of_people, reply::ret)),
    get("webwxgetheadimg", Own(avatars::of_groups, reply::ret)),
    get(
        "webwxgetpubliclinkimg",
        Own(webwxgetpubliclinkimg::answer, reply::ret),
    ),
    get("webwxpreview", Own(webwxpreview::answer, reply::ret)),
    post(
        "webwxrevokemsg",
        Own(webwxrevokemsg::answer, webwxrevokemsg::refusal),
    ),
    post("webwxoplog", Operates(webwxoplog::change)),
    post("webwxverifyuser", Operates(webwxverifyuser::verify)),
    post(
        "webwxsearchcontact",
        Own(webwxsearchcontact::answer, webwxsearchcontact::refusal),
    ),
    post(
        "webwxcreatechatroom",
        Own(webwxcreatechatroom::answer, webwxcreatechatroom::refusal),
    ),
    post(
        "webwxupdatechatroom",
        Own(webwxupdatechatroom::answer, webwxupdatechatroom::refusal),
    ),
    any("webwxlogout", Own(webwxlogout::answer, reply::ret)),
];

fn named(name: &str) -> Option<&'static Endpoint> {
    ENDPOINTS.iter().find(|endpoint| endpoint.name == name)
}

/// Whether this is the name of an endpoint, as faults and omissions give it.
pub(crate) fn is_name(name: &str) -> bool {
    ["jslogin", "qrcode"].contains(&name) || named(name).is_some()
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
    let endpoint = request.path.strip_prefix(CGI).and_then(named);
    let fits = |method: &Option<Method>| match method {
        Some(Method::POST) => request.method == Method::POST,
        Some(_) => request.method != Method::POST,
        None => true,
    };
    let Some(endpoint) = endpoint.filter(|endpoint| fits(&endpoint.method)) else {
        return not_found().into();
    };
    match endpoint.conduct {
        Own(answer, _) => answer(service, request).into(),
        Poll(answer, _) => answer(service, request),
        Sends(compose) => sending::answer(service, request, compose).into(),
        Operates(operate) => operation::answer(service, request, operate).into(),
    }
}

/// The answer of an endpoint that refuses with `ret`.
pub(crate) fn refusal(endpoint: &str, ret: Ret) -> Response<Bytes> {
    if endpoint == "jslogin" {
        return jslogin::refusal(ret);
    }
    match named(endpoint).map(|endpoint| &endpoint.conduct) {
        Some(Own(_, refusal) | Poll(_, refusal)) => refusal(ret),
        Some(Sends(_)) => sending::refusal(ret),
        Some(Operates(_)) | None => reply::ret(ret),
    }
}

fn not_found() -> Response<Bytes> {
    reply::status(StatusCode::NOT_FOUND, "<html><body>404</body></html>\n")
}
