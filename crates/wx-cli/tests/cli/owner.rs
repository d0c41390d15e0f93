//! One process listens; others work beside it; a kill loses nothing.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Ended, World, soon};

#[tokio::test]
async fn beside_a_listen_everything_works_but_a_second_one() {
    let world = World::logged_in().await;
    let mut listen = world.spawn(&["listen", "--json", "--max", "2"]);
    listen.event("online").await;
    world.polled().await;
    let inits = world.requests("/webwxinit").await;
    let second = world.run(&["listen", "--json"]).await;
    assert_eq!((second.code, second.stdout.as_str()), (2, ""));
    assert_eq!(second.error()["kind"], "locked");
    let login = world.run(&["login"]).await;
    assert_eq!((login.code, login.stdout.as_str()), (2, ""));
    login.complaint();

    let sent = world
        .run(&["send", "text", "filehelper", "你好", "--json"])
        .await;
    assert_eq!(sent.code, 0, "{sent:?}");
    let own = listen.event("message").await;
    assert_eq!(own["msg_id"], sent.only()["msg_id"]);
    assert_eq!(own["from_me"], true);
    assert_eq!(own["text"], "你好");
    for command in [&["status"][..], &["contacts"], &["members", "@@0"]] {
        let beside = world.run(command).await;
        assert_ne!(beside.code, 3, "{beside:?}");
    }
    let id = world.push("and back").await;
    let listen = listen.end().await;
    assert_eq!(listen.code, 0, "{listen:?}");
    assert_eq!(listen.events("message")[1]["msg_id"], id);
    assert_eq!(world.requests("/webwxinit").await, inits);
}

#[tokio::test]
async fn after_a_kill_no_scan_is_asked_for_and_no_message_is_missing() {
    let world = World::logged_in().await;
    let mut pushed = BTreeSet::new();
    let mut seen = Vec::new();
    for round in 0..3 {
        let mut listen = world.spawn(&["listen", "--json"]);
        listen.event("online").await;
        world.polled().await;
        pushed.insert(world.push(&format!("taken {round}")).await);
        listen.event("message").await;
        // The kill comes somewhere around these.
        pushed.insert(world.push(&format!("in hand {round}")).await);
        listen.signal("KILL").await;
        let listen = listen.end().await;
        assert_eq!(listen.code, -1);
        // A line may be cut by the kill, and then is no line.
        let whole = listen.stdout.lines();
        seen.extend(whole.filter_map(|line| serde_json::from_str::<Value>(line).ok()));
        pushed.insert(world.push(&format!("meanwhile {round}")).await);
    }
    let mut last = world.spawn(&["listen", "--json"]);
    assert_eq!(last.event("online").await["how"], "saved");
    let is_missing = |seen: &[Value]| {
        let has = |id: &String| seen.iter().any(|event| event["msg_id"] == **id);
        !pushed.iter().all(has)
    };
    while is_missing(&seen) {
        seen.push(last.event("message").await);
    }
    last.signal("INT").await;
    assert_eq!(last.end().await.code, 130);
    let ids: Vec<&str> = (seen.iter())
        .filter(|event| event["event"] == "message")
        .filter_map(|event| event["msg_id"].as_str())
        .collect();
    let distinct: BTreeSet<String> = ids.iter().map(|&id| id.to_owned()).collect();
    assert_eq!(distinct, pushed);
    // What was handled before a clean end is not seen again.
    let after = world.run(&["listen", "--json", "--idle", "0.5"]).await;
    assert_eq!(after.events("message"), [] as [Value; 0]);
    assert_eq!(world.requests("/jslogin").await, 1);
}

#[tokio::test]
async fn after_a_kill_what_was_in_hand_comes_again_and_nothing_else() {
    let world = World::logged_in().await;
    let folder = world.folder("handler");
    let (fifo, holding) = (folder.join("fifo"), folder.join("holding"));
    let made = tokio::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.await.expect("mkfifo").success());
    // The handler of one message is at work until the test lets it go.
    let handler = format!(
        "case \"$(cat)\" in *held*) : > '{}'; cat '{}';; esac",
        holding.display(),
        fifo.display()
    );
    let mut taken = Vec::new();
    for n in 0..4 {
        taken.push(world.push(&format!("taken {n}")).await);
    }
    let mut in_hand = vec![world.push("held").await];
    for n in 0..3 {
        in_hand.push(world.push(&format!("behind {n}")).await);
    }
    let listen = world.spawn(&["listen", "--json", "--exec", &handler]);
    // A message is handled once that is stored: the store tells, and nothing
    // that a program could see before.
    let journal = world.account().join("journal");
    let stored = |id: &String| {
        let journal = std::fs::read_to_string(&journal).unwrap_or_default();
        journal.contains(&format!("\"handled\",\"msg_id\":\"{id}\""))
    };
    let all = async {
        while !holding.exists() || !taken.iter().all(&stored) {
            tokio::task::yield_now().await;
        }
    };
    soon("four messages handled, and one in hand", all).await;
    listen.signal("KILL").await;
    std::fs::write(&fifo, "").expect("a reader");
    let killed = listen.end().await;
    assert_eq!(killed.code, -1);
    let ids = |ended: &Ended| -> Vec<String> {
        let messages = ended.events("message");
        let ids = messages
            .iter()
            .filter_map(|message| message["msg_id"].as_str());
        ids.map(str::to_owned).collect()
    };
    taken.push(in_hand[0].clone());
    assert_eq!(ids(&killed), taken);
    let again = world.run(&["listen", "--json", "--idle", "1"]).await;
    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(ids(&again), in_hand);
    let after = world.run(&["listen", "--json", "--idle", "0.5"]).await;
    assert_eq!(ids(&after), [] as [String; 0]);
}

#[tokio::test]
async fn the_end_of_a_session_ends_the_listen() {
    let world = World::logged_in().await;
    let mut listen = world.spawn(&["listen"]);
    listen.line().await;
    world.polled().await;
    world.call("session", json!({"action": "logout"})).await;
    let listen = listen.end().await;
    assert_eq!(listen.code, 3, "{listen:?}");
    assert!(
        listen
            .stdout
            .lines()
            .last()
            .expect("a line")
            .contains("1100")
    );
    assert_eq!(listen.complaint().1, "log in again: wx login");
    let status = world.run(&["status", "--json"]).await;
    assert_eq!(status.only()["sessions"][0]["cause"], "logged_out_on_phone");
}
