//! Attached: commands on a session that another process holds.

use std::sync::Arc;
use std::time::Duration;

use wx_proto::event::Cause;
use wx_proto::{
    Command, CommandError, Done, Input, Instant, Now, Saved, Seed, SendText, Session, State,
};

use crate::support::*;

fn attached() -> Scenario {
    Scenario::attach(quiet(), Scenario::online(quiet()).stored)
}

#[test]
fn nothing_is_asked_for_by_itself() {
    let mut s = attached();
    s.advance(Duration::from_secs(3600));
    assert!(s.out.is_empty(), "{:?}", s.paths());
    assert_eq!(s.session.deadline(), None);
    assert!(matches!(s.session.state(), State::Attached {}));
}

#[test]
fn a_send_goes_out_with_the_saved_keys_once_it_is_stored() {
    let mut s = attached();
    s.stores = false;
    let command = s.send("filehelper", "hi");
    assert!(s.out.is_empty());
    s.store_all();
    assert_eq!(s.paths(), ["webwxsendmsg"]);
    let body = s.body("webwxsendmsg");
    assert!(
        body.contains("@crypt_init_0000") && body.contains(OWN),
        "{body}"
    );
    s.answer("webwxsendmsg", &sent("5001"));
    assert!(matches!(s.end_of(command), Some(Ok(Done::Sent { .. }))));
    assert_eq!(s.paths(), [""; 0], "no poll follows");
}

#[test]
fn a_number_of_the_same_moment_is_not_the_owners() {
    let mut owner = Scenario::online(quiet());
    let mut side = Scenario::attach(quiet(), owner.stored.clone());
    side.now = owner.now;
    // Whatever the two draw: they may well be seeded alike.
    for _ in 0..50 {
        owner.send("filehelper", "hi");
        side.send("filehelper", "hi");
        let numbers = [&owner, &side].map(|s| {
            let body = s.body("webwxsendmsg");
            let json: serde_json::Value = serde_json::from_str(&body).unwrap();
            json["Msg"]["ClientMsgId"].as_str().unwrap().to_owned()
        });
        let moment = owner.now.unix_ms.to_string();
        assert!(
            numbers
                .iter()
                .all(|n| n.len() == 17 && n.starts_with(&moment))
        );
        let kinds = numbers.map(|number| number.as_bytes()[13]);
        assert!(kinds[0] == b'0' && kinds[1] != b'0', "{kinds:?}");
        for s in [&mut owner, &mut side] {
            s.answer("webwxsendmsg", &sent("5001"));
            s.advance(Duration::from_millis(1));
        }
    }
}

#[test]
fn a_command_that_cannot_be_recorded_ends_at_once() {
    let mut s = attached();
    s.stores = false;
    let command = s.send("filehelper", "hi");
    for _ in 0..2 {
        let message = "no space left".to_owned();
        s.input(Input::StoreFailed { message });
    }
    let Some(Err(CommandError::NotStored { reason, .. })) = s.end_of(command) else {
        panic!("{:?}", s.end_of(command));
    };
    assert!(reason.contains("no space left"), "{reason}");
    assert!(s.session.is_idle());
    assert_eq!(s.paths(), [""; 0]);
}

#[test]
fn it_writes_records_of_the_outbox_only() {
    let mut s = attached();
    s.send("filehelper", "hi");
    s.answer("webwxsendmsg", &sent("5001"));
    s.send(ANN, "hi");
    s.answer("webwxsendmsg", &send_refused(1101));
    s.command(Command::RefreshContacts {});
    s.answer("webwxgetcontact", &contact_page(0, &[friend(BOB, "Bob")]));
    s.command(Command::Probe {});
    s.answer("webwxbatchgetcontact", &batch(&[]));
    s.session.close();
    s.drain();
    assert!(!s.records.is_empty());
    assert!(s.records.iter().all(|record| record.change.is_outbox()));
    assert!(s.session.is_idle());
}

