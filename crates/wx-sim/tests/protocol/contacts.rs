//! Init, the address book, groups, status notifies.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wx_sim::{AccountSpec, Config};

use crate::support::{Session, World, column, json, percent, string, text};

/// The address book, page by page.
fn book(world: &mut World, session: &Session) -> (Vec<Value>, usize) {
    let (mut all, mut pages, mut seq) = (Vec::new(), 0, 0);
    loop {
        let skey = percent(&session.skey);
        let request = session.get(&format!("webwxgetcontact?r=1&seq={seq}&skey={skey}"));
        let body = json(&world.fetch(request));
        let members = body["MemberList"].as_array().unwrap();
        assert_eq!(body["MemberCount"], members.len());
        all.extend(members.iter().cloned());
        pages += 1;
        seq = body["Seq"].as_u64().unwrap();
        if seq == 0 {
            return (all, pages);
        }
    }
}

fn batch(world: &mut World, session: &Session, names: &[&str]) -> Value {
    let list: Vec<Value> = names
        .iter()
        .map(|name| json!({"UserName": name, "EncryChatRoomId": ""}))
        .collect();
    let body = json!({"Count": list.len(), "List": list});
    json(&world.fetch(session.post("webwxbatchgetcontact", body)))
}

/// A contact of `state` by its short name.
fn known(world: &mut World, name: &str) -> Value {
    let state = world.control("state", json!({}));
    let contacts = state["accounts"][0]["contacts"].as_array().unwrap();
    contacts
        .iter()
        .find(|contact| contact["name"] == name)
        .unwrap()
        .clone()
}

#[test]
fn init_shows_recent_chats_and_nameless_members() {
    let mut world = World::new(Config::default());
    let mut session = world.log_in();
    let body = session.init(&mut world);
    let list = body["ContactList"].as_array().unwrap();
    assert_eq!((&body["Count"], list.len()), (&json!(10), 10));
    assert_eq!(list[0]["UserName"], "filehelper");
    let group = list
        .iter()
        .find(|c| string(&c["UserName"]).starts_with("@@"))
        .unwrap();
    assert_eq!(group["MemberList"].as_array().unwrap().len(), 5);
    assert!(
        column(&group["MemberList"], "NickName")
            .iter()
            .all(String::is_empty)
    );
    assert_eq!(body["User"]["Uin"].to_string(), session.uin);
    assert_eq!(body["InviteStartCount"], 40);
    assert_eq!(body["MPSubscribeMsgCount"], 2);
}

#[test]
fn the_chat_set_ends_with_a_comma_and_repeats_itself() {
    let mut world = World::new(Config::default());
    let body = world.log_in().init(&mut world);
    let set = string(&body["ChatSet"]);
    assert!(set.ends_with(','));
    assert_eq!(set.matches("filehelper,").count(), 2);
    let unsaved = string(&known(&mut world, "group:2")["user_name"]);
    assert!(
        set.contains(&unsaved),
        "groups that are not saved show up here"
    );
}

#[test]
fn the_address_book_comes_in_pages_without_unsaved_groups() {
    let mut world = World::configured(json!({"contact_page": 7}));
    let session = world.log_in();
    let (all, pages) = book(&mut world, &session);
    // Oneself, 6 special accounts, 20 friends, 2 public accounts, 2 groups.
    assert_eq!((all.len(), pages), (31, 5));
    let names: BTreeSet<String> = all.iter().map(|c| string(&c["UserName"])).collect();
    assert_eq!(names.len(), 31);
    assert!(names.contains(&session.user_name));
    let unsaved = string(&known(&mut world, "group:2")["user_name"]);
    assert!(!names.contains(&unsaved));
    let group = all
        .iter()
        .find(|c| string(&c["UserName"]).starts_with("@@"))
        .unwrap();
    assert_eq!(
        (&group["MemberCount"], &group["MemberList"]),
        (&json!(5), &json!([]))
    );
    let public = all
        .iter()
        .filter(|c| c["VerifyFlag"].as_u64().unwrap() & 8 != 0)
        .count();
    assert_eq!(public, 2);
}

