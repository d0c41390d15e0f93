//! From the QR code to the session, and out of it again.

use serde_json::json;
use wx_sim::{AccountSpec, Config};

use crate::support::{
    CGI, JSLOGIN, Session, World, checked, element, get, login_poll, online, online_with, percent,
    ret, text,
};

/// A world in which the phone does nothing unasked.
fn idle() -> World {
    World::configured(json!({"auto_scan_ms": null, "auto_confirm_ms": null}))
}

#[test]
fn a_code_is_scanned_confirmed_and_traded() {
    let mut world = World::default();
    let uuid = world.ask_for_code();
    assert_eq!(uuid.len(), 12);
    let first = world.start(get(&login_poll(&uuid, 1)));
    let scanned = text(&world.wait(first));
    assert!(scanned.starts_with("window.code=201;window.userAvatar = 'data:img/jpg;base64,/9j/"));
    let second = world.start(get(&login_poll(&uuid, 0)));
    let confirmed = text(&world.wait(second));
    assert!(
        confirmed.starts_with(
            "window.code=200;\nwindow.redirect_uri=\"https://wx2.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=A"
        ),
        "{confirmed}"
    );
    assert!(confirmed.contains(&format!("@qrticket_0&uuid={uuid}&lang=zh_CN&scan=")));
}

#[test]
fn a_code_is_for_the_web_app_and_a_new_login() {
    let mut world = idle();
    let refused = "window.QRLogin.code = 400; window.QRLogin.error = \"\";";
    for (right, wrong) in [("wx782c26e4c19acffb", "wx0"), ("fun=new", "fun=old")] {
        assert_eq!(world.text(get(&JSLOGIN.replace(right, wrong))), refused);
    }
}

#[test]
fn a_code_has_a_picture() {
    let mut world = idle();
    let picture = world.fetch(get("https://login.weixin.qq.com/qrcode/abc=="));
    assert_eq!(picture.headers()["content-type"], "image/jpeg");
    assert!(picture.body().starts_with(&[0xff, 0xd8, 0xff]));
}

#[test]
fn the_phone_that_scans_can_be_that_of_any_account() {
    let config = json!({"auto_scan_ms": null, "auto_confirm_ms": null});
    let config = serde_json::from_value(config).unwrap();
    let mut world = World::with(config, &[AccountSpec::default(); 2]);
    let uuid = world.ask_for_code();
    world.control("login", json!({"action": "confirm", "account": 1}));
    let page = world.await_confirmation(&uuid) + "&fun=new&version=v2";
    let response = world.fetch(get(&page));
    Session::new(&page, &response).init(&mut world);
    assert!(world.sim.is_online(1) && !world.sim.is_online(0));
}

#[test]
fn codes_that_are_open_at_once_are_for_different_accounts() {
    let mut world = World::with(Config::default(), &[AccountSpec::default(); 2]);
    let uuids = [world.ask_for_code(), world.ask_for_code()];
    for uuid in &uuids {
        let page = world.await_confirmation(uuid) + "&fun=new&version=v2";
        let response = world.fetch(get(&page));
        Session::new(&page, &response).init(&mut world);
    }
    assert!(world.sim.is_online(0) && world.sim.is_online(1));
}

#[test]
fn a_poll_is_held_until_the_phone_acts() {
    let mut world = idle();
    let uuid = world.ask_for_code();
    let poll = world.start(get(&login_poll(&uuid, 1)));
    world.pass(9_999);
    assert!(world.answer(poll).is_none());
    world.pass(1);
    assert_eq!(world.answered(poll), "window.code=408;");

    let poll = world.start(get(&login_poll(&uuid, 0)));
    world.control("login", json!({"action": "scan"}));
    assert!(world.answered(poll).starts_with("window.code=201;"));
}

#[test]
fn tip_1_tells_of_a_scan_again_and_tip_0_waits_for_more() {
    let mut world = idle();
    let uuid = world.ask_for_code();
    world.control("login", json!({"action": "scan"}));
    let bare = login_poll(&uuid, 0).replace("loginicon=true&", "");
    assert_eq!(world.text(get(&bare)), "window.code=201;");
    let held = world.start(get(&login_poll(&uuid, 0)));
    assert!(world.answer(held).is_none());
    assert!(
        world
            .text(get(&login_poll(&uuid, 1)))
            .starts_with("window.code=201;")
    );
    world.control("login", json!({"action": "confirm"}));
    assert!(world.answered(held).starts_with("window.code=200;"));
}

