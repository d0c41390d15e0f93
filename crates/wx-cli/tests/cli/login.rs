//! `wx login`, `wx status`, `wx logout`: the ladder, and what it shows.

use serde_json::{Value, json};

use crate::support::World;

fn kinds(events: &[Value]) -> Vec<&str> {
    let kind = |event: &Value| event["event"].as_str().is_some();
    assert!(events.iter().all(kind), "{events:?}");
    events
        .iter()
        .filter_map(|event| event["event"].as_str())
        .collect()
}

#[tokio::test]
async fn a_scan_leads_in_and_the_next_login_needs_none() {
    let world = World::start().await;
    let login = world.run(&["login", "--json"]).await;
    assert_eq!(login.code, 0, "{login:?}");
    // A program reads the address from the event: nothing is drawn for it.
    assert_eq!(login.stderr, "");
    let events = login.objects();
    let expected = ["qr", "scanned", "confirmed", "online", "contacts_loaded"];
    assert_eq!(kinds(&events), expected);
    let uuid = events[0]["uuid"].as_str().expect("a text");
    assert_eq!(
        events[0]["url"],
        format!("https://login.weixin.qq.com/l/{uuid}")
    );
    let avatar = events[1]["avatar"].as_str().expect("a path");
    assert!(std::path::Path::new(avatar).starts_with(world.account()));
    let state = world.call("state", json!({})).await;
    let own = &state["accounts"][0];
    let online = &events[3];
    assert_eq!(online["how"], "qr");
    assert_eq!(online["host"], "wx2.qq.com");
    for key in ["user_name", "nick_name", "uin"] {
        assert_eq!(online["account"][key], own[key], "{key}");
    }

    let again = world.run(&["--json", "login"]).await;
    assert_eq!((again.code, again.stderr.as_str()), (0, ""));
    let events = again.objects();
    assert_eq!(kinds(&events), ["online", "contacts_loaded"]);
    assert_eq!(events[0]["how"], "saved");
    assert_eq!(world.requests("/jslogin").await, 1);

    let status = world.run(&["status", "--json"]).await;
    assert_eq!(status.code, 0);
    let status = status.only();
    assert_eq!(status["online"], true);
    assert_eq!(status["host"], "wx2.qq.com");
    assert_eq!(status["account"]["uin"], own["uin"]);
    assert_eq!(status["since"], status["sessions"][0]["since"]);
    assert!(status["since"].as_u64().expect("seconds") > 1_700_000_000);

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| {
            let metadata = std::fs::metadata(path).expect("a file");
            metadata.permissions().mode() & 0o777
        };
        assert_eq!(mode(&world.account()), 0o700);
        for entry in std::fs::read_dir(world.account()).expect("a folder") {
            let path = entry.expect("an entry").path();
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn after_a_kick_the_phone_only_confirms_and_fresh_wants_a_scan() {
    let world = World::logged_in().await;
    let mut listen = world.spawn(&["listen", "--json"]);
    listen.event("online").await;
    world.polled().await;
    world.call("session", json!({"action": "kick"})).await;
    let listen = listen.end().await;
    assert_eq!(listen.code, 3);
    assert_eq!(listen.error()["kind"], "ended");
    assert_eq!(listen.error()["ret"], 1101);
    let ended = &listen.events("logged_out")[0];
    assert_eq!(ended["cause"], "other_login");
    assert_eq!(ended["ret"], 1101);

    let status = world.run(&["status", "--json"]).await;
    assert_eq!(status.code, 3);
    assert_eq!(status.only()["online"], false);
    assert_eq!(status.only()["sessions"][0]["cause"], "other_login");
    // There is no session to listen to, and none that could have ended.
    let listen = world.run(&["listen", "--json"]).await;
    assert_eq!((listen.code, listen.stdout.as_str()), (3, ""));
    assert_eq!(listen.error()["kind"], "not_logged_in");

    let login = world.run(&["login", "--json"]).await;
    assert_eq!(login.code, 0, "{login:?}");
    assert_eq!(
        kinds(&login.objects()),
        ["push_login", "confirmed", "online", "contacts_loaded"]
    );
    assert_eq!(login.events("online")[0]["how"], "push");
    assert_eq!(world.requests("/jslogin").await, 1);

    let fresh = world.scan(&["login", "--json", "--fresh"]).await;
    assert_eq!(fresh.code, 0, "{fresh:?}");
    assert_eq!(fresh.events("online")[0]["how"], "qr");
    assert_eq!(world.requests("/jslogin").await, 2);
}

#[tokio::test]
async fn after_a_logout_nobody_is_logged_in() {
    let world = World::logged_in().await;
    let logout = world.run(&["logout"]).await;
    assert_eq!((logout.code, logout.stdout.as_str()), (0, ""));
    assert_eq!(world.requests("/webwxlogout").await, 1);
    for command in [
        &["status"][..],
        &["listen"],
        &["send", "text", "filehelper", "x"],
        &["contacts"],
        &["logout"],
    ] {
        let ended = world.run(command).await;
        assert_eq!(ended.code, 3, "{command:?} {ended:?}");
        let (_, advice) = ended.complaint();
        assert_eq!(advice, "log in again: wx login");
    }
    let status = world.run(&["--json", "status"]).await.only();
    assert_eq!(status["sessions"][0]["cause"], "self");
}

#[tokio::test]
async fn a_refusal_is_told_in_the_servers_words() {
    const WORDS: &str = "此微信号不能登录网页微信。<b>&";
    let refused = json!({"auto_scan_ms": 0, "auto_confirm_ms": 0, "refuse_login": WORDS});
    let world = World::with(refused).await;
    let login = world.run(&["login", "--json"]).await;
    assert_eq!(login.code, 4, "{login:?}");
    let error = login.error();
    assert_eq!(error["kind"], "refused");
    assert_eq!(error["ret"], 1203);
    assert_eq!(error["message"], WORDS);
    assert_eq!(error["transient"], false);
    assert_eq!(login.events("logged_out")[0]["cause"], "refused");

    let login = world.run(&["login", "--qr", "none"]).await;
    assert_eq!(login.code, 4, "{login:?}");
    let told = format!("the server refused the login: {WORDS} (code 1203)");
    assert_eq!(login.complaint().0, told);
    assert!(!login.stdout.contains(WORDS), "once is enough: {login:?}");
}

#[tokio::test]
async fn codes_that_expire_or_are_cancelled_are_replaced() {
    let waiting = json!({"auto_scan_ms": null, "auto_confirm_ms": null});
    let world = World::with(waiting).await;
    let mut login = world.spawn(&["login", "--json"]);
    let first = login.event("qr").await;
    world.call("login", json!({"action": "expire"})).await;
    login.event("qr_expired").await;
    let second = login.event("qr").await;
    assert_ne!(first["uuid"], second["uuid"]);
    world.call("login", json!({"action": "scan"})).await;
    login.event("scanned").await;
    world.call("login", json!({"action": "cancel"})).await;
    login.event("cancelled").await;
    let third = login.event("qr").await;
    assert_ne!(second["uuid"], third["uuid"]);
    world.call("login", json!({"action": "confirm"})).await;
    let online = login.event("online").await;
    assert_eq!(online["how"], "qr");
    let login = login.end().await;
    assert_eq!(login.code, 0, "{login:?}");
}

#[tokio::test]
async fn codes_are_not_replaced_for_ever() {
    let world = World::with(json!({"auto_scan_ms": null, "qr_life_ms": 1})).await;
    let login = world.run(&["login", "--json"]).await;
    assert_eq!(login.code, 3, "{login:?}");
    // The first and five renewals. No session has begun, so none has ended.
    assert_eq!(login.events("qr").len(), 6);
    assert_eq!(login.events("qr_expired").len(), 6);
    assert_eq!(login.objects().len(), 12);
    assert_eq!(login.error()["kind"], "timed_out");
}

#[tokio::test]
async fn a_login_that_nobody_scans_is_given_up_in_time() {
    let world = World::with(json!({"auto_scan_ms": null})).await;
    let login = world.run(&["login", "--json", "--timeout", "1"]).await;
    assert_eq!(login.code, 3, "{login:?}");
    assert_eq!(kinds(&login.objects()), ["qr"]);
    assert_eq!(login.error()["kind"], "timed_out");
}

#[tokio::test]
async fn the_code_is_shown_as_asked_for() {
    let world = World::with(json!({"auto_scan_ms": null})).await;
    let png = world.file("code.png", "");
    let shown = async |how: &str, json: bool| {
        let account = how.split('=').next().expect("a word");
        let account = format!("{account}-{json}");
        let mut arguments = vec![
            "--account",
            &account,
            "login",
            "--qr",
            how,
            "--timeout",
            "1",
        ];
        if json {
            arguments.push("--json");
        }
        let login = world.run(&arguments).await;
        assert_eq!(login.code, 3, "{login:?}");
        login
    };
    let png_wish = format!("png={png}");
    let (auto, ascii, terminal, url, none, file) = tokio::join!(
        shown("auto", false),
        shown("ascii", true),
        shown("terminal", true),
        shown("url", true),
        shown("none", false),
        shown(&png_wish, true),
    );
    assert!(auto.stderr.contains('▀'), "{}", auto.stderr);
    assert!(auto.stdout.contains("https://login.weixin.qq.com/l/"));
    assert!(ascii.stderr.contains("##") && ascii.stderr.is_ascii());
    assert!(terminal.stderr.contains('▀'));
    let address = url.events("qr")[0]["url"]
        .as_str()
        .expect("an address")
        .to_owned();
    assert_eq!(url.stderr.lines().next(), Some(address.as_str()));
    assert_eq!(none.complaint().0, "not logged in within 1 s");
    let bytes = std::fs::read(&png).expect("a file");
    assert!(bytes.starts_with(b"\x89PNG"), "{} bytes", bytes.len());
    assert!(file.stderr.contains(&png));
}
