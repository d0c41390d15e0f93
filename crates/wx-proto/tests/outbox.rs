//! Sends: nothing before it is stored, nothing twice, an end for each.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;
use wx_proto::{Command, CommandError, Done, FailureKind, Input, Reached, Rejected, SendText};

use crate::support::*;

/// Online with a store that confirms only when it is told to.
fn slow_store() -> Scenario {
    let mut s = Scenario::online(quiet());
    s.stores = false;
    s
}

fn keyed(text: &str, key: &str) -> Command {
    Command::SendText(SendText::new("filehelper", text).with_key(key))
}

#[test]
fn nothing_goes_out_before_it_is_stored() {
    let mut s = slow_store();
    s.send("filehelper", "one");
    s.send(ANN, "two");
    s.advance(Duration::from_secs(5));
    assert!(!s.has("webwxsendmsg"));
    s.store_all();
    let sends = s.paths().iter().filter(|p| **p == "webwxsendmsg").count();
    assert_eq!(sends, 2, "one confirmation stands for all before it");
}

#[test]
fn a_send_carries_the_protocols_members_and_its_fixed_number() {
    let mut s = Scenario::online(quiet());
    s.send("filehelper", "a<b>\n\"你好\"");
    let body = s.body("webwxsendmsg");
    let json: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(json["Msg"]["Content"], "a<b>\n\"你好\"");
    assert!(body.contains("你好"), "raw, not \\u: {body}");
    assert_eq!(json["Msg"]["FromUserName"], OWN);
    assert_eq!(json["Msg"]["ToUserName"], "filehelper");
    let number = json["Msg"]["ClientMsgId"].as_str().unwrap();
    assert_eq!(json["Msg"]["LocalID"], number);
    // 13 digits of milliseconds, a 0, three digits.
    assert_eq!(number.len(), 17);
    assert_eq!(&number[13..14], "0");
    assert_eq!(&number[..13], s.now.unix_ms.to_string());
    assert!(s.records.iter().any(|record| {
        let json = serde_json::to_value(record).unwrap();
        json["change"]["change"] == "send_accepted" && json["change"]["client_msg_id"] == number
    }));
}

#[test]
fn numbers_of_one_millisecond_differ() {
    let mut s = Scenario::online(quiet());
    let mut numbers = std::collections::BTreeSet::new();
    for n in 0..500 {
        let command = s.send("filehelper", &format!("text {n}"));
        s.answer("webwxsendmsg", &sent(&format!("{}", 5_000_000 + n)));
        let Some(Ok(Done::Sent { client_msg_id, .. })) = s.end_of(command) else {
            panic!("{:?}", s.end_of(command));
        };
        assert!(numbers.insert(client_msg_id.clone()));
    }
}

#[test]
fn a_receipt_ends_it_with_the_servers_number() {
    let mut s = Scenario::online(quiet());
    let command = s.send("filehelper", "hi");
    s.answer("webwxsendmsg", &sent("5001"));
    let Some(Ok(Done::Sent { msg_id, to, .. })) = s.end_of(command) else {
        panic!("{:?}", s.end_of(command));
    };
    assert_eq!((msg_id.as_str(), to.as_str()), ("5001", "filehelper"));
}

#[test]
fn a_refusal_ends_it_with_the_servers_code() {
    let mut s = Scenario::online(quiet());
    let command = s.send(ANN, "hi");
    s.answer("webwxsendmsg", &send_refused(1204));
    let Some(Err(CommandError::Refused { ret, .. })) = s.end_of(command) else {
        panic!("{:?}", s.end_of(command));
    };
    assert_eq!(ret.0, 1204);
}

