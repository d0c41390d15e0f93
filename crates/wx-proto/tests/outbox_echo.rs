//! One's own messages in the stream: known as such before and after the
//! answer, and never mistaken for somebody else's.

use std::time::Duration;

use wx_proto::{Command, CommandError, Done, FailureKind, Reached, SendText};

use crate::support::*;

/// One's own text to Ann, as the stream gives it.
fn own(id: &str, text: &str) -> String {
    msg(id, OWN, ANN, text)
}

fn fetch(s: &mut Scenario, val: i64, messages: &[String]) {
    s.brings(&page(val).msgs(messages));
}

#[test]
fn the_echo_after_the_answer_is_not_delivered() {
    let mut s = Scenario::online(quiet());
    s.send(ANN, "hi");
    s.answer("webwxsendmsg", &sent("5001"));
    fetch(&mut s, 8, &[own("5001", "hi")]);
    assert!(s.messages().is_empty());
    assert_eq!(s.position(), 8);
}

#[test]
fn the_echo_before_the_answer_is_not_delivered() {
    let mut s = Scenario::online(quiet());
    let command = s.send(ANN, "hi");
    fetch(&mut s, 8, &[own("5001", "hi"), text("901")]);
    assert!(
        !s.session.has_event(),
        "held, and what is behind it in the chat"
    );
    assert_eq!(s.position(), 7, "undecided");
    s.answer("webwxsendmsg", &sent("5001"));
    assert_eq!(s.handle_messages(), ["901"]);
    assert_eq!(s.position(), 8);
    assert!(matches!(s.end_of(command), Some(Ok(Done::Sent { .. }))));
}

#[test]
fn the_echo_of_before_a_kill_is_not_delivered() {
    let mut s = Scenario::online(quiet());
    s.send(ANN, "hi");
    s.answer("webwxsendmsg", &sent("5001"));
    let mut next = s.after_kill(quiet());
    next.answer("webwxsync", &page(8).msgs(&[own("5001", "hi")]).json());
    assert!(next.messages().is_empty());
}

#[test]
fn the_same_text_from_the_phone_is_delivered_in_its_place() {
    let mut s = Scenario::online(quiet());
    s.send(ANN, "hi");
    let items = [own("4000", "hi"), text("901"), msg("902", BOB, OWN, "x")];
    fetch(&mut s, 8, &items);
    let others: Vec<_> = s.handle_messages();
    assert_eq!(others, ["902"], "other chats go on");
    s.answer("webwxsendmsg", &sent("5001"));
    assert_eq!(
        s.handle_messages(),
        ["4000", "901"],
        "the chat's order is kept"
    );
    fetch(&mut s, 9, &[own("5001", "hi")]);
    assert!(s.messages().is_empty());
    assert_eq!(s.position(), 9);
}

#[test]
fn a_lost_answer_is_made_up_for_by_the_echo_before() {
    let mut s = Scenario::online(quiet());
    let command = s.send(ANN, "hi");
    fetch(&mut s, 8, &[own("5001", "hi")]);
    s.fail("webwxsendmsg", Reached::Maybe, FailureKind::Network);
    let Some(Ok(Done::Sent { msg_id, .. })) = s.end_of(command) else {
        panic!("{:?}", s.end_of(command));
    };
    assert_eq!(msg_id.as_str(), "5001");
    assert!(s.messages().is_empty());
    assert_eq!(s.position(), 8);
}

#[test]
fn a_lost_answer_is_made_up_for_by_the_echo_after() {
    let mut s = Scenario::online(quiet());
    let send = || Command::SendText(SendText::new(ANN, "hi").with_key("k1"));
    s.command(send());
    s.fail("webwxsendmsg", Reached::Maybe, FailureKind::Network);
    fetch(&mut s, 8, &[own("5001", "hi")]);
    let again = s.command(send());
    let Some(Ok(Done::Sent { msg_id, .. })) = s.end_of(again) else {
        panic!("{:?}", s.end_of(again));
    };
    assert_eq!(msg_id.as_str(), "5001");
    assert_eq!(
        s.handle_messages(),
        ["5001"],
        "the application was told unknown"
    );
}

#[test]
fn the_same_text_of_another_day_confirms_nothing() {
    let mut s = Scenario::online(quiet());
    let send = || Command::SendText(SendText::new(ANN, "ok").with_key("k1"));
    s.command(send());
    s.fail("webwxsendmsg", Reached::Maybe, FailureKind::Network);
    let later = own("5001", "ok").replace("1520927383", "1521000000");
    fetch(&mut s, 8, &[later]);
    let again = s.command(send());
    assert!(s.end_of(again).unwrap().is_err(), "{:?}", s.end_of(again));
}