#[test]
fn a_code_can_be_cancelled_expire_or_be_unknown() {
    let mut world = idle();
    let uuid = world.ask_for_code();
    world.control("login", json!({"uuid": uuid, "action": "cancel"}));
    assert_eq!(world.text(get(&login_poll(&uuid, 0))), "window.code=202;");

    let uuid = world.ask_for_code();
    world.control("login", json!({"action": "expire"}));
    assert_eq!(world.text(get(&login_poll(&uuid, 0))), "window.code=400;");

    let uuid = world.ask_for_code();
    world.pass(239_999);
    let poll = world.start(get(&login_poll(&uuid, 1)));
    assert!(world.answer(poll).is_none());
    world.pass(1);
    assert_eq!(world.answered(poll), "window.code=400;");

    assert_eq!(
        world.text(get(&login_poll("nobody==", 0))),
        "window.code=400;"
    );
}

#[test]
fn a_ticket_is_traded_once_and_its_keys_come_with_cookies() {
    let mut world = World::default();
    let uuid = world.ask_for_code();
    let page = world.await_confirmation(&uuid) + "&fun=new&version=v2";
    let response = world.fetch(get(&page));
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["content-type"],
        "text/plain;charset=utf-8"
    );
    let xml = text(&response);
    assert!(
        xml.starts_with("<error><ret>0</ret><message></message><skey>@crypt_"),
        "{xml}"
    );
    assert!(
        xml.ends_with("</pass_ticket><isgrayscale>1</isgrayscale></error>"),
        "{xml}"
    );
    assert!(element(&xml, "wxuin").parse::<u64>().unwrap() > 1 << 31);

    let lines: Vec<&str> = response
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|line| line.to_str().unwrap())
        .collect();
    let line = |name: &str| {
        let prefix = format!("{name}=");
        *lines.iter().find(|line| line.starts_with(&prefix)).unwrap()
    };
    for name in [
        "wxuin",
        "wxsid",
        "wxloadtime",
        "mm_lang",
        "webwxuvid",
        "webwx_auth_ticket",
    ] {
        assert!(
            line(name).contains("; Domain=wx2.qq.com; Path=/; Expires="),
            "{name}"
        );
    }
    assert!(line("webwx_data_ticket").contains("; Domain=.qq.com;"));
    // 2020-09-13 and ten years of 365 days later, dates with dashes.
    assert!(
        line("wxsid").ends_with("Expires=Mon, 14-Sep-2020 00:26:41 GMT"),
        "{}",
        line("wxsid")
    );
    assert!(line("webwxuvid").ends_with("Expires=Wed, 11-Sep-2030 12:26:41 GMT"));

    let again = world.text(get(&page));
    assert_eq!(
        again,
        "<error><ret>1203</ret><message>check ticket failed</message></error>"
    );
}

#[test]
fn a_ticket_is_traded_on_its_own_host() {
    let mut world = World::default();
    let uuid = world.ask_for_code();
    let page = world.await_confirmation(&uuid) + "&fun=new&version=v2";
    let elsewhere = page.replace("https://wx2.qq.com/", "https://wx8.qq.com/");
    assert_eq!(element(&world.text(get(&elsewhere)), "ret"), "1203");
    assert_eq!(
        element(&world.text(get(&page)), "ret"),
        "0",
        "it is still good"
    );
}

#[test]
fn a_refused_account_gets_the_servers_sentence() {
    let sentence = "To protect your account, use WeChat for Windows & Mac.";
    let mut world = World::configured(json!({"refuse_login": sentence}));
    let uuid = world.ask_for_code();
    let page = world.await_confirmation(&uuid) + "&fun=new";
    assert_eq!(
        world.text(get(&page)),
        "<error><ret>1203</ret><message>To protect your account, use WeChat for Windows &amp; \
         Mac.</message></error>"
    );
}

#[test]
fn a_page_asked_without_fun_moves_nowhere_or_is_empty() {
    let mut world = World::default();
    let uuid = world.ask_for_code();
    let page = world.await_confirmation(&uuid);
    let moved = world.fetch(get(&page));
    assert_eq!(moved.status(), 301);
    assert!(moved.headers().get("location").is_none());
    assert!(text(&moved).contains("<wxsid>"));

    let mut world = World::configured(json!({"strictness": "strict"}));
    let uuid = world.ask_for_code();
    let page = world.await_confirmation(&uuid);
    let empty = world.fetch(get(&page));
    assert_eq!((empty.status().as_u16(), empty.body().len()), (200, 0));
}

#[test]
fn a_login_page_may_move_nowhere_and_say_everything() {
    let mut world = World::configured(json!({"login_page": "moved"}));
    let uuid = world.ask_for_code();
    let page = world.await_confirmation(&uuid) + "&fun=new&version=v2";
    let moved = world.fetch(get(&page));
    assert_eq!(moved.status(), 301);
    assert!(moved.headers().get("location").is_none());
    Session::new(&page, &moved).init(&mut world);
    assert!(world.sim.is_online(0));
}

