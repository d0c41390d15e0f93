//! `wx group`: groups made and changed, by the requests of the page.

use serde_json::{Value, json};

use super::{done, failed, golden, last_op, post, silent};
use crate::support::World;

#[tokio::test]
async fn people_read_the_name_of_a_new_group_and_its_id() {
    let world = World::logged_in().await;
    let friend = world.contact("friend:0").await;
    let name = friend["remark"].as_str().filter(|name| !name.is_empty());
    let name = name.or(friend["nick_name"].as_str()).expect("a name");
    let other = world.user_name("friend:1").await;
    let create = ["group", "create", "--topic", "周末", name, &other];
    let made = world.run(&create).await;
    assert_eq!(made.code, 0, "{made:?}");
    let lines: Vec<&str> = made.stdout.lines().collect();
    assert_eq!(lines[0], "the group 周末 is there");
    assert_eq!(lines[1], format!("  {name}: in it"));
    let id = lines[3]
        .strip_prefix("  in this login it is ")
        .expect("an id");
    let sent = world.run(&["send", "text", id, "hi"]).await;
    assert_eq!(sent.code, 0, "{sent:?}");
    assert_eq!(world.sent().await, [(id.to_owned(), "hi".to_owned())]);
}

#[tokio::test]
async fn groups_are_made_and_changed() {
    let world = World::logged_in().await;
    let mut friends = Vec::new();
    for n in 0..5 {
        friends.push(world.user_name(&format!("friend:{n}")).await);
    }
    for (friend, attitude) in [("friend:1", "blocked_me"), ("friend:2", "deleted_me")] {
        let body = json!({"contact": friend, attitude: true});
        world.call("contact/mod", body).await;
    }
    let [a, b, c, d, e] = &friends.iter().map(String::as_str).collect::<Vec<_>>()[..] else {
        panic!("{friends:?}");
    };
    let made = world
        .run(&[
            "group",
            "create",
            "--topic",
            "周末 & <hike>",
            a,
            b,
            c,
            "--json",
        ])
        .await;
    assert_eq!((made.code, made.stderr.as_str()), (0, ""), "{made:?}");
    let group = made.only();
    let id = group["id"].as_str().expect("a name").to_owned();
    assert!(id.starts_with("@@"), "{group}");
    assert_eq!(group["topic"], "周末 & <hike>");
    let members = json!([{"id": a, "status": 0}, {"id": b, "status": 3}, {"id": c, "status": 4}]);
    assert_eq!(group["members"], members);
    let body = last_op(&world, "webwxcreatechatroom").await;
    assert_eq!(
        (&body["MemberCount"], &body["Topic"]),
        (&json!(3), &json!("周末 & <hike>"))
    );
    assert_eq!(
        body["MemberList"],
        json!([{"UserName": a}, {"UserName": b}, {"UserName": c}])
    );
    assert_eq!(golden(&world, "/webwxcreatechatroom").await, post(""));

    let added = world.run(&["group", "add", &id, d, "--json"]).await;
    assert_eq!(
        added.only(),
        json!({"how": "added", "members": [{"id": d, "status": 0}]})
    );
    assert_eq!(
        golden(&world, "/webwxupdatechatroom").await,
        post("fun=addmember")
    );
    let body = last_op(&world, "webwxupdatechatroom").await;
    assert_eq!(
        (&body["ChatRoomName"], &body["AddMemberList"]),
        (&json!(id), &json!(d))
    );
    let told = world.run(&["group", "add", &id, e, b]).await;
    assert_eq!(told.code, 0, "{told:?}");
    assert!(told.stdout.contains("has blocked you"), "{told:?}");

    done(&world, &["group", "rename", &id, "-n"], "is called -n").await;
    assert_eq!(
        golden(&world, "/webwxupdatechatroom").await,
        post("fun=modtopic")
    );
    assert_eq!(
        last_op(&world, "webwxupdatechatroom").await["NewTopic"],
        "-n"
    );
    let nick = world.contact("friend:3").await["nick_name"].clone();
    let nick = nick.as_str().expect("a name");
    done(&world, &["group", "remove", &id, nick], "out of").await;
    assert_eq!(
        golden(&world, "/webwxupdatechatroom").await,
        post("fun=delmember")
    );
    assert_eq!(
        last_op(&world, "webwxupdatechatroom").await["DelMemberList"],
        *d
    );
    silent(&world, &["group", "quit", &id]).await;
    assert_eq!(
        golden(&world, "/webwxupdatechatroom").await,
        post("fun=quitchatroom")
    );

    failed(
        &world,
        &["group", "create", a],
        2,
        "usage",
        "two other people",
    )
    .await;
    failed(&world, &["group", "create"], 2, "usage", "<MEMBERS>").await;
    failed(&world, &["group", "rename", a, "x"], 2, "usage", "no group").await;
    failed(
        &world,
        &["group", "add", "@@nowhere", a],
        4,
        "refused",
        "code",
    )
    .await;
    failed(
        &world,
        &[
            "group",
            "rename",
            "@@0",
            "一二三四五六七八九十一二三四五六七八九",
        ],
        2,
        "usage",
        "18",
    )
    .await;
}

#[tokio::test]
async fn a_large_group_takes_people_by_invitation_and_names_in_it_may_be_ambiguous() {
    let world = World::with(json!({
        "auto_scan_ms": 0, "auto_confirm_ms": 0, "invite_start": 4,
    }))
    .await;
    assert_eq!(world.run(&["login", "-q"]).await.code, 0);
    let group = world.contact("group:0").await;
    let id = group["user_name"].as_str().expect("a name");
    let members = group["members"].as_array().expect("a list");
    let state = world.call("state", json!({})).await;
    let outsider = (state["accounts"][0]["contacts"]
        .as_array()
        .expect("a list")
        .iter())
    .find(|contact| {
        let name = contact["name"].as_str().expect("a name");
        name.starts_with("friend:") && !members.contains(&contact["user_name"])
    })
    .expect("somebody else");
    let outsider = outsider["user_name"].as_str().expect("a name");
    let invited = world.run(&["group", "add", id, outsider, "--json"]).await;
    assert_eq!(invited.code, 0, "{invited:?}");
    assert_eq!(invited.only()["how"], "invited");
    assert_eq!(
        golden(&world, "/webwxupdatechatroom").await,
        post("fun=invitemember")
    );
    assert_eq!(
        last_op(&world, "webwxupdatechatroom").await["InviteMemberList"],
        outsider
    );

    let twins: Vec<&str> = members
        .iter()
        .filter_map(Value::as_str)
        .skip(1)
        .take(2)
        .collect();
    for twin in &twins {
        let named = json!({"group": "group:0", "member": twin, "action": "rename",
                           "display_name": "twin"});
        world.call("group/member", named).await;
    }
    let ambiguous = world.run(&["group", "remove", id, "twin", "--json"]).await;
    assert_eq!(
        (ambiguous.code, ambiguous.stdout.as_str()),
        (2, ""),
        "{ambiguous:?}"
    );
    let error = ambiguous.error();
    let mut listed: Vec<&str> = (error["candidates"].as_array().expect("a list").iter())
        .filter_map(|candidate| candidate["id"].as_str())
        .collect();
    listed.sort_unstable();
    let mut expected = twins.clone();
    expected.sort_unstable();
    assert_eq!(listed, expected);
}
