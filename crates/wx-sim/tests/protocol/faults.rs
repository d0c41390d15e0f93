//! What goes wrong on demand.

use serde_json::{Value, json};
use wx_sim::{Fault, FaultKind, Push, Reply};

use crate::support::{JSLOGIN, World, checked, extend, get, login_poll, online, text};

/// Orders a fault and sends a text into it: the reply, and whether the
/// service took the message.
fn send_into(fault: Value) -> (Reply, bool) {
    let (mut world, mut session) = online();
    world.control("fault", fault);
    let body = session.text_to("filehelper", "x");
    let id = world.start(session.post("webwxsendmsg", body));
    let reply = world.reply(id).expect("a reply");
    (reply, !world.sim.sent().is_empty())
}

fn body(reply: &Reply) -> String {
    match reply {
        Reply::Response(response) => text(response),
        other => panic!("no answer but {other:?}"),
    }
}

#[test]
fn kinds_that_strike_before_and_kinds_that_strike_after() {
    let fault = |kind: &str| json!({"path": "webwxsendmsg", "kind": kind});
    for (kind, taken) in [
        ("status", false),
        ("reset_before", false),
        ("reset", true),
        ("truncate", true),
        ("slow", true),
        ("bad_json", true),
        ("content_type", true),
        ("empty", true),
        ("body", false),
        ("ret", false),
        ("hang", false),
        ("status_line", true),
    ] {
        assert_eq!(send_into(fault(kind)).1, taken, "{kind}");
    }
    // It can be said otherwise, where the kind leaves it open.
    for (kind, handled, taken) in [
        ("status", true, true),
        ("reset", false, false),
        ("reset_before", true, false),
        ("ret", true, false),
    ] {
        let mut fault = fault(kind);
        fault["handled"] = handled.into();
        assert_eq!(send_into(fault).1, taken, "{kind}, handled: {handled}");
    }
}

#[test]
fn each_kind_replies_as_it_says() {
    let fault = |kind: &str, more: Value| {
        let mut fault = json!({"path": "webwxsendmsg", "kind": kind});
        extend(&mut fault, more);
        send_into(fault).0
    };
    assert!(matches!(fault("reset", json!({})), Reply::Reset));
    assert!(matches!(fault("reset_before", json!({})), Reply::Reset));
    assert!(matches!(fault("hang", json!({})), Reply::Hang));
    assert!(
        matches!(fault("status_line", json!({})), Reply::Raw(raw) if raw.starts_with(b"HTTP/1.1 0\r\n"))
    );
    assert!(matches!(
        fault("slow", json!({"over_ms": 9})),
        Reply::Slow { over_ms: 9, .. }
    ));
    match fault("truncate", json!({"sent": 20})) {
        Reply::Truncated { response, sent } => assert_eq!((response.body().len(), sent), (112, 20)),
        other => panic!("{other:?}"),
    }
    match fault("status", json!({"status": 503})) {
        Reply::Response(response) => assert_eq!(response.status(), 503),
        other => panic!("{other:?}"),
    }
    assert_eq!(body(&fault("empty", json!({}))), "");
    assert_eq!(body(&fault("body", json!({"body": "<html>"}))), "<html>");
    let cut = body(&fault("bad_json", json!({})));
    assert!(cut.starts_with('{') && serde_json::from_str::<Value>(&cut).is_err());
    match fault("content_type", json!({})) {
        Reply::Response(response) => assert_eq!(response.headers()["content-type"], "text/html"),
        other => panic!("{other:?}"),
    }
    let refused: Value = serde_json::from_str(&body(&fault("ret", json!({"ret": 1205})))).unwrap();
    assert_eq!(
        refused,
        json!({"BaseResponse": {"Ret": 1205, "ErrMsg": ""}, "MsgID": "", "LocalID": ""})
    );
}

#[test]
fn skip_and_count_choose_the_requests() {
    let (mut world, session) = online();
    world.control(
        "fault",
        json!({"path": "webwxsync", "kind": "ret", "ret": -1, "skip": 1, "count": 2}),
    );
    let rets: Vec<i64> = (0..4)
        .map(|_| {
            session.peek(&mut world)["BaseResponse"]["Ret"]
                .as_i64()
                .unwrap()
        })
        .collect();
    assert_eq!(rets, [0, -1, -1, 0]);
    let struck: Vec<bool> = (world.sim.log().iter())
        .filter(|logged| logged.path.ends_with("/webwxsync"))
        .map(|logged| logged.fault)
        .collect();
    assert_eq!(struck, [false, true, true, false]);
}

#[test]
fn an_endpoints_name_strikes_that_endpoint_only() {
    let mut world = World::default();
    world.control(
        "fault",
        json!({"path": "login", "kind": "ret", "ret": 408, "count": 1}),
    );
    let uuid = world.ask_for_code();
    let poll = get(&login_poll(&uuid, 1));
    assert_eq!(world.text(poll), "window.code=408;");
    // Any part of a path that is no endpoint's name strikes wherever it occurs.
    world
        .sim
        .order_fault(Fault::new("/cgi-bin/", FaultKind::ResetBefore));
    let request = get("https://wx2.qq.com/cgi-bin/mmwebwx-bin/anything");
    let id = world.start(request);
    assert!(matches!(world.reply(id), Some(Reply::Reset)));
}

#[test]
fn a_refused_poll_has_the_form_of_its_endpoint() {
    let (mut world, session) = online();
    world.control(
        "fault",
        json!({"path": "synccheck", "kind": "ret", "ret": 1101}),
    );
    assert_eq!(world.text(session.check()), checked(1101, 0));
    world.control(
        "fault",
        json!({"path": "jslogin", "kind": "ret", "ret": 400}),
    );
    let url = JSLOGIN;
    assert_eq!(
        world.text(get(url)),
        "window.QRLogin.code = 400; window.QRLogin.error = \"\";"
    );
}

#[test]
fn a_fault_on_a_held_poll_strikes_when_it_is_answered() {
    let (mut world, session) = online();
    world.control("fault", json!({"path": "synccheck", "kind": "reset"}));
    let poll = world.start(session.check());
    assert!(world.reply(poll).is_none());
    world.push(&Push::text("x"));
    assert!(matches!(world.reply(poll), Some(Reply::Reset)));
}

#[test]
fn what_is_no_path_of_the_service_is_404() {
    let (mut world, session) = online();
    for request in [
        session.get("webwxnothing"),
        session.get("webwxsync"),
        get("https://wx2.qq.com/jslogin?appid=wx782c26e4c19acffb&fun=new"),
    ] {
        assert_eq!(world.fetch(request).status(), 404);
    }
}
