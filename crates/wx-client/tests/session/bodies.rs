//! Answers that are not what they ought to be.

use futures_util::future::join_all;
use serde_json::{Value, json};
use wx_client::event::WarningKind;
use wx_client::{EventKind, MemoryStore};

use crate::support::Sim;

/// What an application is told of an answer that is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// The service cannot be reached.
    Offline,
    /// A page cannot be read.
    Stuck,
}

/// A page of messages is spoiled once, whereupon it comes again.
async fn survives(more: Value, wanted: Told) {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let mut running = sim.online(&store).await;
    let mut fault = json!({"path": "webwxsync"});
    for (key, value) in more.as_object().expect("a fault") {
        fault[key] = value.clone();
    }
    sim.call("fault", fault).await;
    sim.push("one").await;
    let told = running
        .find(|event| match event {
            EventKind::Offline { .. } => Some(Told::Offline),
            EventKind::Warning { kind, .. } if *kind == WarningKind::Stuck => Some(Told::Stuck),
            _ => None,
        })
        .await;
    assert_eq!(told, wanted, "{more}");
    assert_eq!(running.text().await, "one", "{more}");
    sim.push("two").await;
    assert_eq!(running.text().await, "two", "one came twice: {more}");
    running.stop().await;
    assert_eq!(sim.asked("webwxinit"), 1);
}

#[tokio::test]
async fn no_spoiled_answer_loses_a_message_or_brings_it_twice() {
    let html = "<html><body>sorry</body></html>";
    // Most of the time is spent waiting for the next try: all at once, then.
    join_all([
        survives(json!({"kind": "status", "status": 502}), Told::Offline),
        survives(json!({"kind": "truncate"}), Told::Offline),
        survives(json!({"kind": "reset"}), Told::Offline),
        survives(json!({"kind": "empty"}), Told::Stuck),
        survives(json!({"kind": "bad_json"}), Told::Stuck),
        survives(json!({"kind": "body", "body": html}), Told::Stuck),
    ])
    .await;
}

#[tokio::test]
async fn an_answer_beyond_all_measure_is_not_taken_in() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let mut running = sim.online(&store).await;
    // Of the few dozen bytes that a poll's answer has it may be 64 KiB.
    let answer = |length: usize| {
        let body = "window.synccheck={retcode:\"0\",selector:\"2\"}";
        let body = body.to_owned() + &" ".repeat(length - body.len());
        json!({"path": "synccheck", "kind": "body", "body": body})
    };
    // The poll that waits is not struck, but the one after it.
    let polls = sim.asked("synccheck");
    sim.call("fault", answer(64 * 1024)).await;
    sim.push("one").await;
    sim.until_asked("synccheck", polls + 2).await;
    sim.call("fault", answer(64 * 1024 + 1)).await;
    sim.push("two").await;
    let mut texts = Vec::new();
    while texts.len() < 2 {
        let delivery = running.next().await;
        match delivery.kind() {
            EventKind::Message(message) => texts.extend(message.text().map(str::to_owned)),
            EventKind::Offline { reason, .. } => panic!("it is refused: {reason}"),
            _ => {}
        }
        delivery.ack();
    }
    assert_eq!(texts, ["one", "two"]);
    sim.push("three").await;
    let reason = running
        .find(|event| match event {
            EventKind::Offline { reason, .. } => Some(reason.clone()),
            _ => None,
        })
        .await;
    assert!(reason.contains("too large"), "{reason}");
    assert_eq!(running.text().await, "three");
    running.stop().await;
}

#[tokio::test]
async fn packed_answers_are_unpacked() {
    let sim = Sim::with(json!({"gzip": true}), 1).await;
    let store = MemoryStore::new();
    let mut running = sim.online(&store).await;
    sim.push("packed 你好").await;
    assert_eq!(running.text().await, "packed 你好");
    running.stop().await;
}
