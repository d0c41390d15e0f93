//! The control interface: its answers and its errors.

use serde_json::{Value, json};
use wx_sim::{Config, Push};

use crate::support::{CGI, World, column, online, string};

fn error(world: &mut World, call: &str, body: Value) -> String {
    world
        .sim
        .control(world.now, call, &body)
        .unwrap_err()
        .to_string()
}

#[test]
fn errors_say_what_was_wrong_and_what_is_allowed() {
    let mut world = World::default();
    for (call, body, wanted) in [
        ("pusch", json!({}), ["`pusch`", "push_all"]),
        (
            "push",
            json!({"kind": "text", "form": "friend:0"}),
            ["`form`", "`from`"],
        ),
        ("push", json!({"kind": "txt"}), ["`txt`", "`status_notify`"]),
        (
            "push",
            json!({"kind": "text", "from": "friend:99"}),
            ["`friend:99`", "filehelper"],
        ),
        (
            "push",
            json!({"kind": "file", "content": {"nam": "x"}}),
            ["`nam`", "`name`"],
        ),
        (
            "push",
            json!({"kind": "text", "account": 3}),
            ["account", "3"],
        ),
        (
            "push",
            json!({"kind": "text", "from": "stranger:3", "to": "group:0"}),
            [
                "`stranger:3` is no member of a group `group:0`, in which are ",
                "self",
            ],
        ),
        (
            "group/member",
            json!({"group": "friend:0", "member": "friend:1", "action": "add"}),
            ["`friend:1`", "of a group `friend:0`"],
        ),
        ("push", json!({"kind": "revoke"}), ["revoke", "newest"]),
        (
            "push",
            json!({"kind": "card", "content": "friend:77"}),
            ["`friend:77`", "stranger:N"],
        ),
        (
            "fault",
            json!({"path": "x", "kind": "boom"}),
            ["`boom`", "`hang`"],
        ),
        (
            "reset",
            json!({"config": {"hold": 1}}),
            ["`hold`", "`hold_ms`"],
        ),
        (
            "reset",
            json!({"config": {"auto_scan_ms": "later"}}),
            ["milliseconds", "never"],
        ),
        (
            "contact/mod",
            json!({"contact": "friend:0", "nick": "x"}),
            ["`nick`", "contact/mod"],
        ),
        ("login", json!({"action": "scan"}), ["no login yet", "code"]),
        (
            "login",
            json!({"action": "scan", "uuid": "abc"}),
            ["no login", "`abc`"],
        ),
        (
            "session",
            json!({"action": "logout", "account": 1}),
            ["account", "1"],
        ),
        ("state", json!({"x": 1}), ["`x`", "state"]),
        ("burst", json!({"count": 1_000_001}), ["count", "1000000"]),
    ] {
        let text = error(&mut world, call, body);
        for part in wanted {
            assert!(text.contains(part), "{call}: {text}");
        }
    }
}

#[test]
fn no_message_id_comes_again_after_a_reset() {
    let mut world = World::default();
    let hello = json!({"kind": "text", "content": "hello"});
    let before = world.sim.control(world.now, "push", &hello).unwrap();
    let later = world.now.plus_ms(1);
    world.sim.control(later, "reset", &json!({})).unwrap();
    let after = world.sim.control(later, "push", &hello).unwrap();
    assert_ne!(before["MsgId"], after["MsgId"]);
}

#[test]
fn a_refused_push_changes_nothing() {
    let mut world = World::default();
    error(
        &mut world,
        "push",
        json!({"kind": "image", "content": {"breadth": 1}}),
    );
    assert_eq!(world.sim.delivered(0).count(), 0);
}

#[test]
fn reset_takes_settings_accounts_and_a_body_of_nothing() {
    let mut world = World::with(Config::default(), &[]);
    world.control("reset", Value::Null);
    let accounts = |state: &Value| state["accounts"].as_array().unwrap().len();
    assert_eq!(accounts(&world.control("state", json!({}))), 1);
    let body = json!({"config": {"family": "wx8"}, "accounts": [{"contacts": 2}, {"groups": 0}]});
    world.control("reset", body);
    let state = world.control("state", json!({}));
    assert_eq!(state["host"], "wx8.qq.com");
    assert_eq!(accounts(&state), 2);
    let contacts = state["accounts"][0]["contacts"].as_array().unwrap().iter();
    let friends = contacts.filter(|contact| string(&contact["name"]).starts_with("friend:"));
    assert_eq!(friends.count(), 2);
}

#[test]
fn the_same_seed_makes_the_same_accounts() {
    let state = |seed: u64| {
        let mut world = World::default();
        world.control("reset", json!({"seed": seed}));
        world.control("state", json!({}))["accounts"][0].clone()
    };
    assert_eq!(state(1), state(1));
    assert_ne!(state(1)["contacts"], state(2)["contacts"]);
}

