//! Accounts on which other processes send, too: whose message the stream
//! shows, their own records tell.

use wx_proto::saved::Change;
use wx_proto::{
    Command, CommandError, CommandId, Config, Done, FailureKind, Input, Reached, Record, SendText,
};

use crate::support::*;

pub(crate) fn shared() -> Config {
    let mut config = quiet();
    config.shared = true;
    config
}

/// The owner of an account, and a process beside it that sends "hi" to Ann and
/// waits for the answer.
fn two() -> (Scenario, Scenario) {
    let owner = Scenario::online(shared());
    let mut side = Scenario::attach(quiet(), owner.stored.clone());
    side.send(ANN, "hi");
    (owner, side)
}

fn send(key: &str) -> Command {
    Command::SendText(SendText::new(ANN, "hi").with_key(key))
}

/// The owner's "hi" to Ann is lost on the way, and the stream shows this one.
fn loses(owner: &mut Scenario, echo: &str) -> CommandId {
    let command = owner.command(send("k1"));
    shows(owner, 8, echo);
    owner.fail("webwxsendmsg", Reached::Maybe, FailureKind::Network);
    command
}

fn shows(owner: &mut Scenario, val: i64, echo: &str) {
    owner.answer("synccheck", &synccheck(0, 2));
    let echo = msg(echo, OWN, ANN, "hi");
    owner.answer("webwxsync", &page(val).msgs(&[echo]).json());
}

/// The owner reads what the other has stored by now.
fn reads(owner: &mut Scenario, records: &[Record]) {
    assert!(owner.session.poll_others());
    owner.input(Input::Others(Some(records.to_vec())));
}

fn is_unknown(s: &Scenario, command: CommandId) -> bool {
    matches!(s.end_of(command), Some(Err(CommandError::Unknown { .. })))
}

fn sent_as(s: &Scenario, command: CommandId) -> Option<String> {
    match s.end_of(command) {
        Some(Ok(Done::Sent { msg_id, .. })) => Some(msg_id.to_string()),
        _ => None,
    }
}

#[test]
fn one_that_another_process_has_sent_is_not_taken_for_an_own_one() {
    let (mut owner, mut side) = two();
    side.answer("webwxsendmsg", &sent("6001"));
    let command = loses(&mut owner, "6001");
    assert!(owner.end_of(command).is_none(), "it is open whose it is");
    reads(&mut owner, &side.records);
    assert!(is_unknown(&owner, command), "{:?}", owner.end_of(command));
    assert_eq!(owner.handle_messages(), ["6001"]);
}

#[test]
fn one_that_another_process_waits_for_may_be_its() {
    let (mut owner, side) = two();
    let command = loses(&mut owner, "6001");
    reads(&mut owner, &side.records);
    assert!(is_unknown(&owner, command), "{:?}", owner.end_of(command));
    assert_eq!(owner.handle_messages(), ["6001"]);
}

#[test]
fn one_of_which_another_process_does_not_know_more_may_be_its() {
    let (mut owner, mut side) = two();
    side.fail("webwxsendmsg", Reached::Maybe, FailureKind::Network);
    let command = loses(&mut owner, "6001");
    reads(&mut owner, &side.records);
    assert!(is_unknown(&owner, command), "{:?}", owner.end_of(command));
}

#[test]
fn of_two_in_the_stream_the_one_that_is_left_is_the_own_one() {
    let (mut owner, mut side) = two();
    side.answer("webwxsendmsg", &sent("6001"));
    let command = owner.command(send("k1"));
    shows(&mut owner, 8, "6001");
    shows(&mut owner, 9, "5001");
    owner.fail("webwxsendmsg", Reached::Maybe, FailureKind::Network);
    reads(&mut owner, &side.records);
    assert_eq!(sent_as(&owner, command).as_deref(), Some("5001"));
    assert_eq!(owner.handle_messages(), ["6001"]);
}