#[test]
fn its_own_logout_is_recorded() {
    let mut s = attached();
    s.advance(Duration::from_secs(5));
    let command = s.command(Command::Logout {});
    s.answer("webwxlogout", "");
    assert!(matches!(s.end_of(command), Some(Ok(Done::LoggedOut {}))));
    assert!(!s.stored.is_live());
}

#[test]
fn without_a_session_it_is_over_at_once() {
    let mut s = Scenario::attach(quiet(), Saved::new());
    let reason = s.reason();
    assert_eq!(reason.cause, Cause::NoSession);
    assert!(s.session.command(s.now, Command::Probe {}).is_err());
    assert!(s.session.is_idle());
    s.advance(Duration::from_secs(1));
}

#[test]
fn a_probe_tells_whether_the_session_holds() {
    let mut s = attached();
    let holds = s.command(Command::Probe {});
    s.answer("webwxbatchgetcontact", &batch(&[]));
    assert!(matches!(s.end_of(holds), Some(Ok(Done::Holds {}))));
    let over = s.command(Command::Probe {});
    s.answer(
        "webwxbatchgetcontact",
        &verdict(1101, ",\n\"Count\": 0,\n\"ContactList\": []"),
    );
    let Some(Err(CommandError::Refused { ret, .. })) = s.end_of(over) else {
        panic!("{:?}", s.end_of(over));
    };
    assert_eq!(ret.0, 1101);
    let cut = s.command(Command::Probe {});
    s.cut("webwxbatchgetcontact");
    assert!(matches!(
        s.end_of(cut),
        Some(Err(CommandError::Failed { .. }))
    ));
}

#[test]
fn contacts_of_a_session_that_is_over_are_refused_and_not_asked_for_singly() {
    let mut s = attached();
    let names = (0..50)
        .map(|n| format!("@@{n:032}").as_str().into())
        .collect();
    let fetch = s.command(Command::FetchContacts { names });
    s.advance_to_deadline();
    s.answer(
        "webwxbatchgetcontact",
        &verdict(1102, ",\n\"Count\": 0,\n\"ContactList\": []"),
    );
    let Some(Err(CommandError::Refused { ret, .. })) = s.end_of(fetch) else {
        panic!("{:?}", s.end_of(fetch));
    };
    assert_eq!(ret.0, 1102);
    s.advance(Duration::from_secs(600));
    assert!(s.out.is_empty());
}

#[test]
fn contacts_without_a_network_are_given_up_after_a_while() {
    let mut s = attached();
    let fetch = s.command(Command::FetchContacts {
        names: vec![ROOM.into()],
    });
    let refresh = s.command(Command::RefreshContacts {});
    for _ in 0..1000 {
        match s.paths().first().copied().map(str::to_owned) {
            Some(path) => s.cut(&path),
            None if s.session.deadline().is_none() => break,
            None => drop(s.advance_to_deadline()),
        }
    }
    for command in [fetch, refresh] {
        let end = s.end_of(command);
        assert!(
            matches!(end, Some(Err(CommandError::Failed { .. }))),
            "{end:?}"
        );
    }
    assert_eq!(s.session.deadline(), None);
}

#[test]
fn the_roster_beside_the_session_is_adopted_unless_it_is_of_another_login() {
    let online = Scenario::online(quiet());
    let roster = online.session.roster().clone();
    let mut s = attached();
    s.session.adopt_roster(roster.clone());
    assert_eq!(s.session.roster().resolve("Ann").unwrap().as_str(), ANN);
    let mut other = Scenario::attach(quiet(), {
        let json = serde_json::to_string(&online.stored).unwrap();
        serde_json::from_str(&json.replace(OWN, "@another")).unwrap()
    });
    other.session.adopt_roster(roster);
    assert!(other.session.roster().resolve("Ann").is_err());
}

