//! What comes in, kind by kind.

use serde_json::json;
use wx_sim::{Push, PushKind};

use crate::support::{World, online, online_with, string};

#[test]
fn what_members_write_comes_from_the_group_with_their_name_in_front() {
    let (mut world, mut session) = online();
    let group = world.user_name("group:0");
    world.push(&Push::text("hello").from("group:0"));
    let item = session.sync(&mut world)["AddMsgList"][0].clone();
    assert_eq!(item["FromUserName"], group);
    assert_eq!(item["ToUserName"], session.user_name);
    let content = string(&item["Content"]);
    let (sender, words) = content.split_once(":<br/>").unwrap();
    assert_eq!(words, "hello");
    let members = world.contact("group:0")["members"].clone();
    assert!(members.as_array().unwrap().contains(&json!(sender)));
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
    let (mut world, mut session) = online_with(json!({"page_size": 50}));
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
    let mut world = World::default();
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

#[test]
fn who_recalls_recalls_his_own_newest_message_in_that_chat() {
    let (mut world, mut session) = online();
    let members = world.contact("group:0")["members"].clone();
    let in_group = |kind: &str, writer: usize| json!({"kind": kind, "from": "group:0", "sender": members[writer]});
    let mine = |kind: &str, to: &str| json!({"kind": kind, "from": "self", "to": to});
    for [first, second, recall] in [
        [
            in_group("text", 1),
            in_group("text", 2),
            in_group("revoke", 1),
        ],
        [
            mine("text", "friend:0"),
            mine("text", "friend:1"),
            mine("revoke", "friend:0"),
        ],
    ] {
        let target = string(&world.control("push", first)["MsgId"]);
        world.control("push", second);
        world.control("push", recall);
        let recall = session.sync(&mut world)["AddMsgList"][2].clone();
        let content = string(&recall["Content"]);
        assert!(
            content.contains(&format!("&lt;msgid&gt;{target}&lt;")),
            "{content}"
        );
    }
}
