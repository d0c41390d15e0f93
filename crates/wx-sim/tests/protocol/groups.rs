//! Groups made and changed by the client.

use serde_json::{Value, json};

use crate::support::{Session, World, column, extend, online, online_with, ret, string};

fn create(session: &Session, world: &mut World, topic: &str, members: &[&str]) -> Value {
    let list: Vec<Value> = members
        .iter()
        .map(|name| json!({"UserName": world.user_name(name)}))
        .collect();
    let body = json!({"MemberCount": list.len(), "MemberList": list, "Topic": topic});
    session.ask(world, "webwxcreatechatroom?r=1", body)
}

fn update(session: &Session, world: &mut World, fun: &str, group: &str, more: Value) -> Value {
    let mut body = json!({"ChatRoomName": group});
    extend(&mut body, more);
    session.ask(world, &format!("webwxupdatechatroom?fun={fun}"), body)
}

/// The MsgType 10000 line of the next sync, and the group's entry.
fn told(session: &mut Session, world: &mut World) -> (String, Value) {
    let page = session.sync(world);
    assert_eq!(page["AddMsgCount"], 1, "{page}");
    let line = &page["AddMsgList"][0];
    assert_eq!(
        (&line["MsgType"], &line["Status"]),
        (&json!(10000), &json!(4))
    );
    (string(&line["Content"]), page["ModContactList"][0].clone())
}

/// A group of the account, who owns it, and of two friends called Ann and Bob.
fn ours(world: &mut World, session: &mut Session) -> String {
    for (contact, remark) in [
        ("friend:0", "Ann"),
        ("friend:1", "Bob"),
        ("friend:2", "Cem"),
    ] {
        world.control("contact/mod", json!({"contact": contact, "remark": remark}));
    }
    let answer = create(session, world, "", &["friend:0", "friend:1"]);
    session.sync(world);
    string(&answer["ChatRoomName"])
}

#[test]
fn a_group_is_made_of_two_others_at_least() {
    let (mut world, mut session) = online();
    for contact in ["friend:0", "friend:1"] {
        let details = json!({"contact": contact, "nick_name": contact, "remark": ""});
        world.control("contact/mod", details);
    }
    session.sync(&mut world);
    let names = ["friend:0", "friend:1"].map(|name| world.user_name(name));
    let list = names.clone().map(|name| json!({"UserName": name}));
    let body = json!({"MemberCount": 2, "MemberList": list, "Topic": "R & D"});
    let answer = world.text(session.post("webwxcreatechatroom?r=1", body));
    let parsed: Value = serde_json::from_str(&answer).unwrap();
    let room = string(&parsed["ChatRoomName"]);
    assert!(room.starts_with("@@") && room.len() == 66, "{room}");
    let member = |n: usize| {
        let entry = &parsed["MemberList"][n];
        format!(
            "{{\n\"Uin\": 0,\n\"UserName\": \"{}\",\n\"NickName\": \"friend:{n}\",\n\
             \"AttrStatus\": {},\n\"PYInitial\": \"\",\n\"PYQuanPin\": \"\",\n\
             \"RemarkPYInitial\": \"\",\n\"RemarkPYQuanPin\": \"\",\n\"MemberStatus\": 0,\n\
             \"DisplayName\": \"\",\n\"KeyWord\": {}\n}}\n",
            names[n], entry["AttrStatus"], entry["KeyWord"],
        )
    };
    let expected = format!(
        "{{\n\"BaseResponse\": {{\n\"Ret\": 0,\n\"ErrMsg\": \"Everything is OK\"\n}}\n,\n\
         \"Topic\": \"R &amp; D\",\n\"PYInitial\": \"\",\n\"QuanPin\": \"\",\n\"MemberCount\": 2,\n\
         \"MemberList\": [{},{}],\n\"ChatRoomName\": \"{room}\",\n\"BlackList\": \"\"\n}}\n",
        member(0),
        member(1),
    );
    assert_eq!(answer, expected);

    let (line, entry) = told(&mut session, &mut world);
    assert_eq!(line, "你邀请\"friend:0、friend:1\"加入了群聊");
    assert_eq!(
        (&entry["UserName"], &entry["NickName"]),
        (&json!(room), &json!("R &amp; D"))
    );
    assert_eq!(entry["ChatRoomOwner"], session.user_name);
    let members = column(&entry["MemberList"], "UserName");
    assert_eq!(
        members,
        [
            session.user_name.clone(),
            names[0].clone(),
            names[1].clone()
        ]
    );
    assert_eq!(ret(&session.send(&mut world, &room, "hello")), 0);

    assert_eq!(ret(&create(&session, &mut world, "", &["friend:0"])), 1);
    assert_eq!(
        ret(&create(&session, &mut world, "", &["friend:0", "friend:0"])),
        1
    );
    assert_eq!(
        ret(&create(
            &session,
            &mut world,
            "",
            &["friend:0", "stranger:0"]
        )),
        1
    );
    assert_eq!(world.sim.ops().len(), 1);
}

