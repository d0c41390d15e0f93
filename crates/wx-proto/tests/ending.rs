//! Close, end and fence at every point: each command ends once, and nothing is
//! waited for that never comes.

use std::time::Duration;

use wx_proto::event::Cause;
use wx_proto::{
    Command, CommandError, CommandId, Done, FailureKind, Input, Reached, Rejected, State,
};

use crate::support::*;

/// Online, with a command of every kind under way: a message in flight, one
/// behind it, one that is not stored, and all that ask something.
fn busy() -> (Scenario, Vec<CommandId>) {
    let mut s = Scenario::online(quiet());
    let mut commands = vec![s.send(ANN, "in flight"), s.send(ANN, "behind it")];
    s.stores = false;
    commands.push(s.send(BOB, "not stored"));
    commands.push(s.command(Command::RefreshContacts {}));
    let names = vec![ROOM.into()];
    commands.push(s.command(Command::FetchContacts { names }));
    commands.push(s.command(Command::Probe {}));
    commands.push(s.command(Command::Logout {}));
    s.stores = true;
    (s, commands)
}

fn all_ended(s: &Scenario, commands: &[CommandId]) {
    for command in commands {
        assert!(s.end_of(*command).is_some(), "{command} has not ended");
    }
}

/// In whatever way the message in flight ends, everything has then.
fn comes_to_rest(end: impl Fn(&mut Scenario)) {
    let last: [fn(&mut Scenario); 4] = [
        |s| s.answer("webwxsendmsg", &sent("5001")),
        |s| s.cut("webwxsendmsg"),
        |s| s.fail("webwxsendmsg", Reached::Maybe, FailureKind::Network),
        |s| s.advance(Duration::from_secs(15)),
    ];
    for last in last {
        let (mut s, commands) = busy();
        end(&mut s);
        assert_eq!(s.paths(), ["webwxsendmsg"], "only that is waited for");
        assert!(s.body("webwxsendmsg").contains("in flight"));
        assert!(!s.session.is_idle());
        last(&mut s);
        s.store_all();
        all_ended(&s, &commands);
        assert!(
            s.session.is_idle(),
            "{:?} {:?}",
            s.paths(),
            s.session.deadline()
        );
        assert_eq!(s.session.deadline(), None);
        s.advance(Duration::from_secs(600));
        assert!(s.out.is_empty(), "{:?}", s.paths());
        let rejected = s.session.command(s.now, Command::Probe {});
        assert!(matches!(rejected, Err(Rejected::NotOnline {})));
    }
}

#[test]
fn a_close_ends_everything_but_the_message_in_flight() {
    comes_to_rest(|s| {
        s.session.close();
        s.drain();
        assert!(matches!(s.session.state(), State::Closed {}));
    });
}

#[test]
fn the_servers_end_ends_everything_but_the_message_in_flight() {
    comes_to_rest(|s| {
        s.answer("webwxlogout", "");
        assert!(matches!(s.session.state(), State::Ended { .. }));
    });
}

#[test]
fn a_fence_ends_everything_but_the_message_in_flight() {
    comes_to_rest(|s| {
        s.input(Input::Fenced);
        s.stores = false;
        assert!(matches!(s.session.state(), State::Frozen {}));
    });
}

#[test]
fn a_message_that_was_not_stored_at_the_close_never_goes_out() {
    let mut s = Scenario::online(quiet());
    s.stores = false;
    let command = s.send(ANN, "hi");
    s.session.close();
    s.drain();
    let end = s.end_of(command);
    assert!(
        matches!(end, Some(Err(CommandError::NotSent { .. }))),
        "{end:?}"
    );
    s.store_all();
    assert!(s.out.is_empty(), "{:?}", s.paths());
    assert!(s.session.is_idle());
}

#[test]
fn a_frozen_session_stores_nothing_more_and_never_logs_out() {
    let mut s = Scenario::online(quiet());
    s.brings(&page(8).texts(&["901"]));
    let records = s.records.len();
    s.input(Input::Fenced);
    s.input(Input::Fenced);
    assert_eq!(s.handle_messages(), ["901"]);
    s.advance(Duration::from_secs(100));
    assert!(s.out.is_empty());
    assert_eq!(s.records.len(), records);
    assert!(s.session.is_idle());
    assert!(s.stored.is_live());
}

