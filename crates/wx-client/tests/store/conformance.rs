//! What every store does, over both of ours.

use bytes::Bytes;
use wx_client::store::{MemoryStore, Position, SessionStore, StoreError};

use crate::support::{Account, records, texts};

/// Processes that start one after the other on the same account.
trait Backend {
    fn start(&self) -> Box<dyn SessionStore>;
}

impl Backend for MemoryStore {
    fn start(&self) -> Box<dyn SessionStore> {
        Box::new(self.clone())
    }
}

impl Backend for Account {
    fn start(&self) -> Box<dyn SessionStore> {
        Box::new(self.open())
    }
}

macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod memory {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&wx_client::store::MemoryStore::new()).await;
            })*
        }

        mod file {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&crate::support::Account::missing()).await;
            })*
        }
    };
}

on_both!(
    a_new_store_is_empty,
    records_come_back_in_order,
    a_snapshot_replaces_what_was_before_it,
    records_follow_a_snapshot,
    a_position_is_good_for_one_write,
    a_snapshot_at_a_wrong_position_changes_nothing,
    nothing_is_written_before_loading,
    an_empty_batch_is_no_write,
    loading_again_gives_what_was_stored,
    records_may_be_any_bytes,
    the_last_roster_is_kept,
);

async fn a_new_store_is_empty(backend: &dyn Backend) {
    let mut store = backend.start();
    let loaded = store.load().await.expect("a store");
    assert_eq!(loaded.snapshot, None);
    assert_eq!(texts(&loaded), [""; 0]);
    assert_eq!(loaded.damage, None);
    assert_eq!(store.roster().await.expect("a store"), None);
}

async fn records_come_back_in_order(backend: &dyn Backend) {
    let mut store = backend.start();
    let start = store.load().await.expect("a store").position;
    let middle = store.append(records(&["a", "b"]), start).await;
    let end = store.append(records(&["c"]), middle.expect("stored")).await;
    let end = end.expect("stored");
    store.flush().await.expect("stored");
    drop(store);
    let loaded = backend.start().load().await.expect("a store");
    assert_eq!(texts(&loaded), ["a", "b", "c"]);
    assert_eq!(loaded.position, end);
}

async fn a_snapshot_replaces_what_was_before_it(backend: &dyn Backend) {
    let mut store = backend.start();
    let start = store.load().await.expect("a store").position;
    let position = store.append(records(&["a"]), start).await.expect("stored");
    let position = store.compact(Bytes::from_static(b"first"), position).await;
    let end = store
        .compact(Bytes::from_static(b"second\n\0"), position.expect("stored"))
        .await
        .expect("stored");
    drop(store);
    let loaded = backend.start().load().await.expect("a store");
    assert_eq!(loaded.snapshot.as_deref(), Some(&b"second\n\0"[..]));
    assert_eq!(texts(&loaded), [""; 0]);
    assert_eq!(loaded.position, end);
}

async fn records_follow_a_snapshot(backend: &dyn Backend) {
    let mut store = backend.start();
    let start = store.load().await.expect("a store").position;
    let position = store.append(records(&["a"]), start).await.expect("stored");
    let position = store.compact(Bytes::from_static(b"has a"), position).await;
    let position = store
        .append(records(&["b"]), position.expect("stored"))
        .await;
    position.expect("stored");
    drop(store);
    let mut store = backend.start();
    let loaded = store.load().await.expect("a store");
    assert_eq!(loaded.snapshot.as_deref(), Some(&b"has a"[..]));
    assert_eq!(texts(&loaded), ["b"]);
    let position = store.append(records(&["c"]), loaded.position).await;
    position.expect("stored");
    drop(store);
    let loaded = backend.start().load().await.expect("a store");
    assert_eq!(texts(&loaded), ["b", "c"]);
}

async fn a_position_is_good_for_one_write(backend: &dyn Backend) {
    let mut store = backend.start();
    let start = store.load().await.expect("a store").position;
    let second = store.append(records(&["a"]), start).await.expect("stored");
    let twice = store.append(records(&["b"]), start).await;
    assert!(matches!(twice, Err(StoreError::Fenced(_))), "{twice:?}");
    // A snapshot moves the position too: who missed it must not write.
    let third = store.compact(Bytes::from_static(b"s"), second).await;
    let late = store.append(records(&["b"]), second).await;
    assert!(matches!(late, Err(StoreError::Fenced(_))), "{late:?}");
    let fourth = store.append(records(&["c"]), third.expect("stored")).await;
    fourth.expect("stored");
    drop(store);
    let loaded = backend.start().load().await.expect("a store");
    assert_eq!(texts(&loaded), ["c"]);
}

