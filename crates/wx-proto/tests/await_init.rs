//! Awaiting the opening: what refusals mean with fresh keys and with saved
//! ones.

use std::time::Duration;

use http::StatusCode;
use wx_proto::event::Cause;
use wx_proto::{EventKind, Input, State};

use crate::support::*;

fn at_init() -> Scenario {
    let mut s = Scenario::with_keys(quiet());
    s.events();
    s
}

fn at_saved_init() -> Scenario {
    Scenario::resume(quiet(), Scenario::online(quiet()).stored)
}

#[test]
fn what_public_accounts_have_published_is_there() {
    let mut s = Scenario::with_keys(quiet());
    let list = ",\n\"MPSubscribeMsgList\": [{\n\"UserName\": \"@mp\",\n\"MPArticleCount\": 9,\n\
                \"MPArticleList\": [{\n\"Title\": \"A &amp; B\",\n\"Digest\": \"D\",\n\
                \"Url\": \"http://a.example/?x=1&amp;y=2\"\n}\n,{\n\"Title\": \"C\"\n}\n],\n\
                \"Time\": 1520927383,\n\"NickName\": \"Daily\"\n}\n]\n}\n";
    let body = init("");
    let body = body.trim_end().strip_suffix('}').unwrap();
    s.answer("webwxinit", &format!("{body}{list}"));
    let [daily] = s.session.publications() else {
        panic!("{:?}", s.session.publications());
    };
    assert_eq!(
        serde_json::to_value(daily).unwrap(),
        serde_json::json!({
            "account": "@mp", "name": "Daily", "time": 1_520_927_383,
            "articles": [
                {"title": "A & B", "url": "http://a.example/?x=1&y=2", "description": "D"},
                {"title": "C", "url": ""},
            ],
        })
    );
}

#[test]
fn a_success_opens_the_session() {
    let mut s = at_init();
    s.answer("webwxinit", &init(""));
    let State::Online { account, host, .. } = s.session.state() else {
        panic!("{:?}", s.session.state());
    };
    assert_eq!(account.user_name.as_str(), OWN);
    assert_eq!(
        (account.nick_name.as_str(), account.uin.as_str()),
        ("Me", "2799942121")
    );
    assert_eq!(host, "wx2.qq.com");
    assert_eq!(names(&s.events()), ["online"]);
    assert!(s.stored.is_live(), "saved before anything is asked with it");
}

#[test]
fn fresh_keys_that_are_refused_end_the_login() {
    for ret in [1100, 1101, 1102, 1203] {
        let mut s = at_init();
        s.answer("webwxinit", &init_refused(ret));
        let reason = s.reason();
        assert_eq!(reason.ret.0, ret);
    }
}

#[test]
fn other_refusals_are_asked_three_times() {
    let mut s = at_init();
    for _ in 0..2 {
        s.answer("webwxinit", &init_refused(-1));
        s.advance_to_deadline();
    }
    s.answer("webwxinit", &init_refused(-1));
    assert!(matches!(s.session.state(), State::Ended { .. }));
}

#[test]
fn saved_keys_that_are_refused_leave_the_phone_to_be_asked() {
    for ret in [1100, 1101, 1102] {
        let mut s = at_saved_init();
        s.answer_after(5, "webwxinit", &init_refused(ret));
        assert_eq!(s.paths(), ["webwxpushloginurl"], "{ret}");
        assert!(!s.stored.is_live());
        let cause = s.stored.stretches.last().unwrap().cause;
        let expected = [Cause::LoggedOutOnPhone, Cause::OtherLogin, Cause::Cookie];
        assert!(
            cause.is_some_and(|cause| expected.contains(&cause)),
            "{cause:?}"
        );
    }
}

#[test]
fn saved_keys_of_an_unwanted_account_end_the_login() {
    let mut s = at_saved_init();
    s.answer("webwxinit", &init_refused(1203));
    let reason = s.reason();
    assert_eq!((reason.cause, reason.ret.0), (Cause::Refused, 1203));
}

#[test]
fn too_often_is_waited_out() {
    let mut s = at_init();
    let mut pauses = Vec::new();
    for _ in 0..3 {
        s.answer("webwxinit", &init_refused(1205));
        pauses.push(s.advance_to_deadline());
    }
    assert_eq!(pauses, [5, 10, 20].map(Duration::from_secs));
    assert_eq!(names(&s.events()), vec!["throttled"; 3]);
    s.answer("webwxinit", &init(""));
    assert!(matches!(s.session.state(), State::Online { .. }));
}

#[test]
fn an_outage_does_not_end_a_saved_session() {
    let mut s = at_saved_init();
    for _ in 0..30 {
        s.cut("webwxinit");
        s.advance_to_deadline();
    }
    s.answer_as("webwxinit", StatusCode::BAD_GATEWAY, &[], b"");
    s.advance_to_deadline();
    s.answer("webwxinit", "<html></html>");
    s.advance_to_deadline();
    s.answer("webwxinit", &init(""));
    let events = s.events();
    let ends: Vec<_> = events.iter().rev().take(2).collect();
    assert!(matches!(ends[0], EventKind::Online { .. }));
    assert!(matches!(ends[1], EventKind::BackOnline { .. }));
}

#[test]
fn a_success_without_an_account_is_none() {
    let mut s = at_init();
    s.answer("webwxinit", &init_refused(0));
    assert!(matches!(s.session.state(), State::LoggingIn { .. }));
    s.advance_to_deadline();
    assert_eq!(s.paths(), ["webwxinit"]);
}

#[test]
fn the_cookie_of_the_data_ticket_is_taken_over() {
    let mut s = at_init();
    let cookie = "webwx_data_ticket=gSinit==; Domain=.qq.com; Path=/";
    s.answer_as("webwxinit", StatusCode::OK, &[cookie], init("").as_bytes());
    assert_eq!(s.stored.data_ticket.expose(), "gSinit==");
}

#[test]
fn nobody_is_told_of_a_session_that_is_not_stored_yet() {
    let mut s = at_init();
    s.stores = false;
    s.answer("webwxinit", &init(""));
    assert!(!s.session.has_event());
    assert!(s.next_event().is_none());
    s.store_all();
    assert_eq!(names(&s.events()), ["online"]);
}

#[test]
fn a_store_that_fails_does_not_keep_a_session_from_being_told_of() {
    let mut s = at_init();
    s.stores = false;
    s.answer("webwxinit", &init(""));
    let message = "no space left".to_owned();
    s.input(Input::StoreFailed { message });
    let told = names(&s.events());
    assert!(told.contains(&"online".to_owned()), "{told:?}");
    assert!(told.contains(&"warning".to_owned()), "{told:?}");
}
