//! `wx listen`: messages, their form, and what is done with them.

use std::path::Path;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::support::{World, run, soon, wx};

#[tokio::test]
async fn a_message_is_a_line_with_the_fields_of_the_contract() {
    let world = World::logged_in().await;
    let friend = world.contact("friend:0").await;
    let group = world.contact("group:0").await;
    let id = world.push("one <b>&\nline\u{85}\u{2028}\u{202e}").await;
    world
        .call(
            "push",
            json!({"kind": "text", "from": "group:0", "content": "two"}),
        )
        .await;
    let listen = world
        .run(&["listen", "--json", "--raw", "--max", "2"])
        .await;
    assert_eq!((listen.code, listen.stderr.as_str()), (0, ""));
    let messages = listen.events("message");
    let [first, second] = &messages[..] else {
        panic!("{listen:?}");
    };
    assert_eq!(first["msg_id"], id);
    assert_eq!(first["from_me"], false);
    assert_eq!(first["key"], format!("default/m/{id}"));
    assert_eq!(first["kind"], "text");
    assert_eq!(first["text"], "one <b>&\nline\u{85}\u{2028}\u{202e}");
    assert_eq!(first["mentions_me"], false);
    assert_eq!(first["chat"]["id"], friend["user_name"]);
    assert_eq!(first["chat"]["kind"], "friend");
    assert_eq!(first["sender"]["id"], friend["user_name"]);
    assert!(first["time"].as_u64().expect("seconds") > 1_700_000_000);
    assert_eq!(second["chat"]["id"], group["user_name"]);
    assert_eq!(second["chat"]["kind"], "group");
    assert_eq!(second["chat"]["name"], group["nick_name"]);
    let members = group["members"].as_array().expect("a list");
    assert!(members.contains(&second["sender"]["id"]), "{second}");
    // The item as it was received, but for the blanks.
    let raw = &first["raw"];
    assert_eq!(raw["MsgId"], id);
    assert_eq!(raw["FromUserName"], friend["user_name"]);
    assert!(raw["Content"].as_str().expect("a text").contains("<br/>"));
    let is_shown = |c: char| c == '\n' || !c.is_control() && !"\u{2028}\u{202e}".contains(c);
    assert!(listen.stdout.chars().all(is_shown), "{listen:?}");
}

#[tokio::test]
async fn people_get_a_line_in_which_nothing_commands_the_terminal() {
    let world = World::logged_in().await;
    world.push("\u{1b}[2Jbell\u{7} \u{202e}turned").await;
    let listen = world.run(&["listen", "--max", "1"]).await;
    assert_eq!(listen.code, 0, "{listen:?}");
    let line = listen.stdout.lines().last().expect("a line");
    assert!(
        line.ends_with(r": \u{1b}[2Jbell\u{7} \u{202e}turned"),
        "{line}"
    );
}

#[tokio::test]
async fn it_ends_after_so_much_of_whatever_is_asked_for() {
    let world = World::logged_in().await;
    world.push("kept for later").await;
    let none = world.run(&["listen", "--json", "--max", "0"]).await;
    assert_eq!((none.code, none.events("message").len()), (0, 0));
    let timed = world.run(&["listen", "--json", "--for", "0"]).await;
    assert_eq!((timed.code, timed.events("message").len()), (0, 0));
    let idle = world.run(&["listen", "--json", "--idle", "1"]).await;
    assert_eq!(
        (idle.code, idle.events("message").len()),
        (0, 1),
        "{idle:?}"
    );
    let idle = world.run(&["listen", "--json", "--idle", "0.5"]).await;
    assert_eq!(
        (idle.code, idle.events("message").len()),
        (0, 0),
        "{idle:?}"
    );
}

#[tokio::test]
async fn what_is_there_together_comes_in_order_and_once() {
    let world = World::logged_in().await;
    let mut pushed = Vec::new();
    for number in 0..40 {
        pushed.push(world.push(&number.to_string()).await);
    }
    let mut shown = Vec::new();
    // Of what lies ready, no more is taken than is asked for.
    for count in ["25", "15"] {
        let listen = world.run(&["listen", "--json", "--max", count]).await;
        assert_eq!(listen.code, 0, "{listen:?}");
        let messages = listen.events("message");
        shown.extend(messages.iter().map(|message| message["msg_id"].clone()));
    }
    assert_eq!(shown, pushed);
    let rest = world.run(&["listen", "--json", "--idle", "0.5"]).await;
    assert_eq!(rest.events("message"), [] as [Value; 0]);
}

