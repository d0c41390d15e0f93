//! Sending texts, and what comes in, kind by kind.

use serde_json::json;
use wx_sim::{Config, Push, PushKind};

use crate::support::{World, json, ret, string};

#[test]
fn a_text_comes_back_through_sync_under_its_id() {
    let mut world = World::new(Config::default());
    let mut session = world.log_in();
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
    let mut world = World::new(Config::default());
    let mut session = world.log_in();
    let body = session.text_to("filehelper", "once");
    let first = json(&world.fetch(session.post("webwxsendmsg", body.clone())));
    let again = json(&world.fetch(session.post("webwxsendmsg", body)));
    assert_eq!(first, again);
    assert_eq!(world.sim.sent().len(), 1);
    assert_eq!(session.sync(&mut world)["AddMsgCount"], 1);
}

#[test]
fn strangers_and_names_of_an_older_login_are_1204() {
    let mut world = World::new(Config::default());
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
    assert_eq!(
        ret(&json(&world.fetch(session.post("webwxsendmsg", forged)))),
        1
    );
    assert!(world.sim.sent().is_empty());
}

#[test]
fn writing_to_oneself_can_be_refused() {
    let mut world = World::new(Config::default());
    let mut session = world.log_in();
    let me = session.user_name.clone();
    assert_eq!(ret(&session.send(&mut world, &me, "x")), 0);
    let mut world = World::configured(json!({"refuse_self": true}));
    let mut session = world.log_in();
    let me = session.user_name.clone();
    assert_eq!(ret(&session.send(&mut world, &me, "x")), 1204);
}

#[test]
fn too_many_sends_are_1205_until_the_window_has_passed() {
    let mut world = World::configured(json!({"send_limit": [2, 10]}));
    let mut session = world.log_in();
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
    let mut world = World::configured(json!({"strictness": "strict"}));
    let mut session = world.log_in();
    let mut no_device = session.text_to("filehelper", "x");
    no_device["BaseRequest"] = session.base_request();
    no_device["BaseRequest"]["DeviceID"] = "e12345".into();
    assert_eq!(
        ret(&json(
            &world.fetch(session.post("webwxsendmsg", no_device.clone()))
        )),
        1
    );
    let mut wrong_ticket = session.clone();
    wrong_ticket.pass_ticket = "undefined".to_owned();
    assert_eq!(ret(&wrong_ticket.send(&mut world, "filehelper", "x")), 1);
    assert_eq!(ret(&session.send(&mut world, "filehelper", "x")), 0);

    // The real service takes the former.
    let mut world = World::new(Config::default());
    let session = world.log_in();
    no_device["BaseRequest"] = session.base_request();
    no_device["BaseRequest"]["DeviceID"] = session.pass_ticket.clone().into();
    no_device["Msg"]["FromUserName"] = session.user_name.clone().into();
    assert_eq!(
        ret(&json(&world.fetch(session.post("webwxsendmsg", no_device)))),
        0
    );
}

#[test]
fn what_members_write_comes_from_the_group_with_their_name_in_front() {
    let mut world = World::new(Config::default());
    let mut session = world.log_in();
    let group = world.user_name("group:0");
    world.push(&Push::text("hello").from("group:0"));
    let item = session.sync(&mut world)["AddMsgList"][0].clone();
    assert_eq!(item["FromUserName"], group);
    assert_eq!(item["ToUserName"], session.user_name);
    let content = string(&item["Content"]);
    let (sender, words) = content.split_once(":<br/>").unwrap();
    assert_eq!(words, "hello");
    let state = world.control("state", json!({}));
    let contacts = state["accounts"][0]["contacts"].as_array().unwrap();
    let room = contacts
        .iter()
        .find(|contact| contact["name"] == "group:0")
        .unwrap();
    assert!(
        room["members"]
            .as_array()
            .unwrap()
            .iter()
            .any(|member| member == sender)
    );
    assert_ne!(sender, session.user_name);

    // From the account's own phone there is no prefix.
    world.push(&Push::text("mine").from("self").to("group:0"));
    let item = session.sync(&mut world)["AddMsgList"][0].clone();
    assert_eq!(
        (&item["FromUserName"], &item["Content"]),
        (&json!(session.user_name), &json!("mine"))
    );
}

#[test]
fn every_kind_has_its_type_and_its_members() {
    let mut world = World::configured(json!({"page_size": 50}));
    let mut session = world.log_in();
    let ids = world.control("push_all", json!({}));
    let page = session.sync(&mut world);
    let items = page["AddMsgList"].as_array().unwrap();
    assert_eq!(items.len(), PushKind::ALL.len());
    assert_eq!(ids["MsgIds"].as_array().unwrap().len(), items.len());
    let types: Vec<u64> = items
        .iter()
        .map(|item| item["MsgType"].as_u64().unwrap())
        .collect();
    assert_eq!(
        types,
        [
            1, 3, 34, 43, 47, 49, 49, 49, 42, 1, 10002, 37, 10000, 51, 777
        ]
    );
    let app_types: Vec<u64> = items[5..8]
        .iter()
        .map(|item| item["AppMsgType"].as_u64().unwrap())
        .collect();
    assert_eq!(app_types, [6, 5, 2000]);

    let file = &items[5];
    assert_eq!(file["FileSize"], "8939");
    assert!(string(&file["EncryFileName"]).ends_with("%5Fv2%2Edocx"));
    let place = &items[9];
    assert_eq!(place["SubMsgType"], 48);
    assert!(string(&place["OriContent"]).contains("\n\t<location x=\"39.98"));
    let path = format!(
        ":<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&msgid={}&pictype=location",
        string(&place["MsgId"])
    );
    assert!(string(&place["Content"]).ends_with(&path));
    let revoked = string(&items[10]["Content"]);
    assert!(revoked.contains(&format!(
        "&lt;msgid&gt;{}&lt;/msgid&gt;",
        string(&place["MsgId"])
    )));
    let request = &items[11];
    assert_eq!(request["FromUserName"], "fmessage");
    assert_eq!(request["RecommendInfo"]["OpCode"], 2);
    assert!(string(&request["RecommendInfo"]["Ticket"]).starts_with("v2_"));
    assert_eq!(items[12]["Status"], 4);
}

#[test]
fn the_oracle_knows_chats_by_the_names_of_the_current_login() {
    let mut world = World::new(Config::default());
    world.log_in();
    let mut session = world.log_in();
    world.push(&Push::text("hi").from("friend:4"));
    let friend = world.user_name("friend:4");
    assert_eq!(
        session.sync(&mut world)["AddMsgList"][0]["FromUserName"],
        friend
    );
    let delivered: Vec<_> = world.sim.delivered(0).collect();
    assert_eq!(delivered.len(), 1);
    assert_eq!((delivered[0].kind, delivered[0].content), ("text", "hi"));
    assert_eq!(delivered[0].chat_user_name, friend);
}
