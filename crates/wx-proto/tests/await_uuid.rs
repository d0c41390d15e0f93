//! Awaiting the number of a QR code.

use std::time::Duration;

use wx_proto::event::Cause;
use wx_proto::state::LoginStep;
use wx_proto::{EventKind, State};

use crate::support::*;

#[test]
fn the_qr_code_stands_for_the_number() {
    let mut s = Scenario::login(quiet());
    let query = s.query("jslogin");
    assert!(query.contains("appid=wx782c26e4c19acffb&"), "{query}");
    assert!(query.contains("fun=new"), "{query}");
    s.answer("jslogin", &jslogin("gdl0dOM6cg=="));
    let Some(EventKind::Qr { uuid, url, .. }) = s.events().pop() else {
        panic!("no QR code");
    };
    assert_eq!(uuid.as_str(), "gdl0dOM6cg==");
    assert_eq!(url, "https://login.weixin.qq.com/l/gdl0dOM6cg==");
    let State::LoggingIn {
        step: LoginStep::AwaitScan { url: shown, .. },
        ..
    } = s.session.state()
    else {
        panic!("{:?}", s.session.state());
    };
    assert_eq!(*shown, url);
}

#[test]
fn five_refusals_end_the_login_with_the_servers_words() {
    let mut s = Scenario::login(quiet());
    let no = "window.QRLogin.code = 400; window.QRLogin.error = \"not from there\";";
    for _ in 0..4 {
        s.answer("jslogin", no);
        s.advance_to_deadline();
    }
    s.answer("jslogin", no);
    let reason = s.reason();
    assert_eq!((reason.cause, reason.ret.0), (Cause::Refused, 400));
    assert_eq!(reason.message, "not from there");
    assert!(s.session.is_idle());
}

#[test]
fn an_outage_does_not_end_a_login_and_is_told_of() {
    let mut s = Scenario::login(quiet());
    for _ in 0..20 {
        s.cut("jslogin");
        let pause = s.advance_to_deadline();
        assert!(pause <= Duration::from_secs(60));
    }
    s.answer("jslogin", "<html>sign in to this hotel's network</html>");
    s.advance_to_deadline();
    s.answer("jslogin", &jslogin("a=="));
    let mut expected = vec!["offline"; 21];
    expected.extend(["back_online", "qr"]);
    assert_eq!(names(&s.events()), expected);
}

#[test]
fn a_request_that_hangs_is_asked_again() {
    let mut s = Scenario::login(quiet());
    assert_eq!(s.advance_to_deadline(), Duration::from_secs(10));
    assert_eq!(s.aborted.len(), 1);
    s.advance_to_deadline();
    assert_eq!(s.paths(), ["jslogin"]);
}

#[test]
fn a_code_that_is_shown_already_is_waited_for_and_replaced_by_one_of_ours() {
    let mut config = quiet();
    config.uuid = Some("shown==".into());
    config.device_id = Some("e123456789012345".into());
    let mut s = Scenario::login(config);
    assert_eq!(s.paths(), ["login"]);
    assert!(s.query("login").contains("uuid=shown%3D%3D"));
    assert_eq!(names(&s.events()), ["qr"]);
    s.answer("login", &login(400));
    assert_eq!(s.paths(), ["jslogin"]);
    s.answer("jslogin", &jslogin("a=="));
    s.answer("login", &confirmed(REDIRECT));
    s.answer("webwxnewloginpage", KEYS);
    assert!(
        s.body("webwxinit")
            .contains("\"DeviceID\":\"e123456789012345\"")
    );
}