#[test]
fn what_may_have_arrived_is_never_sent_again() {
    let attempts: [fn(&mut Scenario); 5] = [
        |s| s.fail("webwxsendmsg", Reached::Maybe, FailureKind::Network),
        |s| s.fail("webwxsendmsg", Reached::Maybe, FailureKind::BadHead),
        |s| s.answer("webwxsendmsg", "<html></html>"),
        |s| s.answer_as("webwxsendmsg", StatusCode::BAD_GATEWAY, &[], b""),
        |s| s.advance(Duration::from_secs(16)),
    ];
    for attempt in attempts {
        let mut s = Scenario::online(quiet());
        let command = s.send("filehelper", "hi");
        attempt(&mut s);
        assert!(
            matches!(s.end_of(command), Some(Err(CommandError::Unknown { .. }))),
            "{:?}",
            s.end_of(command)
        );
        s.advance(Duration::from_secs(300));
        assert!(!s.has("webwxsendmsg"));
    }
}

#[test]
fn what_cannot_have_gone_out_is_tried_again_with_the_same_number() {
    let mut s = Scenario::online(quiet());
    let command = s.send("filehelper", "hi");
    let first = s.body("webwxsendmsg");
    for _ in 0..3 {
        s.cut("webwxsendmsg");
        assert!(!s.has("webwxsendmsg"), "not at once");
        while !s.has("webwxsendmsg") {
            s.advance(Duration::from_secs(1));
        }
        assert_eq!(s.body("webwxsendmsg"), first);
    }
    s.answer("webwxsendmsg", &sent("5001"));
    assert!(matches!(s.end_of(command), Some(Ok(Done::Sent { .. }))));
}

#[test]
fn a_send_that_finds_no_network_in_time_ends_as_not_sent_and_says_why() {
    let mut s = Scenario::online(quiet());
    let command = s.send("filehelper", "hi");
    for _ in 0..100 {
        if s.has("webwxsendmsg") {
            s.cut("webwxsendmsg");
        }
        s.advance(Duration::from_secs(1));
    }
    let Some(Err(CommandError::NotSent { reason, .. })) = s.end_of(command) else {
        panic!("{:?}", s.end_of(command));
    };
    assert!(reason.ends_with("the cable was cut"), "{reason}");
}

#[test]
fn a_send_that_the_store_does_not_take_in_time_ends_as_not_sent() {
    let mut s = slow_store();
    let command = s.send("filehelper", "hi");
    s.advance(Duration::from_secs(61));
    let end = s.end_of(command);
    assert!(
        matches!(end, Some(Err(CommandError::NotSent { .. }))),
        "{end:?}"
    );
    s.store_all();
    assert!(!s.has("webwxsendmsg"));
}

#[test]
fn a_full_disk_delays_a_send_and_loses_no_record() {
    let mut s = slow_store();
    let command = s.send("filehelper", "hi");
    let offered = s.unconfirmed.len();
    s.unconfirmed.clear();
    let message = "no space left".to_owned();
    s.input(Input::StoreFailed { message });
    assert!(s.unconfirmed.is_empty(), "offered again later");
    assert!(names(&s.events()).contains(&"warning".to_owned()));
    s.advance(Duration::from_secs(1));
    assert_eq!(s.unconfirmed.len(), offered);
    s.store_all();
    s.answer("webwxsendmsg", &sent("5001"));
    assert!(matches!(s.end_of(command), Some(Ok(Done::Sent { .. }))));
}

#[test]
fn one_chat_goes_in_order_and_others_do_not_wait_for_it() {
    let mut s = Scenario::online(quiet());
    s.send(ANN, "one");
    s.send(ANN, "two");
    s.send(BOB, "three");
    let out: Vec<String> = s
        .out
        .iter()
        .filter(|request| path(request) == "webwxsendmsg")
        .map(|request| String::from_utf8_lossy(request.body.whole().unwrap()).into_owned())
        .collect();
    assert_eq!(out.len(), 2);
    assert!(out[0].contains("one") && out[1].contains("three"));
    s.answer("webwxsendmsg", &sent("5001"));
    s.answer("webwxsendmsg", &sent("5002"));
    assert!(s.body("webwxsendmsg").contains("two"));
}

