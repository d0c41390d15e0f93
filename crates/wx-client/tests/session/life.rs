//! A session from its login to its end, over stops and kills.

use serde_json::json;
use wx_client::event::{Cause, How, WarningKind};
use wx_client::{Config, EventKind, FileStore, MemoryStore, State};

use crate::support::{Running, Sim, soon};

#[tokio::test]
async fn a_scan_leads_in_and_texts_go_both_ways() {
    let sim = Sim::with(json!({"auto_scan_ms": 0, "auto_confirm_ms": 100}), 1).await;
    let mut running = Running::start(sim.client()).await;

    let (uuid, url) = running
        .find(|event| match event {
            EventKind::Qr { uuid, url, .. } => Some((uuid.clone(), url.clone())),
            _ => None,
        })
        .await;
    assert_eq!(url, format!("https://login.weixin.qq.com/l/{uuid}"));
    let next = running.next().await;
    assert!(matches!(next.kind(), EventKind::Scanned { .. }), "{next:?}");
    let next = running.next().await;
    assert!(matches!(next.kind(), EventKind::Confirmed {}), "{next:?}");
    let next = running.next().await;
    let EventKind::Online {
        account, host, how, ..
    } = next.kind()
    else {
        panic!("{next:?}")
    };
    let state = sim.call("state", json!({})).await;
    let own = &state["accounts"][0];
    assert_eq!((host.as_str(), *how), ("wx2.qq.com", How::Qr));
    assert_eq!(account.user_name.as_str(), own["user_name"]);
    assert_eq!(account.nick_name, own["nick_name"]);
    assert_eq!(account.uin, own["uin"]);
    assert_eq!(running.client.online().await.unwrap(), *account);

    let groups = running
        .find(|event| match event {
            EventKind::ContactsLoaded { groups, .. } => Some(*groups),
            _ => None,
        })
        .await;
    assert_eq!(groups, 2);
    let roster = running.client.roster().await.unwrap();
    let friend = sim.user_name("friend:3");
    assert!(roster.contact(&friend.as_str().into()).is_some());

    let number = sim.push("你好 <&> 🌏").await;
    let (message, delivery) = running.message().await;
    assert_eq!(message.text_from_others(), Some("你好 <&> 🌏"));
    assert_eq!(message.msg_id.as_str(), number);
    assert_eq!(message.chat.id.as_str(), sim.user_name("friend:0"));
    delivery.ack();

    let sent = running.client.send_text("filehelper", "a <b> & c").await;
    let sent = sent.unwrap();
    sim.server.with(|service, _| {
        let [taken] = service.sent() else {
            panic!("{:?}", service.sent())
        };
        assert_eq!(taken.to, "filehelper");
        assert_eq!(taken.content, "a <b> & c");
        assert_eq!(taken.msg_id.to_string(), sent.msg_id.as_str());
        assert_eq!(taken.client_msg_id, sent.client_msg_id.as_str());
    });

    running.client.logout().await.unwrap();
    let cause = running
        .find(|event| match event {
            EventKind::LoggedOut { cause, .. } => Some(*cause),
            _ => None,
        })
        .await;
    assert_eq!(cause, Cause::Own);
    assert!(soon("the end", running.events.next()).await.is_none());
    running.client.stopped().await.unwrap();
    assert!(!sim.server.with(|service, _| service.is_online(0)));
}

#[tokio::test]
async fn a_saved_session_comes_back_without_a_scan() {
    let sim = Sim::start().await;
    let folder = tempfile::tempdir().unwrap();
    let start = async || {
        let store = FileStore::open(folder.path()).unwrap();
        Running::start(sim.client().store(store)).await
    };
    let mut running = start().await;
    assert_eq!(running.log_in(&sim).await, How::Qr);
    sim.push("before").await;
    assert_eq!(running.text().await, "before");
    running.stop().await;

    sim.push("meanwhile").await;
    let mut running = start().await;
    assert_eq!(running.log_in(&sim).await, How::Saved);
    assert_eq!(running.text().await, "meanwhile");
    running.stop().await;

    let mut running = start().await;
    assert_eq!(running.log_in(&sim).await, How::Saved);
    sim.push("after").await;
    assert_eq!(running.text().await, "after");
    running.stop().await;
    assert_eq!(sim.asked("jslogin"), 1);
}

#[tokio::test]
async fn a_kill_before_the_acknowledgement_loses_nothing() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let mut running = sim.online(&store).await;
    sim.push("first").await;
    let (first, _) = running.message().await;
    sim.push("second").await;
    sim.push("third").await;
    // Nobody takes the next event, so the first stays unacknowledged.
    running.kill().await;

    let mut running = sim.resumed(&store).await;
    let (again, _) = running.message().await;
    assert_eq!(again.key, first.key);
    assert_eq!(again.text(), Some("first"));
    assert_eq!(running.text().await, "second");
    assert_eq!(running.text().await, "third");
    running.stop().await;
    assert_eq!(sim.asked("jslogin"), 1);
}

