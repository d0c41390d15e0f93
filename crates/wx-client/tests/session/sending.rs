//! Messages on their way out: at the service once, or not at all.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use serde_json::json;
use tokio::task::yield_now;
use wx_client::{Config, ErrorKind, EventKind, FileStore, MemoryStore, SendText};

use crate::support::{Running, Sim, soon};

#[tokio::test]
async fn a_lost_answer_is_not_asked_for_by_sending_again() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let mut running = sim.online(&store).await;
    // The service takes the message, and its answer is lost.
    sim.call("fault", json!({"path": "webwxsendmsg", "kind": "reset"}))
        .await;
    let send = SendText::new("filehelper", "once").with_key("a key");
    let outcome = running.client.send(send.clone()).await;
    let number = sim.server.with(|service, _| {
        let sent = service.sent();
        assert_eq!(sent.len(), 1);
        sent[0].client_msg_id.clone()
    });
    match outcome {
        // The stream of changes showed it before the answer was given up.
        Ok(sent) => assert_eq!(sent.client_msg_id.as_str(), number),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Unknown);
            assert_eq!(error.client_msg_id().unwrap().as_str(), number);
            assert!(!error.is_transient(), "nobody must try again by himself");
            // It shows it afterwards.
            assert_eq!(running.text().await, "once");
        }
    }
    // The same key gives the first outcome, which is known by now.
    let again = running.client.send(send).await.unwrap();
    assert_eq!(again.client_msg_id.as_str(), number);
    running
        .client
        .send_text("filehelper", "twice")
        .await
        .unwrap();
    assert_eq!(sim.taken(), ["once", "twice"]);
    running.stop().await;
}

#[tokio::test]
async fn a_message_that_cannot_have_gone_out_is_tried_again() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let mut running = sim.online(&store).await;
    sim.gate.close();
    running
        .find(|event| matches!(event, EventKind::Offline { .. }).then_some(()))
        .await;
    let refused = sim.gate.seen().refused;
    let client = running.client.clone();
    let sending = tokio::spawn(async move { client.send_text("filehelper", "late").await });
    sim.gate.until_refused(refused + 1).await;
    assert!(sim.taken().is_empty());

    sim.gate.open();
    let sent = sending.await.unwrap().unwrap();
    sim.server.with(|service, _| {
        assert_eq!(service.sent().len(), 1);
        assert_eq!(service.sent()[0].msg_id.to_string(), sent.msg_id.as_str());
    });
    running.stop().await;
}

#[tokio::test]
async fn a_refusal_has_the_servers_code() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let running = sim.online(&store).await;
    let refused = running.client.send_text("@nobody", "hello").await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Refused);
    assert_eq!(refused.ret().unwrap().0, 1204);
    assert!(sim.taken().is_empty());
    running.stop().await;
}

#[tokio::test]
async fn a_stop_waits_for_a_message_that_is_out() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let running = sim.online(&store).await;
    let slow = json!({"path": "webwxsendmsg", "kind": "slow", "over_ms": 100});
    sim.call("fault", slow).await;
    let client = running.client.clone();
    let sending = tokio::spawn(async move { client.send_text("filehelper", "slow").await });
    sim.until_asked("webwxsendmsg", 1).await;
    running.stop().await;
    sending.await.unwrap().expect("its answer was waited for");
}

#[tokio::test]
async fn a_message_may_wait_without_end() {
    let sim = Sim::start().await;
    let folder = tempfile::tempdir().unwrap();
    sim.owner(folder.path()).await.stop().await;

    // Beside nobody, there is nothing else to wait for while it is stored.
    let mut config = Config::default();
    config.send_expiry = Duration::MAX;
    let store = FileStore::attach(folder.path());
    let builder = sim.client().config(config).store(store).attach();
    let (client, _) = builder.spawn().await.unwrap();
    client.send_text("filehelper", "patient").await.unwrap();
    assert_eq!(sim.taken(), ["patient"]);
    soon("the stop", client.shutdown())
        .await
        .expect("all is stored");
}

#[tokio::test]
async fn an_answer_that_came_while_the_process_stood_still_counts() {
    let sim = Sim::start().await;
    let (client, events, runner) = sim.client().build().await.unwrap();
    let stop = Stop::default();
    let stops = stop.clone();
    let mut runner = runner.into_future();
    let runner = tokio::spawn(poll_fn(move |cx| match stops.keeps(cx) {
        true => Poll::Pending,
        false => runner.as_mut().poll(cx),
    }));
    let mut running = Running {
        client,
        events,
        runner,
    };
    running.log_in(&sim).await;
    // More than once, as it is chance what a driver looks at first.
    for count in 1..=12 {
        let client = running.client.clone();
        let sending = tokio::spawn(async move { client.send_text("filehelper", "a text").await });
        sim.until_asked("webwxsendmsg", count).await;
        stop.begin();
        for _ in 0..5000 {
            yield_now().await;
        }
        // The core waits 15 s for an answer.
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(16)).await;
        tokio::time::resume();
        stop.end();
        sending.await.unwrap().unwrap();
    }
    running.stop().await;
}

/// Keeps a future from being polled, as a process is that stands still.
#[derive(Clone, Default)]
struct Stop(Arc<Mutex<(bool, Option<Waker>)>>);

impl Stop {
    fn begin(&self) {
        self.0.lock().unwrap().0 = true;
    }

    fn end(&self) {
        let mut stopped = self.0.lock().unwrap();
        stopped.0 = false;
        if let Some(waker) = stopped.1.take() {
            waker.wake();
        }
    }

    fn keeps(&self, cx: &Context<'_>) -> bool {
        let mut stopped = self.0.lock().unwrap();
        stopped.1 = Some(cx.waker().clone());
        stopped.0
    }
}
