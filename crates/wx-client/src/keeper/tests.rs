//! What is stored, when, and what becomes of a store that fails.

use std::sync::Arc;

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, Uri};
use serde_json::json;
use wx_proto::{Config, Saved, Seed, Session};

use super::*;
use crate::store::{MemoryStore, StoreFuture};

/// A session with keys, which is over and has no records to store.
fn session() -> Core {
    let saved = json!({"credentials": {
        "hosts": "wx2.qq.com", "uin": 1, "sid": "s", "skey": "k",
        "pass_ticket": "p", "device_id": "e1",
    }});
    let saved: Saved = serde_json::from_value(saved).expect("the stored form");
    let mut config = Config::default();
    config.ladder.push = false;
    config.ladder.qr = false;
    let session = Session::resume(Arc::new(config), saved, Seed(1), at(0));
    Core::new(session, None, at(0))
}

fn at(seconds: u64) -> Now {
    Now {
        mono: Instant::new(Duration::from_secs(seconds)),
        unix_ms: 0,
    }
}

fn set_cookie(jar: &Jar, cookie: &'static str) {
    let mut head = HeaderMap::new();
    head.insert(SET_COOKIE, HeaderValue::from_static(cookie));
    jar.store(&Uri::from_static("https://wx2.qq.com/"), &head);
}

async fn keeper(store: &MemoryStore, jar: &Jar) -> Keeper {
    let mut store = store.clone();
    let position = store.load().await.expect("a store").position;
    Keeper::new(Box::new(store), true, position, false, jar)
}

async fn stored(store: &MemoryStore) -> String {
    let loaded = store.clone().load().await.expect("a store");
    String::from_utf8_lossy(&loaded.snapshot.unwrap_or_default()).into_owned()
}

#[test]
fn what_is_left_out_of_a_batch_changes_nothing() {
    let position = |val: u64| {
        let key = json!({"Count": 1, "List": [{"Key": 1, "Val": val}]});
        json!({"change": {"change": "position", "sync_key": key}})
    };
    let handled = |id: &str| json!({"change": {"change": "handled", "msg_id": id}});
    let all = [
        handled("1"),
        position(7),
        handled("2"),
        position(8),
        handled("3"),
    ];
    let all: Vec<Record> = (all.into_iter())
        .map(|record| serde_json::from_value(record).expect("the stored form"))
        .collect();
    let mut batch = all.clone();
    thin_out(&mut batch);
    assert_eq!(batch.len(), 4);
    let fold = |records: Vec<Record>| {
        let mut saved = Saved::new();
        records.into_iter().for_each(|record| saved.apply(record));
        saved
    };
    assert_eq!(fold(batch), fold(all));
}

#[tokio::test]
async fn cookies_without_a_record_are_stored_after_a_minute() {
    let (mut session, jar, store) = (session(), Jar::new(), MemoryStore::new());
    let mut keeper = keeper(&store, &jar).await;
    keeper.start(&mut session, &jar, at(0), false);
    assert_eq!(keeper.due(), None);
    set_cookie(&jar, "wxuvid=fresh");
    keeper.start(&mut session, &jar, at(1), false);
    assert!(keeper.is_idle());
    assert_eq!(keeper.due(), Some(at(61).mono));
    keeper.start(&mut session, &jar, at(61), false);
    assert!(matches!(keeper.next().await, Kept::Nothing));
    keeper.start(&mut session, &jar, at(200), false);
    assert!(keeper.is_idle() && keeper.due().is_none());
    assert!(stored(&store).await.contains("wxuvid=fresh"));
}

#[tokio::test]
async fn cookies_without_a_record_are_stored_at_a_stop() {
    let (mut session, jar, store) = (session(), Jar::new(), MemoryStore::new());
    let mut keeper = keeper(&store, &jar).await;
    set_cookie(&jar, "wxuvid=fresh");
    keeper.start(&mut session, &jar, at(1), true);
    assert!(matches!(keeper.next().await, Kept::Nothing));
    keeper.start(&mut session, &jar, at(1), true);
    assert!(keeper.is_idle());
    assert!(stored(&store).await.contains("wxuvid=fresh"));
}

/// A disk on which nothing can be written.
struct Broken;

impl SessionStore for Broken {
    fn load(&mut self) -> StoreFuture<'_, crate::store::Loaded> {
        Box::pin(async { Ok(crate::store::Loaded::empty()) })
    }
    fn append(&mut self, _: Vec<Bytes>, _: Position) -> StoreFuture<'_, Position> {
        Box::pin(async { Err(StoreError::io("append", std::io::Error::other("broken"))) })
    }
    fn compact(&mut self, _: Bytes, _: Position) -> StoreFuture<'_, Position> {
        Box::pin(async { Err(StoreError::io("compact", std::io::Error::other("broken"))) })
    }
    fn flush(&mut self) -> StoreFuture<'_, ()> {
        Box::pin(async { Err(StoreError::io("flush", std::io::Error::other("broken"))) })
    }
    fn keep_roster(&mut self, _: Bytes) -> StoreFuture<'_, ()> {
        Box::pin(async { Err(StoreError::io("roster", std::io::Error::other("broken"))) })
    }
    fn roster(&mut self) -> StoreFuture<'_, Option<Bytes>> {
        Box::pin(async { Ok(None) })
    }
}

#[tokio::test]
async fn at_the_end_nothing_is_tried_for_ever() {
    let (mut session, jar) = (session(), Jar::new());
    let mut keeper = Keeper::new(Box::new(Broken), true, Position(0), true, &jar);
    keeper.unflushed = true;
    set_cookie(&jar, "wxuvid=fresh");
    let mut jobs = 0;
    loop {
        keeper.start(&mut session, &jar, at(1), true);
        if keeper.is_idle() {
            break;
        }
        assert!(matches!(keeper.next().await, Kept::Trouble(_)));
        jobs += 1;
        assert!(jobs < 10, "it spins");
    }
    // The snapshot, the flush, and the snapshot that a failed flush wants.
    assert_eq!(jobs, 3);
    assert!(keeper.trouble().is_some());
}