#[test]
fn a_group_comes_with_its_members_and_their_names() {
    let mut world = World::new(Config::default());
    let session = world.log_in();
    let group = known(&mut world, "group:2");
    let body = batch(
        &mut world,
        &session,
        &[group["user_name"].as_str().unwrap()],
    );
    let room = &body["ContactList"][0];
    assert_eq!(body["Count"], 1);
    let members = column(&room["MemberList"], "UserName");
    assert_eq!(members.len(), 5);
    assert!(members.contains(&session.user_name));
    assert!(
        column(&room["MemberList"], "NickName")
            .iter()
            .all(|nick| !nick.is_empty())
    );
    let encry = string(&room["EncryChatRoomId"]);
    assert!(encry.len() == 33 && encry.starts_with('@'), "{encry}");
    // A member that is no friend can be asked for by name.
    let body = batch(&mut world, &session, &[&members[2]]);
    assert_eq!(body["ContactList"][0]["UserName"], members[2]);
}

#[test]
fn at_most_50_names_are_looked_up_at_once() {
    let mut world = World::new(Config::default());
    let session = world.log_in();
    let friend = string(&known(&mut world, "friend:0")["user_name"]);
    let fifty = vec![friend.as_str(); 50];
    assert_eq!(batch(&mut world, &session, &fifty)["Count"], 50);
    let more = vec![friend.as_str(); 51];
    assert_eq!(batch(&mut world, &session, &more)["BaseResponse"]["Ret"], 1);
    assert_eq!(batch(&mut world, &session, &["@nobody"])["Count"], 0);
}

#[test]
fn user_names_have_the_shapes_of_the_real_ones() {
    let mut world = World::with(Config::default(), &[AccountSpec::new(40, 4, 6, 4)]);
    let state = world.control("state", json!({}));
    let mut digits = BTreeSet::new();
    for contact in state["accounts"][0]["contacts"].as_array().unwrap() {
        let (name, user_name) = (string(&contact["name"]), string(&contact["user_name"]));
        let hex = user_name.trim_start_matches('@');
        if name.starts_with("group:") {
            assert!(
                user_name.starts_with("@@") && hex.len() == 64,
                "{user_name}"
            );
        } else if name.contains(':') || name == "self" {
            digits.insert(hex.len());
        } else {
            assert_eq!(name, user_name);
        }
    }
    assert_eq!(digits, BTreeSet::from([32, 64]));
}

#[test]
fn code_3_is_followed_by_the_phones_chats_once() {
    let mut world = World::new(Config::default());
    let mut session = world.log_in();
    let body = json!({"Code": 3, "FromUserName": session.user_name,
        "ToUserName": session.user_name, "ClientMsgId": 1});
    for _ in 0..2 {
        let answer = json(&world.fetch(session.post("webwxstatusnotify", body.clone())));
        assert_eq!(answer["BaseResponse"]["Ret"], 0);
    }
    let page = session.sync(&mut world);
    assert_eq!(page["AddMsgCount"], 2);
    let notify = &page["AddMsgList"][0];
    assert_eq!(
        (&notify["MsgType"], &notify["StatusNotifyCode"]),
        (&json!(51), &json!(4))
    );
    let names: Vec<String> = string(&notify["StatusNotifyUserName"])
        .split(',')
        .map(str::to_owned)
        .collect();
    let content = string(&notify["Content"]);
    let (_, ids) = content
        .split_once("&lt;op id='4'&gt;<br/>&lt;username&gt;")
        .unwrap();
    let ids: Vec<&str> = ids
        .split_once("&lt;/username&gt;")
        .unwrap()
        .0
        .split(',')
        .collect();
    assert_eq!(names.len(), ids.len());
    for name in ["friend:3", "group:2", "filehelper"] {
        let contact = known(&mut world, name);
        let place = names
            .iter()
            .position(|n| contact["user_name"] == *n)
            .unwrap();
        assert_eq!(contact["id"], ids[place], "{name}");
    }
    assert_eq!(page["AddMsgList"][1]["StatusNotifyUserName"], "");
    assert_eq!(world.sim.ops().len(), 2);
}