#[tokio::test]
async fn what_nobody_reads_is_not_handled() {
    let world = World::logged_in().await;
    let mut listen = world.wx(&["listen", "--json"]).spawn().expect("it starts");
    let stdout = listen.stdout.take().expect("a pipe");
    let mut lines = BufReader::new(stdout).lines();
    let online = soon("its first line", lines.next_line()).await;
    let online = online.expect("text").expect("a line");
    assert!(online.contains("online"), "{online}");
    drop(lines);
    for text in ["one", "two", "three"] {
        world.push(text).await;
    }
    soon("its end", listen.wait()).await.expect("a status");

    let listen = world.run(&["listen", "--json", "--max", "3"]).await;
    let messages = listen.events("message");
    let texts: Vec<&Value> = messages.iter().map(|message| &message["text"]).collect();
    assert_eq!(texts, ["one", "two", "three"]);
}

#[tokio::test]
async fn a_message_is_handled_when_the_command_says_so() {
    let world = World::logged_in().await;
    let id = world.push("for a command").await;
    let failing = ["listen", "--json", "--max", "1", "--exec", "exit 3"];
    for _ in 0..2 {
        let listen = world.run(&failing).await;
        assert_eq!(listen.code, 0, "{listen:?}");
        assert_eq!(listen.events("message")[0]["msg_id"], id);
        let message = listen.error()["message"].to_string();
        assert!(message.contains("exit 3"), "{message}");
    }
    // What the command writes must not get among the events.
    let told = "cat; echo done with $# arguments; env";
    let cat = ["listen", "--json", "--max", "1", "--exec", told];
    let listen = world.run(&cat).await;
    assert_eq!(listen.code, 0, "{listen:?}");
    let message = &listen.events("message")[0];
    assert_eq!(message["msg_id"], id);
    let (event, done) = listen.stderr.split_once('\n').expect("two lines");
    assert_eq!(
        serde_json::from_str::<Value>(event).expect("JSON"),
        *message
    );
    // Nor what is in it anywhere but on stdin: others can see a command line.
    let (done, environment) = done.split_once('\n').expect("three lines");
    assert_eq!(done, "done with 0 arguments");
    assert!(environment.contains("WX_HOME="), "{environment}");
    for part in ["for a command", &id] {
        assert!(!environment.contains(part), "{environment}");
    }

    let again = world.run(&["listen", "--json", "--idle", "0.5"]).await;
    assert_eq!(again.events("message"), [] as [Value; 0]);
}

#[tokio::test]
async fn a_wx_in_the_command_works_on_the_account_that_is_listened_to() {
    let world = World::logged_in().await;
    world.push("one").await;
    let folder = tempfile::tempdir().expect("a folder");
    // All of it by options: the command gets none of them.
    let path = |path: &Path| path.to_str().expect("a text").to_owned();
    let (home, trace) = (path(&world.home()), path(&folder.path().join("trace")));
    let ca_file = path(&world.home().with_file_name("ca.pem"));
    let address = world.server.address().to_string();
    let answer = format!("'{}' send text filehelper two", env!("CARGO_BIN_EXE_wx"));
    let mut listen = wx(&["listen", "--json", "--max", "1", "--exec", &answer]);
    listen.args(["--home", &home, "--connect-to", &address]);
    listen.args(["--ca-file", &ca_file]);
    // And one file that only one process can record into.
    listen.env("WX_RECORD", &trace);
    let listen = run(listen).await;
    assert_eq!(
        (listen.code, &*listen.stderr.replace(char::is_numeric, "")),
        (0, "sent to filehelper as \n")
    );
    let sent = world.sent().await.into_iter();
    assert_eq!(sent.map(|(_, text)| text).collect::<Vec<_>>(), ["two"]);
    assert!(Path::new(&trace).exists());
}

#[tokio::test]
async fn echo_answers_texts_of_others_and_outlives_a_refusal() {
    let world = World::logged_in().await;
    let refusal = json!({"path": "webwxsendmsg", "kind": "ret", "ret": 1204});
    world.call("fault", refusal).await;
    let mut listen = world.spawn(&["listen", "--json", "--echo", "--max", "5"]);
    listen.event("online").await;
    world.polled().await;
    world.push("refused").await;
    listen.event("message").await;
    // The order of two answers is nobody's promise: the fault is to strike the
    // first.
    world.requested("/webwxsendmsg", 1).await;
    let group = json!({"kind": "text", "from": "group:0", "content": "in a group"});
    world.call("push", group).await;
    world.call("push", json!({"kind": "image"})).await;
    let own = json!({"kind": "text", "from": "self", "to": "filehelper", "content": "own"});
    world.call("push", own).await;
    world.push("answered").await;
    let listen = listen.end().await;
    assert_eq!(listen.code, 0, "{listen:?}");
    assert_eq!(listen.error()["ret"], 1204);
    assert_eq!(listen.stderr.lines().count(), 1);
    let name = |contact: Value| contact["user_name"].as_str().expect("a name").to_owned();
    let friend = name(world.contact("friend:0").await);
    let group = name(world.contact("group:0").await);
    let mut sent = world.sent().await;
    sent.sort();
    let mut expected = [
        (group, "echo in a group".to_owned()),
        (friend, "echo answered".to_owned()),
    ];
    expected.sort();
    assert_eq!(sent, expected);
}