#[test]
fn one_that_nobody_else_has_sent_is_the_own_one() {
    let (mut owner, mut side) = two();
    side.answer("webwxsendmsg", &send_refused(1204));
    let command = loses(&mut owner, "5001");
    reads(&mut owner, &side.records);
    assert_eq!(sent_as(&owner, command).as_deref(), Some("5001"));
    assert!(owner.handle_messages().is_empty());
}

#[test]
fn what_comes_late_confirms_an_unknown_one_only_if_it_is_nobody_elses() {
    for (answer, confirmed) in [(sent("6001"), false), (send_refused(1204), true)] {
        let (mut owner, mut side) = two();
        side.answer("webwxsendmsg", &answer);
        owner.command(send("k1"));
        owner.fail("webwxsendmsg", Reached::Maybe, FailureKind::Network);
        shows(&mut owner, 8, "6001");
        assert!(owner.messages().is_empty(), "held until it is known");
        reads(&mut owner, &side.records);
        assert_eq!(owner.handle_messages(), ["6001"]);
        let again = owner.command(send("k1"));
        assert_eq!(sent_as(&owner, again).is_some(), confirmed, "{answer}");
    }
}

#[test]
fn what_a_start_has_taken_in_is_known_by_its_latest_fate() {
    let mut owner = Scenario::online(shared());
    owner.command(send("k1"));
    owner.fail("webwxsendmsg", Reached::Maybe, FailureKind::Network);
    let mut side = Scenario::attach(quiet(), owner.stored.clone());
    side.send(ANN, "hi");
    // The owner starts anew while the other waits: it knows no more than that.
    for record in &side.records {
        owner.stored.apply(record.clone());
    }
    let mut owner = owner.after_kill(shared());
    side.answer("webwxsendmsg", &sent("6001"));
    let echo = msg("6001", OWN, ANN, "hi");
    owner.answer("webwxsync", &page(8).msgs(&[echo]).json());
    reads(&mut owner, &side.records);
    let again = owner.command(send("k1"));
    assert!(owner.end_of(again).unwrap().is_err());
}

#[test]
fn records_that_cannot_be_read_confirm_nothing() {
    let (mut owner, _) = two();
    let command = loses(&mut owner, "5001");
    assert!(owner.session.poll_others());
    assert!(!owner.session.poll_others(), "once is enough");
    owner.input(Input::Others(None));
    assert!(is_unknown(&owner, command), "{:?}", owner.end_of(command));
    assert_eq!(owner.handle_messages(), ["5001"]);
}

#[test]
fn nothing_is_read_for_messages_that_resemble_none() {
    let mut owner = Scenario::online(shared());
    shows(&mut owner, 8, "4000");
    assert!(!owner.session.poll_others());
    assert_eq!(owner.handle_messages(), ["4000"]);
}

#[test]
fn a_stop_waits_for_what_is_being_read() {
    let (mut owner, side) = two();
    let command = loses(&mut owner, "6001");
    owner.session.close();
    owner.drain();
    assert!(!owner.session.is_idle());
    reads(&mut owner, &side.records);
    assert!(is_unknown(&owner, command));
    assert!(owner.session.is_idle());
}

#[test]
fn a_fence_ends_all_doubts() {
    let (mut owner, _) = two();
    let command = loses(&mut owner, "6001");
    owner.input(Input::Fenced);
    assert!(is_unknown(&owner, command), "{:?}", owner.end_of(command));
    assert!(!owner.session.poll_others());
    assert!(owner.session.is_idle());
}

#[test]
fn nothing_is_read_where_nobody_else_sends() {
    let mut owner = Scenario::online(quiet());
    let command = loses(&mut owner, "5001");
    assert!(!owner.session.poll_others());
    assert_eq!(sent_as(&owner, command).as_deref(), Some("5001"));
    let ends = |record: &&Record| matches!(record.change, Change::SendEnded { .. });
    assert_eq!(owner.records.iter().filter(ends).count(), 1);
}
