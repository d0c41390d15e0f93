//! The ends of a session, by the server's word.

use serde_json::{Value, json};
use wx_client::event::{Cause, How};
use wx_client::{ErrorKind, EventKind, MemoryStore, State};

use crate::support::{Running, Sim, soon};

/// The service ends a session that polls.
async fn ends(call: &str, body: Value, wanted: (Cause, i64)) {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let mut running = sim.online(&store).await;
    sim.call(call, body).await;
    let (cause, ret, message) = running
        .find(|event| match event {
            EventKind::LoggedOut {
                cause,
                ret,
                message,
                ..
            } => Some((*cause, ret.0, message.clone())),
            _ => None,
        })
        .await;
    assert_eq!((cause, ret), wanted);
    assert!(!message.is_empty());
    assert!(soon("the end", running.events.next()).await.is_none());
    running.client.stopped().await.unwrap();
    let State::Ended { reason, .. } = running.client.state() else {
        panic!("{:?}", running.client.state())
    };
    assert_eq!((reason.cause, reason.message), (cause, message));
    let refused = running.client.send_text("filehelper", "too late").await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Ended);
    assert_eq!(refused.cause(), Some(cause));
    assert!(sim.taken().is_empty());
}

#[tokio::test]
async fn a_logout_on_the_phone_ends_the_session() {
    let wanted = (Cause::LoggedOutOnPhone, 1100);
    ends("session", json!({"action": "logout"}), wanted).await;
}

#[tokio::test]
async fn another_login_ends_the_session() {
    ends(
        "session",
        json!({"action": "kick"}),
        (Cause::OtherLogin, 1101),
    )
    .await;
}

#[tokio::test]
async fn refused_cookies_end_the_session() {
    ends("synccheck", json!({"retcode": 1102}), (Cause::Cookie, 1102)).await;
}

#[tokio::test]
async fn after_the_end_the_phone_lets_the_next_start_in_without_a_scan() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let mut running = sim.online(&store).await;
    sim.call("session", json!({"action": "logout"})).await;
    assert!(running.texts_to_the_end().await.is_empty());

    let mut running = Running::start(sim.client().store(store.clone())).await;
    assert_eq!(running.log_in(&sim).await, How::Push);
    running.client.logout().await.unwrap();
    assert!(running.texts_to_the_end().await.is_empty());

    let mut running = Running::start(sim.client().store(store.clone())).await;
    assert_eq!(running.log_in(&sim).await, How::Push);
    running.stop().await;
    assert_eq!(sim.asked("jslogin"), 1);
}

#[tokio::test]
async fn a_message_that_nobody_acknowledges_does_not_hold_up_the_end() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let mut running = sim.online(&store).await;
    sim.push("one").await;
    sim.push("two").await;
    let (_, one) = running.message().await;
    let (_, one) = one.defer();
    let (_, two) = running.message().await;
    let (_, two) = two.defer();
    sim.call("session", json!({"action": "logout"})).await;
    // The stream ends; the client waits for whoever has a message in hand.
    assert!(running.texts_to_the_end().await.is_empty());
    assert!(!running.runner.is_finished());
    one.ack();
    drop(two);
    soon("the end", running.runner).await.unwrap();
    running.client.stopped().await.unwrap();
}
