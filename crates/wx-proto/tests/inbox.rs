//! Delivery: once each, in order, and the stored position behind what is
//! acknowledged.

use std::time::Duration;

use wx_proto::{Command, EventKind, SendText};

use crate::support::*;

#[test]
fn the_stored_position_waits_for_the_acknowledgement() {
    let mut s = Scenario::ready(quiet());
    s.answer("webwxsync", &page(7).texts(&["901"]).json());
    assert_eq!(s.position(), 1);
    let (event, message) = s.messages().remove(0);
    assert_eq!(message.msg_id.as_str(), "901");
    assert_eq!(s.position(), 1, "delivered is not handled");
    s.ack(event);
    assert_eq!(s.position(), 7);
}

#[test]
fn a_send_waits_for_the_store_and_nothing_waits_for_what_was_handled() {
    let mut s = Scenario::ready(quiet());
    s.answer("webwxsync", &page(7).texts(&["901"]).json());
    let (event, _) = s.messages().remove(0);
    assert!(!s.session.has_record());
    s.session.ack(s.now, event);
    assert!(s.session.has_record() && !s.session.awaits_record());
    let send = Command::SendText(SendText::new(ANN, "hello"));
    s.session.command(s.now, send).unwrap();
    assert!(s.session.awaits_record());
    while s.session.poll_persist().is_some() {}
    assert!(!s.session.has_record() && !s.session.awaits_record());
}

#[test]
fn polling_goes_on_with_the_newest_position() {
    let mut s = Scenario::ready(quiet());
    s.answer("webwxsync", &page(7).texts(&["901"]).json());
    assert!(s.query("synccheck").contains("synckey=1_7%7C2_7"));
}

#[test]
fn acknowledgements_in_any_order_never_pass_the_oldest() {
    let mut s = Scenario::ready(quiet());
    s.answer("webwxsync", &page(7).texts(&["901", "902"]).json());
    s.brings(&page(8).texts(&["903"]));
    let events: Vec<_> = s.messages().into_iter().map(|(event, _)| event).collect();
    s.ack(events[2]);
    s.ack(events[1]);
    assert_eq!(s.position(), 1);
    s.ack(events[1]);
    assert_eq!(s.position(), 1, "twice counts once");
    s.ack(events[0]);
    assert_eq!(s.position(), 8, "past both pages");
}

#[test]
fn an_acknowledgement_of_something_else_changes_nothing() {
    let mut s = Scenario::login(quiet());
    s.answer("jslogin", &jslogin("a=="));
    let qr = s.next_event().unwrap().id;
    let records = s.records.len();
    s.ack(qr);
    assert_eq!(s.records.len(), records);
}

#[test]
fn pages_without_messages_do_not_pass_the_one_before() {
    let mut s = Scenario::ready(quiet());
    s.answer("webwxsync", &page(7).texts(&["901"]).json());
    s.answer("synccheck", &synccheck(0, 4));
    let changed = [friend(BOB, "Bob")];
    s.answer("webwxsync", &page(8).mods(&changed).json());
    assert_eq!(s.position(), 1);
    assert_eq!(s.handle_messages(), ["901"]);
    assert_eq!(s.position(), 8);
}

