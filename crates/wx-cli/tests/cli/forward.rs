//! `wx forward`: what came in goes out again, to each receiver in order.

use serde_json::{Value, json};

use crate::support::World;

async fn sent(world: &World) -> Vec<Value> {
    let Value::Array(sent) = world.call("sent", json!({})).await else {
        panic!("no list");
    };
    sent
}

#[tokio::test]
async fn each_kind_goes_out_by_the_requests_of_the_page() {
    let world = World::logged_in().await;
    let friend = world.user_name("friend:2").await;
    let cases = [
        (
            json!({"kind": "text", "content": "a <b> & 你好"}),
            "webwxsendmsg",
            1,
        ),
        (json!({"kind": "image"}), "webwxsendmsgimg", 3),
        (json!({"kind": "video"}), "webwxsendvideomsg", 43),
        (json!({"kind": "emoticon"}), "webwxsendemoticon", 47),
        (
            json!({"kind": "file", "content": {"name": "a&b.txt", "size": 5}}),
            "webwxsendappmsg",
            6,
        ),
        (json!({"kind": "location"}), "webwxsendmsg", 48),
    ];
    let received = world.receive_all(cases.iter().map(|(push, ..)| push.clone()));
    let received = received.await;
    for ((push, endpoint, number), (line, _)) in cases.into_iter().zip(received) {
        let kind = push["kind"].to_string();
        let forwarded = world
            .pipe(&line, &["forward", &friend, "filehelper", "--json"])
            .await;
        assert_eq!(
            (forwarded.code, forwarded.stderr.as_str()),
            (0, ""),
            "{kind}: {forwarded:?}"
        );
        let objects = forwarded.objects();
        let to: Vec<&Value> = objects.iter().map(|object| &object["to"]).collect();
        assert_eq!(to, [&json!(friend), &json!("filehelper")]);
        let sent = sent(&world).await;
        let [.., first, second] = &sent[..] else {
            panic!("{sent:?}");
        };
        let mut ids = [&first["MsgId"], &second["MsgId"]];
        let mut told = [&objects[0]["msg_id"], &objects[1]["msg_id"]];
        ids.sort_by_key(|id| id.to_string());
        told.sort_by_key(|id| id.to_string());
        assert_eq!(ids, told);
        for message in [first, second] {
            assert_eq!(
                (&message["endpoint"], &message["Type"]),
                (&json!(endpoint), &json!(number))
            );
        }
        let path = format!("/{endpoint}");
        assert_eq!(world.last(&path).await["body"]["Scene"], 2, "{kind}");
        if kind == "\"text\"" {
            assert_eq!(first["Content"], "a <b> & 你好");
        }
    }
    // Nothing was fetched or uploaded for it.
    for path in ["/webwxuploadmedia", "/webwxgetmsgimg", "/webwxgetmedia"] {
        assert_eq!(world.requests(path).await, 0);
    }
}

#[tokio::test]
async fn a_picture_that_was_taken_back_can_be_forwarded() {
    let world = World::logged_in().await;
    let pushed = world.call("push", json!({"kind": "image"})).await;
    let revoke = json!({"kind": "revoke", "content": {"msg_id": pushed["MsgId"]}});
    world.call("push", revoke).await;
    let listen = world
        .run(&["listen", "--json", "--raw", "--max", "2"])
        .await;
    let recall = listen.stdout.lines().last().expect("a line");
    let event: Value = serde_json::from_str(recall).expect("JSON");
    assert_eq!(event["kind"], "revoked");
    assert_eq!(event["original"]["msg_id"], pushed["MsgId"]);
    assert_eq!(event["original"]["raw"]["MsgId"], pushed["MsgId"]);
    assert_eq!(event["raw"]["MsgType"], 10002);
    let forwarded = world.pipe(recall, &["forward", "filehelper"]).await;
    assert_eq!(forwarded.code, 0, "{forwarded:?}");
    assert!(
        forwarded.stdout.starts_with("sent to filehelper as "),
        "{forwarded:?}"
    );
    assert_eq!(sent(&world).await[0]["endpoint"], "webwxsendmsgimg");
}

#[tokio::test]
async fn each_receiver_has_an_outcome_and_the_worst_is_the_status() {
    let world = World::logged_in().await;
    let (line, _) = world
        .receive(json!({"kind": "text", "content": "on"}))
        .await;
    let refused = world
        .pipe(&line, &["forward", "filehelper", "@gone", "me", "--json"])
        .await;
    assert_eq!(refused.code, 4, "{refused:?}");
    let own = world.user_name("self").await;
    let objects = refused.objects();
    let to: Vec<&Value> = objects.iter().map(|object| &object["to"]).collect();
    assert_eq!(to, ["filehelper", "@gone", &own]);
    assert!(objects[0]["msg_id"].is_string() && objects[2]["client_msg_id"].is_string());
    assert_eq!(objects[1]["error"]["kind"], "refused");
    assert_eq!(objects[1]["error"]["ret"], 1204);
    assert_eq!(refused.error()["ret"], 1204);
    // An answer is lost: nobody knows, and that is worse than a refusal.
    let lost = json!({"path": "webwxsendmsg", "kind": "reset"});
    world.call("fault", lost).await;
    let unknown = world.pipe(&line, &["forward", "filehelper", "@gone"]).await;
    assert_eq!(unknown.code, 6, "{unknown:?}");
    assert_eq!(unknown.stdout.lines().count(), 2, "{unknown:?}");
    unknown.complaint();
}

#[tokio::test]
async fn what_cannot_be_forwarded_is_told_of_before_anything_goes_out() {
    let world = World::logged_in().await;
    let pushes = [json!({"kind": "voice"}), json!({"kind": "image"})];
    let received = world.receive_all(pushes).await;
    let [(voice, _), (image, _)] = &received[..] else {
        panic!("{received:?}");
    };
    let mut bare: Value = serde_json::from_str(image).expect("JSON");
    bare.as_object_mut().expect("an object").remove("raw");
    let bare = bare.to_string();
    let twice = format!("{image}\n{image}");
    for (input, to, kind, word) in [
        (voice.as_str(), "filehelper", "usage", "forwarded"),
        (&bare, "filehelper", "usage", "raw"),
        (&twice, "filehelper", "usage", "several"),
        ("", "filehelper", "usage", "stdin"),
        ("nonsense", "filehelper", "usage", "stdin"),
        (image, "no such one", "no_such_contact", "no such one"),
    ] {
        let told = world.pipe(input, &["forward", to]).await;
        let json = world.pipe(input, &["forward", to, "--json"]).await;
        told.failed(&json, 2, kind, word);
    }
    let many: Vec<String> = (0..201).map(|n| format!("@{n}")).collect();
    let many: Vec<&str> = ["forward"]
        .into_iter()
        .chain(many.iter().map(String::as_str))
        .collect();
    let told = world.pipe(image, &many).await;
    assert_eq!(told.code, 2, "{told:?}");
    assert!(told.complaint().0.contains("200"), "{told:?}");
    assert_eq!(sent(&world).await, [] as [Value; 0]);
}
