//! `wx send text`: receivers, texts, keys, and every way to fail.

use serde_json::json;

use crate::support::{Ended, World, run_with};

async fn send(world: &World, rest: &[&str]) -> Ended {
    let arguments: Vec<&str> = ["send", "text"].iter().chain(rest).copied().collect();
    world.run(&arguments).await
}

async fn pipe(world: &World, bytes: &[u8], arguments: &[&str]) -> Ended {
    run_with(world.wx(arguments), bytes).await
}

#[tokio::test]
async fn texts_arrive_as_they_were_given() {
    let world = World::logged_in().await;
    let own = world.contact("self").await;
    let nick = own["nick_name"].as_str().expect("a name");
    let own = own["user_name"].as_str().expect("a name");

    let sent = send(&world, &["filehelper", "你好 <b>&amp;</b> 🌏", "--json"]).await;
    assert_eq!((sent.code, sent.stderr.as_str()), (0, ""));
    let line = sent.only();
    assert_eq!(line["to"], "filehelper");
    for key in ["msg_id", "client_msg_id"] {
        let id = line[key].as_str().expect("a text");
        assert!(id.parse::<u64>().is_ok(), "{id}");
    }
    let log = world.call("sent", json!({})).await;
    assert_eq!(log[0]["MsgId"], line["msg_id"]);
    assert_eq!(log[0]["ClientMsgId"], line["client_msg_id"]);

    for dashes in [&["me", "-x"][..], &["me", "--", "--json"]] {
        let sent = send(&world, dashes).await;
        assert_eq!(sent.code, 0, "{sent:?}");
        // An id for one login alone means nothing to people.
        let told = format!("sent to {nick} as ");
        assert!(sent.stdout.starts_with(&told), "{sent:?}");
    }
    let stdin = ["send", "text", "me", "-"];
    let piped = pipe(&world, "two\nlines\n".as_bytes(), &stdin).await;
    assert_eq!(piped.code, 0, "{piped:?}");
    let expected = [
        ("filehelper", "你好 <b>&amp;</b> 🌏"),
        (own, "-x"),
        (own, "--json"),
        (own, "two\nlines\n"),
    ];
    assert_eq!(
        world.sent().await,
        expected.map(|(to, text)| (to.to_owned(), text.to_owned()))
    );
    for wrong in [&b"\xff\xfe"[..], b""] {
        let piped = pipe(&world, wrong, &stdin).await;
        assert_eq!(piped.code, 2, "{piped:?}");
        piped.complaint();
    }
    assert_eq!(world.sent().await.len(), 4);
}

#[tokio::test]
async fn a_receiver_is_found_by_name_or_the_candidates_are_listed() {
    let world = World::logged_in().await;
    for friend in ["friend:1", "friend:2"] {
        let remark = json!({"contact": friend, "remark": "twin"});
        world.call("contact/mod", remark).await;
    }
    world
        .call(
            "contact/mod",
            json!({"contact": "friend:3", "remark": "the \u{1b}[31mone"}),
        )
        .await;
    let refreshed = world.run(&["contacts", "--refresh"]).await;
    assert_eq!(refreshed.code, 0, "{refreshed:?}");

    let sent = send(&world, &["the \u{1b}[31mone", "hello", "--json"]).await;
    let third = world.contact("friend:3").await;
    assert_eq!(sent.only()["to"], third["user_name"], "{sent:?}");

    let twins = send(&world, &["twin", "hello", "--json"]).await;
    assert_eq!((twins.code, twins.stdout.as_str()), (2, ""));
    let error = twins.error();
    assert_eq!(error["kind"], "usage");
    let listed: Vec<&str> = (error["candidates"].as_array().expect("a list").iter())
        .filter_map(|candidate| candidate["id"].as_str())
        .collect();
    assert_eq!(listed.len(), 2, "{error}");
    let told = send(&world, &["twin", "hello"]).await;
    for friend in ["friend:1", "friend:2"] {
        let contact = world.contact(friend).await;
        let (id, nick) = (&contact["user_name"], &contact["nick_name"]);
        let id = id.as_str().expect("a name");
        assert!(listed.contains(&id), "{error}");
        let (what, _) = told.complaint();
        assert!(what.contains(id) && what.contains(nick.as_str().expect("a name")));
    }
    let nobody = send(&world, &["nobody\u{1b}[2J", "hello"]).await;
    assert_eq!(nobody.code, 2);
    assert!(!nobody.stderr.contains('\u{1b}'), "{nobody:?}");
    assert_eq!(world.sent().await.len(), 1);
}

