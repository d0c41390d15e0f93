//! What is recorded: nothing of anybody, and enough to live through it again.
//!
//! `WX_TRACE_OUT=FILE cargo test -p wx-client --test session recorded` keeps
//! the trace of a small session, from which wx-proto's fixture is made.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::UNIX_EPOCH;

use futures_util::future::join_all;
use serde_json::{Value, json};
use wx_client::event::EventKind;
use wx_client::{Client, ErrorKind, MemoryStore, SessionStore};
use wx_proto::trace::{Head, Output, Replay, Step};

use crate::support::{Running, Sim, media, soon};

/// A trace, lived through again: the events in order.
fn replay(trace: &str) -> Vec<Value> {
    let mut lines = trace.lines();
    let head: Head = serde_json::from_str(lines.next().expect("a head")).expect("a head");
    let mut replay = Replay::new(head).expect("this form");
    let mut events = Vec::new();
    for (at, line) in lines.enumerate() {
        let step: Step = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        let outputs = replay.step(step);
        for output in outputs.unwrap_or_else(|e| panic!("line {}: {e}: {line}", at + 2)) {
            if let Output::Event(event) = output {
                events.push(serde_json::to_value(&event.kind).expect("data"));
            }
        }
    }
    events
}

/// What an event is, without what it is about.
fn kind(event: &Value) -> (Value, Value) {
    (event["event"].clone(), event["kind"].clone())
}

/// Takes and acknowledges events until one fits.
async fn until(running: &mut Running, seen: &mut Vec<Value>, fits: impl Fn(&EventKind) -> bool) {
    loop {
        let delivery = running.next().await;
        seen.push(serde_json::to_value(delivery.kind()).expect("data"));
        let found = fits(delivery.kind());
        delivery.ack();
        if found {
            return;
        }
    }
}

fn is_text(event: &EventKind, wanted: &str) -> bool {
    matches!(event, EventKind::Message(message) if message.text() == Some(wanted))
}

/// Has the client do some of everything.
async fn do_things(sim: &Sim, client: &Client) {
    let friend = sim.id("friend:0");
    let group = sim.id("group:0");
    let sent = client.send_text(&friend, "Meet Wolfgang at the Hauptbahnhof, 018005996633?");
    let sent = sent.await.unwrap();
    client.revoke(&sent).await.unwrap();
    let picture = media("Wolfgang-Geburtstag.png", b"\x89PNG\r\n\x1a\n a picture");
    client.send_image(&group, picture).await.unwrap();
    let file = media("Steuererklaerung.pdf", b"words and words");
    client.send_file("filehelper", file).await.unwrap();
    client
        .set_remark(&friend, "Großtante Hedwig")
        .await
        .unwrap();
    client.pin(&friend).await.unwrap();
    client.mark_read(&friend).await.unwrap();
    let members = [friend, sim.id("friend:1")];
    client
        .create_group("Wanderfreunde Nord", members)
        .await
        .unwrap();
    client.search_contacts("Hedwig").await.unwrap();
}

/// All texts and long numbers in a value.
fn texts(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(found.insert(text.clone())),
        Value::Array(values) => values.iter().for_each(|value| texts(value, found)),
        Value::Object(members) => {
            members.values().for_each(|value| texts(value, found));
        }
        Value::Number(number) if number.to_string().len() >= 10 => {
            found.insert(number.to_string());
        }
        _ => {}
    }
}

/// Words of the protocol and of this program that are as long as secrets.
const PROTOCOL: [&str; 16] = [
    "accepted",
    "filehelper",
    "floatbottle",
    "medianote",
    "notification",
    "webwxgeticon",
    "webwxgetheadimg",
    "webwxgetpubliclinkimg",
    "contacts",
    "location",
    "position",
    "official",
    "chatroom",
    "fmessage",
    "transfer",
    "username",
];
/// Sentences of the service's, by which notices are told apart.
const PHRASES: [&str; 2] = ["撤回了一条消息", "加入了群聊"];