#[test]
fn cookies_alone_are_enough_where_the_xml_is_missing() {
    let mut world = World::configured(json!({"login_page": "cookies_only"}));
    let uuid = world.ask_for_code();
    let page = world.await_confirmation(&uuid) + "&fun=new&version=v2";
    let response = world.fetch(get(&page));
    assert_eq!(
        (response.status().as_u16(), response.body().len()),
        (301, 0)
    );
    let mut known = http::Response::new(bytes::Bytes::from_static(
        b"<skey></skey><wxsid></wxsid><wxuin></wxuin><pass_ticket></pass_ticket>",
    ));
    *known.headers_mut() = response.headers().clone();
    let mut session = Session::new(&page, &known);
    session.sid = session.jar["wxsid"].clone();
    session.uin = session.jar["wxuin"].clone();
    session.init(&mut world);
    assert!(session.skey.starts_with("@crypt_"));
}

#[test]
fn the_family_is_where_the_login_leads() {
    let (mut world, session) = online_with(json!({"family": "web2"}));
    assert_eq!(session.base, "web2.wechat.com");
    // The same session is nobody on another family's host.
    let mut elsewhere = session.clone();
    elsewhere.base = "wx.qq.com".to_owned();
    let refused = elsewhere.ask(&mut world, "webwxinit", json!({}));
    assert_eq!(ret(&refused), 1100);
    assert_eq!(world.text(elsewhere.check()), checked(1100, 0));
}

#[test]
fn push_login_needs_the_old_cookies_and_a_confirmation() {
    let mut world = World::configured(json!({"auto_confirm_ms": 700}));
    let old = world.log_in();
    world.control("session", json!({"action": "logout"}));
    let ask = format!("webwxpushloginurl?uin={}", old.uin);
    let stranger = get(&format!("https://wx2.qq.com{CGI}/{ask}"));
    let refused = world.json(stranger);
    assert_eq!(refused, json!({"ret": "1", "msg": "fail", "uuid": ""}));

    for name in ["wxuin", "webwxuvid", "webwx_auth_ticket"] {
        let mut other = old.clone();
        other.jar.insert(name.to_owned(), "1".to_owned());
        assert_eq!(world.json(other.get(&ask)), refused, "{name}");
    }

    let granted = world.json(old.get(&ask));
    assert_eq!(
        (&granted["ret"], &granted["msg"]),
        (&json!("0"), &json!("all ok"))
    );
    let uuid = granted["uuid"].as_str().unwrap();
    let poll = world.start(get(&login_poll(uuid, 1)));
    world.pass(699);
    assert!(world.answer(poll).is_none(), "nobody confirmed yet");
    world.pass(1);
    assert!(world.answered(poll).starts_with("window.code=200;"));
}

#[test]
fn a_hot_init_keeps_names_and_the_place_of_older_keys() {
    let (mut world, mut session) = online();
    session.sync(&mut world);
    let before = session.user_name.clone();
    let msg_id = world.push(&wx_sim::Push::text("while away"));
    let body = session.init(&mut world);
    assert_eq!(session.user_name, before);
    // The key that the init hands out is past the message, the saved one not.
    let mut at_end = session.clone();
    at_end.sync_key = body["SyncKey"].clone();
    assert_eq!(at_end.peek(&mut world)["AddMsgCount"], 0);
    let page = session.sync(&mut world);
    assert_eq!(page["AddMsgList"][0]["MsgId"], msg_id.to_string());
}

#[test]
fn a_new_login_re_issues_names_and_ends_the_old_session_with_1101() {
    let mut world = World::default();
    let old = world.log_in();
    let poll = world.start(old.check());
    let new = world.log_in();
    assert_eq!(world.answered(poll), checked(1101, 0));
    assert_ne!(old.user_name, new.user_name);
    assert_eq!(old.uin, new.uin);
    let refused = old.ask(&mut world, "webwxinit", json!({}));
    assert_eq!(ret(&refused), 1101);
}

#[test]
fn accounts_of_one_service_log_in_one_after_the_other() {
    let specs = [AccountSpec::default(), AccountSpec::new(1, 0, 2, 0)];
    let mut world = World::with(Config::default(), &specs);
    let first = world.log_in();
    let second = world.log_in();
    assert_ne!(first.uin, second.uin);
    assert!(world.sim.is_online(0) && world.sim.is_online(1));
}

#[test]
fn the_phone_can_end_the_session_and_so_can_the_client() {
    let (mut world, session) = online();
    let poll = world.start(session.check());
    world.control("session", json!({"action": "logout"}));
    let gone = checked(1100, 0);
    assert_eq!(world.answered(poll), gone);

    let session = world.log_in();
    let logout = session.get("webwxlogout?redirect=1&type=1&skey=x");
    world.fetch(logout);
    assert!(world.sim.is_online(0), "a wrong skey logs nobody out");
    let skey = percent(&session.skey);
    let logout = session.get(&format!("webwxlogout?redirect=1&type=1&skey={skey}"));
    assert_eq!(world.fetch(logout).body().len(), 0);
    assert!(!world.sim.is_online(0));
    assert_eq!(world.text(session.check()), gone);
}