#[test]
fn a_close_waits_for_the_records() {
    let mut s = Scenario::online(quiet());
    s.stores = false;
    s.brings(&page(8).texts(&["901"]));
    s.session.close();
    s.drain();
    assert_eq!(s.handle_messages(), ["901"], "events can still be taken");
    assert!(!s.session.is_idle());
    s.store_all();
    assert!(s.session.is_idle());
    assert!(s.stored.is_live(), "a stop is no logout");
    let mut next = s.after_kill(quiet());
    next.answer("webwxsync", &page(8).texts(&["901"]).json());
    assert!(
        next.messages().is_empty(),
        "over a clean stop: exactly once"
    );
}

#[test]
fn a_close_during_the_login_gives_its_request_up() {
    let mut s = Scenario::login(quiet());
    s.session.close();
    s.drain();
    assert!(s.out.is_empty());
    assert_eq!(s.aborted.len(), 1);
    assert!(s.session.is_idle());
    assert_eq!(s.session.deadline(), None);
}

#[test]
fn a_logout_ends_the_session_as_ones_own() {
    let mut s = Scenario::online(quiet());
    s.advance(Duration::from_secs(2));
    let command = s.command(Command::Logout {});
    assert_eq!(s.paths(), ["webwxlogout"], "the poll is given up");
    s.answer("webwxlogout", "");
    assert!(matches!(s.end_of(command), Some(Ok(Done::LoggedOut {}))));
    let reason = s.reason();
    assert_eq!(reason.cause, Cause::Own);
    assert!(!s.stored.is_live());
}

#[test]
fn a_logout_that_fails_leaves_the_session_polling() {
    let mut s = Scenario::online(quiet());
    let command = s.command(Command::Logout {});
    s.cut("webwxlogout");
    assert!(matches!(
        s.end_of(command),
        Some(Err(CommandError::Failed { .. }))
    ));
    assert!(matches!(s.session.state(), State::Online { .. }));
    assert!(s.body("webwxsync").contains(r#""Val":7"#));
}

#[test]
fn of_two_logouts_both_end() {
    let mut s = Scenario::online(quiet());
    let first = s.command(Command::Logout {});
    let second = s.command(Command::Logout {});
    s.answer("webwxlogout", "");
    all_ended(&s, &[first, second]);
    assert!(s.session.is_idle());
}

#[test]
fn of_two_logouts_that_fail_only_the_first_leads_to_a_poll() {
    let mut s = Scenario::online(quiet());
    let first = s.command(Command::Logout {});
    let second = s.command(Command::Logout {});
    s.cut("webwxlogout");
    s.cut("webwxlogout");
    all_ended(&s, &[first, second]);
    assert_eq!(s.paths(), ["webwxsync"]);
}

#[test]
fn a_verdict_on_a_send_is_the_streams_to_confirm() {
    let mut s = Scenario::online(quiet());
    let poll = s.request("synccheck").id;
    let command = s.send(ANN, "hi");
    s.answer("webwxsendmsg", &send_refused(1101));
    assert!(matches!(
        s.end_of(command),
        Some(Err(CommandError::Refused { .. }))
    ));
    // The poll would be held for half a minute; a page is asked for instead.
    assert_eq!(s.aborted, [poll]);
    assert_eq!(s.paths(), ["webwxsync"]);
    s.answer("webwxsync", &page(8).ret(1101).json());
    assert!(matches!(
        s.session.state(),
        State::Ended { reason, .. } if reason.cause == Cause::OtherLogin
    ));
    assert!(s.session.is_idle());
}

#[test]
fn a_verdict_on_a_request_that_left_with_an_old_key_ends_nothing() {
    let mut s = Scenario::online(quiet());
    s.send(ANN, "hi");
    // Meanwhile the key is replaced.
    s.brings(&page(8).skey("@crypt_new").texts(&["1"]));
    s.answer("webwxsendmsg", &send_refused(1100));
    s.answer("webwxsync", &page(9).json());
    s.advance(Duration::from_secs(1));
    assert!(matches!(s.session.state(), State::Online { .. }));
    assert_eq!(s.paths(), ["synccheck"]);
}

#[test]
fn a_full_queue_does_not_hide_that_the_session_is_over() {
    let mut config = quiet();
    config.event_capacity = 1;
    let mut s = Scenario::online(config);
    s.brings(&page(8).texts(&["1", "2"]));
    assert_eq!(s.paths(), [""; 0], "no room");
    s.send(ANN, "hi");
    s.answer("webwxsendmsg", &send_refused(1101));
    s.handle_messages();
    s.answer("webwxsync", &page(9).ret(1101).json());
    assert!(matches!(s.session.state(), State::Ended { .. }));
}
