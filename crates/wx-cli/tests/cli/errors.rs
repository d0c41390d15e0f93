//! Broken files, a broken network, and readers that go away.

use std::path::Path;

use serde_json::json;

use crate::support::{Running, World, run, wx};

#[tokio::test]
async fn a_damaged_session_is_reported_kept_aside_and_started_afresh() {
    let world = World::logged_in().await;
    let session = world.account().join("session");
    let garbage = b"\x00\xff{]garbage\n\x80";
    std::fs::write(&session, garbage).expect("a file");
    // Whoever only looks leaves it where it is.
    let status = world.run(&["status"]).await;
    assert_eq!(status.code, 3, "{status:?}");
    assert_eq!(std::fs::read(&session).expect("a file"), garbage);
    let login = world.scan(&["login", "--json"]).await;
    assert_eq!(login.code, 0, "{login:?}");
    let warning = &login.events("warning")[0];
    assert_eq!(warning["kind"], "disk");
    let kept = world.account().join("session.bad");
    let message = warning["message"].as_str().expect("a text");
    assert!(message.contains("session.bad"), "{message}");
    assert_eq!(std::fs::read(kept).expect("a file"), garbage);
    assert_eq!(login.events("online")[0]["how"], "qr");
    let status = world.run(&["status", "--json"]).await;
    assert_eq!(status.only()["online"], true);
}

#[tokio::test]
async fn with_a_damaged_outbox_nothing_goes_out_until_its_owner_has_mended_it() {
    let world = World::logged_in().await;
    let outbox = world.account().join("outbox");
    std::fs::write(&outbox, "garbage").expect("a file");
    let send = ["send", "text", "filehelper", "x", "--json"];
    let refused = world.run(&send).await;
    assert_eq!(refused.stdout, "");
    assert_eq!(refused.error()["kind"], "store", "{refused:?}");
    assert_eq!(refused.code, 1, "no network is at fault");
    assert_eq!(std::fs::read(&outbox).expect("a file"), b"garbage");
    let listen = world.run(&["listen", "--json", "--for", "0.2"]).await;
    assert_eq!(listen.code, 0, "{listen:?}");
    assert_eq!(listen.events("warning")[0]["kind"], "disk");
    let kept = world.account().join("outbox.bad");
    assert_eq!(std::fs::read(kept).expect("a file"), b"garbage");
    assert_eq!(world.run(&send).await.code, 0);
    assert_eq!(world.sent().await.len(), 1);
}

#[tokio::test]
async fn files_of_a_newer_version_ask_for_a_newer_program() {
    let world = World::logged_in().await;
    let session = world.account().join("session");
    let newer = b"wx-session 2 in a way that is not known yet\n";
    std::fs::write(&session, newer).expect("a file");
    for command in [&["status"][..], &["listen"], &["login"]] {
        let ended = world.run(command).await;
        assert_eq!(ended.code, 1, "{ended:?}");
        let said: Vec<&str> = ended.stderr.lines().collect();
        let [what, advice] = said[..] else {
            panic!("{ended:?}");
        };
        assert!(what.contains("newer than this software"), "{what}");
        assert!(advice.contains("upgrade"), "{advice}");
    }
    assert_eq!(std::fs::read(&session).expect("a file"), newer);
    let status = world.run(&["status", "--json"]).await;
    assert_eq!(status.error()["kind"], "unsupported");
}

#[tokio::test]
async fn a_listen_reports_the_damage_too() {
    let world = World::logged_in().await;
    std::fs::write(world.account().join("session"), "garbage").expect("a file");
    let listen = world.run(&["listen", "--json"]).await;
    assert_eq!(listen.code, 3, "{listen:?}");
    assert_eq!(listen.events("warning")[0]["kind"], "disk");
    assert_eq!(listen.error()["kind"], "not_logged_in");
}

#[tokio::test]
async fn a_home_that_cannot_be_one_is_told_of() {
    let world = World::start().await;
    let file = world.file("file", "");
    for command in ["login", "listen", "status", "contacts"] {
        let ended = world.run(&["--home", &file, command]).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (1, ""), "{command}");
        assert!(ended.complaint().0.contains(&file), "{ended:?}");
        let ended = world.run(&["--home", &file, command, "--json"]).await;
        assert_eq!(ended.error()["kind"], "store");
    }
    // A folder where a file should be.
    std::fs::create_dir_all(world.account().join("session")).expect("a folder");
    let login = world.run(&["login"]).await;
    assert_eq!(login.code, 1, "{login:?}");
    assert!(login.complaint().0.contains("session"), "{login:?}");
    assert_eq!(world.requests("").await, 0);
}