#[test]
fn log_sent_and_ops_are_lists_newest_last() {
    let (mut world, mut session) = online();
    let answer = session.send(&mut world, "filehelper", "first");
    session.send(&mut world, "filehelper", "second");
    let sent = world.control("sent", json!({}));
    assert_eq!(column(&sent, "Content"), ["first", "second"]);
    assert_eq!(sent[0]["MsgId"], answer["MsgID"]);
    assert_eq!(
        (&sent[0]["endpoint"], &sent[0]["account"]),
        (&json!("webwxsendmsg"), &json!(0))
    );
    assert!(sent[0]["ClientMsgId"].is_string());
    for code in [1, 3] {
        let me = &session.user_name;
        let body = json!({"Code": code, "FromUserName": me, "ToUserName": me});
        session.ask(&mut world, "webwxstatusnotify", body);
    }
    let ops = world.control("ops", json!({}));
    let codes = [&ops[0]["body"]["Code"], &ops[1]["body"]["Code"]];
    assert_eq!(codes, [1, 3]);
    let log = world.control("log", json!({}));
    let first = &log[0];
    assert_eq!(
        (&first["method"], &first["host"], &first["path"]),
        (&json!("GET"), &json!("login.wx.qq.com"), &json!("/jslogin"))
    );
    let last = log.as_array().unwrap().last().unwrap();
    assert_eq!(last["path"], format!("{CGI}/webwxstatusnotify"));
    assert_eq!(world.control("uploads", json!({})), json!([]));
}

#[test]
fn contacts_are_found_by_every_name() {
    let mut world = World::default();
    let friend = world.contact("friend:3");
    for name in ["name", "id", "user_name"] {
        let push = json!({"kind": "text", "from": friend[name], "content": "x"});
        world.control("push", push);
    }
    let delivered = world.sim.delivered(0);
    let chats: Vec<&str> = delivered.map(|delivered| delivered.chat).collect();
    assert_eq!(chats, [friend["id"].as_str().unwrap(); 3]);
}

#[test]
fn contacts_have_a_user_name_in_each_login_and_one_short_name() {
    let mut world = World::default();
    world.control("contact/add", json!({"nick_name": "new"}));
    for name in [
        "self",
        "filehelper",
        "friend:20",
        "group:1",
        "mp:0",
        "stranger:2",
    ] {
        let contact = world.contact(name);
        for member in ["name", "id", "user_name"] {
            let any = string(&contact[member]);
            assert_eq!(world.sim.short_name(0, &any).as_deref(), Some(name));
            assert_eq!(world.sim.user_name(0, &any), contact["user_name"].as_str());
        }
    }
    let before = world.user_name("friend:20");
    world.log_in();
    assert_ne!(world.user_name("friend:20"), before);
    assert_eq!(world.sim.short_name(0, &before), None, "a name of no login");
    assert_eq!(world.sim.user_name(1, "self"), None, "no such account");
}

#[test]
fn the_oracle_says_who_wrote_what() {
    let mut world = World::default();
    world.push(&Push::text("theirs").from("friend:0"));
    world.push(&Push::text("mine").from("self").to("friend:0"));
    let in_group = json!({
        "kind": "text", "from": "group:0", "sender": world.contact("group:0")["members"][1],
    });
    world.control("push", in_group);
    let delivered: Vec<_> = world.sim.delivered(0).collect();
    let from_me: Vec<bool> = delivered.iter().map(|message| message.from_me).collect();
    assert_eq!(from_me, [false, true, false]);
    assert_eq!(delivered[0].chat, delivered[1].chat);
    let senders: Vec<bool> = delivered.iter().map(|it| it.sender.is_some()).collect();
    assert_eq!(senders, [false, false, true], "only in groups");
}

#[test]
fn a_session_is_waited_for_by_asking() {
    let mut world = World::default();
    assert_eq!(
        world.control("wait_session", json!({})),
        json!({"polling": false})
    );
    let session = world.log_in();
    assert_eq!(
        world.control("wait_session", json!({})),
        json!({"polling": false})
    );
    world.start(session.check());
    assert_eq!(
        world.control("wait_session", json!({})),
        json!({"polling": true})
    );
    assert!(!world.sim.is_over());
    world.control("shutdown", json!({}));
    assert!(world.sim.is_over());
}

#[test]
fn the_same_calls_at_the_same_times_get_the_same_bytes() {
    let run = || {
        let (mut world, session) = online();
        world.control("push_all", json!({}));
        let sync = json!({"SyncKey": session.sync_key, "rr": 1});
        let init = world.fetch(session.post("webwxinit", json!({})));
        let page = world.fetch(session.post("webwxsync", sync));
        (init.into_parts(), page.into_parts())
    };
    let (first, second) = (run(), run());
    assert_eq!((&first.0.1, &first.1.1), (&second.0.1, &second.1.1));
    assert_eq!(first.1.0.headers, second.1.0.headers);
}
