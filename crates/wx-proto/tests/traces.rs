//! Replays recorded sessions: a change of what a session does shows as a
//! difference from what is written beside the trace.
//!
//! A trace in `tests/traces` is scrubbed, and was recorded against wx-sim.
//! After an intended change, `WX_BLESS=1 cargo test -p wx-proto --test
//! scenarios traces` rewrites what is beside it, to be reviewed like any other
//! change. A trace that no longer fits has to be recorded again first.
//!
//! `small` is by wx-client's `tests/session/record.rs`. The three of `interop`
//! are wx-client's own runs of the scenario of `cargo xtask interop`, which
//! leaves them in `interop/all/wx-client` below the target folder: until it is
//! killed, from the saved session to the end by the phone, and from the push
//! login to the logout.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use wx_proto::trace::{FORM, Head, Output, Replay, Step};
use wx_proto::{Body, Request};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traces")
}

fn request(request: &Request) -> Value {
    let body = match &request.body {
        Body::Whole(body) => String::from_utf8_lossy(body).into_owned(),
        Body::Piece { range, .. } => format!("bytes {}-{} of a file", range.start, range.end),
    };
    json!({
        "request": request.id.to_string(),
        "method": request.head.method.as_str(),
        "url": request.head.uri.to_string(),
        "body": body,
    })
}

fn line(output: &Output) -> Value {
    match output {
        Output::Request(sent) => request(sent),
        Output::Abort(id) => json!({"abort": id.to_string()}),
        Output::Record(record) => json!({"record": record}),
        Output::Completion(completion) => {
            json!({"command": completion.command.to_string(), "result": completion.result})
        }
        Output::Event(event) => json!({"event": event.id.to_string(), "is": event.kind}),
        other => panic!("{other:?}"),
    }
}

/// Everything that a session asks for and reports during a trace, one line
/// each.
fn live(trace: &str) -> String {
    let mut lines = trace.lines();
    let head: Head = serde_json::from_str(lines.next().unwrap()).unwrap();
    let mut replay = Replay::new(head).unwrap();
    let mut told = String::new();
    for (at, step) in lines.enumerate() {
        let step: Step = serde_json::from_str(step).unwrap();
        let outputs = replay.step(step);
        for output in outputs.unwrap_or_else(|error| panic!("line {}: {error}", at + 2)) {
            writeln!(told, "{}", line(&output)).unwrap();
        }
    }
    told
}

fn trace(name: &str) -> String {
    std::fs::read_to_string(folder().join(format!("{name}.ndjson"))).unwrap()
}

fn small() -> String {
    trace("small")
}

/// Compares the outputs of a trace with what is written beside it, and returns
/// them.
fn does_what_it_did(name: &str) -> String {
    let beside = folder().join(format!("{name}.told.ndjson"));
    let told = live(&trace(name));
    if std::env::var_os("WX_BLESS").is_some() {
        std::fs::write(&beside, &told).unwrap();
    }
    let expected = std::fs::read_to_string(&beside).unwrap();
    for (at, (told, expected)) in told.lines().zip(expected.lines()).enumerate() {
        assert_eq!(told, expected, "line {} of {}", at + 1, beside.display());
    }
    assert_eq!(told.lines().count(), expected.lines().count());
    told
}

#[test]
fn sessions_do_what_they_did() {
    does_what_it_did("small");
}

/// How often an event of a name is told.
fn events(told: &str, name: &str) -> usize {
    let event = format!("\"event\":\"{name}\"");
    told.lines().filter(|line| line.contains(&event)).count()
}

#[test]
fn the_scenario_of_all_clients_goes_as_it_did_until_the_kill() {
    let told = does_what_it_did("interop-1");
    assert_eq!(events(&told, "qr"), 1);
    // One of each kind but the status notify, and three texts more.
    assert!(
        events(&told, "message") >= 16,
        "{}",
        events(&told, "message")
    );
    for endpoint in [
        "webwxsendmsg?",
        "webwxsendmsgimg?",
        "webwxsendemoticon?",
        "webwxsendvideomsg?",
        "webwxsendappmsg?",
        "webwxrevokemsg?",
        "webwxoplog?",
        "webwxcreatechatroom?",
        "webwxupdatechatroom?fun=modtopic",
        "webwxupdatechatroom?fun=addmember",
        "webwxupdatechatroom?fun=delmember",
        "webwxgetmsgimg?",
        "webwxgetvoice?",
        "webwxgetvideo?",
        "webwxgetmedia?",
    ] {
        assert!(told.contains(endpoint), "{endpoint}");
    }
}

#[test]
fn the_saved_session_goes_on_as_it_did_until_the_phone_ends_it() {
    let told = does_what_it_did("interop-2");
    assert_eq!(events(&told, "qr") + events(&told, "push_login"), 0);
    // What came while it was away, and the one after.
    assert_eq!(events(&told, "message"), 2);
    assert_eq!(events(&told, "logged_out"), 1);
}

#[test]
fn the_push_login_leads_in_as_it_did() {
    let told = does_what_it_did("interop-3");
    assert_eq!((events(&told, "push_login"), events(&told, "qr")), (1, 0));
    assert!(told.contains("webwxlogout?"));
}

#[test]
fn the_same_trace_gives_the_same_twice() {
    assert_eq!(live(&small()), live(&small()));
}

/// What replaying it says, and at which line.
fn fault(trace: &str) -> (usize, String) {
    let mut lines = trace.lines();
    let head: Head = serde_json::from_str(lines.next().unwrap()).unwrap();
    let mut replay = match Replay::new(head) {
        Ok(replay) => replay,
        Err(error) => return (1, error.to_string()),
    };
    for (at, step) in lines.enumerate() {
        if let Err(error) = replay.step(serde_json::from_str(step).unwrap()) {
            return (at + 2, error.to_string());
        }
    }
    panic!("nothing is wrong with it");
}

#[test]
fn what_does_not_go_together_is_named() {
    let trace = small();
    let lines: Vec<&str> = trace.lines().collect();
    let with = |more: &str| {
        let head = lines[0];
        format!("{head}\n{{\"at\":[0,0],{more}}}\n")
    };
    for (trace, words) in [
        (
            with(r#""step":"sent","id":1,"method":"GET","url":"https://example.org/""#),
            "the trace has request #1 GET https://example.org/, but the session sends #1 GET https://login.wx.qq.com/jslogin",
        ),
        (
            with(r#""step":"response","id":9,"status":200"#),
            "an end of request #9",
        ),
        (
            with(r#""step":"persisted","left":7"#),
            "records stored, and 7 left",
        ),
        (with(r#""step":"taken","event":1"#), "tells nothing"),
        (with(r#""step":"acked","event":1"#), "a verdict on event 1"),
        (
            with(r#""step":"asked","id":1,"ask":{"command":"probe"}"#),
            "rejects it: not logged in",
        ),
    ] {
        let (at, fault) = fault(&trace);
        assert_eq!(at, 2, "{fault}");
        assert!(fault.contains(words), "{fault}");
    }
    let newer = trace.replacen(&format!("\"wx_trace\":{FORM}"), "\"wx_trace\":99", 1);
    assert_eq!(fault(&newer).0, 1);
    // An answer that is not there any more changes what follows.
    let response = lines
        .iter()
        .position(|line| line.contains("\"step\":\"response\""));
    let mut without = lines.clone();
    without.remove(response.unwrap());
    let (at, fault) = fault(&without.join("\n"));
    assert!(at > 2 && fault.contains("but the session"), "{at}: {fault}");
}