#[test]
fn a_message_behind_another_of_its_chat_does_not_make_the_driver_spin() {
    let mut s = Scenario::online(quiet());
    s.send(ANN, "one");
    s.send(ANN, "two");
    let deadline = s.session.deadline().unwrap();
    assert!(deadline.at > s.now.mono, "{deadline:?}");
}

#[test]
fn the_pace_is_kept() {
    let mut config = quiet();
    config.pace = wx_proto::Config::default().pace;
    let mut s = Scenario::online(config);
    for n in 0..7 {
        s.send(&format!("@friend{n}"), "hi");
    }
    let mut at = Vec::new();
    for n in 0..7 {
        while !s.has("webwxsendmsg") {
            s.advance_to_deadline();
        }
        at.push(s.now.unix_ms);
        s.answer("webwxsendmsg", &sent(&format!("{}", 5000 + n)));
    }
    let steps: Vec<u64> = at.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(
        steps,
        [0, 0, 0, 0, 1000, 1000],
        "five at once, then one a second"
    );
}

#[test]
fn too_often_holds_up_the_sends_behind_it() {
    let mut s = Scenario::online(quiet());
    let first = s.send(ANN, "one");
    s.answer("webwxsendmsg", &send_refused(1205));
    let Some(Err(CommandError::Throttled { retry_after_ms, .. })) = s.end_of(first) else {
        panic!("{:?}", s.end_of(first));
    };
    assert_eq!(*retry_after_ms, 5000);
    s.send(ANN, "two");
    assert!(!s.has("webwxsendmsg"));
    s.advance(Duration::from_millis(4999));
    assert!(!s.has("webwxsendmsg"));
    s.advance(Duration::from_millis(1));
    assert!(s.body("webwxsendmsg").contains("two"));
    assert_eq!(names(&s.events()), ["throttled"]);
}

#[test]
fn the_same_key_waits_for_the_first_and_gets_its_outcome() {
    let mut s = Scenario::online(quiet());
    let first = s.command(keyed("hi", "k1"));
    let second = s.command(keyed("hi", "k1"));
    assert_eq!(s.paths(), ["synccheck", "webwxsendmsg"]);
    s.answer("webwxsendmsg", &sent("5001"));
    let third = s.command(keyed("hi", "k1"));
    assert!(!s.has("webwxsendmsg"));
    let ends: Vec<_> = [first, second, third]
        .map(|id| s.end_of(id).cloned())
        .into();
    assert!(matches!(&ends[0], Some(Ok(Done::Sent { .. }))));
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
}

#[test]
fn a_key_is_known_after_a_kill() {
    let mut s = Scenario::online(quiet());
    s.command(keyed("hi", "k1"));
    s.answer("webwxsendmsg", &sent("5001"));
    let mut next = s.after_kill(quiet());
    let again = next.command(keyed("hi", "k1"));
    assert!(!next.has("webwxsendmsg"));
    let Some(Ok(Done::Sent { msg_id, .. })) = next.end_of(again) else {
        panic!("{:?}", next.end_of(again));
    };
    assert_eq!(msg_id.as_str(), "5001");
}

#[test]
fn the_same_key_with_another_content_is_rejected() {
    let mut s = Scenario::online(quiet());
    s.command(keyed("hi", "k1"));
    let rejected = s.session.command(s.now, keyed("ho", "k1"));
    assert!(
        matches!(rejected, Err(Rejected::KeyReused { .. })),
        "{rejected:?}"
    );
}

#[test]
fn a_kill_between_sending_and_the_answer_leaves_it_unknown() {
    let mut s = Scenario::online(quiet());
    s.command(keyed("hi", "k1"));
    assert!(s.has("webwxsendmsg"));
    let mut next = s.after_kill(quiet());
    next.advance(Duration::from_secs(5));
    assert!(!next.has("webwxsendmsg"), "never again unasked");
    let again = next.command(keyed("hi", "k1"));
    let end = next.end_of(again);
    assert!(
        matches!(end, Some(Err(CommandError::Unknown { .. }))),
        "{end:?}"
    );
}

