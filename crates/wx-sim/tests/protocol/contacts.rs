//! Init, the address book, groups, status notifies.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use wx_sim::{AccountSpec, Config};

use crate::support::{Session, World, column, online, online_with, percent, ret, string};

/// The address book, page by page.
fn book(world: &mut World, session: &Session) -> (Vec<Value>, usize) {
    let (mut all, mut pages, mut seq) = (Vec::new(), 0, 0);
    loop {
        let skey = percent(&session.skey);
        let request = session.get(&format!("webwxgetcontact?r=1&seq={seq}&skey={skey}"));
        let body = world.json(request);
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
    session.ask(world, "webwxbatchgetcontact", body)
}

#[test]
fn init_shows_recent_chats_and_nameless_members() {
    let (mut world, mut session) = online();
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
    let mut world = World::default();
    let body = world.log_in().init(&mut world);
    let set = string(&body["ChatSet"]);
    assert!(set.ends_with(','));
    assert_eq!(set.matches("filehelper,").count(), 2);
    let unsaved = world.user_name("group:2");
    assert!(
        set.contains(&unsaved),
        "groups that are not saved show up here"
    );
}

#[test]
fn the_chat_set_leaves_some_groups_to_the_status_notify() {
    // Of six groups, group:2 and group:5 are not saved.
    let mut world = World::with(Config::default(), &[AccountSpec::new(1, 6, 3, 0)]);
    let mut session = world.log_in();
    let set = string(&session.init(&mut world)["ChatSet"]);
    let [told, untold] = ["group:2", "group:5"].map(|name| world.user_name(name));
    assert!(set.contains(&told) && !set.contains(&untold), "{set}");
    let me = &session.user_name;
    let body = json!({"Code": 3, "FromUserName": me, "ToUserName": me});
    session.ask(&mut world, "webwxstatusnotify", body);
    let notify = session.sync(&mut world)["AddMsgList"][0].clone();
    assert!(string(&notify["StatusNotifyUserName"]).contains(&untold));
}

#[test]
fn the_phone_tells_of_a_hundred_chats_at_most() {
    let mut world = World::with(Config::default(), &[AccountSpec::new(120, 0, 0, 0)]);
    let mut session = world.log_in();
    let me = &session.user_name;
    let body = json!({"Code": 3, "FromUserName": me, "ToUserName": me});
    session.ask(&mut world, "webwxstatusnotify", body);
    let notify = session.sync(&mut world)["AddMsgList"][0].clone();
    let names = string(&notify["StatusNotifyUserName"]);
    assert_eq!(names.split(',').count(), 101, "and of the account itself");
}

#[test]
fn second_articles_have_no_digest() {
    let mut world = World::with(Config::default(), &[AccountSpec::new(1, 0, 0, 8)]);
    let init = world.log_in().init(&mut world);
    let mut seconds = 0;
    for entry in init["MPSubscribeMsgList"].as_array().unwrap() {
        let articles = entry["MPArticleList"].as_array().unwrap();
        assert_eq!(entry["MPArticleCount"], articles.len());
        assert!(articles[0].get("Digest").is_some());
        for second in &articles[1..] {
            assert_eq!(second.get("Digest"), None);
            seconds += 1;
        }
    }
    assert!(seconds > 0, "no account of this seed has two articles");
}

#[test]
fn the_address_book_comes_in_pages_without_unsaved_groups() {
    let (mut world, session) = online_with(json!({"contact_page": 7}));
    let (all, pages) = book(&mut world, &session);
    // Oneself, 6 special accounts, 20 friends, 2 public accounts, 2 groups.
    assert_eq!((all.len(), pages), (31, 5));
    let names: BTreeSet<String> = all.iter().map(|c| string(&c["UserName"])).collect();
    assert_eq!(names.len(), 31);
    assert!(names.contains(&session.user_name));
    let unsaved = world.user_name("group:2");
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
    let (mut world, session) = online();
    let group = world.user_name("group:2");
    let body = batch(&mut world, &session, &[&group]);
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
    let (mut world, session) = online();
    let friend = world.user_name("friend:0");
    let fifty = vec![friend.as_str(); 50];
    assert_eq!(batch(&mut world, &session, &fifty)["Count"], 50);
    let more = vec![friend.as_str(); 51];
    assert_eq!(batch(&mut world, &session, &more)["BaseResponse"]["Ret"], 1);
    assert_eq!(batch(&mut world, &session, &["@nobody"])["Count"], 0);
}

#[test]
fn names_that_are_miscounted_are_not_looked_up() {
    let (mut world, session) = online();
    let list = json!([{"UserName": "filehelper"}]);
    let body = json!({"Count": 2, "List": list});
    let answer = session.ask(&mut world, "webwxbatchgetcontact", body);
    assert_eq!((ret(&answer), &answer["Count"]), (1, &json!(0)));
}

#[test]
fn a_status_notify_is_from_and_to_somebody() {
    let (mut world, session) = online();
    let me = &session.user_name;
    for (from, to) in [("@0", me.as_str()), (me, "@0")] {
        let body = json!({"Code": 1, "FromUserName": from, "ToUserName": to});
        let answer = session.ask(&mut world, "webwxstatusnotify", body);
        assert_eq!((ret(&answer), &answer["MsgID"]), (1, &json!("")));
    }
    assert!(world.sim.ops().is_empty());
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
    let (mut world, mut session) = online();
    let body = json!({"Code": 3, "FromUserName": session.user_name,
        "ToUserName": session.user_name, "ClientMsgId": 1});
    for _ in 0..2 {
        let answer = session.ask(&mut world, "webwxstatusnotify", body.clone());
        assert_eq!(ret(&answer), 0);
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
    assert_eq!(names[0], session.user_name);
    for name in ["friend:3", "group:2", "filehelper"] {
        let contact = world.contact(name);
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
    let (mut world, mut session) = online_with(json!({"status_notify": "empty"}));
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
    let (mut world, mut session) = online();
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

    let gone = world.contact("friend:1");
    for _ in 0..2 {
        world.control("contact/del", json!({"contact": "friend:1"}));
    }
    let page = session.sync(&mut world);
    assert_eq!(
        page["DelContactList"],
        json!([{"UserName": gone["user_name"], "ContactFlag": 0}])
    );
    assert_eq!(
        world.contact("friend:1")["id"],
        gone["id"],
        "numbers do not move"
    );
}

#[test]
fn members_join_rename_themselves_and_leave() {
    let (mut world, mut session) = online();
    let joiner = world.user_name("friend:19");
    let change = |action: &str, name: &str| {
        json!({
            "group": "group:0", "member": "friend:19", "action": action, "display_name": name,
        })
    };
    let display_name = |page: &Value| {
        let members = page["ModContactList"][0]["MemberList"].as_array().unwrap();
        let member = members.iter().find(|member| member["UserName"] == joiner);
        member.map(|member| string(&member["DisplayName"]))
    };
    for (action, name, expected) in [
        ("add", "D & E", Some("D &amp; E")),
        ("rename", "F", Some("F")),
        ("remove", "", None),
    ] {
        world.control("group/member", change(action, name));
        let page = session.sync(&mut world);
        assert_eq!(display_name(&page).as_deref(), expected, "{action}");
    }
    for action in ["rename", "remove"] {
        let again = change(action, "");
        let again = world.sim.control(world.now, "group/member", &again);
        let error = again.unwrap_err().to_string();
        assert!(error.contains("no member"), "{action}: {error}");
    }
}

#[test]
fn what_the_phone_says_of_a_contact_is_in_its_entry() {
    let (mut world, session) = online();
    let entry = |world: &mut World, name: &str| {
        let user_name = world.user_name(name);
        batch(world, &session, &[&user_name])["ContactList"][0].clone()
    };
    let details = json!({
        "contact": "friend:0", "nick_name": "N", "alias": "a1", "signature": "S", "starred": true,
        "muted": true,
    });
    world.control("contact/mod", details);
    let friend = entry(&mut world, "friend:0");
    let texts = ["NickName", "Alias", "Signature"].map(|member| &friend[member]);
    assert_eq!(texts, ["N", "a1", "S"]);
    assert_eq!(friend["StarFriend"], 1);
    assert_eq!(friend["ContactFlag"].as_u64().unwrap() & 0x200, 0x200);
    world.control(
        "contact/mod",
        json!({"contact": "friend:0", "muted": false}),
    );
    let friend = entry(&mut world, "friend:0");
    assert_eq!(friend["ContactFlag"].as_u64().unwrap() & 0x200, 0);
    assert_eq!(friend["StarFriend"], 1, "what is left out stays");

    // Groups have no bit for it, but a member that is 0 while they are muted.
    let flag = entry(&mut world, "group:0")["ContactFlag"].clone();
    for (muted, statues) in [(true, 0), (false, 1)] {
        world.control("contact/mod", json!({"contact": "group:0", "muted": muted}));
        let group = entry(&mut world, "group:0");
        assert_eq!(
            (&group["Statues"], &group["ContactFlag"]),
            (&json!(statues), &flag)
        );
    }
}

#[test]
fn a_group_can_be_made_on_the_phone() {
    let (mut world, mut session) = online();
    let members = json!(["friend:0", "stranger:1"]);
    let added = world.control(
        "contact/add",
        json!({"nick_name": "picnic", "members": members}),
    );
    assert_eq!(added["name"], "group:3");
    let entry = session.sync(&mut world)["ModContactList"][0].clone();
    assert_eq!(
        (&entry["UserName"], &entry["NickName"]),
        (&added["user_name"], &json!("picnic"))
    );
    assert_eq!(entry["ChatRoomOwner"], session.user_name);
    let expected = [
        session.user_name.clone(),
        world.user_name("friend:0"),
        world.user_name("stranger:1"),
    ];
    assert_eq!(column(&entry["MemberList"], "UserName"), expected);
}

#[test]
fn a_call_without_cookies_is_1100() {
    let (mut world, mut session) = online();
    session.jar.clear();
    for endpoint in [
        "webwxinit",
        "webwxsync",
        "webwxbatchgetcontact",
        "webwxstatusnotify",
    ] {
        let body = session.ask(&mut world, endpoint, json!({}));
        assert_eq!(ret(&body), 1100, "{endpoint}");
    }
    assert_eq!(world.text(session.get("webwxlogout")), "");
    assert!(world.sim.is_online(0), "nobody was logged out");
}