#[test]
fn who_blocked_or_deleted_the_account_is_left_out() {
    let (mut world, mut session) = online();
    world.control(
        "contact/mod",
        json!({"contact": "friend:1", "blocked_me": true}),
    );
    world.control(
        "contact/mod",
        json!({"contact": "friend:2", "deleted_me": true}),
    );
    session.sync(&mut world);
    let answer = create(
        &session,
        &mut world,
        "",
        &["friend:0", "friend:1", "friend:2"],
    );
    let statuses: Vec<&Value> = (0..3)
        .map(|n| &answer["MemberList"][n]["MemberStatus"])
        .collect();
    assert_eq!(statuses, [0, 3, 4]);
    let (_, entry) = told(&mut session, &mut world);
    let expected = [session.user_name.clone(), world.user_name("friend:0")];
    assert_eq!(column(&entry["MemberList"], "UserName"), expected);
    let nobody = create(&session, &mut world, "", &["friend:1", "friend:2"]);
    assert_eq!((ret(&nobody), &nobody["ChatRoomName"]), (1, &json!("")));
    let forgiven = json!({"contact": "friend:1", "blocked_me": false});
    world.control("contact/mod", forgiven);
    let answer = create(&session, &mut world, "", &["friend:0", "friend:1"]);
    assert_eq!(answer["MemberList"][1]["MemberStatus"], 0);
}

#[test]
fn members_are_added_and_removed_by_the_owner() {
    let (mut world, mut session) = online();
    let group = ours(&mut world, &mut session);
    let third = world.user_name("friend:2");
    let body = json!({"AddMemberList": third});
    let answer = update(&session, &mut world, "addmember", &group, body);
    assert_eq!((ret(&answer), &answer["MemberCount"]), (0, &json!(1)));
    assert_eq!(answer["MemberList"][0]["UserName"], third);
    let (line, entry) = told(&mut session, &mut world);
    assert_eq!(line, "你邀请\"Cem\"加入了群聊");
    assert_eq!(entry["MemberCount"], 4);

    let two = format!("{third},{}", world.user_name("friend:0"));
    let body = json!({"DelMemberList": two});
    let answer = update(&session, &mut world, "delmember", &group, body.clone());
    assert_eq!((ret(&answer), &answer["MemberList"]), (0, &json!([])));
    let (line, entry) = told(&mut session, &mut world);
    assert_eq!(line, "你将\"Cem、Ann\"移出了群聊");
    assert_eq!(entry["MemberCount"], 2);
    assert_eq!(
        ret(&update(&session, &mut world, "delmember", &group, body)),
        1,
        "not in it"
    );

    let funs: Vec<Option<&str>> = world.sim.ops().iter().map(|op| op.fun.as_deref()).collect();
    assert_eq!(funs, [None, Some("addmember"), Some("delmember")]);
}

#[test]
fn who_is_in_a_group_is_not_added_again() {
    let (mut world, mut session) = online();
    let group = ours(&mut world, &mut session);
    let body = json!({"AddMemberList": world.user_name("friend:0")});
    let answer = update(&session, &mut world, "addmember", &group, body);
    assert_eq!(ret(&answer), 0);
    let page = session.sync(&mut world);
    let counts = (&page["AddMsgCount"], &page["ModContactCount"]);
    assert_eq!(counts, (&json!(0), &json!(0)));
}

#[test]
fn an_owner_does_not_remove_himself() {
    let (mut world, mut session) = online();
    let group = ours(&mut world, &mut session);
    let body = json!({"DelMemberList": session.user_name});
    let answer = update(&session, &mut world, "delmember", &group, body);
    assert_eq!(ret(&answer), 1);
}

#[test]
fn members_of_others_groups_stay() {
    let (mut world, session) = online();
    let mut refused = 0;
    for n in 0..3 {
        let group = world.contact(&format!("group:{n}"));
        let members = group["members"].as_array().unwrap();
        let owned = session.ask(
            &mut world,
            "webwxbatchgetcontact",
            json!({"Count": 1, "List": [{"UserName": group["user_name"]}]}),
        );
        if owned["ContactList"][0]["IsOwner"] == 0 {
            let name = string(&group["user_name"]);
            let body = json!({"DelMemberList": members[1]});
            assert_eq!(
                ret(&update(&session, &mut world, "delmember", &name, body)),
                1
            );
            let still = world.contact(&format!("group:{n}"));
            assert_eq!(&still["members"], &group["members"]);
            refused += 1;
        }
    }
    assert!(refused > 0, "the seed gives every group to the account");
}