#[test]
fn status_notifies_can_be_empty() {
    let mut world = World::configured(json!({"status_notify": "empty"}));
    let mut session = world.log_in();
    world.control(
        "push",
        json!({"kind": "status_notify", "content": {"code": 2, "names": ["friend:0"]}}),
    );
    let item = &session.sync(&mut world)["AddMsgList"][0];
    assert_eq!(item["Content"], "");
    assert_eq!(item["StatusNotifyUserName"], item["ToUserName"]);
}

#[test]
fn changes_made_on_the_phone_come_as_the_contact_is_by_then() {
    let mut world = World::new(Config::default());
    let mut session = world.log_in();
    world.control("contact/mod", json!({"contact": "friend:1", "remark": "a"}));
    world.control(
        "contact/mod",
        json!({"contact": "friend:1", "remark": "b & \u{1f31b}", "pinned": true, "starred": true}),
    );
    let added = world.control("contact/add", json!({"nick_name": "new"}));
    assert_eq!(added["name"], "friend:20");
    let page = session.sync(&mut world);
    assert_eq!(page["ModContactCount"], 2, "once for each contact");
    let modified = &page["ModContactList"][0];
    assert_eq!(
        modified["RemarkName"],
        "b &amp; <span class=\"emoji emoji1f31b\"></span>"
    );
    assert_eq!(modified["ContactFlag"].as_u64().unwrap() & 0x800, 0x800);
    assert_eq!(page["ModContactList"][1]["UserName"], added["user_name"]);

    let gone = known(&mut world, "friend:1");
    world.control("contact/del", json!({"contact": "friend:1"}));
    let page = session.sync(&mut world);
    assert_eq!(
        page["DelContactList"],
        json!([{"UserName": gone["user_name"], "ContactFlag": 0}])
    );
    assert_eq!(
        known(&mut world, "friend:1")["id"],
        gone["id"],
        "numbers do not move"
    );
}

#[test]
fn members_join_leave_and_rename_themselves() {
    let mut world = World::new(Config::default());
    let mut session = world.log_in();
    let joiner = string(&known(&mut world, "friend:19")["user_name"]);
    let change = |action: &str| json!({"group": "group:0", "member": "friend:19", "action": action, "display_name": "D & E"});
    world.control("group/member", change("add"));
    let page = session.sync(&mut world);
    let members = &page["ModContactList"][0]["MemberList"];
    let place = column(members, "UserName")
        .iter()
        .position(|name| *name == joiner)
        .unwrap();
    assert_eq!(members[place]["DisplayName"], "D &amp; E");
    world.control("group/member", change("remove"));
    let page = session.sync(&mut world);
    let members = column(&page["ModContactList"][0]["MemberList"], "UserName");
    assert!(!members.contains(&joiner));
    let again = world
        .sim
        .control(world.now, "group/member", &change("remove"));
    assert!(again.unwrap_err().to_string().contains("no member"));
}

#[test]
fn a_call_without_cookies_is_1100() {
    let mut world = World::new(Config::default());
    let mut session = world.log_in();
    session.jar.clear();
    for endpoint in [
        "webwxinit",
        "webwxsync",
        "webwxbatchgetcontact",
        "webwxstatusnotify",
    ] {
        let body = json(&world.fetch(session.post(endpoint, json!({}))));
        assert_eq!(body["BaseResponse"]["Ret"], 1100, "{endpoint}");
    }
    assert_eq!(text(&world.fetch(session.get("webwxlogout"))), "");
}