#[test]
fn empty_messages_are_rejected() {
    let mut s = Scenario::online(quiet());
    for send in [SendText::new("filehelper", ""), SendText::new("", "hi")] {
        let rejected = s.session.command(s.now, Command::SendText(send));
        assert!(
            matches!(rejected, Err(Rejected::Empty { .. })),
            "{rejected:?}"
        );
    }
    assert!(s.records.iter().all(|record| !record.change.is_outbox()));
}

#[test]
fn a_message_that_has_not_gone_out_can_be_cancelled() {
    let mut s = slow_store();
    let command = s.send("filehelper", "hi");
    let cancel = s.cancel(command);
    assert!(matches!(s.end_of(cancel), Some(Ok(Done::Cancelled {}))));
    assert!(matches!(
        s.end_of(command),
        Some(Err(CommandError::NotSent { .. }))
    ));
    s.store_all();
    assert!(!s.has("webwxsendmsg"));
}

#[test]
fn cancelling_one_of_two_that_wait_for_a_key_leaves_the_other() {
    let mut s = slow_store();
    let first = s.command(keyed("hi", "k1"));
    let second = s.command(keyed("hi", "k1"));
    s.cancel(first);
    assert!(matches!(
        s.end_of(first),
        Some(Err(CommandError::Cancelled {}))
    ));
    s.store_all();
    s.answer("webwxsendmsg", &sent("5001"));
    assert!(matches!(s.end_of(second), Some(Ok(Done::Sent { .. }))));
}

#[test]
fn a_message_that_is_out_cannot_be_cancelled() {
    let mut s = Scenario::online(quiet());
    let id = s.send("filehelper", "hi");
    let rejected = s.session.command(s.now, Command::Cancel { id });
    assert!(
        matches!(rejected, Err(Rejected::NoSuchCommand {})),
        "{rejected:?}"
    );
}

#[test]
fn an_expiry_of_the_callers_is_kept() {
    let mut s = slow_store();
    let mut send = SendText::new("filehelper", "hi");
    send.expires_ms = Some(s.now.unix_ms + 5000);
    let command = s.command(Command::SendText(send));
    s.advance(Duration::from_millis(4999));
    assert_eq!(s.end_of(command), None);
    s.advance(Duration::from_millis(1));
    assert!(matches!(
        s.end_of(command),
        Some(Err(CommandError::NotSent { .. }))
    ));
}

#[test]
fn times_at_the_ends_of_their_range_do_no_harm() {
    let mut s = Scenario::online(quiet());
    s.now.unix_ms = u64::MAX;
    let commands = [s.send(ANN, "one"), s.send(BOB, "two")];
    s.answer("webwxsendmsg", &sent("5001"));
    s.answer("webwxsendmsg", &sent("5002"));
    assert!(commands.iter().all(|command| s.end_of(*command).is_some()));
    for (unix_ms, expires) in [(u64::MAX, Some(0)), (0, Some(u64::MAX)), (u64::MAX, None)] {
        s.now.unix_ms = unix_ms;
        let mut send = SendText::new("filehelper", format!("{unix_ms} {expires:?}"));
        send.expires_ms = expires;
        let command = s.command(Command::SendText(send));
        if s.has("webwxsendmsg") {
            s.answer("webwxsendmsg", &sent(&format!("{:?}", command)));
        }
        assert!(s.end_of(command).is_some());
    }
}

#[test]
fn a_cancellation_names_its_command_in_writing_too() {
    let mut s = Scenario::online(quiet());
    let cancel = Command::Cancel {
        id: s.send("filehelper", "hi"),
    };
    let written = serde_json::to_value(&cancel).unwrap();
    assert_eq!(written, json!({"command": "cancel", "id": 1}));
    assert_eq!(serde_json::from_value::<Command>(written).unwrap(), cancel);
}
