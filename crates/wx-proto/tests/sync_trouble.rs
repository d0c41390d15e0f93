//! The sync machine where something is wrong: codes, silence, nonsense.

use std::time::Duration;

use http::StatusCode;
use wx_proto::event::{Cause, WarningKind};
use wx_proto::{EventKind, FailureKind, Reached, State};

use crate::support::*;

fn cause(s: &Scenario) -> Option<(Cause, i64)> {
    match s.session.state() {
        State::Ended { reason, .. } => Some((reason.cause, reason.ret.0)),
        _ => None,
    }
}

#[test]
fn three_codes_end_the_session_wherever_they_come() {
    for (ret, expected) in [
        (1100, Cause::LoggedOutOnPhone),
        (1101, Cause::OtherLogin),
        (1102, Cause::Cookie),
    ] {
        let mut s = Scenario::online(quiet());
        s.answer("synccheck", &synccheck(ret, 0));
        assert_eq!(cause(&s), Some((expected, ret)));
        assert_eq!(names(&s.events()), ["logged_out"]);
        assert!(s.session.is_idle());
        assert_eq!(s.session.deadline(), None);

        let mut s = Scenario::ready(quiet());
        s.answer("webwxsync", &page(7).ret(ret).no_key().json());
        assert_eq!(cause(&s), Some((expected, ret)));
    }
}

#[test]
fn the_servers_end_is_in_the_history() {
    let mut s = Scenario::online(quiet());
    s.advance(Duration::from_secs(3));
    s.answer("synccheck", &synccheck(1101, 0));
    assert!(!s.stored.is_live());
    let stretch = s.stored.stretches.last().unwrap();
    assert_eq!(stretch.cause, Some(Cause::OtherLogin));
    assert_eq!(stretch.since, START_MS / 1000);
}

#[test]
fn a_lost_ticket_opens_the_session_anew_once() {
    for ret in [-14, 1] {
        let mut s = Scenario::online(quiet());
        s.answer("synccheck", &synccheck(ret, 0));
        assert_eq!(s.paths(), ["webwxinit"], "{ret}");
        s.answer("webwxinit", &init(""));
        let body = s.body("webwxsync");
        assert!(body.contains(r#""Val":7"#), "goes on where it was: {body}");
        s.answer("webwxsync", &page(8).texts(&["901"]).json());
        s.answer("synccheck", &synccheck(ret, 0));
        assert_eq!(cause(&s), Some((Cause::Refused, ret)), "the second time");
    }
}

#[test]
fn a_lost_ticket_long_after_is_another_one() {
    let mut s = Scenario::online(quiet());
    s.answer("synccheck", &synccheck(-14, 0));
    s.answer("webwxinit", &init(""));
    s.answer("webwxsync", &page(8).texts(&["901"]).json());
    s.answer_after(25, "synccheck", &synccheck(0, 0));
    s.answer_after(25, "synccheck", &synccheck(-14, 0));
    assert_eq!(s.paths(), ["webwxinit"]);
}

#[test]
fn a_refused_reopening_ends_the_session() {
    let mut s = Scenario::online(quiet());
    s.answer("synccheck", &synccheck(-14, 0));
    s.answer("webwxinit", &init_refused(-14));
    assert_eq!(cause(&s), Some((Cause::Refused, -14)));
}

#[test]
fn too_often_pauses_five_seconds_doubling_to_ten_minutes() {
    let mut s = Scenario::ready(quiet());
    let mut pauses = Vec::new();
    for _ in 0..9 {
        s.answer("webwxsync", &page(7).ret(1205).no_key().json());
        pauses.push(s.advance_to_deadline().as_secs());
    }
    assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 600, 600]);
    assert_eq!(names(&s.events()), vec!["throttled"; 9]);
    assert_eq!(cause(&s), None);
}

