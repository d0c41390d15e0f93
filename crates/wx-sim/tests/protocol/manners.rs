//! What a strict service minds and the real one lets pass, and the page that
//! clients look at.

use bytes::Bytes;
use http::Request;
use serde_json::json;

use crate::support::{Session, World, get, online, ret, strict};

/// The Ret of a webwxinit that was tampered with.
fn init(world: &mut World, session: &Session, spoil: impl Fn(&mut Request<Bytes>)) -> i64 {
    let mut request = session.post("webwxinit", json!({}));
    spoil(&mut request);
    ret(&world.json(request))
}

fn set(request: &mut Request<Bytes>, name: &'static str, value: &str) {
    request.headers_mut().insert(name, value.parse().unwrap());
}

#[test]
fn strict_services_look_at_the_head() {
    let mut strict = World::configured(json!({"strictness": "strict"}));
    let session = strict.log_in();
    let mut real = World::default();
    let real_session = real.log_in();
    type Spoil = fn(&mut Request<Bytes>);
    let cases: [(&str, Spoil); 5] = [
        ("a form", |request| {
            set(request, "content-type", "text/plain")
        }),
        ("no type", |request| {
            drop(request.headers_mut().remove("content-type"))
        }),
        ("a robot", |request| set(request, "user-agent", "curl/8.0")),
        ("nobody", |request| {
            drop(request.headers_mut().remove("user-agent"))
        }),
        ("no ticket", |request| {
            let url = request.uri().to_string();
            let (bare, _) = url.split_once('?').unwrap();
            *request.uri_mut() = bare.parse().unwrap();
        }),
    ];
    for (name, spoil) in cases {
        assert_eq!(init(&mut strict, &session, spoil), 1, "{name}");
        assert_eq!(init(&mut real, &real_session, spoil), 0, "{name}");
    }
    assert_eq!(init(&mut strict, &session, |_| ()), 0);
    let spaced = "application/json; charset=utf-8";
    let spoil = |request: &mut Request<Bytes>| set(request, "content-type", spaced);
    assert_eq!(init(&mut strict, &session, spoil), 0);
}

#[test]
fn strict_services_want_all_five_cookies() {
    let (mut world, session) = strict();
    for name in ["webwx_data_ticket", "webwxuvid", "webwx_auth_ticket"] {
        let mut poorer = session.clone();
        poorer.jar.remove(name);
        assert_eq!(init(&mut world, &poorer, |_| ()), 1, "{name}");
    }
    let mut other = session.clone();
    let ticket = "another".to_owned();
    other.jar.insert("webwx_data_ticket".to_owned(), ticket);
    assert_eq!(init(&mut world, &other, |_| ()), 1, "another ticket");
    assert_eq!(init(&mut world, &session, |_| ()), 0);
}

#[test]
fn the_referer_is_looked_at_on_request() {
    let (mut world, session) = strict();
    assert_eq!(init(&mut world, &session, |_| ()), 0);
    let config = json!({"strictness": "strict", "check_referer": true});
    let mut world = World::configured(config);
    let uuid = world.ask_for_code();
    let uri = world.await_confirmation(&uuid);
    let page = world.fetch(get(&format!("{uri}&fun=new&version=v2")));
    let session = Session::new(&uri, &page);
    assert_eq!(init(&mut world, &session, |_| ()), 1, "none");
    let other = |request: &mut Request<Bytes>| set(request, "referer", "https://wx8.qq.com/");
    assert_eq!(init(&mut world, &session, other), 1, "another host");
    let own = |request: &mut Request<Bytes>| set(request, "referer", "https://wx2.qq.com/");
    assert_eq!(init(&mut world, &session, own), 0);
}

#[test]
fn strict_services_want_an_skey() {
    let init = |(mut world, session): (World, Session)| {
        let mut base = session.base_request();
        base.as_object_mut().unwrap().remove("Skey");
        ret(&session.ask(&mut world, "webwxinit", json!({"BaseRequest": base})))
    };
    assert_eq!(init(strict()), 1100);
    assert_eq!(init(online()), 0);
}

#[test]
fn the_log_knows_what_in_it_is_secret() {
    let (mut world, session) = online();
    world.start(session.check());
    let secrets = world.sim.log().last().unwrap().secrets();
    let in_query = [("skey", &session.skey), ("sid", &session.sid)];
    let in_cookies = [
        "wxsid",
        "webwx_data_ticket",
        "webwxuvid",
        "webwx_auth_ticket",
    ];
    let in_cookies = in_cookies.map(|name| (name, &session.jar[name]));
    for (name, value) in in_query.into_iter().chain(in_cookies) {
        assert!(secrets.contains(&(name, value.clone())), "{name}");
    }
    assert_eq!(secrets.len(), 6, "{secrets:?}");
    session.ask(&mut world, "webwxinit", json!({}));
    let secrets = world.sim.log().last().unwrap().secrets();
    for (name, value) in [("Sid", &session.sid), ("Skey", &session.skey)] {
        assert!(secrets.contains(&(name, value.clone())), "{name}");
    }
}

#[test]
fn the_log_has_the_heads() {
    let (mut world, session) = online();
    let log = world.control("log", json!({}));
    let entry = log.as_array().unwrap().last().unwrap();
    let headers = &entry["headers"];
    assert_eq!(headers["content-type"], "application/json;charset=UTF-8");
    let cookies = headers["cookie"].as_str().unwrap();
    assert!(
        cookies.contains(&format!("wxsid={}", session.sid)),
        "{cookies}"
    );
    assert!(
        headers["user-agent"]
            .as_str()
            .unwrap()
            .starts_with("Mozilla/5.0 ")
    );
}

#[test]
fn the_page_says_whether_the_cookies_hold() {
    let (mut world, session) = online();
    let page = session.with_cookies(get("https://wx2.qq.com/"));
    let shown = world.text(page.clone());
    assert!(
        shown.contains("window.MMCgi = {\n    isLogin: !!\"1\"\n};"),
        "{shown}"
    );
    world.control("session", json!({"action": "logout"}));
    assert!(world.text(page).contains("isLogin: !!\"\""));
    assert_eq!(world.fetch(get("https://file.wx2.qq.com/")).status(), 404);
}