#[tokio::test]
async fn a_key_sends_once() {
    let world = World::logged_in().await;
    let keyed = ["filehelper", "once", "--key", "k/1", "--json"];
    let first = send(&world, &keyed).await;
    let second = send(&world, &keyed).await;
    assert_eq!((first.code, second.code), (0, 0), "{second:?}");
    assert_eq!(first.stdout, second.stdout);
    let other = send(&world, &["filehelper", "other", "--key", "k/1", "--json"]).await;
    assert_eq!((other.code, other.stdout.as_str()), (2, ""));
    assert_eq!(other.error()["kind"], "usage");
    assert_eq!(world.sent().await.len(), 1);

    // The answer of the second message is lost: its fate stays unknown, also
    // for who asks again.
    let lost = json!({"path": "webwxsendmsg", "kind": "reset"});
    world.call("fault", lost).await;
    let keyed = ["filehelper", "lost", "--key", "k/2", "--json"];
    let first = send(&world, &keyed).await;
    let second = send(&world, &keyed).await;
    for unknown in [&first, &second] {
        assert_eq!((unknown.code, unknown.stdout.as_str()), (6, ""));
        assert_eq!(unknown.error()["kind"], "unknown");
        assert_eq!(unknown.error()["transient"], false);
    }
    let id = first.error()["client_msg_id"].clone();
    assert!(id.is_string(), "{first:?}");
    assert_eq!(id, second.error()["client_msg_id"]);
    assert_eq!(world.requests("/webwxsendmsg").await, 2);
}

#[tokio::test]
async fn a_refusal_has_the_servers_code() {
    let world = World::logged_in().await;
    let refuse = async |ret: i32| {
        let fault = json!({"path": "webwxsendmsg", "kind": "ret", "ret": ret});
        world.call("fault", fault).await;
    };
    refuse(1204).await;
    let refused = send(&world, &["filehelper", "x", "--json"]).await;
    assert_eq!((refused.code, refused.stdout.as_str()), (4, ""));
    assert_eq!(refused.error()["kind"], "refused");
    assert_eq!(refused.error()["ret"], 1204);
    assert_eq!(refused.error()["transient"], false);

    refuse(1205).await;
    let refused = send(&world, &["filehelper", "x", "--json"]).await;
    assert_eq!(refused.code, 4);
    assert_eq!(refused.error()["kind"], "throttled");
    assert_eq!(refused.error()["ret"], 1205);
    assert_eq!(refused.error()["transient"], true);
    assert!(refused.error()["retry_after_ms"].is_u64(), "{refused:?}");

    refuse(1101).await;
    let ended = send(&world, &["filehelper", "x", "--json"]).await;
    assert_eq!(ended.code, 3);
    assert_eq!(ended.error()["kind"], "ended");
    assert_eq!(ended.error()["ret"], 1101);

    refuse(1205).await;
    let mut refused = send(&world, &["filehelper", "x"]).await;
    // The pause may be told of before the command ends, or not any more.
    if refused.stderr.starts_with("the server asks for a pause") {
        let (_, rest) = refused.stderr.split_once('\n').expect("a line");
        refused.stderr = rest.to_owned();
    }
    assert!(refused.complaint().0.contains("1205"), "{refused:?}");
    assert!(refused.complaint().1.contains("wait"), "{refused:?}");
    assert_eq!(world.sent().await, []);
}
