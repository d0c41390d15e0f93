//! A disk that is full: what was stored stays, what was not leaves no trace.
//!
//! The tests start themselves again under a limit on the size of a file, which
//! the operating system enforces as it does a full disk: it takes the bytes for
//! which there is room, and refuses the rest.
#![cfg(unix)]

use std::path::PathBuf;
use std::process::Command;

use bytes::Bytes;
use wx_client::store::{FileStore, Position, SessionStore, StoreError};

use crate::support::{Account, names, records, texts};

/// Names the account's folder to the process under the limit.
const ACCOUNT: &str = "WX_TEST_ACCOUNT";

/// Eight blocks of 512 bytes to a file.
const LIMITED: &str = r#"trap "" XFSZ; ulimit -f 8; exec "$@""#;

/// Three of them do not fit.
fn long(letter: &str) -> Bytes {
    Bytes::from(letter.repeat(1500))
}

/// The account's folder, if this is the process under the limit.
fn under_limit() -> Option<PathBuf> {
    std::env::var_os(ACCOUNT).map(PathBuf::from)
}

fn run_under_limit(test: &str, account: &Account) {
    let output = Command::new("sh")
        .args(["-c", LIMITED, "sh"])
        .arg(std::env::current_exe().expect("this test"))
        .args(["--exact", test])
        .env(ACCOUNT, &account.dir)
        .output()
        .expect("a shell");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "under the limit: {text}");
    assert!(text.contains("1 passed"), "it was run: {text}");
}

#[track_caller]
fn assert_full<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    let error = result.expect_err("there is no room");
    assert!(matches!(error, StoreError::Transient { .. }), "{error:?}");
}

#[tokio::test]
async fn a_batch_that_does_not_fit_leaves_no_trace() {
    if let Some(dir) = under_limit() {
        let mut store = FileStore::open(&dir).expect("nobody else owns the account");
        let start = store.load().await.expect("readable files").position;
        let stored = store.append(vec![long("a"), long("b")], start).await;
        let stored = stored.expect("they fit");
        let before = std::fs::read(dir.join("journal")).expect("the journal");
        // The first of them would fit.
        assert_full(
            store
                .append(vec![long("c").slice(..500), long("d")], stored)
                .await,
        );
        assert_full(store.append(vec![long("e")], stored).await);
        let after = std::fs::read(dir.join("journal")).expect("the journal");
        assert!(before == after, "the journal is what it was");
        assert_full(store.compact(Bytes::from("s".repeat(5000)), stored).await);
        assert_full(store.keep_roster(Bytes::from("r".repeat(5000))).await);
        assert_eq!(names(&dir), ["journal"]);
        store
            .append(records(&["short"]), stored)
            .await
            .expect("it fits");
        return;
    }
    let account = Account::missing();
    run_under_limit("full::a_batch_that_does_not_fit_leaves_no_trace", &account);
    let loaded = account.load().await;
    assert_eq!(loaded.records, [long("a"), long("b"), Bytes::from("short")]);
    assert_eq!(loaded.damage, None);
}

/// A snapshot is what makes room.
#[tokio::test]
async fn a_full_journal_can_be_compacted() {
    if let Some(dir) = under_limit() {
        let mut store = FileStore::open(&dir).expect("nobody else owns the account");
        let start = store.load().await.expect("readable files").position;
        let stored = store.append(vec![long("a"), long("b")], start).await;
        let stored = stored.expect("they fit");
        assert_full(store.append(vec![long("c")], stored).await);
        let compacted = store.compact(Bytes::from_static(b"a and b"), stored).await;
        let stored = store
            .append(vec![long("c")], compacted.expect("it fits"))
            .await;
        stored.expect("it fits");
        return;
    }
    let account = Account::missing();
    run_under_limit("full::a_full_journal_can_be_compacted", &account);
    let loaded = account.load().await;
    assert_eq!(loaded.snapshot.as_deref(), Some(&b"a and b"[..]));
    assert_eq!(loaded.records, [long("c")]);
}

#[tokio::test]
async fn a_full_outbox_leaves_no_trace_either() {
    if let Some(dir) = under_limit() {
        let mut beside = FileStore::attach(&dir);
        let stored = beside
            .append(vec![long("a"), long("b")], Position::default())
            .await;
        let stored = stored.expect("they fit");
        assert_full(
            beside
                .append(vec![long("c").slice(..500), long("d")], stored)
                .await,
        );
        let stored = beside.append(records(&["short"]), stored).await;
        stored.expect("it fits");
        let loaded = beside.load().await.expect("readable files");
        assert_eq!(texts(&loaded).last(), Some(&"short"));
        return;
    }
    let account = Account::with(&[]);
    run_under_limit("full::a_full_outbox_leaves_no_trace_either", &account);
    let loaded = account.load().await;
    assert_eq!(loaded.records, [long("a"), long("b"), Bytes::from("short")]);
    assert_eq!(loaded.damage, None);
}
