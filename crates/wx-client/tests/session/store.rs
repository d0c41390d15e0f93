//! Stores that fail: for a while, for ever, or without saying whether.

use std::time::{Duration, Instant};

use futures_util::future::join;
use wx_client::event::{How, WarningKind};
use wx_client::saved::{JarSnapshot, Record, Saved};
use wx_client::{ErrorKind, MemoryStore, SessionStore};

use crate::support::{Fault, Faulty, Running, Sim, soon};

async fn online(sim: &Sim, store: &Faulty) -> Running {
    let mut running = Running::start(sim.client().store(store.clone())).await;
    running.log_in(sim).await;
    running
}

/// The client gives the store up, and says so.
async fn stops_with(fault: Fault, words: &str) {
    let sim = Sim::start().await;
    let store = Faulty::default();
    let mut running = online(&sim, &store).await;
    sim.push("one").await;
    let (_, one) = running.message().await;
    store.fail("append", fault, usize::MAX);
    one.ack();

    // From here on there is nothing to wait for but time.
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    let error = running.client.shutdown().await.unwrap_err();
    let took = begun.elapsed().as_secs();
    assert!((15..=20).contains(&took), "{took} s");
    assert_eq!(error.kind(), ErrorKind::Store);
    assert!(error.to_string().contains(words), "{error}");
    tokio::time::resume();

    // What could not be stored comes again.
    let mut running = sim.resumed(&store.inner).await;
    assert_eq!(running.text().await, "one");
    running.stop().await;
}

#[tokio::test]
async fn a_store_that_fails_for_ever_does_not_hold_up_a_stop() {
    stops_with(Fault::Full, "the disk is full").await;
}

#[tokio::test]
async fn a_store_that_never_answers_does_not_hold_up_a_stop() {
    stops_with(Fault::Silent, "does not answer").await;
}

#[tokio::test]
async fn a_full_disk_is_told_of_and_waited_out() {
    let sim = Sim::start().await;
    let store = Faulty::default();
    let mut running = online(&sim, &store).await;
    store.fail("append", Fault::Full, 1);
    // Nothing goes out before it is stored.
    let sent = running.client.send_text("filehelper", "patience").await;
    sent.unwrap();
    assert_eq!(sim.taken(), ["patience"]);
    let warning = running.warning(WarningKind::Disk).await;
    assert!(warning.contains("the disk is full"), "{warning}");
    running.stop().await;
}

/// The store does not say whether it has written a message that is to go out,
/// nor an acknowledgement.
async fn doubts(fault: Fault) {
    let sim = Sim::start().await;
    let store = Faulty::default();
    let mut running = online(&sim, &store).await;
    assert_eq!(store.count("load"), 1);
    store.fail("append", fault, 1);
    running
        .client
        .send_text("filehelper", "once")
        .await
        .unwrap();
    assert_eq!(store.count("load"), 2);
    sim.push("one").await;
    let (_, one) = running.message().await;
    store.fail("append", fault, 1);
    one.ack();
    running.stop().await;

    let mut running = sim.resumed(&store.inner).await;
    sim.push("two").await;
    assert_eq!(running.text().await, "two");
    running.stop().await;
    assert_eq!(sim.taken(), ["once"]);
}

#[tokio::test]
async fn a_store_that_does_not_say_whether_it_has_written_is_asked() {
    join(doubts(Fault::Written), doubts(Fault::Unwritten)).await;
}

#[tokio::test]
async fn a_busy_account_is_flushed_each_second_and_its_roster_kept_each_five() {
    let sim = Sim::start().await;
    let store = Faulty::default();
    let begun = Instant::now();
    let running = online(&sim, &store).await;
    let friend = sim.id("friend:1");
    let mut remark = String::new();
    let busy = async {
        while store.count("flush") < 3 {
            remark = format!("remark {}", store.calls().len());
            running.client.set_remark(&friend, &remark).await.unwrap();
            running.stored().await;
        }
    };
    soon("the third flush", busy).await;
    let took = begun.elapsed();
    assert!(took >= Duration::from_secs(2), "{took:?}");
    let kept = u64::try_from(store.count("keep_roster")).unwrap();
    assert!((1..=took.as_secs() / 5 + 1).contains(&kept), "{kept}");

    // A stop waits for no pace.
    running.stop().await;
    let roster = store.inner.clone().roster().await.unwrap().unwrap();
    let roster = String::from_utf8_lossy(&roster);
    assert!(roster.contains(&remark), "{roster}");
}

#[tokio::test]
async fn what_a_disk_failed_to_flush_is_written_anew() {
    let sim = Sim::start().await;
    let store = Faulty::default();
    let mut running = online(&sim, &store).await;
    sim.push("one").await;
    let (_, one) = running.message().await;
    store.fail("flush", Fault::Full, 1);
    one.ack();
    running.stop().await;
    let calls = store.calls();
    assert_eq!(&calls[calls.len() - 2..], ["flush", "compact"]);
    let mut running = sim.resumed(&store.inner).await;
    sim.push("two").await;
    assert_eq!(running.text().await, "two");
    running.stop().await;
}

#[tokio::test]
async fn keys_are_not_stored_without_the_cookies_that_came_with_them() {
    let sim = Sim::start().await;
    let store = Faulty::default();
    store.fail("append", Fault::Full, 1);
    let mut running = online(&sim, &store).await;
    running.warning(WarningKind::Disk).await;
    // The first record that gets into the store is the login's.
    sim.push("one").await;
    let (_, one) = running.message().await;
    one.ack();
    running.stop().await;
    let loaded = store.inner.clone().load().await.unwrap();
    let first: serde_json::Value = serde_json::from_slice(&loaded.records[0]).unwrap();
    assert_eq!(first["change"]["change"], "online");
    let jar = first["jar"].as_str().expect("cookies");
    assert!(jar.contains("wxsid"), "the session's cookie is among them");
}

#[tokio::test]
async fn cookies_that_cannot_be_read_are_no_end_of_the_account() {
    let sim = Sim::start().await;
    let mut store = MemoryStore::new();
    sim.online(&store).await.stop().await;
    // Something has happened to the jar, and to nothing else.
    let loaded = store.load().await.unwrap();
    let mut saved = Saved::new();
    if let Some(snapshot) = &loaded.snapshot {
        saved = serde_json::from_slice(snapshot).unwrap();
    }
    for record in &loaded.records {
        saved.apply(serde_json::from_slice::<Record>(record).unwrap());
    }
    saved.jar = Some(JarSnapshot::new("{\"version\":1,\"cookies\":[{\"wxs"));
    let snapshot = serde_json::to_vec(&saved).unwrap();
    let compacted = store.compact(snapshot.into(), loaded.position).await;
    compacted.unwrap();

    let mut running = Running::start(sim.client().store(store.clone())).await;
    let warning = running.warning(WarningKind::Disk).await;
    assert!(warning.contains("cookies"), "{warning}");
    assert_eq!(running.log_in(&sim).await, How::Qr);
    sim.push("one").await;
    assert_eq!(running.text().await, "one");
    running.stop().await;
    sim.resumed(&store).await.stop().await;
}