#[test]
fn other_codes_are_waited_out_with_the_key_kept() {
    for ret in [-1, -2, 2, 1203, 9999] {
        let mut s = Scenario::ready(quiet());
        s.answer("webwxsync", &page(9).ret(ret).no_key().json());
        assert_eq!(cause(&s), None, "{ret}");
        s.advance_to_deadline();
        assert!(s.body("webwxsync").contains(r#""Val":1"#), "{ret}");
    }
}

#[test]
fn an_outage_backs_off_by_the_public_schedule_and_tells_each_try() {
    let mut s = Scenario::online(quiet());
    for bound in [1, 2, 4, 8, 16, 32, 60, 60] {
        s.cut("synccheck");
        let pause = s.advance_to_deadline();
        assert!(pause <= Duration::from_secs(bound), "{pause:?} > {bound} s");
        assert!(pause >= Duration::from_secs(bound) / 2, "{pause:?}");
    }
    let State::Online {
        outage: Some(outage),
        ..
    } = s.session.state()
    else {
        panic!("{:?}", s.session.state());
    };
    assert_eq!(outage.reason, "the cable was cut");
    s.answer("synccheck", &synccheck(0, 2));
    let mut expected = vec!["offline"; 8];
    expected.push("back_online");
    assert_eq!(names(&s.events()), expected);
    assert!(matches!(
        s.session.state(),
        State::Online { outage: None, .. }
    ));
}

#[test]
fn a_poll_that_is_never_answered_is_given_up_after_35_seconds() {
    let mut s = Scenario::online(quiet());
    let id = s.request("synccheck").id;
    assert_eq!(s.advance_to_deadline(), Duration::from_secs(35));
    assert_eq!(s.aborted, [id]);
    s.advance_to_deadline();
    assert_eq!(s.paths(), ["synccheck"]);
    // The answer to the poll that was given up is nobody's.
    s.input(response(
        id,
        StatusCode::OK,
        &[],
        synccheck(1100, 0).as_bytes(),
    ));
    assert_eq!(cause(&s), None);
    assert_eq!(s.paths(), ["synccheck"]);
}

#[test]
fn a_broken_status_line_fetches_once_and_does_not_spin() {
    let mut s = Scenario::online(quiet());
    s.answer_after(25, "synccheck", &synccheck(0, 0));
    s.fail("synccheck", Reached::Maybe, FailureKind::BadHead);
    assert_eq!(s.paths(), ["webwxsync"]);
    let mut waited = Duration::ZERO;
    for _ in 0..10 {
        if s.has("webwxsync") {
            s.answer("webwxsync", &page(7).json());
        } else {
            s.fail("synccheck", Reached::Maybe, FailureKind::BadHead);
        }
        while s.out.is_empty() {
            waited += s.advance_to_deadline();
        }
    }
    assert!(waited >= Duration::from_secs(10), "{waited:?}");
    assert!(s.events().is_empty(), "it is no outage");
}

#[test]
fn a_senseless_poll_answer_fetches_once_and_does_not_spin() {
    for body in ["", "<html><body>hello</body></html>"] {
        let mut s = Scenario::online(quiet());
        s.answer_after(25, "synccheck", &synccheck(0, 0));
        s.answer("synccheck", body);
        assert_eq!(s.paths(), ["webwxsync"]);
        s.answer("webwxsync", &page(8).texts(&["901"]).json());
        assert_eq!(s.handle_messages(), ["901"]);
        let mut waited = Duration::ZERO;
        for _ in 0..6 {
            s.answer("synccheck", body);
            while s.out.is_empty() {
                waited += s.advance_to_deadline();
            }
            s.answer("webwxsync", &page(8).json());
            while s.out.is_empty() {
                waited += s.advance_to_deadline();
            }
        }
        assert!(waited >= Duration::from_secs(20), "{waited:?}");
    }
}

#[test]
fn a_page_that_stays_bad_is_asked_for_slower_and_slower_and_loses_nothing() {
    for body in ["", "<html></html>", "{\"BaseResponse\": {\"Ret\": 0", "{}"] {
        let mut s = Scenario::ready(quiet());
        let mut pauses = Vec::new();
        for _ in 0..8 {
            s.answer("webwxsync", body);
            pauses.push(s.advance_to_deadline());
            assert!(s.body("webwxsync").contains(r#""Val":1"#));
        }
        assert!(pauses[7] >= Duration::from_secs(30), "{pauses:?}");
        let stuck = s
            .events()
            .iter()
            .filter(|event| {
                let warning = WarningKind::Stuck;
                matches!(event, EventKind::Warning { kind, message, .. }
                    if *kind == warning && message.contains("webwxsync"))
            })
            .count();
        assert_eq!(stuck, 8);
        s.answer("webwxsync", &page(7).texts(&["901"]).json());
        assert_eq!(s.handle_messages(), ["901"]);
    }
}

#[test]
fn a_page_that_is_no_utf8_three_times_is_read_with_replacements() {
    let mut s = Scenario::ready(quiet());
    let mut body = page(7).texts(&["901"]).json().into_bytes();
    let at = body.windows(5).position(|w| w == b"text ").unwrap();
    body[at] = 0xff;
    for _ in 0..3 {
        s.answer_as("webwxsync", StatusCode::OK, &[], &body);
        assert!(s.messages().is_empty());
        s.advance_to_deadline();
    }
    s.answer_as("webwxsync", StatusCode::OK, &[], &body);
    let (_, message) = s.messages().remove(0);
    let json = serde_json::to_value(&message).unwrap();
    assert_eq!(json["text"], "\u{fffd}ext 901");
}

#[test]
fn an_outage_does_not_make_the_first_garbled_page_count_as_the_fourth() {
    let mut s = Scenario::ready(quiet());
    for _ in 0..4 {
        s.cut("webwxsync");
        s.advance_to_deadline();
    }
    let mut body = page(7).texts(&["901"]).json().into_bytes();
    let at = body.windows(5).position(|w| w == b"text ").unwrap();
    body[at] = 0xff;
    s.answer_as("webwxsync", StatusCode::OK, &[], &body);
    assert!(s.messages().is_empty());
}

#[test]
fn an_error_status_is_an_outage() {
    let mut s = Scenario::ready(quiet());
    s.answer_as("webwxsync", StatusCode::BAD_GATEWAY, &[], b"<html></html>");
    assert_eq!(names(&s.events()), ["offline"]);
    s.advance_to_deadline();
    assert_eq!(s.paths(), ["webwxsync"]);
}
