//! The long poll and what is fetched after it.

use serde_json::{Value, json};
use wx_sim::{Push, Reply, RequestId};

use crate::support::{checked, column, online, online_with, ret};

#[test]
fn a_poll_is_held_for_25_s_or_until_a_message_comes() {
    let (mut world, mut session) = online();
    let poll = world.start(session.check());
    world.pass(24_999);
    assert!(world.answer(poll).is_none());
    world.pass(1);
    assert_eq!(world.answered(poll), checked(0, 0));

    let poll = world.start(session.check());
    world.push(&Push::text("hi"));
    assert_eq!(world.answered(poll), checked(0, 2));
    assert_eq!(
        world.text(session.check()),
        checked(0, 2),
        "until it is fetched"
    );
    session.sync(&mut world);
    let poll = world.start(session.check());
    assert!(world.answer(poll).is_none());
}

#[test]
fn selectors_tell_what_is_pending() {
    let (mut world, mut session) = online();
    for (call, body, expected) in [
        (
            "contact/mod",
            json!({"contact": "friend:0", "remark": "r"}),
            4,
        ),
        ("contact/add", json!({"nick_name": "new"}), 6),
        ("contact/del", json!({"contact": "friend:1"}), 6),
        (
            "push",
            json!({"kind": "status_notify", "content": {"code": 2, "names": ["friend:0"]}}),
            7,
        ),
        (
            "push",
            json!({"kind": "status_notify", "content": {"code": 5, "names": ["friend:0"]}}),
            7,
        ),
        (
            "push",
            json!({"kind": "status_notify", "content": {"code": 4, "names": ["friend:0"]}}),
            2,
        ),
        ("push", json!({"kind": "text", "content": "x"}), 2),
    ] {
        world.control(call, body);
        assert_eq!(world.text(session.check()), checked(0, expected), "{call}");
        session.sync(&mut world);
    }
}

#[test]
fn a_newer_poll_ends_the_hold_of_the_older() {
    let (mut world, session) = online();
    let older = world.start(session.check());
    let newer = world.start(session.check());
    assert_eq!(world.answered(older), checked(0, 0));
    world.push(&Push::text("hi"));
    assert_eq!(world.answered(newer), checked(0, 2));
}

#[test]
fn a_cancelled_poll_is_forgotten() {
    let (mut world, session) = online();
    let poll = world.start(session.check());
    world.sim.cancel(poll);
    world.push(&Push::text("hi"));
    assert!(world.reply(poll).is_none());
}

#[test]
fn the_answer_to_a_cancelled_request_is_dropped() {
    let (mut world, session) = online();
    let id = RequestId(u64::MAX);
    world
        .sim
        .handle(world.now, id, session.post("webwxinit", json!({})));
    world.sim.cancel(id);
    assert!(world.reply(id).is_none());
}

#[test]
fn pages_come_in_order_and_say_when_more_remains() {
    let (mut world, mut session) = online_with(json!({"page_size": 3}));
    let pushed: Vec<String> = (0..7)
        .map(|n| world.push(&Push::text(n.to_string())).to_string())
        .collect();
    let mut fetched = Vec::new();
    let mut flags = Vec::new();
    for _ in 0..3 {
        let page = session.sync(&mut world);
        assert_eq!(
            page["AddMsgCount"],
            page["AddMsgList"].as_array().unwrap().len()
        );
        fetched.extend(column(&page["AddMsgList"], "MsgId"));
        flags.push(page["ContinueFlag"].as_u64().unwrap());
    }
    assert_eq!(fetched, pushed);
    assert_eq!(flags, [1, 1, 0]);
    assert_eq!(session.sync(&mut world)["AddMsgCount"], 0);
}

#[test]
fn a_used_key_fetches_the_same_again() {
    let (mut world, session) = online();
    world.push(&Push::text("once"));
    let first = session.peek(&mut world);
    let second = session.peek(&mut world);
    assert_eq!(first["AddMsgList"], second["AddMsgList"]);
    assert_eq!(first["AddMsgCount"], 1);
}

#[test]
fn keys_grow_from_four_entries_to_ten() {
    let (mut world, mut session) = online();
    let entries = |key: &Value| key["List"].as_array().unwrap().len();
    assert_eq!(entries(&session.sync_key), 4);
    session.sync(&mut world);
    assert_eq!(
        (entries(&session.sync_key), &session.sync_key["Count"]),
        (7, &json!(7))
    );
    world.control("burst", json!({"count": 30, "page_size": 50}));
    session.sync(&mut world);
    let keys: Vec<u64> = (session.sync_key["List"].as_array().unwrap().iter())
        .map(|item| item["Key"].as_u64().unwrap())
        .collect();
    assert_eq!(keys, [1, 2, 3, 11, 13, 201, 203, 1000, 1001, 1002]);
}