async fn a_snapshot_at_a_wrong_position_changes_nothing(backend: &dyn Backend) {
    let mut store = backend.start();
    let start = store.load().await.expect("a store").position;
    store.append(records(&["a"]), start).await.expect("stored");
    let late = store.compact(Bytes::from_static(b"without a"), start).await;
    assert!(matches!(late, Err(StoreError::Fenced(_))), "{late:?}");
    drop(store);
    let loaded = backend.start().load().await.expect("a store");
    assert_eq!(loaded.snapshot, None);
    assert_eq!(texts(&loaded), ["a"]);
}

async fn nothing_is_written_before_loading(backend: &dyn Backend) {
    let mut store = backend.start();
    let early = store.append(records(&["a"]), Position::default()).await;
    assert!(matches!(early, Err(StoreError::Ambiguous(_))), "{early:?}");
    let early = store
        .compact(Bytes::from_static(b"s"), Position::default())
        .await;
    assert!(matches!(early, Err(StoreError::Ambiguous(_))), "{early:?}");
    let loaded = store.load().await.expect("a store");
    assert_eq!(loaded.snapshot, None);
    assert_eq!(texts(&loaded), [""; 0]);
}

async fn an_empty_batch_is_no_write(backend: &dyn Backend) {
    let mut store = backend.start();
    let start = store.load().await.expect("a store").position;
    let same = store.append(Vec::new(), start).await.expect("stored");
    assert_eq!(same, start);
    let wrong = store.append(Vec::new(), Position(start.0 + 1)).await;
    assert!(matches!(wrong, Err(StoreError::Fenced(_))), "{wrong:?}");
}

async fn loading_again_gives_what_was_stored(backend: &dyn Backend) {
    let mut store = backend.start();
    let start = store.load().await.expect("a store").position;
    let end = store.append(records(&["a"]), start).await.expect("stored");
    let loaded = store.load().await.expect("a store");
    assert_eq!((texts(&loaded), loaded.position), (vec!["a"], end));
    let end = store.append(records(&["b"]), end).await.expect("stored");
    let loaded = store.load().await.expect("a store");
    assert_eq!((texts(&loaded), loaded.position), (vec!["a", "b"], end));
}

async fn records_may_be_any_bytes(backend: &dyn Backend) {
    let every: Bytes = (0..=u8::MAX).collect();
    let batch = vec![every, Bytes::new(), Bytes::from_static(b"\n\n")];
    let mut store = backend.start();
    let start = store.load().await.expect("a store").position;
    store.append(batch.clone(), start).await.expect("stored");
    drop(store);
    let loaded = backend.start().load().await.expect("a store");
    assert_eq!(loaded.records, batch);
}

async fn the_last_roster_is_kept(backend: &dyn Backend) {
    let mut store = backend.start();
    let start = store.load().await.expect("a store").position;
    for roster in [&b"one"[..], b"two\n\xff"] {
        let kept = store.keep_roster(Bytes::from_static(roster)).await;
        kept.expect("stored");
    }
    store
        .append(records(&["a"]), start)
        .await
        .expect("the roster moves no position");
    drop(store);
    let roster = backend.start().roster().await.expect("a store");
    assert_eq!(roster.as_deref(), Some(&b"two\n\xff"[..]));
}

/// In memory nothing but the last load says who owns the content.
#[tokio::test]
async fn loading_a_memory_store_fences_the_owner_before() {
    let first = MemoryStore::new();
    let (mut first, mut second) = (first.clone(), first);
    let start = first.load().await.expect("a store").position;
    let same = second.load().await.expect("a store").position;
    assert_eq!(start, same);
    let fenced = first.append(records(&["a"]), start).await;
    assert!(matches!(fenced, Err(StoreError::Fenced(_))), "{fenced:?}");
    let fenced = first.keep_roster(Bytes::new()).await;
    assert!(matches!(fenced, Err(StoreError::Fenced(_))), "{fenced:?}");
    second.append(records(&["b"]), start).await.expect("stored");
    assert_eq!(texts(&second.load().await.expect("a store")), ["b"]);
}
