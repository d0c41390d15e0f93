//! Recalls, remarks, pins, friends, groups: the requests, and what comes back.

use std::time::Duration;

use serde_json::{Value, json};
use wx_proto::command::{Befriend, GroupChange};
use wx_proto::event::Cause;
use wx_proto::{Command, CommandError, Done, EventKind, FailureKind, Reached, Rejected, State};

use crate::support::*;

/// The body of a request without its BaseRequest.
pub(crate) fn body(s: &Scenario, name: &str) -> Value {
    let mut body: Value = serde_json::from_str(&s.body(name)).unwrap();
    let base = body.as_object_mut().unwrap().remove("BaseRequest").unwrap();
    assert_eq!(base["Uin"], 2_799_942_121_u64);
    body
}

fn ok() -> String {
    verdict(0, "")
}

fn changed(s: &mut Scenario, command: Command, name: &str) {
    let id = s.command(command);
    s.answer(name, &ok());
    assert_eq!(s.end_of(id), Some(&Ok(Done::Changed {})), "{name}");
}

pub(crate) fn rejected(s: &mut Scenario, command: Command) -> Rejected {
    let before = s.out.len();
    let rejected = s.session.command(s.now, command).unwrap_err();
    s.drain();
    assert_eq!(s.out.len(), before, "nothing went out");
    rejected
}

/// Online, with a contact that has a remark and a group of `size`.
pub(crate) fn with_group(size: usize) -> Scenario {
    let mut s = Scenario::online(quiet());
    s.answer("synccheck", &synccheck(0, 4));
    let ids: Vec<String> = (1..size).map(|n| format!("@m{n:031}")).collect();
    let mut members: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "M")).collect();
    members.push((OWN, "Me"));
    let team = group(ROOM, "Team", &members);
    let bob = contact(
        BOB,
        "Bob",
        ",\n\"RemarkName\": \"Bobby\",\n\"ContactFlag\": 3",
    );
    s.answer("webwxsync", &page(8).mods(&[team, bob]).json());
    s.advance(Duration::from_secs(1));
    s.events();
    s
}

#[test]
fn a_message_is_taken_back_with_the_number_it_was_sent_with() {
    let mut s = Scenario::online(quiet());
    let send = s.send(ANN, "oops");
    s.answer("webwxsendmsg", &sent("900"));
    let Some(Ok(Done::Sent { client_msg_id, .. })) = s.end_of(send).cloned() else {
        panic!("{:?}", s.end_of(send));
    };
    let revoke = s.command(Command::Revoke {
        msg_id: "900".into(),
        to: ANN.into(),
        client_msg_id: None,
    });
    assert_eq!(
        body(&s, "webwxrevokemsg"),
        json!({"SvrMsgId": "900", "ToUserName": ANN, "ClientMsgId": client_msg_id.as_str()})
    );
    s.answer(
        "webwxrevokemsg",
        &verdict(0, ",\n\"Introduction\": \"\",\n\"SysWording\": \"\""),
    );
    assert_eq!(s.end_of(revoke), Some(&Ok(Done::Revoked {})));
}

#[test]
fn a_message_older_than_two_minutes_is_not_even_asked_about() {
    let mut s = Scenario::online(quiet());
    s.send(ANN, "oops");
    s.answer("webwxsendmsg", &sent("900"));
    let revoke = || Command::Revoke {
        msg_id: "900".into(),
        to: ANN.into(),
        client_msg_id: None,
    };
    s.now.unix_ms += 120_999;
    s.command(revoke());
    s.now.unix_ms += 1;
    let why = rejected(&mut s, revoke());
    assert_eq!(
        why.to_string(),
        "the message is 121 s old; it can be taken back within 120 s"
    );
}

#[test]
fn a_message_that_is_not_remembered_is_the_servers_to_judge() {
    let mut s = Scenario::online(quiet());
    let id = s.command(Command::Revoke {
        msg_id: "901".into(),
        to: ANN.into(),
        client_msg_id: Some("15209273830001234".into()),
    });
    assert_eq!(
        body(&s, "webwxrevokemsg")["ClientMsgId"],
        "15209273830001234"
    );
    s.answer("webwxrevokemsg", &verdict(1, ""));
    assert!(matches!(s.end_of(id), Some(Err(CommandError::Refused { ret, .. })) if ret.0 == 1));
}