#[test]
fn an_unknown_key_is_refused_with_empty_members() {
    let (mut world, mut session) = online();
    let mut shortened = session.sync_key.clone();
    shortened["List"].as_array_mut().unwrap().pop();
    for key in [json!({"Count": 0, "List": []}), shortened, Value::Null] {
        session.sync_key = key;
        let refused = session.peek(&mut world);
        assert_eq!(ret(&refused), -1);
        assert_eq!(refused["SyncKey"], json!({"Count": 0, "List": []}));
        assert_eq!(refused.get("SyncCheckKey"), None);
    }
    assert_eq!(
        world.text(session.check_with(&json!({"List": []}))),
        checked(0, 2)
    );
}

#[test]
fn a_client_that_ignores_the_check_key_spins_where_it_differs() {
    let (mut world, mut session) = online_with(json!({"sync_check_key": "differs"}));
    session.sync(&mut world);
    assert_ne!(session.sync_key, session.check_key);
    for _ in 0..3 {
        assert_eq!(
            world.text(session.check_with(&session.sync_key)),
            checked(0, 2)
        );
        session.sync(&mut world);
    }
    let poll = world.start(session.check());
    assert!(world.answer(poll).is_none());
}

#[test]
fn skeys_rotate_and_the_one_before_stays_good() {
    let (mut world, mut session) = online_with(json!({"rotate_skey_every": 2}));
    let old = session.skey.clone();
    session.sync(&mut world);
    assert_eq!(session.skey, old);
    session.sync(&mut world);
    assert_ne!(session.skey, old);
    let mut lagging = session.clone();
    lagging.skey = old;
    // The answer that carries the next key is lost; the client is not locked out.
    for _ in 0..6 {
        assert_eq!(lagging.peek(&mut world)["BaseResponse"]["Ret"], 0);
    }
    session.peek(&mut world);
    session.sync(&mut world);
    assert_eq!(lagging.peek(&mut world)["BaseResponse"]["Ret"], 1100);
}

#[test]
fn a_sync_sets_the_cookies_anew() {
    let (mut world, session) = online();
    let body = json!({"SyncKey": session.sync_key, "rr": 1});
    let response = world.fetch(session.post("webwxsync", body));
    let mut after = session.clone();
    after.take_cookies(&response);
    let load_time = &session.jar["wxloadtime"];
    assert_eq!(after.jar["wxloadtime"], format!("{load_time}_expired"));
    assert_eq!(&after.jar["wxpluginkey"], load_time);
    for name in ["wxuin", "wxsid", "webwx_data_ticket"] {
        assert_eq!(after.jar[name], session.jar[name]);
    }
}

#[test]
fn polls_without_cookies_or_with_a_wrong_sid_are_1102() {
    let (mut world, session) = online();
    let invalid = checked(1102, 0);
    let mut no_cookies = session.clone();
    no_cookies.jar.clear();
    assert_eq!(world.text(no_cookies.check()), invalid);
    let mut wrong = session.clone();
    wrong.sid = "AAAAAAAAAAAAAAAA".to_owned();
    assert_eq!(world.text(wrong.check()), invalid);
    let page = wrong.ask(&mut world, "webwxsync", json!({}));
    assert_eq!(ret(&page), 1100, "elsewhere it is no session");
}

#[test]
fn forced_answers_come_first_and_release_a_held_poll() {
    let (mut world, session) = online();
    let poll = world.start(session.check());
    world.control("synccheck", json!({"retcode": 1102, "count": 2}));
    let forced = checked(1102, 0);
    assert_eq!(world.answered(poll), forced);
    assert_eq!(world.text(session.check()), forced);
    let poll = world.start(session.check());
    assert!(world.answer(poll).is_none());
}

#[test]
fn a_burst_is_fetched_whole_and_in_order() {
    let (mut world, mut session) = online();
    world.control("burst", json!({"count": 20_000, "page_size": 200}));
    let mut number = 0;
    loop {
        let page = session.sync(&mut world);
        for content in column(&page["AddMsgList"], "Content") {
            number += 1;
            assert_eq!(content, format!("message {number}"));
        }
        if page["ContinueFlag"] == 0 {
            break;
        }
    }
    assert_eq!(number, 20_000);
}

#[test]
fn a_reset_breaks_held_polls() {
    let (mut world, session) = online();
    let poll = world.start(session.check());
    world.control("reset", json!({}));
    assert!(matches!(world.reply(poll), Some(Reply::Reset)));
    let refused = session.ask(&mut world, "webwxinit", json!({}));
    assert_eq!(ret(&refused), 1100);
}
