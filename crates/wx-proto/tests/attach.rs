//! Attached: commands on a session that another process holds.

use std::time::Duration;

use wx_proto::event::Cause;
use wx_proto::{Command, CommandError, Done, Saved, SendText, State};

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
    s.session.close(s.now);
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
    let State::Ended { reason } = s.session.state() else {
        panic!("{:?}", s.session.state());
    };
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