#[test]
fn a_remark_is_set_and_taken_away() {
    let mut s = Scenario::online(quiet());
    for remark in ["老王 & <b>", ""] {
        let command = Command::SetRemark {
            to: ANN.into(),
            remark: remark.to_owned(),
        };
        let id = s.command(command);
        assert_eq!(
            body(&s, "webwxoplog"),
            json!({"UserName": ANN, "CmdId": 2, "RemarkName": remark})
        );
        s.answer("webwxoplog", &ok());
        assert_eq!(s.end_of(id), Some(&Ok(Done::Changed {})));
    }
    let remark = "一二三四五六七八九十一二三四五六七八九".to_owned();
    let why = rejected(
        &mut s,
        Command::SetRemark {
            to: ANN.into(),
            remark,
        },
    );
    assert_eq!(why.to_string(), "a remark can have at most 18 characters");
}

#[test]
fn a_pin_names_the_remark_lest_the_server_take_it_away() {
    let mut s = with_group(3);
    for (pinned, op) in [(true, 1), (false, 0)] {
        let id = s.command(Command::Pin {
            to: BOB.into(),
            pinned,
        });
        assert_eq!(
            body(&s, "webwxoplog"),
            json!({"UserName": BOB, "CmdId": 3, "OP": op, "RemarkName": "Bobby"})
        );
        s.answer("webwxoplog", &ok());
        assert_eq!(s.end_of(id), Some(&Ok(Done::Changed {})));
    }
}

#[test]
fn a_pin_names_a_remark_that_was_just_set() {
    let mut s = with_group(3);
    let remark = "the boss".to_owned();
    s.command(Command::SetRemark {
        to: BOB.into(),
        remark,
    });
    s.answer("webwxoplog", &ok());
    s.command(Command::Pin {
        to: BOB.into(),
        pinned: true,
    });
    assert_eq!(body(&s, "webwxoplog")["RemarkName"], "the boss");
}

#[test]
fn the_time_of_a_recall_counts_from_the_sending() {
    let mut s = Scenario::online(quiet());
    s.send(ANN, "held up");
    s.cut("webwxsendmsg");
    // The clock is set while it waits.
    s.now.unix_ms += 150_000;
    s.advance(Duration::from_secs(1));
    s.answer("webwxsendmsg", &sent("900"));
    s.now.unix_ms += 100_000;
    s.command(Command::Revoke {
        msg_id: "900".into(),
        to: ANN.into(),
        client_msg_id: None,
    });
    assert!(s.has("webwxrevokemsg"));
}

#[test]
fn a_chat_is_marked_as_read() {
    let mut s = Scenario::online(quiet());
    s.command(Command::MarkRead { to: ANN.into() });
    assert_eq!(
        body(&s, "webwxstatusnotify"),
        json!({"Code": 1, "FromUserName": OWN, "ToUserName": ANN, "ClientMsgId": s.now.unix_ms})
    );
}

#[test]
fn friends_are_accepted_asked_and_followed() {
    let mut s = Scenario::online(quiet());
    let ticket = serde_json::from_value(json!("v2_ticket@stranger")).unwrap();
    for (step, opcode, ticket, words) in [
        (
            Befriend::Accept {
                user_name: BOB.into(),
                ticket,
            },
            3,
            "v2_ticket@stranger",
            "",
        ),
        (
            Befriend::Ask {
                user_name: BOB.into(),
                text: "it's me".to_owned(),
            },
            2,
            "",
            "it's me",
        ),
        (
            Befriend::Follow {
                user_name: BOB.into(),
            },
            1,
            "",
            "",
        ),
    ] {
        let id = s.command(Command::Befriend(step));
        let query = s.query("webwxverifyuser");
        assert!(query.starts_with("r=1520927"), "{query}");
        assert!(query.contains("pass_ticket=tick%252Bet%253D"), "{query}");
        assert_eq!(
            body(&s, "webwxverifyuser"),
            json!({
                "Opcode": opcode, "VerifyUserListSize": 1,
                "VerifyUserList": [{"Value": BOB, "VerifyUserTicket": ticket}],
                "VerifyContent": words, "SceneListCount": 1, "SceneList": [33],
                "skey": "@crypt_init_0000",
            })
        );
        s.answer("webwxverifyuser", &ok());
        assert_eq!(s.end_of(id), Some(&Ok(Done::Changed {})));
    }
}

#[test]
fn contacts_are_searched_by_the_server() {
    let mut s = Scenario::online(quiet());
    let keyword = "ann".to_owned();
    let id = s.command(Command::SearchContacts { keyword });
    assert_eq!(body(&s, "webwxsearchcontact"), json!({"KeyWord": "ann"}));
    let list = format!(",\n\"List\": [{{\n\"EncryUserName\": \"{ANN}\"\n}}\n]");
    s.answer("webwxsearchcontact", &verdict(0, &list));
    let Some(Ok(Done::Found { names, .. })) = s.end_of(id) else {
        panic!("{:?}", s.end_of(id));
    };
    assert_eq!(*names, [ANN]);
}

