//! `--record` and `wx replay`.

use serde_json::Value;

use crate::support::{World, run, run_with, wx};

#[tokio::test]
async fn what_was_recorded_is_replayed_without_a_network() {
    let world = World::logged_in().await;
    let trace = world.home().join("trace");
    let trace = trace.to_str().expect("a plain path");
    world.push("Tante Friederike kommt").await;
    let mut listen = world.wx(&["listen", "--json", "--max", "1"]);
    listen.env("WX_RECORD", trace);
    let listen = run(listen).await;
    assert_eq!((listen.code, listen.stderr.as_str()), (0, ""));

    let replay = run(wx(&["replay", trace, "--json"])).await;
    assert_eq!((replay.code, replay.stderr.as_str()), (0, ""), "{replay:?}");
    let kinds = |lines: &str| -> Vec<(Value, Value)> {
        lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("an object"))
            .map(|event| (event["event"].clone(), event["kind"].clone()))
            .collect()
    };
    assert_eq!(kinds(&replay.stdout), kinds(&listen.stdout));
    assert!(!replay.stdout.contains("Friederike"), "{replay:?}");
    // With the requests, for people.
    let verbose = run(wx(&["replay", trace, "-v"])).await;
    assert_eq!(verbose.code, 0, "{verbose:?}");
    assert!(
        verbose
            .stderr
            .contains("POST https://wx2.qq.com/cgi-bin/mmwebwx-bin/webwxinit")
    );

    // It is not overwritten.
    let again = world.run(&["status", "--record", trace]).await;
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.stderr.contains("not overwritten"), "{again:?}");
    let text = std::fs::read_to_string(trace).expect("a trace");
    assert!(!text.contains("Friederike"));

    // A kill leaves a torn line; that is no fault.
    let torn = text.get(..text.len() - 3).expect("ASCII at the end");
    let torn = run_with(wx(&["replay", "-", "--json"]), torn).await;
    assert_eq!(
        (torn.code, torn.stdout),
        (0, replay.stdout),
        "{}",
        torn.stderr
    );
}

#[tokio::test]
async fn what_does_not_fit_is_named_by_its_line() {
    let world = World::logged_in().await;
    let trace = world.home().join("trace");
    let trace = trace.to_str().expect("a plain path");
    let status = world.run(&["status", "--record", trace]).await;
    assert_eq!(status.code, 0, "{status:?}");
    let text = std::fs::read_to_string(trace).expect("a trace");
    let (head, _) = text.split_once('\n').expect("lines");

    let answer = "{\"at\":[0,0],\"step\":\"response\",\"id\":7,\"status\":200}";
    let wrong = run_with(wx(&["replay", "-"]), format!("{head}\n{answer}\n")).await;
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(
        wrong
            .stderr
            .contains("line 2: the trace has an end of request #7"),
        "{wrong:?}"
    );

    let newer = text.replacen("\"wx_trace\":1", "\"wx_trace\":9", 1);
    let newer = run_with(wx(&["replay", "-"]), newer).await;
    assert_eq!(newer.code, 1, "{newer:?}");
    assert!(
        newer.stderr.contains("line 1: the trace has form 9"),
        "{newer:?}"
    );

    for nothing in [&b""[..], b"no trace\n", b"{}\n", b"\xff\xfe\n"] {
        let ended = run_with(wx(&["replay", "-"]), nothing).await;
        assert_eq!(ended.code, 1, "{nothing:?}: {ended:?}");
        let (what, advice) = ended.complaint();
        assert!(what.starts_with("stdin, line 1: "), "{what}");
        assert!(advice.contains("--record FILE"), "{advice}");
    }
    assert_eq!(run(wx(&["replay", "/no/such/trace"])).await.code, 1);
}
