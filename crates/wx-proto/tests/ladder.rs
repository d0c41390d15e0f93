//! The ways into a session: saved, confirmed on the phone, scanned.

use std::time::Duration;

use wx_proto::config::Ladder;
use wx_proto::event::{Cause, How, WarningKind};
use wx_proto::state::LoginStep;
use wx_proto::{Config, EventKind, Saved, State};

use crate::support::*;

const PUSHED: &str = "{\"ret\":\"0\",\"msg\":\"all ok\",\"uuid\":\"pushed==\"}";

fn saved() -> Saved {
    Scenario::online(quiet()).stored
}

/// What a session leaves that the server has ended.
fn over() -> Saved {
    let mut s = Scenario::online(quiet());
    s.advance(Duration::from_secs(5));
    s.answer("synccheck", &synccheck(1101, 0));
    s.stored
}

fn how(s: &Scenario) -> How {
    let State::Online { how, .. } = s.session.state() else {
        panic!("{:?}", s.session.state());
    };
    *how
}

fn with(ladder: Ladder) -> Config {
    let mut config = quiet();
    config.ladder = ladder;
    config
}

#[test]
fn a_saved_session_goes_on_without_a_scan_and_with_its_device_id() {
    let saved = saved();
    let device = saved.credentials.as_ref().unwrap().device_id.clone();
    let mut s = Scenario::resume(quiet(), saved);
    assert!(s.body("webwxinit").contains(device.as_str()));
    s.answer("webwxinit", &init(""));
    assert_eq!(how(&s), How::Saved);
    assert_eq!(s.stored.stretches.len(), 1, "the same stretch");
    s.answer("webwxgetcontact", &contact_page(0, &[]));
    assert!(s.body("webwxsync").contains(r#""Val":7"#), "where it was");
}

#[test]
fn a_session_that_was_seen_to_end_asks_the_phone_first() {
    let mut s = Scenario::resume(quiet(), over());
    assert_eq!(s.paths(), ["webwxpushloginurl"]);
    assert!(s.query("webwxpushloginurl").contains("uin=2799942121"));
    s.answer("webwxpushloginurl", PUSHED);
    assert_eq!(names(&s.events()), ["push_login"]);
    let request = s.request("login");
    assert_eq!(request.head.uri.host(), Some("login.wx2.qq.com"));
    assert!(s.query("login").contains("tip=1"));
    let state = s.session.state();
    assert!(
        matches!(
            state,
            State::LoggingIn {
                step: LoginStep::AwaitConfirm { .. },
                ..
            }
        ),
        "{state:?}"
    );
    s.answer_after(5, "login", &confirmed(REDIRECT));
    s.answer("webwxnewloginpage", KEYS);
    s.answer("webwxinit", &init(""));
    assert_eq!(how(&s), How::Push);
    s.answer("webwxgetcontact", &contact_page(0, &[]));
    assert!(s.body("webwxsync").contains(r#""Val":1"#), "a new stream");
}

#[test]
fn a_refused_push_leads_to_a_qr_code() {
    for answer in [
        "{\"ret\":\"1\",\"msg\":\"no\",\"uuid\":\"\"}",
        "{\"ret\":0,\"msg\":\"all ok\",\"uuid\":\"\"}",
    ] {
        let mut s = Scenario::resume(quiet(), over());
        s.answer("webwxpushloginurl", answer);
        assert_eq!(s.paths(), ["jslogin"], "{answer}");
    }
}

#[test]
fn a_push_that_answers_nonsense_three_times_leads_to_a_qr_code() {
    let mut s = Scenario::resume(quiet(), over());
    for _ in 0..2 {
        s.answer("webwxpushloginurl", "<html></html>");
        s.advance_to_deadline();
    }
    s.answer("webwxpushloginurl", "<html></html>");
    assert_eq!(s.paths(), ["jslogin"]);
}

#[test]
fn a_push_that_is_cancelled_or_dies_leads_to_a_qr_code() {
    for (code, event) in [(202, "cancelled"), (400, "qr_expired")] {
        let mut s = Scenario::resume(quiet(), over());
        s.answer("webwxpushloginurl", PUSHED);
        s.events();
        s.answer("login", &login(code));
        assert_eq!(names(&s.events()), [event]);
        assert_eq!(s.paths(), ["jslogin"]);
    }
}

#[test]
fn a_push_is_given_up_after_five_minutes_to_the_second() {
    // Polls that are held; polls that fail; a poll that is never answered.
    let polls: [fn(&mut Scenario); 3] = [
        |s| s.answer_after(25, "login", &login(408)),
        |s| {
            s.cut("login");
            s.advance(Duration::from_secs(1));
        },
        |s| s.advance(Duration::from_secs(1)),
    ];
    for poll in polls {
        let mut s = Scenario::resume(quiet(), over());
        s.answer("webwxpushloginurl", PUSHED);
        let end = s.now.mono + Duration::from_secs(300);
        while !s.has("jslogin") {
            if s.has("login") {
                poll(&mut s);
            } else {
                s.advance_to_deadline();
            }
            assert!(s.now.mono <= end, "too late: {:?}", s.now);
            let left = end.since(s.now.mono);
            if left < Duration::from_secs(26) {
                s.advance(left);
            }
        }
        assert_eq!(s.now.mono, end);
        assert_eq!(s.paths(), ["jslogin"], "the poll is given up");
    }
}

#[test]
fn only_the_saved_session_means_only_that() {
    let mut s = Scenario::resume(with(Ladder::saved_only()), saved());
    s.answer("webwxinit", &init_refused(1102));
    let reason = s.reason();
    assert_eq!((reason.cause, reason.ret.0), (Cause::Cookie, 1102));

    for saved in [Saved::new(), over()] {
        let mut s = Scenario::resume(with(Ladder::saved_only()), saved);
        assert!(s.out.is_empty());
        let events = s.events();
        assert!(
            matches!(
                events.as_slice(),
                [EventKind::LoggedOut {
                    cause: Cause::NoSession,
                    ..
                }]
            ),
            "{events:?}"
        );
    }
}

#[test]
fn only_a_qr_code_means_only_that() {
    let s = Scenario::resume(with(Ladder::qr_only()), saved());
    assert_eq!(s.paths(), ["jslogin"]);
}

#[test]
fn a_qr_code_that_nobody_scans_does_not_end_a_saved_session() {
    let mut config = with(Ladder::qr_only());
    config.qr_renewals = 0;
    let mut s = Scenario::resume(config, saved());
    s.advance(Duration::from_secs(5));
    s.answer("jslogin", &jslogin("a=="));
    s.answer("login", &login(400));
    assert!(matches!(s.session.state(), State::Ended { .. }));
    assert!(s.stored.is_live());
}

#[test]
fn a_fresh_login_draws_a_device_id_of_the_protocols_form() {
    let s = Scenario::online(quiet());
    let keys = s.stored.credentials.unwrap();
    let digits = keys.device_id.as_str().strip_prefix('e').unwrap();
    assert_eq!(digits.len(), 15);
    assert!(digits.bytes().all(|byte| byte.is_ascii_digit()));
}

#[test]
fn a_damaged_store_is_told_of_before_the_login_that_follows() {
    let mut config = quiet();
    config.ladder = Ladder::saved_only();
    let mut s = Scenario::resume(config, Saved::new());
    s.session
        .warn(WarningKind::Disk, "kept aside as session.bad");
    let events = s.events();
    assert_eq!(names(&events), ["warning", "logged_out"]);
}