#[test]
fn too_often_is_told_with_a_pause_that_grows() {
    let mut s = with_group(3);
    let pin = || Command::Pin {
        to: BOB.into(),
        pinned: true,
    };
    for expected in [5000, 10_000] {
        let id = s.command(pin());
        s.answer("webwxoplog", &verdict(1205, ""));
        assert!(matches!(
            s.end_of(id),
            Some(Err(CommandError::Throttled { retry_after_ms, .. })) if *retry_after_ms == expected
        ));
        assert!(matches!(
            s.events().as_slice(),
            [EventKind::Throttled { for_ms, .. }] if *for_ms == expected
        ));
    }
    changed(&mut s, pin(), "webwxoplog");
    let id = s.command(pin());
    s.answer("webwxoplog", &verdict(1205, ""));
    assert!(matches!(
        s.end_of(id),
        Some(Err(CommandError::Throttled {
            retry_after_ms: 5000,
            ..
        }))
    ));
}

#[test]
fn nothing_is_asked_for_twice_by_itself() {
    let mut s = with_group(3);
    let id = s.command(Command::Pin {
        to: BOB.into(),
        pinned: true,
    });
    s.fail("webwxoplog", Reached::Maybe, FailureKind::Network);
    assert!(matches!(
        s.end_of(id),
        Some(Err(CommandError::Failed {
            reached: Reached::Maybe,
            ..
        }))
    ));
    s.advance(Duration::from_secs(30));
    assert!(!s.has("webwxoplog"));
}

#[test]
fn a_verdict_on_the_session_ends_it() {
    let mut s = with_group(3);
    s.command(Command::MarkRead { to: ANN.into() });
    s.answer("webwxstatusnotify", &verdict(1101, ""));
    s.answer("webwxsync", &page(9).ret(1101).json());
    assert!(matches!(
        s.session.state(),
        State::Ended { reason, .. } if reason.cause == Cause::OtherLogin
    ));
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_goes_out() {
    let mut s = with_group(3);
    let group = || ROOM.into();
    for command in [
        Command::MarkRead { to: "".into() },
        Command::SearchContacts {
            keyword: String::new(),
        },
        Command::ChangeGroup {
            group: group(),
            change: GroupChange::Rename {
                topic: String::new(),
            },
        },
        Command::ChangeGroup {
            group: group(),
            change: GroupChange::Add { members: vec![] },
        },
        Command::ChangeGroup {
            group: "".into(),
            change: GroupChange::Quit {},
        },
        Command::Revoke {
            msg_id: "".into(),
            to: ANN.into(),
            client_msg_id: None,
        },
    ] {
        assert!(matches!(rejected(&mut s, command), Rejected::Empty { .. }));
    }
}

#[test]
fn every_request_names_the_page_it_comes_from() {
    let mut s = Scenario::login(quiet());
    let referer = |s: &Scenario, name: &str| s.request(name).head.headers["Referer"].clone();
    assert_eq!(referer(&s, "jslogin"), "https://wx.qq.com/");
    s.answer("jslogin", &jslogin("gdl0dOM6cg=="));
    s.answer("login", &confirmed(REDIRECT));
    assert_eq!(referer(&s, "webwxnewloginpage"), "https://wx.qq.com/");
    s.answer("webwxnewloginpage", KEYS);
    assert_eq!(referer(&s, "webwxinit"), "https://wx2.qq.com/");
    s.answer("webwxinit", &init(""));
    assert_eq!(referer(&s, "webwxgetcontact"), "https://wx2.qq.com/");
    s.answer("webwxgetcontact", &contact_page(0, &[friend(ANN, "Ann")]));
    assert_eq!(referer(&s, "webwxsync"), "https://wx2.qq.com/");
    s.send(ANN, "hi");
    assert_eq!(referer(&s, "webwxsendmsg"), "https://wx2.qq.com/");
}

#[test]
fn the_desktop_variant_comes_from_a_page_of_its_own() {
    let mut config = quiet();
    config.profile.desktop = true;
    let mut s = Scenario::login(config);
    s.answer("jslogin", &jslogin("gdl0dOM6cg=="));
    s.answer("login", &confirmed(REDIRECT));
    assert_eq!(
        s.request("webwxnewloginpage").head.headers["Referer"],
        "https://wx.qq.com/?&lang=zh_CN&target=t"
    );
}
