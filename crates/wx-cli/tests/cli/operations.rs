//! `wx revoke`, `remark`, `pin`, `unpin`, `read`, `friend`, `group`: each with
//! the request that the page would make, and every way to fail.

use serde_json::{Value, json};

use crate::support::World;

mod groups;

/// The last operation, without what all requests carry.
async fn last_op(world: &World, endpoint: &str) -> Value {
    let ops = world.call("ops", json!({})).await;
    let op = ops
        .as_array()
        .and_then(|ops| ops.last())
        .expect("an operation");
    assert_eq!(op["endpoint"], endpoint, "{op}");
    let mut body = op["body"].clone();
    let base = body
        .as_object_mut()
        .expect("an object")
        .remove("BaseRequest");
    let base = base.expect("a BaseRequest");
    for key in ["Uin", "Sid", "Skey", "DeviceID"] {
        assert!(!base[key].is_null(), "{base}");
    }
    body
}

/// The request's method, host and query, without the ticket and the time.
async fn golden(world: &World, path: &str) -> (String, String, String) {
    let request = world.last(path).await;
    assert_eq!(
        request["headers"]["content-type"],
        "application/json;charset=UTF-8"
    );
    assert_eq!(request["headers"]["referer"], "https://wx2.qq.com/");
    let query = request["query"].as_str().expect("a query");
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.starts_with("pass_ticket=") && !pair.starts_with("r="))
        .collect();
    let text = |key: &str| request[key].as_str().expect("a text").to_owned();
    (text("method"), text("host"), kept.join("&"))
}

fn post(query: &str) -> (String, String, String) {
    ("POST".to_owned(), "wx2.qq.com".to_owned(), query.to_owned())
}

async fn done(world: &World, arguments: &[&str], line: &str) {
    let done = world.run(arguments).await;
    assert_eq!((done.code, done.stdout.as_str()), (0, ""), "{done:?}");
    assert_eq!(done.stderr.lines().count(), 1, "{done:?}");
    assert!(done.stderr.contains(line), "{line}: {done:?}");
}

async fn silent(world: &World, arguments: &[&str]) {
    let arguments: Vec<&str> = arguments.iter().chain(&["--json"]).copied().collect();
    let done = world.run(&arguments).await;
    assert_eq!(
        (done.code, done.stdout.as_str(), done.stderr.as_str()),
        (0, "", ""),
        "{arguments:?}"
    );
}

async fn failed(world: &World, arguments: &[&str], code: i32, kind: &str, word: &str) {
    let told = world.run(arguments).await;
    let arguments: Vec<&str> = arguments.iter().chain(&["--json"]).copied().collect();
    let json = world.run(&arguments).await;
    told.failed(&json, code, kind, word);
}

#[tokio::test]
async fn a_message_is_taken_back() {
    let world = World::logged_in().await;
    let mut sent = Vec::new();
    for text in ["first", "second", "third"] {
        let send = world
            .run(&["send", "text", "filehelper", text, "--json"])
            .await;
        sent.push(send.only());
    }
    let id = |n: usize| sent[n]["msg_id"].as_str().expect("a number");
    let own = |n: usize| sent[n]["client_msg_id"].as_str().expect("a number");
    done(
        &world,
        &["revoke", id(0), "--to", "filehelper"],
        "taken back",
    )
    .await;
    // The client's own number is remembered.
    let body = json!({"SvrMsgId": id(0), "ToUserName": "filehelper", "ClientMsgId": own(0)});
    assert_eq!(last_op(&world, "webwxrevokemsg").await, body);
    assert_eq!(golden(&world, "/webwxrevokemsg").await, post(""));
    silent(
        &world,
        &[
            "revoke",
            id(1),
            "--to",
            "filehelper",
            "--client-msg-id",
            "17",
        ],
    )
    .await;
    assert_eq!(last_op(&world, "webwxrevokemsg").await["ClientMsgId"], "17");

    failed(
        &world,
        &["revoke", "12345", "--to", "filehelper"],
        4,
        "refused",
        "code",
    )
    .await;
    failed(
        &world,
        &["revoke", "", "--to", "filehelper"],
        2,
        "usage",
        "number",
    )
    .await;
    failed(
        &world,
        &["revoke", id(2), "--to", "no such one"],
        2,
        "no_such_contact",
        "no such one",
    )
    .await;
    failed(&world, &["revoke", id(2)], 2, "usage", "--to").await;
}