#[test]
fn a_key_that_another_process_is_sending_is_unknown_and_not_sent() {
    let mut first = attached();
    let send = || Command::SendText(SendText::new("filehelper", "hi").with_key("k1"));
    first.command(send());
    let mut second = Scenario::attach(quiet(), first.stored.clone());
    let command = second.command(send());
    assert!(second.out.is_empty());
    let end = second.end_of(command);
    assert!(
        matches!(end, Some(Err(CommandError::Unknown { .. }))),
        "{end:?}"
    );
}

/// An owner that starts when another process has left these records.
fn owner_after(owner: &Scenario, beside: &Scenario) -> Scenario {
    let mut saved = owner.stored.clone();
    for record in &beside.records {
        saved.apply(record.clone());
    }
    let mut next = Scenario::resume(quiet(), saved);
    next.answer("webwxinit", &init(""));
    next.answer("webwxgetcontact", &contact_page(0, &[friend(ANN, "Ann")]));
    next
}

#[test]
fn what_it_has_sent_is_news_to_an_owner_that_starts_later() {
    let owner = Scenario::online(quiet());
    let mut beside = attached();
    beside.send(ANN, "hi");
    beside.answer("webwxsendmsg", &sent("5001"));
    let mut next = owner_after(&owner, &beside);
    next.answer(
        "webwxsync",
        &page(8).msgs(&[msg("5001", OWN, ANN, "hi")]).json(),
    );
    assert_eq!(next.handle_messages(), ["5001"]);
}

#[test]
fn what_confirms_its_cut_off_send_is_not_lost_when_the_owner_is_killed() {
    let owner = Scenario::online(quiet());
    let mut beside = attached();
    beside.send(ANN, "hi");
    let echo = page(8).msgs(&[msg("5001", OWN, ANN, "hi")]).json();
    // Killed before its answer; the owner takes the stream's word for it, and
    // is killed before the message is handled.
    let mut first = owner_after(&owner, &beside);
    first.answer("webwxsync", &echo);
    let mut saved = owner.stored.clone();
    for record in first.records.iter().chain(&beside.records) {
        saved.apply(record.clone());
    }
    let mut second = Scenario::resume(quiet(), saved);
    second.answer("webwxinit", &init(""));
    second.answer("webwxgetcontact", &contact_page(0, &[friend(ANN, "Ann")]));
    second.answer("webwxsync", &echo);
    assert_eq!(second.handle_messages(), ["5001"]);
}

#[test]
fn numbers_of_several_processes_differ_under_a_clock_that_was_set_back() {
    let mut before = Scenario::online(quiet());
    before.now.unix_ms += 3_600_000;
    before.send(ANN, "later");
    let saved = before.stored.clone();
    let number = |seed| {
        let now = Now {
            mono: Instant::new(Duration::from_secs(1000)),
            unix_ms: START_MS,
        };
        let mut s = Session::attach(Arc::new(quiet()), saved.clone(), Seed(seed));
        let send = Command::SendText(SendText::new(ANN, "hi"));
        s.command(now, send).unwrap();
        let record = serde_json::to_value(s.poll_persist().unwrap()).unwrap();
        record["change"]["client_msg_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_ne!(number(1), number(2));
}

#[test]
fn its_logout_does_not_end_a_later_login_whatever_the_clock() {
    let mut beside = attached();
    beside.now.unix_ms += 3_600_000;
    beside.command(Command::Logout {});
    beside.answer("webwxlogout", "");
    assert!(!beside.stored.is_live());
    // A new login under a clock that was set back; the outbox is read last.
    let mut saved = Saved::new();
    let login = Scenario::online(quiet());
    let older = login.records.iter().map(|record| {
        let json = serde_json::to_string(record).unwrap();
        serde_json::from_str(&json.replace("\"at\":1520927", "\"at\":1520926")).unwrap()
    });
    for record in older.chain(login.records.iter().cloned()) {
        saved.apply(record);
    }
    for record in &beside.records {
        let json = serde_json::to_string(record).unwrap();
        let json = json.replace("\"since\":1520927", "\"since\":1520926");
        saved.apply(serde_json::from_str(&json).unwrap());
    }
    assert!(saved.is_live());
}