#[tokio::test]
async fn what_was_acknowledged_does_not_come_again() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let mut running = sim.online(&store).await;
    for text in ["one", "two", "three", "four"] {
        sim.push(text).await;
    }
    let (_, one) = running.message().await;
    let (_, one) = one.defer();
    let (_, two) = running.message().await;
    drop(two.defer());
    let (_, three) = running.message().await;
    three.ack();
    let (_, four) = running.message().await;
    one.ack();
    drop(four);
    running.stop().await;

    let mut running = sim.resumed(&store).await;
    assert_eq!(running.text().await, "two");
    assert_eq!(running.text().await, "four");
    sim.push("five").await;
    assert_eq!(running.text().await, "five");
    running.stop().await;
}

#[tokio::test]
async fn a_stop_keeps_what_was_not_taken_for_the_next_start() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let mut running = sim.online(&store).await;
    for text in ["one", "two", "three"] {
        sim.push(text).await;
    }
    assert_eq!(running.text().await, "one");
    soon("the stop", running.client.shutdown())
        .await
        .expect("all is stored");
    assert!(
        running.events.next().await.is_none(),
        "nothing after a stop"
    );
    assert_eq!(running.client.state(), State::Closed {});

    let mut running = sim.resumed(&store).await;
    assert_eq!(running.text().await, "two");
    assert_eq!(running.text().await, "three");
    running.stop().await;
}

#[tokio::test]
async fn a_runner_that_is_dropped_is_seen_to_have_stopped() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let running = sim.online(&store).await;
    let (client, mut events) = (running.client, running.events);
    running.runner.abort();
    let stopped = soon("the end", client.stopped()).await.unwrap_err();
    assert_eq!(stopped.kind(), wx_client::ErrorKind::Stopped);
    assert_eq!(client.state(), State::Closed {});
    assert!(events.next().await.is_none());
    let online = client.online().await.unwrap_err();
    assert_eq!(online.kind(), wx_client::ErrorKind::Stopped);
}

#[tokio::test]
async fn dropping_every_handle_stops_the_client() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let mut running = sim.online(&store).await;
    sim.push("one").await;
    let (_, delivery) = running.message().await;
    let (_, guard) = delivery.defer();
    drop(running.client);
    // The stream alone keeps it at work.
    sim.push("two").await;
    let next = soon("a message", running.events.next()).await.unwrap();
    next.ack();
    drop(running.events);
    guard.ack();
    soon("the end", running.runner).await.unwrap();

    let mut running = sim.resumed(&store).await;
    sim.push("three").await;
    assert_eq!(running.text().await, "three");
    running.stop().await;
}

#[tokio::test]
async fn a_slow_application_gets_everything_in_order() {
    let sim = Sim::start().await;
    let mut config = Config::default();
    config.event_capacity = 1;
    config.in_hand_capacity = 3;
    let mut running = Running::start(sim.client().config(config)).await;
    running.log_in(&sim).await;
    // More than all queues on the way hold, and nothing is taken meanwhile.
    let texts: Vec<String> = (0..40).map(|number| format!("number {number}")).collect();
    for text in &texts {
        sim.push(text).await;
    }
    for text in &texts {
        assert_eq!(running.text().await, *text);
    }
    running.stop().await;
}

#[tokio::test]
async fn without_a_listener_commands_run_and_messages_wait() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let running = sim.online(&store).await;
    drop(running.events);
    let polls = sim.asked("synccheck");
    sim.push("one").await;
    // It is with the client once that polls for what comes after it.
    sim.until_asked("synccheck", polls + 1).await;
    let sent = running.client.send_text("filehelper", "still here").await;
    sent.unwrap();
    soon("the stop", running.client.shutdown())
        .await
        .expect("all is stored");

    let mut running = sim.resumed(&store).await;
    assert_eq!(running.text().await, "one");
    running.stop().await;
}

#[tokio::test]
async fn a_message_whose_handler_fails_comes_again_and_is_parked_in_the_end() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    sim.push("poison").await;
    let (poison, delivery) = running.message().await;
    delivery.fail("no such table");
    // Others do not wait for it.
    sim.push("fine").await;
    assert_eq!(running.text().await, "fine");

    let (again, delivery) = running.message().await;
    assert_eq!(again.key, poison.key);
    let (kind, guard) = delivery.defer();
    guard.fail(kind, "no such table");
    let (_, delivery) = running.message().await;
    delivery.fail("no such table");
    let words = running.warning(WarningKind::Parked).await;
    assert!(words.contains(&poison.key), "{words}");
    assert!(words.ends_with("no such table"), "{words}");
    running.client.reply(&poison, "sorry").await.unwrap();
    assert_eq!(sim.taken(), ["sorry"]);
    running.stop().await;
}