/// The pieces of a secret that nobody comes upon by chance: eight characters
/// of mixed kinds, twelve hex digits, a whole number, three Han characters.
fn pieces(secret: &str) -> Vec<String> {
    let mut secret = secret.to_owned();
    for phrase in PHRASES {
        secret = secret.replace(phrase, " ");
    }
    let since = UNIX_EPOCH.elapsed().expect("a clock");
    let now = since.as_secs().to_string();
    let mut pieces = Vec::new();
    for word in secret.split(|c: char| !c.is_alphanumeric()) {
        let length = if word.bytes().all(|b| b.is_ascii_hexdigit()) {
            12
        } else if word.contains(|c: char| c.is_ascii()) {
            8
        } else {
            3
        };
        if word.len() >= 10 && word.bytes().all(|b| b.is_ascii_digit()) {
            // Times, and numbers made of them, are kept.
            let is_time = word.get(..4) == now.get(..4);
            pieces.extend((!is_time).then(|| word.to_owned()));
        } else if !PROTOCOL.contains(&word) {
            let chars: Vec<char> = word.chars().collect();
            let windows = chars.windows(length);
            pieces.extend(windows.map(|piece| piece.iter().collect::<String>()));
        }
    }
    pieces
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Fails if a piece of a secret is in the trace, in whatever encoding.
fn assert_scrubbed(trace: &str, secrets: &BTreeSet<String>) {
    let (mut leaks, mut sought) = (BTreeSet::new(), 0);
    for secret in secrets {
        for piece in pieces(secret) {
            sought += 1;
            let once = percent(&piece);
            let twice = once.replace('%', "%25");
            let escaped: String = piece
                .encode_utf16()
                .map(|u| format!("\\u{u:04x}"))
                .collect();
            if [&piece, &once, &twice, &escaped]
                .into_iter()
                .any(|form| trace.contains(form))
            {
                let start: String = secret.chars().take(60).collect();
                leaks.insert(format!("{piece} of {start}"));
            }
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
    // A search that looks for nothing finds nothing.
    assert!(sought > 500, "only {sought} pieces were looked for");
}

/// What a store holds of keys, cookies and people.
async fn stored(store: &MemoryStore) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let loaded = store.clone().load().await.expect("a store");
    for json in loaded.snapshot.iter().chain(&loaded.records) {
        let mut value: Value = serde_json::from_slice(json).expect("data");
        if let Some(Value::String(jar)) = value.get_mut("jar").map(Value::take) {
            let jar: Value = serde_json::from_str(&jar).expect("a jar");
            let cookies = jar["cookies"].as_array().expect("cookies");
            for cookie in cookies {
                let raw = cookie["raw_cookie"].as_str().expect("a cookie");
                let (name, value) = raw.split_once('=').expect("a value");
                // These two hold the time of the login.
                if !["wxloadtime", "wxpluginkey"].contains(&name) {
                    let value = value.split(';').next().unwrap_or_default();
                    found.insert(value.to_owned());
                }
            }
            assert!(cookies.len() >= 5, "{jar}");
        }
        texts(&value, &mut found);
    }
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a trace")
}

#[tokio::test]
async fn a_recorded_session_is_lived_through_again_and_names_nobody() {
    let sim = Sim::start().await;
    let folder = tempfile::tempdir().unwrap();
    let store = MemoryStore::new();
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    let mut secrets = BTreeSet::new();

    let builder = sim.client().store(store.clone()).record(&first);
    let mut running = Running::start(builder).await;
    let mut seen = Vec::new();
    loop {
        let delivery = running.next().await;
        seen.push(serde_json::to_value(delivery.kind()).unwrap());
        match delivery.kind() {
            EventKind::Qr { uuid, .. } => {
                let scan = json!({"uuid": uuid.as_str(), "action": "scan"});
                sim.call("login", scan).await;
                let confirm = json!({"uuid": uuid.as_str(), "action": "confirm"});
                sim.call("login", confirm).await;
            }
            EventKind::Online { .. } => break,
            _ => {}
        }
    }
    soon("polling", sim.call("wait_session", json!({}))).await;
    sim.call("push_all", json!({})).await;
    sim.push("明天 Schwester Friederike besuchen & 带上礼物盒子 &lt;3")
        .await;
    until(&mut running, &mut seen, |e| matches!(e, EventKind::Message(m) if m.text().is_some_and(|t| t.contains("Friederike")))).await;
    do_things(&sim, &running.client).await;
    sim.push("the last of it").await;
    until(&mut running, &mut seen, |event| {
        is_text(event, "the last of it")
    })
    .await;
    texts(&sim.call("state", json!({})).await, &mut secrets);
    running.stop().await;
    secrets.extend(stored(&store).await);

    // The events are the same ones, about nobody.
    let trace = read(&first);
    let told = replay(&trace);
    assert_eq!(
        told.iter().map(kind).collect::<Vec<_>>(),
        seen.iter().map(kind).collect::<Vec<_>>()
    );

    // A session that goes on starts with what was saved.
    let builder = sim.client().store(store.clone()).record(&second);
    let mut running = Running::start(builder).await;
    let mut again = Vec::new();
    until(&mut running, &mut again, |e| {
        matches!(e, EventKind::Online { .. })
    })
    .await;
    sim.push("back again, Friederike").await;
    until(&mut running, &mut again, |e| {
        is_text(e, "back again, Friederike")
    })
    .await;
    running
        .client
        .send_text("filehelper", "farewell Friederike")
        .await
        .unwrap();
    running.client.logout().await.unwrap();
    until(&mut running, &mut again, |e| {
        matches!(e, EventKind::LoggedOut { .. })
    })
    .await;
    running.stop().await;
    secrets.extend(stored(&store).await);
    let resumed = read(&second);
    let told = replay(&resumed);
    assert_eq!(
        told.iter().map(kind).collect::<Vec<_>>(),
        again.iter().map(kind).collect::<Vec<_>>()
    );

    for event in seen.iter().chain(&again) {
        texts(event, &mut secrets);
    }
    for known in [
        "Wolfgang",
        "Hauptbahnhof",
        "018005996633",
        "Geburtstag",
        "Steuererklaerung",
        "Großtante",
        "Wanderfreunde",
        "Friederike",
        "Schwester",
        "带上礼物盒子",
    ] {
        secrets.insert(known.to_owned());
    }
    assert_scrubbed(&trace, &secrets);
    assert_scrubbed(&resumed, &secrets);
}

#[tokio::test]
async fn commands_beside_the_owner_are_recorded_as_well() {
    let sim = Sim::start().await;
    let folder = tempfile::tempdir().unwrap();
    let owner = sim.owner(&folder.path().join("account")).await;
    let path = folder.path().join("trace");
    let beside = wx_client::FileStore::attach(folder.path().join("account"));
    let builder = sim.client().store(beside).attach().record(&path);
    let (client, _events) = builder.spawn().await.unwrap();
    let texts = (0..3).map(|n| client.send_text("filehelper", format!("Rosamunde {n}")));
    for sent in join_all(texts).await {
        sent.unwrap();
    }
    client.shutdown().await.unwrap();
    let trace = read(&path);
    assert!(trace.contains("\"start\":\"attach\"") && !trace.contains("Rosamunde"));
    replay(&trace);
    owner.stop().await;
}

#[tokio::test]
async fn a_small_recorded_session() {
    let sim = Sim::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace");
    let mut running = Running::start(sim.client().record(&path)).await;
    running.log_in(&sim).await;
    soon("polling", sim.call("wait_session", json!({}))).await;
    running
        .find(|event| matches!(event, EventKind::ContactsLoaded { .. }).then_some(()))
        .await;
    sim.push("good morning").await;
    assert_eq!(running.text().await, "good morning");
    running
        .client
        .send_text("filehelper", "and to you")
        .await
        .unwrap();
    sim.push("thank you").await;
    assert_eq!(running.text().await, "thank you");
    running.client.logout().await.unwrap();
    running
        .find(|event| matches!(event, EventKind::LoggedOut { .. }).then_some(()))
        .await;
    soon("the end", running.events.next()).await;
    running.client.stopped().await.unwrap();
    let trace = read(&path);
    let events = replay(&trace);
    assert_eq!(events.last().expect("events")["cause"], "self");
    if let Some(out) = std::env::var_os("WX_TRACE_OUT") {
        std::fs::write(out, trace).unwrap();
    }
}

#[tokio::test]
async fn a_trace_replaces_nothing_and_is_nobody_elses_to_read() {
    let sim = Sim::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace");
    let (client, _events, runner) = sim.client().record(&path).build().await.unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    drop((client, runner));
    let before = read(&path);
    assert!(before.starts_with("{\"wx_trace\":1,"), "{before}");
    let error = sim.client().record(&path).build().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
    assert!(error.to_string().contains("not overwritten"), "{error}");
    assert_eq!(read(&path), before);
}
