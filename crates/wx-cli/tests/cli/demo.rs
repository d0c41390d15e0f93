//! `wx demo`: the whole tour, on any machine.

use std::collections::BTreeSet;

use crate::support::{run, wx};

#[tokio::test]
async fn the_tour_shows_everything_and_ends_well() {
    let mut demo = wx(&["demo"]);
    // A proxy of this machine has nothing to do with it.
    demo.env("HTTPS_PROXY", "http://127.0.0.1:9");
    let demo = run(demo).await;
    assert_eq!(demo.code, 0, "{demo:?}");
    // A code, without a terminal too.
    assert!(demo.stderr.contains('▀') || demo.stderr.contains("##"));
    for word in [
        "https://login.weixin.qq.com/l/",
        "online as ",
        "friend: ",
        "group: ",
        "official: ",
        "[image]",
        "[voice]",
        "[file]",
        "sent to filehelper",
        "offline: ",
        "back online",
        "across the gap",
        "saved 报告 📄.pdf: 1500000 bytes",
        "小李 (demo)",
        "周末 hiking",
        "[recall]",
        "logged out",
    ] {
        assert!(demo.stdout.contains(word), "{word}: {}", demo.stdout);
    }
    let summary = demo.stdout.rsplit_once("logged out\n").expect("an end").1;
    assert_eq!(summary.lines().count(), 3, "{summary}");
    for word in [
        "none lost",
        "forwarded",
        "taken back",
        "group made",
        "pictures",
    ] {
        assert!(summary.contains(word), "{summary}");
    }
    // Names of a login mean nothing to people, and a window has eighty columns.
    assert!(!demo.stdout.contains('@'), "{}", demo.stdout);
    for line in demo.stdout.lines().chain(demo.stderr.lines()) {
        let is_narrow = wx_cli::table::width(line) <= 80 || line.starts_with("offline: ");
        assert!(is_narrow, "{line}");
    }
}

#[tokio::test]
async fn the_tour_is_ndjson_when_asked_for() {
    let demo = run(wx(&["demo", "--json", "-q"])).await;
    assert_eq!(demo.code, 0, "{demo:?}");
    let objects = demo.objects();
    let kinds: BTreeSet<&str> = (objects.iter())
        .filter_map(|object| object["event"].as_str())
        .collect();
    for kind in [
        "qr",
        "scanned",
        "confirmed",
        "online",
        "message",
        "offline",
        "back_online",
        "logged_out",
        "summary",
    ] {
        assert!(kinds.contains(kind), "{kind}: {kinds:?}");
    }
    let messages = demo.events("message");
    let ids: BTreeSet<&str> = (messages.iter())
        .filter_map(|message| message["msg_id"].as_str())
        .collect();
    assert_eq!(ids.len(), messages.len(), "a message was shown twice");
    let summary = &demo.events("summary")[0];
    assert_eq!(summary["received"], messages.len());
    // Two in, two out, and each compared with what was sent.
    assert_eq!(summary["media"], 4);
    for key in ["forwarded", "recalled", "remarks", "groups"] {
        assert!(summary[key].as_u64() > Some(0), "{summary}");
    }
    // Two ways in: by a scan, and after the stop by the saved session.
    let hows: Vec<&str> = (demo.events("online").iter())
        .filter_map(|event| event["how"].as_str())
        .map(|how| if how == "qr" { "qr" } else { "saved" })
        .collect();
    assert_eq!(hows, ["qr", "saved"]);
    let contacts = objects.iter().filter(|object| object["id"].is_string());
    assert!(contacts.count() >= 20);
}