#[test]
fn a_replay_confirms_nothing() {
    let mut s = Scenario::online(quiet());
    fetch(&mut s, 8, &[own("4000", "hi")]);
    assert_eq!(s.handle_messages(), ["4000"]);
    let send = || Command::SendText(SendText::new(ANN, "hi").with_key("k1"));
    s.command(send());
    s.fail("webwxsendmsg", Reached::Maybe, FailureKind::Network);
    fetch(&mut s, 9, &[own("4000", "hi")]);
    let again = s.command(send());
    assert!(s.end_of(again).unwrap().is_err(), "{:?}", s.end_of(again));
}

#[test]
fn the_echo_of_an_unknown_one_is_not_taken_for_its_repeat() {
    let mut s = Scenario::online(quiet());
    let send = || Command::SendText(SendText::new(ANN, "hi").with_key("k1"));
    s.command(send());
    s.fail("webwxsendmsg", Reached::Maybe, FailureKind::Network);
    s.send(ANN, "hi");
    fetch(&mut s, 8, &[own("5001", "hi")]);
    s.answer("webwxsendmsg", &sent("5002"));
    assert_eq!(s.handle_messages(), ["5001"]);
    let again = s.command(send());
    let Some(Ok(Done::Sent { msg_id, .. })) = s.end_of(again) else {
        panic!("{:?}", s.end_of(again));
    };
    assert_eq!(msg_id.as_str(), "5001");
}

#[test]
fn what_was_held_for_a_send_that_never_went_out_is_delivered() {
    let mut s = Scenario::online(quiet());
    s.send(ANN, "hi");
    fetch(&mut s, 8, &[own("4000", "hi")]);
    s.cut("webwxsendmsg");
    assert_eq!(s.handle_messages(), ["4000"]);
    assert_eq!(s.position(), 8);
}

#[test]
fn what_was_held_is_delivered_when_the_send_is_refused() {
    let mut s = Scenario::online(quiet());
    s.send(ANN, "hi");
    fetch(&mut s, 8, &[own("4000", "hi")]);
    s.answer("webwxsendmsg", &send_refused(1204));
    assert_eq!(s.handle_messages(), ["4000"]);
}

#[test]
fn what_was_held_at_a_close_is_settled_with_the_send() {
    let mut s = Scenario::online(quiet());
    s.send(ANN, "hi");
    fetch(&mut s, 8, &[own("4000", "hi")]);
    s.session.close();
    s.drain();
    s.advance(Duration::from_secs(15));
    assert!(s.session.is_idle());
    assert!(
        s.messages().is_empty(),
        "the answer was lost: taken for the echo"
    );
    assert_eq!(s.position(), 8);
}

#[test]
fn sends_of_other_processes_are_seen_once() {
    let mut s = Scenario::online(quiet());
    let item = own("6000", "from the phone");
    fetch(&mut s, 8, &[item.clone(), item]);
    let messages = s.messages();
    assert_eq!(messages.len(), 1);
    assert!(messages[0].1.from_me);
    assert_eq!(messages[0].1.chat.id.as_str(), ANN);
}

#[test]
fn what_confirms_an_unknown_one_is_not_lost_in_a_kill() {
    let mut s = Scenario::online(quiet());
    s.send(ANN, "hi");
    s.fail("webwxsendmsg", Reached::Maybe, FailureKind::Network);
    fetch(&mut s, 8, &[own("5001", "hi")]);
    // Confirmed and stored, but not yet in the application's hands.
    let mut next = s.after_kill(quiet());
    next.answer("webwxsync", &page(8).msgs(&[own("5001", "hi")]).json());
    assert_eq!(next.handle_messages(), ["5001"]);
}

#[test]
fn a_lost_send_is_not_taken_for_an_earlier_one_of_the_same_text() {
    let mut s = Scenario::online(quiet());
    let send = |key: &str| Command::SendText(SendText::new(ANN, "hi").with_key(key));
    s.command(send("k1"));
    s.fail("webwxsendmsg", Reached::Maybe, FailureKind::Network);
    let second = s.command(send("k2"));
    // The first arrived; the second never does.
    fetch(&mut s, 8, &[own("5001", "hi")]);
    s.fail("webwxsendmsg", Reached::Maybe, FailureKind::Network);
    let end = s.end_of(second);
    assert!(
        matches!(end, Some(Err(CommandError::Unknown { .. }))),
        "{end:?}"
    );
    assert_eq!(s.handle_messages(), ["5001"]);
    let first = s.command(send("k1"));
    let Some(Ok(Done::Sent { msg_id, .. })) = s.end_of(first) else {
        panic!("{:?}", s.end_of(first));
    };
    assert_eq!(msg_id.as_str(), "5001");
}