#[test]
fn from_some_size_on_people_are_invited() {
    let (mut world, mut session) = online_with(json!({"invite_start": 4}));
    let init = session.init(&mut world);
    assert_eq!(init["InviteStartCount"], 4);
    let group = ours(&mut world, &mut session);
    let third = world.user_name("friend:2");
    let add = json!({"AddMemberList": third});
    assert_eq!(
        ret(&update(&session, &mut world, "addmember", &group, add)),
        1
    );
    let invite = json!({"InviteMemberList": third});
    let answer = update(&session, &mut world, "invitemember", &group, invite);
    assert_eq!((ret(&answer), &answer["MemberCount"]), (0, &json!(0)));
    let page = session.sync(&mut world);
    assert_eq!(
        (&page["AddMsgCount"], &page["ModContactCount"]),
        (&json!(0), &json!(0))
    );
    // Accepting is up to the person.
    let accept = json!({"group": group, "member": "friend:2", "action": "add"});
    world.control("group/member", accept);
    assert_eq!(
        session.sync(&mut world)["ModContactList"][0]["MemberCount"],
        4
    );
}

#[test]
fn no_group_is_larger_than_the_limit() {
    let (mut world, mut session) = online_with(json!({"max_members": 3}));
    let group = ours(&mut world, &mut session);
    let add = json!({"AddMemberList": world.user_name("friend:2")});
    assert_eq!(
        ret(&update(&session, &mut world, "addmember", &group, add)),
        1
    );
    let three = ["friend:0", "friend:1", "friend:2"];
    assert_eq!(ret(&create(&session, &mut world, "", &three)), 1);
}

#[test]
fn a_group_is_renamed_and_left() {
    let (mut world, mut session) = online();
    let group = ours(&mut world, &mut session);
    let topic = json!({"NewTopic": "picnic"});
    assert_eq!(
        ret(&update(
            &session,
            &mut world,
            "modtopic",
            &group,
            topic.clone()
        )),
        0
    );
    let (line, entry) = told(&mut session, &mut world);
    assert_eq!(line, "你修改群名为“picnic”");
    assert_eq!(entry["NickName"], "picnic");

    assert_eq!(
        ret(&update(
            &session,
            &mut world,
            "quitchatroom",
            &group,
            json!({})
        )),
        0
    );
    let page = session.sync(&mut world);
    assert_eq!(column(&page["DelContactList"], "UserName").join(","), group);
    assert_eq!(page["AddMsgCount"], 0);
    assert_eq!(ret(&session.send(&mut world, &group, "hello")), 1204);
    assert_eq!(
        ret(&update(&session, &mut world, "modtopic", &group, topic)),
        1,
        "not in it"
    );
}

#[test]
fn changes_of_groups_are_counted() {
    let (mut world, mut session) = online_with(json!({"group_limit": [2, 60]}));
    let group = ours(&mut world, &mut session);
    let topic = json!({"NewTopic": "picnic"});
    assert_eq!(
        ret(&update(
            &session,
            &mut world,
            "modtopic",
            &group,
            topic.clone()
        )),
        0
    );
    assert_eq!(
        ret(&update(&session, &mut world, "modtopic", &group, topic)),
        1205
    );
    assert_eq!(
        ret(&create(&session, &mut world, "", &["friend:0", "friend:1"])),
        1205
    );
    assert_eq!(
        ret(&update(
            &session,
            &mut world,
            "quitchatroom",
            &group,
            json!({})
        )),
        1205
    );
    let invite = json!({"InviteMemberList": world.user_name("friend:2")});
    let answer = update(&session, &mut world, "invitemember", &group, invite);
    assert_eq!(ret(&answer), 1205);
    world.pass(60_000);
    assert_eq!(
        ret(&update(
            &session,
            &mut world,
            "quitchatroom",
            &group,
            json!({})
        )),
        0
    );
}

#[test]
fn what_is_no_change_is_refused() {
    let (mut world, session) = online();
    let group = world.user_name("group:0");
    for (fun, group, body) in [
        ("", group.as_str(), json!({"NewTopic": "x"})),
        ("modtopic", group.as_str(), json!({})),
        ("modtopic", "@@0", json!({"NewTopic": "x"})),
        ("modtopic", "filehelper", json!({"NewTopic": "x"})),
        ("addmember", group.as_str(), json!({"AddMemberList": "@0"})),
        (
            "invitemember",
            group.as_str(),
            json!({"InviteMemberList": "@0"}),
        ),
        (
            "addmember",
            group.as_str(),
            json!({"InviteMemberList": "@0"}),
        ),
    ] {
        assert_eq!(
            ret(&update(&session, &mut world, fun, group, body)),
            1,
            "{fun}"
        );
    }
}

#[test]
fn the_members_of_a_new_group_are_counted() {
    let (mut world, session) = online();
    let list = ["friend:0", "friend:1"].map(|name| json!({"UserName": world.user_name(name)}));
    let body = json!({"MemberCount": 3, "MemberList": list, "Topic": ""});
    let answer = session.ask(&mut world, "webwxcreatechatroom", body);
    assert_eq!((ret(&answer), &answer["ChatRoomName"]), (1, &json!("")));
}
