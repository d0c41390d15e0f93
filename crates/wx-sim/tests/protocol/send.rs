//! Texts that the client sends.

use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::support::{World, online, online_with, ret, strict, string};

#[test]
fn a_text_comes_back_through_sync_under_its_id() {
    let (mut world, mut session) = online();
    let friend = world.user_name("friend:2");
    let answer = session.send(&mut world, &friend, "a < b & \"c\"\nd \u{1f31b}");
    assert_eq!(ret(&answer), 0);
    let digits = string(&answer["MsgID"]).len();
    assert!((18..=19).contains(&digits));
    let item = &session.sync(&mut world)["AddMsgList"][0];
    assert_eq!(item["MsgId"], answer["MsgID"]);
    assert_eq!(item["NewMsgId"].to_string(), string(&answer["MsgID"]));
    assert_eq!(item["FromUserName"], session.user_name);
    assert_eq!(item["ToUserName"], friend);
    assert_eq!(
        item["Content"],
        "a &lt; b &amp; &quot;c&quot;<br/>d <span class=\"emoji emoji1f31b\"></span>"
    );
    let sent = &world.sim.sent()[0];
    assert_eq!(
        (sent.content.as_str(), sent.to_user_name.as_str()),
        ("a < b & \"c\"\nd \u{1f31b}", friend.as_str())
    );
}

#[test]
fn a_client_msg_id_sends_once() {
    let (mut world, mut session) = online();
    let body = session.text_to("filehelper", "once");
    let first = session.ask(&mut world, "webwxsendmsg", body.clone());
    let again = session.ask(&mut world, "webwxsendmsg", body);
    assert_eq!(first, again);
    assert_eq!(world.sim.sent().len(), 1);
    assert_eq!(session.sync(&mut world)["AddMsgCount"], 1);
}

#[test]
fn a_message_needs_a_client_msg_id() {
    let (mut world, mut session) = online();
    let mut body = session.text_to("filehelper", "x");
    body["Msg"]["ClientMsgId"] = "".into();
    assert_eq!(ret(&session.ask(&mut world, "webwxsendmsg", body)), 1);
    assert!(world.sim.sent().is_empty());
}

#[test]
fn strangers_and_names_of_an_older_login_are_1204() {
    let mut world = World::default();
    let old = world.log_in();
    let friend = world.user_name("friend:0");
    let mut session = world.log_in();
    assert_eq!(
        ret(&session.send(&mut world, &friend, "x")),
        1204,
        "an older name"
    );
    let stranger = world.user_name("stranger:0");
    let refused = session.send(&mut world, &stranger, "x");
    assert_eq!((ret(&refused), &refused["MsgID"]), (1204, &json!("")));
    let friend = world.user_name("friend:0");
    world.control("contact/del", json!({"contact": "friend:0"}));
    assert_eq!(
        ret(&session.send(&mut world, &friend, "x")),
        1204,
        "a deleted friend"
    );
    let mut forged = session.text_to("filehelper", "x");
    forged["Msg"]["FromUserName"] = old.user_name.clone().into();
    assert_eq!(ret(&session.ask(&mut world, "webwxsendmsg", forged)), 1);
    assert!(world.sim.sent().is_empty());
}

#[test]
fn writing_to_oneself_can_be_refused() {
    let (mut world, mut session) = online();
    let me = session.user_name.clone();
    assert_eq!(ret(&session.send(&mut world, &me, "x")), 0);
    let (mut world, mut session) = online_with(json!({"refuse_self": true}));
    let me = session.user_name.clone();
    assert_eq!(ret(&session.send(&mut world, &me, "x")), 1204);
}

#[test]
fn too_many_sends_are_1205_until_the_window_has_passed() {
    let (mut world, mut session) = online_with(json!({"send_limit": [2, 10]}));
    let mut send = |world: &mut World| ret(&session.send(world, "filehelper", "x"));
    assert_eq!(send(&mut world), 0);
    world.pass(4_000);
    assert_eq!(send(&mut world), 0);
    assert_eq!(send(&mut world), 1205);
    world.pass(5_999);
    assert_eq!(send(&mut world), 1205);
    world.pass(1);
    assert_eq!(send(&mut world), 0);
}

#[test]
fn strict_services_check_device_and_ticket() {
    let (mut world, mut session) = strict();
    let mut no_device = session.text_to("filehelper", "x");
    no_device["BaseRequest"] = session.base_request();
    no_device["BaseRequest"]["DeviceID"] = "e12345".into();
    assert_eq!(
        ret(&session.ask(&mut world, "webwxsendmsg", no_device.clone())),
        1
    );
    let mut wrong_ticket = session.clone();
    wrong_ticket.pass_ticket = "undefined".to_owned();
    assert_eq!(ret(&wrong_ticket.send(&mut world, "filehelper", "x")), 1);
    assert_eq!(ret(&session.send(&mut world, "filehelper", "x")), 0);

    // The real service takes the former.
    let (mut world, session) = online();
    no_device["BaseRequest"] = session.base_request();
    no_device["BaseRequest"]["DeviceID"] = session.pass_ticket.clone().into();
    no_device["Msg"]["FromUserName"] = session.user_name.clone().into();
    assert_eq!(ret(&session.ask(&mut world, "webwxsendmsg", no_device)), 0);
}

#[test]
fn a_strict_service_takes_the_ticket_encoded_once_or_twice() {
    let (mut world, mut session) = strict();
    while !session.pass_ticket.contains('%') {
        session = world.log_in();
    }
    // What is sent is encoded once more.
    let decoded = percent_decode_str(&session.pass_ticket).decode_utf8();
    let mut once = session.clone();
    once.pass_ticket = decoded.unwrap().into_owned();
    assert_eq!(ret(&session.send(&mut world, "filehelper", "twice")), 0);
    let body = session.text_to("filehelper", "once");
    assert_eq!(ret(&once.ask(&mut world, "webwxsendmsg", body)), 0);
}
