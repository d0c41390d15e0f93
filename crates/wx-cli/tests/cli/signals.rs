//! SIGINT and SIGTERM: a clean stop, and the status that says so.

use std::path::Path;

use std::process::Stdio;

use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::support::{World, soon};

const SIGNALS: [(&str, i32); 2] = [("INT", 130), ("TERM", 143)];

#[tokio::test]
async fn a_login_is_interrupted() {
    let world = World::with(json!({"auto_scan_ms": null})).await;
    for (signal, code) in SIGNALS {
        let mut login = world.spawn(&["login", "--json"]);
        login.event("qr").await;
        login.signal(signal).await;
        let login = login.end().await;
        assert_eq!((login.code, login.stderr.as_str()), (code, ""));
    }
}

#[tokio::test]
async fn a_listen_saves_the_account_and_goes_on_later() {
    let world = World::logged_in().await;
    for (signal, code) in SIGNALS {
        let mut listen = world.spawn(&["listen", "--json"]);
        listen.event("online").await;
        world.polled().await;
        let id = world.push("seen once").await;
        assert_eq!(listen.event("message").await["msg_id"], id);
        listen.signal(signal).await;
        let listen = listen.end().await;
        assert_eq!((listen.code, listen.stderr.as_str()), (code, ""));
    }
    let after = world.run(&["listen", "--json", "--idle", "0.5"]).await;
    assert_eq!(after.code, 0, "{after:?}");
    assert_eq!(after.events("online")[0]["how"], "saved");
    // The line of a message may be out a moment before its acknowledgement is:
    // the last of each listen may come again, and nothing else.
    assert!(after.events("message").len() <= 1, "{after:?}");
}

#[tokio::test]
async fn the_service_unit_stops_cleanly_and_is_not_started_again_without_a_session() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/wx-listen@.service");
    let unit = std::fs::read_to_string(unit).expect("the unit");
    let value = |key: &str| {
        let mut lines = unit.lines().filter_map(|line| line.split_once('='));
        let found = lines.find(|(name, _)| *name == key);
        found.unwrap_or_else(|| panic!("no {key}")).1
    };
    let command = value("ExecStart").replace("%i", "default");
    let arguments: Vec<&str> = command.split(' ').skip(1).collect();
    let lists = |key: &str, code: i32| value(key).split(' ').any(|text| text == code.to_string());

    let world = World::logged_in().await;
    let mut listen = world.spawn(&arguments);
    listen.event("online").await;
    listen.signal("TERM").await;
    let listen = listen.end().await;
    assert!(lists("SuccessExitStatus", listen.code), "{listen:?}");

    let logout = world.run(&["logout"]).await;
    assert_eq!(logout.code, 0, "{logout:?}");
    let listen = world.run(&arguments).await;
    assert_eq!(listen.code, 3, "{listen:?}");
    assert!(lists("RestartPreventExitStatus", listen.code));
}

#[tokio::test]
async fn a_send_that_hangs_is_interrupted() {
    let world = World::logged_in().await;
    let hang = json!({"path": "webwxsendmsg", "kind": "hang", "count": 2});
    world.call("fault", hang).await;
    let keyed = |key| ["send", "text", "filehelper", "x", "--key", key];
    let sends = SIGNALS.map(|(signal, _)| world.spawn(&keyed(signal)));
    world.requested("/webwxsendmsg", 2).await;
    for (send, (signal, _)) in sends.iter().zip(SIGNALS) {
        send.signal(signal).await;
    }
    for (send, (signal, code)) in sends.into_iter().zip(SIGNALS) {
        let send = send.end().await;
        assert_eq!((send.code, send.stdout.as_str()), (code, ""), "{send:?}");
        assert!(send.stderr.contains("may have gone out"), "{send:?}");
        // Nobody knows its fate, and nobody sends it again unasked.
        let again = world.run(&keyed(signal)).await;
        assert_eq!(again.code, 6, "{again:?}");
    }
    assert_eq!(world.requests("/webwxsendmsg").await, 2);
}

#[tokio::test]
async fn a_send_that_waits_for_its_text_is_interrupted() {
    let world = World::logged_in().await;
    for (signal, code) in SIGNALS {
        let mut command = world.wx(&["send", "text", "filehelper", "-", "-v"]);
        command.stdin(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary");
        // Waiting for its end would close it, and no text is another end.
        let stdin = child.stdin.take();
        let mut logs = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        // Before it has begun, the signal is the system's or the shell's to
        // answer: a program in the background may be deaf to it.
        let reads = async {
            while let Some(line) = logs.next_line().await.expect("UTF-8") {
                if line.contains("reading stdin") {
                    return;
                }
            }
            panic!("it has ended");
        };
        soon("the text to be waited for", reads).await;
        let id = child.id().expect("it runs").to_string();
        let kill = Command::new("kill")
            .args(["-s", signal, &id])
            .status()
            .await;
        assert!(kill.expect("kill").success());
        let status = soon("the end", child.wait()).await.expect("a status");
        drop(stdin);
        assert_eq!(status.code(), Some(code), "{status}");
    }
    assert_eq!(world.sent().await, []);
}
