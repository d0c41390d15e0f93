//! Awaiting the keys: XML, cookies, refusals, other hosts, lost answers.

use http::StatusCode;
use wx_proto::event::Cause;
use wx_proto::{FailureKind, Reached};

use crate::support::*;

fn at_ticket() -> Scenario {
    let mut s = Scenario::login(quiet());
    s.answer("jslogin", &jslogin("a=="));
    s.answer("login", &confirmed(REDIRECT));
    s.events();
    s
}

fn ended(s: &Scenario) -> (Cause, i64, String) {
    let reason = s.reason();
    (reason.cause, reason.ret.0, reason.message.clone())
}

#[test]
fn the_keys_go_into_the_next_request() {
    let mut s = at_ticket();
    s.answer("webwxnewloginpage", KEYS);
    let body = s.body("webwxinit");
    assert!(body.contains(r#""Uin":2799942121"#), "{body}");
    assert!(body.contains(r#""Sid":"pA/9+Gz0""#), "{body}");
    assert!(body.contains("@crypt_1234abcd_"), "{body}");
    // The ticket is encoded once more (protocol: pass_ticket).
    let query = s.query("webwxinit");
    assert!(query.contains("pass_ticket=tick%252Bet%253D"), "{query}");
}

#[test]
fn a_refusal_ends_the_login_with_the_servers_sentence() {
    let mut s = at_ticket();
    s.answer("webwxnewloginpage", &refusal(1203, "no web login for you"));
    let expected = (Cause::Refused, 1203, "no web login for you".to_owned());
    assert_eq!(ended(&s), expected);
}

#[test]
fn a_redirect_without_a_place_has_its_keys_in_the_cookies() {
    let mut s = at_ticket();
    let cookies = [
        "wxuin=2799942121; Domain=wx2.qq.com; Path=/",
        "wxsid=SidOfCookie; Domain=wx2.qq.com; Path=/",
        "webwx_data_ticket=gSdata==; Domain=.qq.com; Path=/",
    ];
    s.answer_as(
        "webwxnewloginpage",
        StatusCode::MOVED_PERMANENTLY,
        &cookies,
        b"",
    );
    let body = s.body("webwxinit");
    assert!(body.contains(r#""Sid":"SidOfCookie","Skey":"""#), "{body}");
    s.answer("webwxinit", &init(""));
    assert_eq!(s.stored.data_ticket.expose(), "gSdata==");
    let keys = s.stored.credentials.as_ref().unwrap();
    assert_eq!(
        keys.skey.expose(),
        "@crypt_init_0000",
        "webwxinit gives one"
    );
}

#[test]
fn a_redirect_without_keys_is_a_refusal() {
    let mut s = at_ticket();
    s.answer_as("webwxnewloginpage", StatusCode::MOVED_PERMANENTLY, &[], b"");
    assert_eq!(ended(&s).0, Cause::Refused);
}

#[test]
fn the_login_goes_on_where_it_is_sent_and_not_round_in_circles() {
    let mut s = at_ticket();
    let next = "<error><redirecturl>https://web.wechat.com/x?ticket=T</redirecturl></error>";
    s.answer("webwxnewloginpage", next);
    assert_eq!(s.request("x").head.uri.host(), Some("web.wechat.com"));
    s.answer("x", KEYS);
    assert_eq!(
        s.request("webwxinit").head.uri.host(),
        Some("web.wechat.com")
    );

    let mut s = at_ticket();
    s.answer("webwxnewloginpage", next);
    for _ in 0..2 {
        s.answer("x", next);
    }
    assert!(s.has("x"), "three times is not too often");
    s.answer("x", next);
    assert_eq!(ended(&s).0, Cause::Refused);
    assert!(s.out.is_empty());
}

#[test]
fn the_login_is_not_sent_on_to_a_stranger() {
    let mut s = at_ticket();
    let next = "<error><redirecturl>https://evil.example/x?ticket=T</redirecturl></error>";
    s.answer("webwxnewloginpage", next);
    assert!(s.out.is_empty());
    assert!(ended(&s).2.contains("evil.example"));
}

#[test]
fn three_answers_that_may_have_used_the_ticket_up_bring_a_new_code() {
    let mut s = at_ticket();
    s.fail("webwxnewloginpage", Reached::Maybe, FailureKind::Network);
    s.advance_to_deadline();
    s.answer("webwxnewloginpage", "<html><head></head></html>");
    s.advance_to_deadline();
    s.answer("webwxnewloginpage", "");
    assert_eq!(s.paths(), ["jslogin"]);
    assert_eq!(names(&s.events()), ["offline", "offline", "offline"]);
}

#[test]
fn an_outage_costs_no_scan() {
    let mut s = at_ticket();
    for _ in 0..10 {
        s.cut("webwxnewloginpage");
        s.advance_to_deadline();
    }
    s.answer("webwxnewloginpage", KEYS);
    assert_eq!(s.paths(), ["webwxinit"]);
}

#[test]
fn the_headers_of_the_profile_go_with_it() {
    let mut config = quiet();
    config.profile.desktop = true;
    let header = |name: &'static str| http::HeaderName::from_static(name);
    config.profile.login_page_headers.push((
        header("client-version"),
        http::HeaderValue::from_static("2.0.0"),
    ));
    let mut s = Scenario::login(config);
    s.answer("jslogin", &jslogin("a=="));
    s.answer("login", &confirmed(REDIRECT));
    let request = s.request("webwxnewloginpage");
    assert_eq!(request.head.headers["client-version"], "2.0.0");
    assert!(s.query("webwxnewloginpage").ends_with("&mod=desktop"));
}
