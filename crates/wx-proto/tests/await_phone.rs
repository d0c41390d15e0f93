//! Awaiting the phone: codes, tip, pauses, renewals.

use std::time::Duration;

use wx_proto::event::Cause;
use wx_proto::state::LoginStep;
use wx_proto::{EventKind, State};

use crate::support::*;

fn at_qr() -> Scenario {
    let mut s = Scenario::login(quiet());
    s.answer("jslogin", &jslogin("gdl0dOM6cg=="));
    s.events();
    s
}

fn tip(s: &Scenario) -> char {
    let query = s.query("login");
    let at = query.find("tip=").unwrap();
    query[at + 4..].chars().next().unwrap()
}

#[test]
fn the_first_poll_of_a_number_has_tip_1_and_all_later_ones_0() {
    let mut s = at_qr();
    assert_eq!(tip(&s), '1');
    assert!(s.query("login").contains("uuid=gdl0dOM6cg%3D%3D"));
    s.answer_after(25, "login", &login(408));
    assert_eq!(tip(&s), '0');
    s.answer_after(25, "login", &login(400));
    s.answer("jslogin", &jslogin("second"));
    assert_eq!(tip(&s), '1', "a new number begins anew");
}

#[test]
fn a_scan_is_told_once_with_its_picture() {
    let mut s = at_qr();
    s.answer_after(3, "login", &scanned());
    s.answer_after(25, "login", &scanned());
    s.answer_after(25, "login", &login(408));
    let events = s.events();
    let [EventKind::Scanned { picture, .. }] = events.as_slice() else {
        panic!("{events:?}");
    };
    // The base64 text is that of the first bytes of a JPEG.
    assert_eq!(
        picture.as_ref().map(|picture| &**picture.bytes()),
        Some(b"\xff\xd8\xff\xe0\x00\x10".as_slice())
    );
    let step = s.session.state();
    assert!(
        matches!(
            step,
            State::LoggingIn {
                step: LoginStep::AwaitConfirm { .. },
                ..
            }
        ),
        "{step:?}"
    );
}

#[test]
fn answers_that_were_not_held_are_followed_by_a_pause() {
    for code in [408, 201, 999] {
        let mut s = at_qr();
        for _ in 0..5 {
            s.answer("login", &login(code));
            assert!(s.out.is_empty(), "{code}");
            assert!(s.advance_to_deadline() >= Duration::from_secs(1));
            assert_eq!(s.paths(), ["login"]);
        }
    }
}

#[test]
fn held_answers_are_followed_by_the_next_poll_at_once() {
    for code in [408, 201, 999] {
        let mut s = at_qr();
        s.answer_after(25, "login", &login(code));
        assert_eq!(s.paths(), ["login"], "{code}");
    }
}

#[test]
fn dead_codes_bring_a_new_qr_code_five_times() {
    for body in [login(400), login(500), login(402), String::new()] {
        let mut s = at_qr();
        for _ in 0..5 {
            s.answer("login", &body);
            assert_eq!(names(&s.events()), ["qr_expired"]);
            s.answer("jslogin", &jslogin("next"));
            assert_eq!(names(&s.events()), ["qr"]);
        }
        s.answer("login", &body);
        assert_eq!(names(&s.events()), ["qr_expired", "logged_out"]);
        let reason = s.reason();
        assert_eq!(reason.cause, Cause::NotScanned);
        assert!(s.session.is_idle());
    }
}

#[test]
fn a_cancel_on_the_phone_brings_a_new_qr_code() {
    let mut s = at_qr();
    s.answer("login", &login(202));
    assert_eq!(names(&s.events()), ["cancelled"]);
    assert_eq!(s.paths(), ["jslogin"]);
}

#[test]
fn a_confirmation_without_an_address_is_asked_for_again_and_not_for_ever() {
    let mut s = at_qr();
    for _ in 0..4 {
        s.answer("login", &login(200));
        assert!(s.out.is_empty());
        s.advance_to_deadline();
        assert_eq!(s.paths(), ["login"]);
    }
    s.answer("login", &login(200));
    assert_eq!(s.paths(), ["jslogin"]);
}

#[test]
fn nonsense_counts_until_the_code_is_taken_for_dead() {
    let mut s = at_qr();
    for _ in 0..4 {
        s.answer("login", "<html></html>");
        s.advance_to_deadline();
    }
    s.answer("login", "<html></html>");
    assert_eq!(s.paths(), ["jslogin"]);
}

#[test]
fn an_outage_keeps_the_number() {
    let mut s = at_qr();
    for _ in 0..20 {
        s.cut("login");
        s.advance_to_deadline();
    }
    assert!(s.query("login").contains("uuid=gdl0dOM6cg"));
    s.answer("login", &confirmed(REDIRECT));
    assert_eq!(s.paths(), ["webwxnewloginpage"]);
}

#[test]
fn a_confirmation_is_told_of_and_the_ticket_traded() {
    let mut s = at_qr();
    s.answer("login", &confirmed(REDIRECT));
    assert_eq!(names(&s.events()), ["confirmed"]);
    let request = s.request("webwxnewloginpage");
    assert_eq!(request.head.uri.host(), Some("wx2.qq.com"));
    let query = s.query("webwxnewloginpage");
    assert!(query.ends_with("&fun=new&version=v2"), "{query}");
}

#[test]
fn a_redirect_to_a_stranger_or_without_tls_is_refused_before_anything_goes_there() {
    for redirect in [
        "https://wx2.qq.com.evil.example/x?ticket=T",
        "http://wx2.qq.com/x?ticket=T",
        "https://evil.example/wx2.qq.com?ticket=T",
        "ftp://wx.qq.com/?ticket=T",
        "nonsense",
    ] {
        let mut s = at_qr();
        s.answer("login", &confirmed(redirect));
        assert!(s.out.is_empty(), "{:?}", s.paths());
        let reason = s.reason();
        assert_eq!(reason.cause, Cause::Refused);
        assert!(!reason.message.contains("ticket"), "{}", reason.message);
    }
}

#[test]
fn a_redirect_to_a_host_of_the_configuration_is_followed() {
    let mut config = quiet();
    config.extra_hosts.push("gateway.example:8443".to_owned());
    let mut s = Scenario::login(config);
    s.answer("jslogin", &jslogin("a=="));
    s.answer(
        "login",
        &confirmed("https://gateway.example:8443/x?ticket=T"),
    );
    let uri = &s.request("x").head.uri;
    assert_eq!(uri.authority().unwrap().as_str(), "gateway.example:8443");
}
