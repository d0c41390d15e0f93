//! Friend requests, sent and answered.

use serde_json::{Value, json};
use wx_sim::{Push, PushKind};

use crate::support::{Session, World, online, online_with, ret, strict, string};

/// The body of a webwxverifyuser.
fn verify(session: &Session, opcode: u8, user_name: &Value, ticket: &str) -> Value {
    json!({
        "Opcode": opcode, "VerifyUserListSize": 1,
        "VerifyUserList": [{"Value": user_name, "VerifyUserTicket": ticket}],
        "VerifyContent": "hi", "SceneListCount": 1, "SceneList": [33], "skey": session.skey,
    })
}

fn ask(session: &Session, world: &mut World, body: Value) -> i64 {
    ret(&session.ask(world, "webwxverifyuser?r=1", body))
}

/// A request of stranger:0 as it arrives: who, and its ticket.
fn request(world: &mut World, session: &mut Session) -> (Value, String) {
    world.push(&Push::new(PushKind::FriendRequest));
    let info = session.sync(world)["AddMsgList"][0]["RecommendInfo"].clone();
    (info["UserName"].clone(), string(&info["Ticket"]))
}

#[test]
fn a_request_is_accepted_by_its_ticket() {
    let (mut world, mut session) = strict();
    let (user_name, ticket) = request(&mut world, &mut session);
    for wrong in ["v2_0@stranger", ""] {
        let body = verify(&session, 3, &user_name, wrong);
        assert_eq!(ask(&session, &mut world, body), 1, "{wrong}");
    }
    assert_eq!(world.contact("stranger:0")["in_address_book"], false);
    let body = verify(&session, 3, &user_name, &ticket);
    assert_eq!(ask(&session, &mut world, body), 0);
    assert_eq!(world.contact("stranger:0")["in_address_book"], true);

    let page = session.sync(&mut world);
    assert_eq!(page["ModContactList"][0]["UserName"], user_name);
    assert_eq!(
        page["ModContactList"][0]["ContactFlag"].as_u64().unwrap() & 3,
        3
    );
    let line = &page["AddMsgList"][0];
    assert_eq!(
        (&line["MsgType"], &line["FromUserName"]),
        (&json!(10000), &user_name)
    );
    let content = string(&line["Content"]);
    assert!(content.starts_with("你已添加了"), "{content}");
    assert!(content.ends_with("，现在可以开始聊天了。"), "{content}");
    let to = string(&user_name);
    assert_eq!(ret(&session.send(&mut world, &to, "hello")), 0);
    assert_eq!(world.sim.ops().len(), 1);
}

/// ItChat accepts without a ticket.
#[test]
fn a_request_is_accepted_without_a_ticket_unless_strict() {
    let (mut world, mut session) = online();
    let (user_name, _) = request(&mut world, &mut session);
    let stranger = json!(world.user_name("stranger:1"));
    let body = verify(&session, 3, &stranger, "");
    assert_eq!(ask(&session, &mut world, body), 1, "who did not ask");
    let body = verify(&session, 3, &user_name, "");
    assert_eq!(ask(&session, &mut world, body), 0);
}

#[test]
fn a_card_is_no_request() {
    let (mut world, session) = online();
    let card = Push::new(PushKind::Card).content(json!("stranger:1"));
    world.push(&card);
    let stranger = json!(world.user_name("stranger:1"));
    let body = verify(&session, 3, &stranger, "");
    assert_eq!(ask(&session, &mut world, body), 1);
}

#[test]
fn a_request_that_is_accepted_again_changes_nothing() {
    let (mut world, mut session) = online();
    let (user_name, ticket) = request(&mut world, &mut session);
    for news in [1, 0] {
        let body = verify(&session, 3, &user_name, &ticket);
        assert_eq!(ask(&session, &mut world, body), 0);
        let page = session.sync(&mut world);
        let counts = (&page["AddMsgCount"], &page["ModContactCount"]);
        assert_eq!(counts, (&json!(news), &json!(news)));
    }
}

#[test]
fn the_skey_is_there_twice_and_the_scenes_are_a_list() {
    let (mut world, session) = online();
    let stranger = json!(world.user_name("stranger:0"));
    let good = verify(&session, 2, &stranger, "");
    for (member, wrong, expected) in [
        ("skey", json!("@crypt_0"), -1),
        ("skey", Value::Null, -1),
        ("SceneList", json!(33), 1),
        ("SceneListCount", json!(2), 1),
        ("VerifyUserListSize", json!(2), 1),
        ("VerifyUserList", json!([]), 1),
        ("Opcode", json!(6), 1),
    ] {
        let mut body = good.clone();
        body[member] = wrong;
        assert_eq!(ask(&session, &mut world, body), expected, "{member}");
    }
    assert_eq!(ask(&session, &mut world, good), 0);
    let op = &world.control("ops", json!({}))[0];
    assert_eq!(
        (&op["endpoint"], &op["body"]["VerifyContent"]),
        (&json!("webwxverifyuser"), &json!("hi"))
    );
    assert_eq!(world.contact("stranger:0")["in_address_book"], false);
}

#[test]
fn people_who_are_asked_may_accept_at_once() {
    let (mut world, mut session) = online_with(json!({"auto_accept": true}));
    let stranger = json!(world.user_name("stranger:0"));
    let body = verify(&session, 2, &stranger, "");
    assert_eq!(ask(&session, &mut world, body), 0);
    let page = session.sync(&mut world);
    assert_eq!(page["ModContactList"][0]["UserName"], stranger);
    assert_eq!(page["AddMsgList"][0]["MsgType"], 10000);
}

#[test]
fn public_accounts_are_followed() {
    let (mut world, mut session) = online();
    world.control("contact/del", json!({"contact": "mp:0"}));
    session.sync(&mut world);
    let account = json!(world.user_name("mp:0"));
    let body = verify(&session, 1, &account, "");
    assert_eq!(ask(&session, &mut world, body), 0);
    let page = session.sync(&mut world);
    assert_eq!(page["ModContactList"][0]["UserName"], account);
    assert_eq!(page["AddMsgCount"], 0);
    let person = json!(world.user_name("stranger:0"));
    let body = verify(&session, 1, &person, "");
    assert_eq!(ask(&session, &mut world, body), 1);
}

#[test]
fn too_many_requests_are_1205() {
    let (mut world, session) = online_with(json!({"verify_limit": [1, 60]}));
    let stranger = json!(world.user_name("stranger:0"));
    let body = verify(&session, 2, &stranger, "");
    assert_eq!(ask(&session, &mut world, body.clone()), 0);
    assert_eq!(ask(&session, &mut world, body.clone()), 1205);
    world.pass(60_000);
    assert_eq!(ask(&session, &mut world, body), 0);
}
