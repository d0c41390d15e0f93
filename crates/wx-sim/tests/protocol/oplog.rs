//! Remarks, pins, and what was read.

use serde_json::{Value, json};

use crate::support::{Session, World, online, ret};

/// The bit of `ContactFlag` that a pinned chat has.
const PINNED: u64 = 0x800;

fn oplog(session: &Session, world: &mut World, body: Value) -> i64 {
    ret(&session.ask(world, "webwxoplog", body))
}

/// The one entry of ModContactList that the next sync brings.
fn modified(session: &mut Session, world: &mut World) -> Value {
    let page = session.sync(world);
    assert_eq!(page["ModContactCount"], 1, "{page}");
    page["ModContactList"][0].clone()
}

#[test]
fn a_remark_is_set_and_comes_back_as_a_change() {
    let (mut world, mut session) = online();
    let friend = world.user_name("friend:0");
    let body = json!({"UserName": friend, "CmdId": 2, "RemarkName": "Ann & <Bob>"});
    assert_eq!(
        world.text(session.post("webwxoplog", body.clone())),
        "{\n\"BaseResponse\": {\n\"Ret\": 0,\n\"ErrMsg\": \"\"\n}\n}\n"
    );
    let change = modified(&mut session, &mut world);
    assert_eq!(change["UserName"], friend);
    assert_eq!(change["RemarkName"], "Ann &amp; &lt;Bob&gt;");
    assert_eq!(world.contact("friend:0")["remark"], "Ann & <Bob>");
    let op = &world.sim.ops()[0];
    assert_eq!(
        (op.endpoint.as_str(), &op.body["RemarkName"]),
        ("webwxoplog", &body["RemarkName"])
    );
}

#[test]
fn a_pin_is_a_bit_and_wipes_the_remark_that_it_leaves_out() {
    let (mut world, mut session) = online();
    let friend = world.user_name("friend:0");
    let mut pin = |world: &mut World, op: u8, remark: Value| {
        let mut body = json!({"UserName": friend, "CmdId": 3, "OP": op, "RemarkName": remark});
        if remark.is_null() {
            body.as_object_mut().unwrap().remove("RemarkName");
        }
        assert_eq!(oplog(&session, world, body), 0);
        modified(&mut session, world)
    };
    let pinned = pin(&mut world, 1, json!("Ann"));
    assert_eq!(pinned["ContactFlag"].as_u64().unwrap() & PINNED, PINNED);
    assert_eq!(pinned["RemarkName"], "Ann");
    assert_eq!(world.contact("friend:0")["pinned"], true);
    let loose = pin(&mut world, 0, Value::Null);
    assert_eq!(loose["ContactFlag"].as_u64().unwrap() & PINNED, 0);
    assert_eq!(loose["RemarkName"], "", "it was left out");
}

#[test]
fn a_group_that_is_pinned_tells_its_owner() {
    let (mut world, mut session) = online();
    let group = world.user_name("group:0");
    let body = json!({"UserName": group, "CmdId": 3, "OP": 1, "RemarkName": ""});
    assert_eq!(oplog(&session, &mut world, body), 0);
    let change = modified(&mut session, &mut world);
    assert_eq!(change["UserName"], group);
    assert!(change["ChatRoomOwner"].as_str().unwrap().starts_with('@'));
}

#[test]
fn what_is_no_change_is_refused() {
    let (mut world, session) = online();
    let friend = world.user_name("friend:0");
    for body in [
        json!({"UserName": "@0", "CmdId": 2, "RemarkName": "x"}),
        json!({"UserName": friend, "CmdId": 2}),
        json!({"UserName": friend, "CmdId": 3, "RemarkName": "x"}),
        json!({"UserName": friend, "CmdId": 3, "OP": 2}),
        json!({"UserName": friend, "CmdId": 1, "RemarkName": "x"}),
    ] {
        assert_eq!(oplog(&session, &mut world, body.clone()), 1, "{body}");
    }
    assert!(world.sim.ops().is_empty());
    assert_eq!(session.peek(&mut world)["ModContactCount"], 0);
}

#[test]
fn a_chat_that_was_read_is_on_record() {
    let (mut world, session) = online();
    let friend = world.user_name("friend:0");
    let body = json!({
        "Code": 1, "FromUserName": session.user_name, "ToUserName": friend, "ClientMsgId": 1,
    });
    assert_eq!(ret(&session.ask(&mut world, "webwxstatusnotify", body)), 0);
    let op = &world.control("ops", json!({}))[0];
    assert_eq!(op["endpoint"], "webwxstatusnotify");
    assert_eq!(
        (&op["body"]["Code"], &op["body"]["ToUserName"]),
        (&json!(1), &json!(friend))
    );
}

#[test]
fn contacts_are_searched_by_a_part_of_their_names() {
    let (mut world, session) = online();
    let change = json!({"contact": "friend:3", "remark": "Zebra from No. 9"});
    world.control("contact/mod", change);
    let friend = world.user_name("friend:3");
    let found = session.ask(
        &mut world,
        "webwxsearchcontact",
        json!({"KeyWord": "Zebra"}),
    );
    assert_eq!(found["List"], json!([{"EncryUserName": friend}]));
    let nobody = session.ask(&mut world, "webwxsearchcontact", json!({"KeyWord": "Yak"}));
    assert_eq!((ret(&nobody), &nobody["List"]), (0, &json!([])));
    assert_eq!(
        ret(&session.ask(&mut world, "webwxsearchcontact", json!({}))),
        1
    );
}
