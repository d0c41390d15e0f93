//! The sync machine where all is well: keys, selectors, pages.

use std::time::Duration;

use http::StatusCode;
use wx_proto::EventKind;

use crate::support::*;

#[test]
fn the_first_poll_is_a_page_from_inits_position() {
    let s = Scenario::ready(quiet());
    let body = s.body("webwxsync");
    let keys = r#""SyncKey":{"Count":2,"List":[{"Key":1,"Val":1},{"Key":2,"Val":1}]}"#;
    assert!(body.contains(keys), "{body}");
}

#[test]
fn every_selector_but_0_fetches_a_page() {
    for selector in [1, 2, 3, 4, 5, 6, 7, 99] {
        let mut s = Scenario::online(quiet());
        s.answer("synccheck", &synccheck(0, selector));
        assert_eq!(s.paths(), ["webwxsync"], "{selector}");
    }
}

#[test]
fn selector_0_polls_again_at_once_if_the_poll_was_held() {
    let mut s = Scenario::online(quiet());
    s.answer_after(25, "synccheck", &synccheck(0, 0));
    assert_eq!(s.paths(), ["synccheck"]);
}

#[test]
fn selector_0_that_was_not_held_does_not_spin() {
    let mut s = Scenario::online(quiet());
    s.answer("synccheck", &synccheck(0, 0));
    assert!(s.out.is_empty());
    assert!(s.advance_to_deadline() >= Duration::from_secs(1));
    assert_eq!(s.paths(), ["synccheck"]);
}

#[test]
fn a_selector_that_brings_nothing_slows_down() {
    let mut s = Scenario::online(quiet());
    let mut pauses = Vec::new();
    for _ in 0..6 {
        s.answer("synccheck", &synccheck(0, 6));
        s.answer("webwxsync", &page(7).json());
        assert!(s.out.is_empty(), "{:?}", s.paths());
        pauses.push(s.advance_to_deadline());
    }
    assert!(pauses[0] >= Duration::from_secs(1), "{pauses:?}");
    assert!(pauses[5] > pauses[0], "{pauses:?}");
    assert!(pauses.is_sorted(), "{pauses:?}");
}

#[test]
fn changes_repeated_at_a_position_that_stands_do_not_spin() {
    // A page without keys, the same at every call: contacts and status notes.
    let note = typed(51, "77", ANN, OWN, "", ",\n\"StatusNotifyCode\": 2");
    for same in [
        page(7).no_key().mods(&[friend(BOB, "Bob")]),
        page(7).no_key().msgs(&[note]),
    ] {
        let mut s = Scenario::online(quiet());
        for _ in 0..3 {
            s.brings(&same);
            assert!(s.out.is_empty(), "{:?}", s.paths());
            s.advance(Duration::from_secs(8));
        }
    }
}

#[test]
fn a_page_with_news_is_followed_by_a_poll_at_once() {
    let mut s = Scenario::online(quiet());
    s.brings(&page(8).texts(&["901"]));
    assert_eq!(s.paths(), ["synccheck"]);
}

#[test]
fn the_continue_flag_fetches_the_next_page_at_once() {
    let mut s = Scenario::online(quiet());
    s.brings(&page(8).texts(&["901"]).more());
    assert_eq!(s.paths(), ["webwxsync"]);
    assert!(s.body("webwxsync").contains(r#""Val":8"#));
}

#[test]
fn the_continue_flag_of_an_empty_page_does_not_spin() {
    let mut s = Scenario::online(quiet());
    s.answer("synccheck", &synccheck(0, 2));
    for _ in 0..3 {
        s.answer("webwxsync", &page(8).more().json());
        assert!(s.out.is_empty());
        assert!(s.advance_to_deadline() >= Duration::from_secs(1));
        assert_eq!(s.paths(), ["webwxsync"]);
    }
}

#[test]
fn an_empty_key_is_never_taken_over() {
    let mut s = Scenario::online(quiet());
    s.brings(&page(8).no_key().texts(&["901"]));
    assert!(s.query("synccheck").contains("synckey=1_7%7C2_7"));
}

#[test]
fn synccheck_is_asked_with_its_own_key_once_there_is_one() {
    let mut s = Scenario::online(quiet());
    s.brings(&page(8).check(80).texts(&["901"]));
    assert!(s.query("synccheck").contains("synckey=1_80%7C2_80"));
    s.answer("synccheck", &synccheck(0, 2));
    assert!(s.body("webwxsync").contains(r#"{"Key":1,"Val":8}"#));
}

#[test]
fn both_keys_survive_a_restart() {
    let mut s = Scenario::online(quiet());
    s.brings(&page(8).check(80).texts(&["901"]));
    s.handle_messages();
    let mut next = s.after_kill(quiet());
    assert!(next.body("webwxsync").contains(r#"{"Key":1,"Val":8}"#));
    next.answer("webwxsync", &page(8).json());
    next.advance(Duration::from_secs(1));
    assert!(next.query("synccheck").contains("synckey=1_80%7C2_80"));
}

#[test]
fn a_new_skey_is_used_at_once_and_stored() {
    let mut s = Scenario::online(quiet());
    assert!(s.query("synccheck").contains("skey=%40crypt_init_0000"));
    s.answer("synccheck", &synccheck(0, 2));
    let fresh = page(8).texts(&["901"]).skey("@crypt_fresh_1");
    s.answer("webwxsync", &fresh.json());
    assert!(s.query("synccheck").contains("skey=%40crypt_fresh_1"));
    let keys = s.stored.credentials.as_ref().unwrap();
    assert_eq!(keys.skey.expose(), "@crypt_fresh_1");
}

#[test]
fn a_new_data_ticket_cookie_is_stored() {
    let mut s = Scenario::online(quiet());
    s.answer("synccheck", &synccheck(0, 2));
    let cookie = "webwx_data_ticket=gSfresh==; Domain=.qq.com; Path=/";
    let body = page(8).texts(&["901"]).json();
    s.answer_as("webwxsync", StatusCode::OK, &[cookie], body.as_bytes());
    assert_eq!(s.stored.data_ticket.expose(), "gSfresh==");
}

#[test]
fn messages_wait_ten_seconds_for_names_and_no_longer() {
    let mut s = Scenario::with_keys(quiet());
    s.answer("webwxinit", &init(""));
    assert_eq!(s.paths(), ["webwxgetcontact"]);
    s.advance(Duration::from_millis(9999));
    assert_eq!(s.paths(), ["webwxgetcontact"]);
    s.advance(Duration::from_millis(1));
    assert_eq!(s.paths(), ["webwxgetcontact", "webwxsync"]);
}

#[test]
fn deleted_and_changed_contacts_are_told_of() {
    let mut s = Scenario::online(quiet());
    s.answer("synccheck", &synccheck(0, 4));
    let body = page(8).dels(&[ANN]).mods(&[friend(BOB, "Bob")]).json();
    s.answer("webwxsync", &body);
    let told: Vec<(String, String)> = s
        .events()
        .into_iter()
        .map(|event| match event {
            EventKind::Contact {
                change, contact, ..
            } => {
                let change = serde_json::to_value(change).unwrap();
                (change.as_str().unwrap().to_owned(), contact.nick_name)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let told: Vec<_> = told.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(told, [("removed", "Ann"), ("added", "Bob")]);
}
