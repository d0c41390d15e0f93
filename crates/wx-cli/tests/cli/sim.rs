//! `wx sim`: the service for a second terminal, and its control interface.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::support::{Running, run, soon, wx};

/// `POST /CALL` as curl does it.
async fn post(control: &str, call: &str, body: &Value) -> Value {
    let address = control.strip_prefix("http://").expect("an address");
    let connection = tokio::net::TcpStream::connect(address).await;
    let mut connection = connection.expect("a connection");
    let body = body.to_string();
    let request = format!(
        "POST /{call} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    connection
        .write_all(request.as_bytes())
        .await
        .expect("a write");
    let mut answer = String::new();
    soon(call, connection.read_to_string(&mut answer))
        .await
        .expect("an answer");
    let (_, body) = answer.split_once("\r\n\r\n").expect("a head");
    serde_json::from_str(body).expect("JSON")
}

#[tokio::test]
async fn the_two_terminals_of_the_readme() {
    let mut sim = Running::start(wx(&["sim"]));
    let started: Value = serde_json::from_str(&sim.line().await).expect("JSON");
    let text = |key: &str| started[key].as_str().expect("a text").to_owned();
    let (address, ca_file, control) = (text("address"), text("ca_file"), text("control"));
    let config = json!({"config": {"auto_scan_ms": 0, "auto_confirm_ms": 0}});
    post(&control, "reset", &config).await;

    let home = tempfile::tempdir().expect("a folder");
    let beside = |arguments: &[&str]| {
        let mut command = wx(arguments);
        command.env("WX_HOME", home.path());
        command.env("WX_CONNECT_TO", &address);
        command.env("WX_CA_FILE", &ca_file);
        command
    };
    let login = run(beside(&["login"])).await;
    assert_eq!(login.code, 0, "{login:?}");
    let listen = Running::start(beside(&["listen", "--json", "--max", "2"]));
    post(&control, "wait_session", &json!({})).await;
    let push = json!({"kind": "text", "from": "friend:1", "content": "hello"});
    let pushed = post(&control, "push", &push).await;
    let send = run(beside(&["send", "text", "filehelper", "你好"])).await;
    assert_eq!(send.code, 0, "{send:?}");
    let listen = listen.end().await;
    assert_eq!(listen.code, 0, "{listen:?}");
    assert_eq!(listen.events("message")[0]["msg_id"], pushed["MsgId"]);
    assert_eq!(listen.events("message")[1]["text"], "你好");
    let logout = run(beside(&["logout"])).await;
    assert_eq!(logout.code, 0, "{logout:?}");

    post(&control, "shutdown", &json!({})).await;
    let sim = sim.end().await;
    assert_eq!(sim.code, 0, "{sim:?}");
    // What the other terminal needs is on stderr as well, for people.
    assert!(sim.stderr.contains("WX_CONNECT_TO"), "{sim:?}");
    assert!(!std::path::Path::new(&ca_file).exists());
}

#[tokio::test]
async fn signals_end_it() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let mut sim = Running::start(wx(&["sim", "--json", "-q"]));
        sim.line().await;
        sim.signal(signal).await;
        let sim = sim.end().await;
        assert_eq!((sim.code, sim.stderr.as_str()), (code, ""));
        let started = sim.only();
        assert_eq!(started.as_object().expect("an object").len(), 3);
    }
}

#[tokio::test]
async fn a_port_that_is_taken_and_a_script_that_is_wrong_are_told_of() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback");
    let address = taken.local_addr().expect("an address").to_string();
    let sim = run(wx(&["sim", "--listen", &address])).await;
    assert_eq!((sim.code, sim.stdout.as_str()), (1, ""));
    assert!(sim.complaint().0.contains(&address), "{sim:?}");

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("script.toml");
    let path = path.to_str().expect("a plain path");
    for (script, word) in [
        (
            "[config]\nauto_scan = 5",
            "line 2: unknown field `auto_scan`",
        ),
        ("[[step]]\ncall = \"push\"", "step 1"),
        ("[[step]]\nat_ms = 1\ncall = \"dance\"", "dance"),
    ] {
        std::fs::write(path, script).expect("a file");
        let sim = run(wx(&["sim", "--script", path])).await;
        assert_eq!((sim.code, sim.stdout.as_str()), (2, ""));
        assert!(sim.complaint().0.contains(word), "{sim:?}");
    }
}

#[tokio::test]
async fn a_script_is_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("script.toml");
    let script = "[config]\nauto_scan_ms = 0\nauto_confirm_ms = 0\n[[step]]\n\
                  after = \"polling\"\ncall = \"push\"\nkind = \"text\"\ncontent = \"from a script\"\n";
    std::fs::write(&path, script).expect("a file");
    let path = path.to_str().expect("a plain path");
    let mut sim = Running::start(wx(&["sim", "-q", "--seed", "5", "--script", path]));
    let started: Value = serde_json::from_str(&sim.line().await).expect("JSON");
    let beside = |arguments: &[&str]| {
        let mut command = wx(arguments);
        command.env("WX_HOME", folder.path());
        command.env(
            "WX_CONNECT_TO",
            started["address"].as_str().expect("a text"),
        );
        command.env("WX_CA_FILE", started["ca_file"].as_str().expect("a text"));
        command
    };
    let login = run(beside(&["login", "-q"])).await;
    assert_eq!(login.code, 0, "{login:?}");
    let listen = run(beside(&["listen", "--json", "--max", "1"])).await;
    assert_eq!(listen.events("message")[0]["text"], "from a script");
}