#[tokio::test]
async fn a_profile_is_used_and_its_mistakes_are_named() {
    let world = World::start().await;
    let profile = world.file(
        "profile.toml",
        "user_agent = \"Test/1\"\nlang = \"en_US\"\n[login_page_headers]\nextspam = \"x\"\n",
    );
    let login = world.run(&["--profile", &profile, "login", "-q"]).await;
    assert_eq!(login.code, 0, "{login:?}");
    let log = world.call("log", json!({})).await;
    let page = (log.as_array().expect("a list").iter())
        .find(|request| request["path"].to_string().contains("webwxnewloginpage"))
        .expect("a request");
    let query = page["query"].as_str().expect("a text");
    assert!(query.contains("lang=en_US"), "{query}");

    for (text, word) in [
        ("lang = \"zh_CN\"\nuser-agent = \"x\"", "user-agent"),
        ("desktop = \"yes\"", "line 1"),
        ("user_agent = \"a\\nb\"", "user_agent"),
        ("[login_page_headers]\n\"a b\" = \"x\"", "a b"),
    ] {
        let profile = world.file("wrong.toml", text);
        let status = world.run(&["status", "--profile", &profile]).await;
        assert_eq!(status.code, 2, "{status:?}");
        assert!(status.complaint().0.contains(word), "{status:?}");
    }
}

#[tokio::test]
async fn without_a_network_commands_end_with_5() {
    let world = World::logged_in().await;
    // A port that nobody listens on: it was somebody's a moment ago.
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback");
        listener.local_addr().expect("an address").to_string()
    };
    let online = ["contacts"];
    for command in ["status", "logout"] {
        let ended = world.run(&["--connect-to", &closed, command]).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (5, ""), "{command}");
        ended.complaint();
        let ended = world
            .run(&["--connect-to", &closed, command, "--json"])
            .await;
        assert_eq!(ended.error()["kind"], "network");
        assert_eq!(ended.error()["transient"], true);
    }
    // What is known needs no network.
    assert_eq!(world.run(&online).await.code, 0);

    // A login keeps trying, says so, and goes on when the network is back.
    let down = ["--account", "new", "login", "--json", "--timeout", "1"];
    let mut login = world.wx(&down);
    login.env("WX_CONNECT_TO", &closed);
    let login = run(login).await;
    assert_eq!(login.code, 5, "{login:?}");
    assert_eq!(login.error()["kind"], "network");
    assert!(
        login.events("offline")[0]["retry_in_ms"].is_u64(),
        "{login:?}"
    );
}

#[tokio::test]
async fn with_an_address_given_a_proxy_of_the_environment_is_left_aside() {
    let world = World::logged_in().await;
    let mut status = world.wx(&["status"]);
    status.env("HTTPS_PROXY", "http://127.0.0.1:9");
    assert_eq!(run(status).await.code, 0);
    let status = world
        .run(&["status", "--proxy", "http://127.0.0.1:9"])
        .await;
    assert_eq!(status.code, 5, "{status:?}");
}

#[tokio::test]
async fn a_reader_that_goes_away_is_no_fault_to_complain_of() {
    let world = World::logged_in().await;
    let binary = env!("CARGO_BIN_EXE_wx");
    let script = format!("'{binary}' contacts --json | head -n 1");
    let mut shell = world.wx(&[]);
    let environment: Vec<_> = (shell.as_std().get_envs())
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect();
    shell = tokio::process::Command::new("sh");
    shell.args(["-c", &script]).envs(environment);
    shell.stdout(std::process::Stdio::piped());
    shell
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true);
    let ended = run(shell).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    assert_eq!(ended.objects().len(), 1);
    if Path::new("/dev/full").exists() {
        let mut full = world.wx(&["contacts", "--json"]);
        full.stdout(std::fs::File::create("/dev/full").expect("a device"));
        let mut child = full.spawn().expect("the binary");
        let status = crate::support::soon("the end", child.wait()).await;
        assert_eq!(status.expect("a status").code(), Some(1));
    }
}

#[tokio::test]
async fn a_line_that_nobody_read_is_not_acknowledged() {
    let world = World::logged_in().await;
    let id = world.push("nobody reads it").await;
    let mut command = world.wx(&["listen", "--json"]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    command.stdout(writer);
    let mut child = command.spawn().expect("the binary");
    let status = crate::support::soon("the end", child.wait()).await;
    assert_eq!(status.expect("a status").code(), Some(1));
    let listen = world.run(&["listen", "--json", "--max", "1"]).await;
    assert_eq!(listen.events("message")[0]["msg_id"], id);
}

#[tokio::test]
async fn accounts_do_not_know_each_other() {
    let world = World::logged_in().await;
    let mut status = world.wx(&["status"]);
    status.env("WX_ACCOUNT", "other");
    assert_eq!(run(status).await.code, 3);
    let status = world.run(&["status", "--account", "default"]).await;
    assert_eq!(status.code, 0, "{status:?}");
    let mut nowhere = wx(&["status"]);
    nowhere.env("XDG_DATA_HOME", world.home().join("none"));
    nowhere.env("HOME", world.home().join("none"));
    let ended = Running::start(nowhere).end().await;
    assert_eq!(ended.code, 3, "{ended:?}");
}