#[test]
fn a_kill_brings_back_only_what_is_not_acknowledged() {
    let mut s = Scenario::ready(quiet());
    s.answer("webwxsync", &page(7).texts(&["901", "902", "903"]).json());
    let events: Vec<_> = s.messages().into_iter().map(|(event, _)| event).collect();
    s.ack(events[2]);
    s.ack(events[0]);
    let mut next = s.after_kill(quiet());
    assert!(next.body("webwxsync").contains(r#""Val":1"#));
    next.answer("webwxsync", &page(7).texts(&["901", "902", "903"]).json());
    assert_eq!(next.handle_messages(), ["902"]);
    assert_eq!(next.position(), 7);
}

#[test]
fn a_replay_is_not_delivered_again() {
    let mut s = Scenario::ready(quiet());
    s.answer("webwxsync", &page(7).texts(&["901"]).json());
    assert_eq!(s.handle_messages(), ["901"]);
    s.brings(&page(8).texts(&["901", "902", "902"]));
    assert_eq!(s.handle_messages(), ["902"]);
}

#[test]
fn one_slow_handler_does_not_make_a_kill_repeat_thousands_of_handled_ones() {
    // The first message is never acknowledged, all others at once, until the
    // session asks for no more.
    let mut s = Scenario::ready(quiet());
    let mut pages: Vec<Vec<String>> = Vec::new();
    let mut first = None;
    while s.has("webwxsync") && pages.len() < 100 {
        let number = 1000 * (pages.len() + 1);
        let ids: Vec<String> = (0..100)
            .map(|n| (900_000 + number + n).to_string())
            .collect();
        let texts: Vec<String> = ids.iter().map(|id| text(id)).collect();
        let val = i64::try_from(10 + pages.len()).unwrap();
        s.answer("webwxsync", &page(val).msgs(&texts).more().json());
        for (event, message) in s.messages() {
            match first {
                None => first = Some(message.msg_id.to_string()),
                Some(_) => s.ack(event),
            }
        }
        pages.push(ids);
    }
    assert!(
        pages.len() < 100,
        "what lies beyond the position is bounded"
    );
    let mut next = s.after_kill(quiet());
    let all: Vec<String> = pages.iter().flatten().map(|id| text(id)).collect();
    next.answer("webwxsync", &page(500).msgs(&all).json());
    assert_eq!(next.handle_messages(), [first.unwrap()]);
}

#[test]
fn a_full_queue_stops_the_poll_until_events_are_taken() {
    let mut config = quiet();
    config.event_capacity = 2;
    let mut s = Scenario::ready(config);
    s.answer("webwxsync", &page(7).texts(&["901", "902"]).json());
    assert!(s.out.is_empty(), "{:?}", s.paths());
    assert_eq!(
        s.session.deadline(),
        None,
        "nothing but the application is waited for"
    );
    assert!(s.next_event().is_some());
    assert_eq!(s.paths(), ["synccheck"]);
}

#[test]
fn too_many_in_hand_stop_the_poll_until_some_are_acknowledged() {
    let mut config = quiet();
    config.in_hand_capacity = 2;
    let mut s = Scenario::ready(config);
    s.answer("webwxsync", &page(7).texts(&["901", "902"]).json());
    let events: Vec<_> = s.messages().into_iter().map(|(event, _)| event).collect();
    assert!(s.out.is_empty(), "{:?}", s.paths());
    s.ack(events[1]);
    assert!(s.out.is_empty(), "the position has not moved");
    s.ack(events[0]);
    assert_eq!(s.paths(), ["synccheck"]);
}

#[test]
fn capacities_of_nothing_still_let_one_through() {
    let mut config = quiet();
    config.event_capacity = 0;
    config.in_hand_capacity = 0;
    let mut s = Scenario::with_keys(config);
    s.answer("webwxinit", &init(""));
    s.answer("webwxgetcontact", &contact_page(0, &[]));
    s.events();
    s.answer("webwxsync", &page(7).texts(&["901"]).json());
    assert_eq!(s.handle_messages(), ["901"]);
    assert_eq!(s.paths(), ["synccheck"]);
}

#[test]
fn a_bad_item_is_delivered_raw_and_holds_up_nothing() {
    let mut s = Scenario::ready(quiet());
    let items = [text("901"), "17".to_owned(), text("902")];
    s.answer("webwxsync", &page(7).msgs(&items).json());
    let messages = s.messages();
    let kinds: Vec<_> = messages
        .iter()
        .map(|(_, m)| serde_json::to_value(m).unwrap()["kind"].clone())
        .collect();
    assert_eq!(kinds, ["text", "unknown", "text"]);
    assert_eq!(messages[1].1.raw.as_ref(), b"17");
    assert!(!messages[1].1.from_me);
}

#[test]
fn an_outage_that_nobody_looks_at_does_not_fill_the_memory() {
    let mut config = quiet();
    config.event_capacity = 8;
    let mut s = Scenario::login(config);
    for _ in 0..500 {
        s.cut("jslogin");
        s.advance_to_deadline();
    }
    let offline = s
        .events()
        .iter()
        .filter(|event| matches!(event, EventKind::Offline { .. }))
        .count();
    assert!((1..=8).contains(&offline), "{offline}");
}

#[test]
fn polls_without_news_bring_no_events() {
    let mut s = Scenario::online(quiet());
    for _ in 0..100 {
        s.answer_after(25, "synccheck", &synccheck(0, 0));
    }
    assert!(s.events().is_empty());
    assert_eq!(s.paths(), ["synccheck"]);
    s.advance(Duration::from_secs(1));
}

/// Takes one event and says that its handler failed.
fn fail_next(s: &mut Scenario) -> String {
    let event = s.next_event().unwrap();
    let EventKind::Message(message) = &event.kind else {
        panic!("{event:?}");
    };
    let id = message.msg_id.to_string();
    s.session.fail(s.now, event, "no such table");
    s.drain();
    id
}

#[test]
fn a_message_whose_handler_fails_comes_again_after_one_second_and_after_two() {
    let mut s = Scenario::online(quiet());
    s.brings(&page(8).texts(&["1", "2"]));
    assert_eq!(fail_next(&mut s), "1");
    assert_eq!(s.handle_messages(), ["2"], "others do not wait for it");
    s.advance(Duration::from_millis(999));
    assert!(s.next_event().is_none());
    s.advance(Duration::from_millis(1));
    assert_eq!(fail_next(&mut s), "1");
    s.advance(Duration::from_millis(1999));
    assert!(s.next_event().is_none());
    s.advance(Duration::from_millis(1));
    assert_eq!(s.handle_messages(), ["1"]);
    assert_eq!(s.session.unacknowledged(), 0);
}

#[test]
fn the_third_failure_parks_a_message_and_says_so() {
    let mut s = Scenario::online(quiet());
    s.brings(&page(8).texts(&["1"]));
    for _ in 0..3 {
        fail_next(&mut s);
        s.advance(Duration::from_secs(2));
    }
    let events = s.events();
    let [EventKind::Warning { kind, message, .. }] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!(*kind, wx_proto::event::WarningKind::Parked);
    assert_eq!(
        message,
        "the message default/m/1 was passed: its handler failed 3 times, last with: no such table"
    );
    assert_eq!(s.session.unacknowledged(), 0);
    // It is passed for good.
    let mut next = s.after_kill(quiet());
    next.answer("webwxsync", &page(8).texts(&["1"]).json());
    assert!(next.messages().is_empty());
}

#[test]
fn a_failure_that_a_snapshot_has_already_does_not_count_twice() {
    let mut s = Scenario::online(quiet());
    s.brings(&page(8).texts(&["1"]));
    fail_next(&mut s);
    // The snapshot was taken before the records were appended.
    let mut saved = s.session.snapshot(None);
    for record in &s.records {
        saved.apply(record.clone());
    }
    let mut next = Scenario::resume(quiet(), saved);
    next.answer("webwxinit", &init(""));
    next.answer("webwxgetcontact", &contact_page(0, &[]));
    next.answer("webwxsync", &page(8).texts(&["1"]).json());
    let event = std::iter::from_fn(|| next.next_event())
        .find(|event| matches!(event.kind, EventKind::Message(_)));
    next.session.fail(next.now, event.unwrap(), "no such table");
    next.drain();
    assert_eq!(next.session.unacknowledged(), 1, "it is not passed yet");
}

#[test]
fn every_parked_message_is_reported_however_full_the_queue_is() {
    let mut config = quiet();
    config.event_capacity = 1;
    let mut s = Scenario::ready(config);
    s.answer("webwxsync", &page(7).texts(&["1", "2"]).json());
    for _ in 0..3 {
        fail_next(&mut s);
        fail_next(&mut s);
        s.advance(Duration::from_secs(2));
    }
    let events = s.events();
    assert_eq!(names(&events), ["warning", "warning"], "{events:?}");
}

#[test]
fn the_end_of_a_session_waits_for_what_is_to_be_delivered_once_more() {
    let mut s = Scenario::online(quiet());
    s.brings(&page(8).texts(&["1"]));
    assert_eq!(fail_next(&mut s), "1");
    s.answer("synccheck", &synccheck(1101, 0));
    assert_eq!(names(&s.events()), ["logged_out"]);
    assert!(!s.session.is_idle(), "nobody can fetch the message again");
    s.advance(Duration::from_secs(1));
    assert_eq!(s.handle_messages(), ["1"]);
    assert!(s.session.is_idle());
}

#[test]
fn failures_are_counted_over_processes() {
    let mut s = Scenario::online(quiet());
    s.answer("synccheck", &synccheck(0, 2));
    for failures in 1..=3 {
        s.answer("webwxsync", &page(8).texts(&["1"]).json());
        let event = std::iter::from_fn(|| s.next_event())
            .find(|event| matches!(event.kind, EventKind::Message(_)));
        s.session
            .fail(s.now, event.unwrap(), "it takes the process along");
        s.drain();
        let parked = names(&s.events()) == ["warning"];
        assert_eq!(parked, failures == 3);
        s = s.after_kill(quiet());
    }
}

#[test]
fn a_failure_of_what_is_handled_or_no_message_is_nothing() {
    let mut s = Scenario::login(quiet());
    s.answer("jslogin", &jslogin("a=="));
    let qr = s.next_event().unwrap();
    let records = s.records.len();
    s.session.fail(s.now, qr, "no screen");
    s.drain();
    assert_eq!(s.records.len(), records);
    s.advance(Duration::from_secs(5));
    assert!(s.next_event().is_none());

    let mut s = Scenario::online(quiet());
    s.brings(&page(8).texts(&["1"]));
    let event = s.next_event().unwrap();
    s.ack(event.id);
    s.session.fail(s.now, event, "too late");
    s.drain();
    s.advance(Duration::from_secs(5));
    assert!(s.next_event().is_none());
}

#[test]
fn a_failed_message_that_is_handled_meanwhile_does_not_come_again() {
    let mut s = Scenario::online(quiet());
    s.brings(&page(8).texts(&["1"]));
    let event = s.next_event().unwrap();
    let id = event.id;
    s.session.fail(s.now, event, "a hiccup");
    s.drain();
    s.ack(id);
    s.advance(Duration::from_secs(5));
    assert!(s.next_event().is_none());
}

#[test]
fn after_a_stop_a_failed_message_waits_for_the_next_start() {
    let mut s = Scenario::online(quiet());
    s.brings(&page(8).texts(&["1"]));
    let event = s.next_event().unwrap();
    s.session.close();
    s.session.fail(s.now, event, "the table is gone");
    s.drain();
    s.advance(Duration::from_secs(5));
    assert!(s.next_event().is_none());
    assert!(s.session.is_idle());
    let mut next = s.after_kill(quiet());
    next.answer("webwxsync", &page(8).texts(&["1"]).json());
    assert_eq!(next.handle_messages(), ["1"]);
}