#[tokio::test]
async fn chats_get_remarks_and_places() {
    let world = World::logged_in().await;
    let friend = world.user_name("friend:0").await;
    let group = world.contact("group:0").await;
    let group_id = group["user_name"].as_str().expect("a name");

    done(
        &world,
        &["remark", &friend, "老王 & <b>"],
        "is called 老王 & <b>",
    )
    .await;
    let body = json!({"UserName": friend, "CmdId": 2, "RemarkName": "老王 & <b>"});
    assert_eq!(last_op(&world, "webwxoplog").await, body);
    assert_eq!(golden(&world, "/webwxoplog").await, post(""));
    assert_eq!(world.contact("friend:0").await["remark"], "老王 & <b>");
    // The next command knows the new name.
    world.run(&["contacts", "--refresh"]).await;

    done(&world, &["pin", "老王 & <b>"], "at the top").await;
    // A pin that leaves the remark out would wipe it.
    let body = json!({"UserName": friend, "CmdId": 3, "OP": 1, "RemarkName": "老王 & <b>"});
    assert_eq!(last_op(&world, "webwxoplog").await, body);
    assert_eq!(world.contact("friend:0").await["pinned"], true);
    silent(&world, &["unpin", &friend]).await;
    assert_eq!(last_op(&world, "webwxoplog").await["OP"], 0);
    assert_eq!(world.contact("friend:0").await["pinned"], false);
    assert_eq!(world.contact("friend:0").await["remark"], "老王 & <b>");
    let name = group["nick_name"].as_str().expect("a name");
    silent(&world, &["pin", name]).await;
    assert_eq!(last_op(&world, "webwxoplog").await["UserName"], group_id);

    done(&world, &["read", &friend], "read").await;
    let body = last_op(&world, "webwxstatusnotify").await;
    assert_eq!(body["Code"], 1);
    assert_eq!(body["ToUserName"], friend);
    done(&world, &["remark", &friend, ""], "no remark").await;
    assert_eq!(world.contact("friend:0").await["remark"], "");

    failed(
        &world,
        &["remark", &friend, "一二三四五六七八九十一二三四五六七八九"],
        2,
        "usage",
        "18",
    )
    .await;
    failed(
        &world,
        &["pin", "no such one\u{202e}"],
        2,
        "no_such_contact",
        "no such one",
    )
    .await;
    failed(&world, &["read"], 2, "usage", "<TO>").await;
    let fault = json!({"path": "webwxoplog", "kind": "ret", "ret": 1205, "count": 2});
    world.call("fault", fault).await;
    let throttled = world.run(&["pin", &friend, "--json"]).await;
    assert_eq!(throttled.code, 4, "{throttled:?}");
    let error = throttled.error();
    assert_eq!(
        (&error["kind"], &error["ret"]),
        (&json!("throttled"), &json!(1205))
    );
    assert_eq!(error["transient"], true);
    assert!(error["retry_after_ms"].is_u64(), "{error}");
}

#[tokio::test]
async fn friends_are_accepted_asked_and_followed() {
    let world = World::logged_in().await;
    let (request, _) = world.receive(json!({"kind": "friend_request"})).await;
    let event: Value = serde_json::from_str(&request).expect("JSON");
    let (user, ticket) = (&event["user_name"], &event["ticket"]);
    let accepted = world.pipe(&request, &["friend", "accept"]).await;
    assert_eq!(
        (accepted.code, accepted.stdout.as_str()),
        (0, ""),
        "{accepted:?}"
    );
    assert!(accepted.stderr.contains("is a friend"), "{accepted:?}");
    let body = last_op(&world, "webwxverifyuser").await;
    assert_eq!(body["Opcode"], 3);
    let list = json!([{"Value": user, "VerifyUserTicket": ticket}]);
    assert_eq!(body["VerifyUserList"], list);
    assert_eq!(body["SceneList"], json!([33]));
    assert_eq!(golden(&world, "/webwxverifyuser").await, post(""));

    let stranger = world.user_name("stranger:1").await;
    done(
        &world,
        &["friend", "add", &stranger, "I am <Bo> & 小明"],
        "was asked",
    )
    .await;
    let body = last_op(&world, "webwxverifyuser").await;
    assert_eq!(body["Opcode"], 2);
    assert_eq!(body["VerifyContent"], "I am <Bo> & 小明");
    assert_eq!(
        body["VerifyUserList"],
        json!([{"Value": stranger, "VerifyUserTicket": ""}])
    );
    let public = world.user_name("mp:0").await;
    silent(&world, &["friend", "follow", &public]).await;
    assert_eq!(last_op(&world, "webwxverifyuser").await["Opcode"], 1);

    let (text, _) = world
        .receive(json!({"kind": "text", "content": "no request"}))
        .await;
    for (input, word) in [
        (text.as_str(), "no friend request"),
        ("", "stdin"),
        ("{", "stdin"),
    ] {
        let told = world.pipe(input, &["friend", "accept"]).await;
        let json = world.pipe(input, &["friend", "accept", "--json"]).await;
        told.failed(&json, 2, "usage", word);
    }
}
