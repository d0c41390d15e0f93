//! Processes beside the owner: they see what it has stored, and what they
//! store is lost neither to it nor to each other.

use std::collections::BTreeMap;

use bytes::Bytes;
use wx_client::store::{FileStore, Loaded, Position, SessionStore, StoreError};

use crate::support::{Account, append_all, records, texts};

#[tokio::test]
async fn attaching_to_nothing_creates_nothing() {
    let account = Account::missing();
    let mut beside = FileStore::attach(&account.dir);
    let loaded = beside.load().await.expect("nothing to read");
    assert_eq!(loaded, Loaded::empty());
    assert_eq!(beside.roster().await.expect("nothing to read"), None);
    beside.flush().await.expect("nothing to flush");
    let appended = beside.append(records(&["a"]), loaded.position).await;
    assert!(
        matches!(appended, Err(StoreError::Transient { .. })),
        "{appended:?}"
    );
    assert!(!account.dir.exists());
}

#[tokio::test]
async fn what_is_stored_beside_the_owner_is_there_at_its_next_load() {
    let account = Account::missing();
    let mut owner = account.open();
    let position = append_all(&mut owner, &["owner 1"]).await;
    let mut beside = FileStore::attach(&account.dir);
    let loaded = beside.load().await.expect("readable files");
    assert_eq!(texts(&loaded), ["owner 1"]);
    let appended = beside
        .append(records(&["beside 1", "beside 2"]), loaded.position)
        .await;
    let appended = appended.expect("room on the disk");
    beside.flush().await.expect("a disk");
    // The owner was not disturbed.
    let position = owner.append(records(&["owner 2"]), position).await;
    let position = position.expect("room on the disk");
    let appended = beside.append(records(&["beside 3"]), appended).await;
    appended.expect("room on the disk");
    let expected = ["owner 1", "owner 2", "beside 1", "beside 2", "beside 3"];
    assert_eq!(
        texts(&beside.load().await.expect("readable files")),
        expected
    );
    drop(owner);
    let loaded = account.load().await;
    assert_eq!(texts(&loaded), expected);
    assert_eq!(loaded.position, position, "the outbox is not the owner's");
}

#[tokio::test]
async fn the_owner_may_read_what_others_have_stored_while_it_goes_on() {
    let account = Account::missing();
    let mut owner = account.open();
    let position = append_all(&mut owner, &["owner 1"]).await;
    assert_eq!(owner.others().await.expect("nothing to read"), [""; 0]);
    let mut beside = FileStore::attach(&account.dir);
    let appended = beside
        .append(records(&["beside 1"]), Position::default())
        .await;
    let appended = appended.expect("room on the disk");
    assert_eq!(owner.others().await.expect("readable"), ["beside 1"]);
    let position = owner.append(records(&["owner 2"]), position).await;
    position.expect("reading has moved nothing");
    let appended = beside.append(records(&["beside 2"]), appended).await;
    appended.expect("room on the disk");
    // One that is not whole is not stored.
    let whole = account.read("outbox");
    account.write("outbox", &[&whole[..], b"half a rec"].concat());
    let others = owner.others().await.expect("readable");
    assert_eq!(others, ["beside 1", "beside 2"]);
    // Where one has changed, the others cannot be relied upon either.
    let changed = String::from_utf8(whole).expect("text");
    account.write("outbox", changed.replace("beside 1", "beside 7").as_bytes());
    let damaged = owner.others().await.expect_err("a damaged file");
    assert!(damaged.to_string().contains("damaged"), "{damaged}");
}

#[tokio::test]
async fn a_snapshot_has_no_more_of_the_outbox_than_was_loaded() {
    let account = Account::missing();
    let mut beside = FileStore::attach(&account.dir);
    let mut owner = account.open();
    let start = owner.load().await.expect("readable files").position;
    let appended = beside
        .append(records(&["before"]), Position::default())
        .await;
    let position = owner.load().await.expect("readable files").position;
    assert_eq!(position, start);
    let appended = beside
        .append(records(&["after"]), appended.expect("room"))
        .await;
    appended.expect("room on the disk");
    let compacted = owner
        .compact(Bytes::from_static(b"has before"), position)
        .await;
    compacted.expect("room on the disk");
    assert_eq!(
        texts(&beside.load().await.expect("readable files")),
        ["after"]
    );
    let loaded = owner.load().await.expect("readable files");
    assert_eq!(texts(&loaded), ["after"]);
    // Also when it was compacted before there was an outbox.
    let compacted = owner
        .compact(Bytes::from_static(b"has after"), loaded.position)
        .await;
    compacted.expect("room on the disk");
    drop(owner);
    assert_eq!(texts(&account.load().await), [""; 0]);
}

#[tokio::test]
async fn only_the_owner_compacts_and_keeps_the_roster() {
    let account = Account::missing();
    let mut owner = account.open();
    append_all(&mut owner, &["a"]).await;
    let kept = owner.keep_roster(Bytes::from_static(b"roster")).await;
    kept.expect("room on the disk");
    let mut beside = FileStore::attach(&account.dir);
    let position = beside.load().await.expect("readable files").position;
    let compacted = beside.compact(Bytes::from_static(b"s"), position).await;
    assert!(
        matches!(compacted, Err(StoreError::Unsupported(_))),
        "{compacted:?}"
    );
    let kept = beside.keep_roster(Bytes::from_static(b"other")).await;
    assert!(matches!(kept, Err(StoreError::Unsupported(_))), "{kept:?}");
    let roster = beside.roster().await.expect("readable files");
    assert_eq!(roster.as_deref(), Some(&b"roster"[..]));
    let wrong = beside
        .append(records(&["b"]), Position(position.0 + 1))
        .await;
    assert!(matches!(wrong, Err(StoreError::Fenced(_))), "{wrong:?}");
    assert_eq!(account.names(), ["journal", "roster"]);
}

/// More than an outbox may have before it is emptied.
async fn fill(beside: &mut FileStore, position: Position) -> Position {
    let record = Bytes::from("x".repeat(1024));
    let filled = beside.append(vec![record; 300], position).await;
    filled.expect("room on the disk")
}

#[tokio::test]
async fn a_long_outbox_is_emptied_once_a_snapshot_has_it() {
    let account = Account::missing();
    let mut beside = FileStore::attach(&account.dir);
    assert_eq!(account.load().await.records.len(), 0);
    let position = fill(&mut beside, Position::default()).await;

    // Loading alone does not put it into a snapshot.
    assert_eq!(account.load().await.records.len(), 300);
    let mut owner = account.open();
    let loaded = owner.load().await.expect("readable files");
    assert_eq!(loaded.records.len(), 300);
    let compacted = owner
        .compact(Bytes::from_static(b"all of it"), loaded.position)
        .await;
    compacted.expect("room on the disk");
    drop(owner);
    assert_eq!(account.load().await.records.len(), 0);
    assert_eq!(account.read("outbox"), b"");

    // The snapshot still tells how long the one before was.
    fill(&mut beside, position).await;
    assert_eq!(account.load().await.records.len(), 300);
}

const WRITERS: usize = 3;
const BATCHES: usize = 60;
/// Together they fill several outboxes of the size at which one is emptied.
const PADDING: usize = 4096;

async fn write_beside(dir: std::path::PathBuf, writer: usize) {
    let mut store = FileStore::attach(&dir);
    let mut position = Position::default();
    for batch in 0..BATCHES {
        let records = (0..2)
            .map(|half| format!("{writer} {} {}", 2 * batch + half, "x".repeat(PADDING)).into())
            .collect();
        position = store
            .append(records, position)
            .await
            .expect("room on the disk");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_beside_owners_that_come_and_go_lose_nothing() {
    let account = Account::missing();
    account.load().await;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| tokio::spawn(write_beside(account.dir.clone(), writer)))
        .collect();
    let mut seen: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    loop {
        let done = writers.iter().all(tokio::task::JoinHandle::is_finished);
        let mut owner = account.open();
        let loaded = owner.load().await.expect("readable files");
        assert_eq!(loaded.damage, None);
        for text in texts(&loaded) {
            let mut words = text.split(' ');
            let writer = words.next().expect("a writer").to_owned();
            let number = words.next().expect("a number").parse().expect("a number");
            seen.entry(writer).or_default().push(number);
        }
        let compacted = owner
            .compact(Bytes::from_static(b"all of it"), loaded.position)
            .await;
        compacted.expect("room on the disk");
        if done {
            break;
        }
    }
    for writer in writers {
        writer.await.expect("a writer that found room");
    }
    let each: Vec<usize> = (0..2 * BATCHES).collect();
    let expected: BTreeMap<String, Vec<usize>> = (0..WRITERS)
        .map(|writer| (writer.to_string(), each.clone()))
        .collect();
    assert_eq!(seen, expected);
    // The snapshot has all of it, so it need not be kept twice.
    assert_eq!(texts(&account.load().await), [""; 0]);
    let left = account.read("outbox").len();
    assert!(left <= 256 * 1024, "{left} bytes");
}

/// Each state that is read is one that the owner was in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_read_beside_a_busy_owner_fits_together() {
    const RECORDS: u64 = 600;
    const COMPACT_EVERY: u64 = 50;
    let account = Account::missing();
    let mut owner = account.open();
    let mut position = owner.load().await.expect("readable files").position;
    let writing = tokio::spawn(async move {
        for number in 1..=RECORDS {
            let record = Bytes::from(number.to_string());
            let appended = owner.append(vec![record], position).await;
            position = appended.expect("room on the disk");
            if number % COMPACT_EVERY == 0 {
                let compacted = owner.compact(number.to_string().into(), position).await;
                position = compacted.expect("room on the disk");
            }
        }
    });
    let mut beside = FileStore::attach(&account.dir);
    let mut last = 0;
    while last < RECORDS {
        let finished = writing.is_finished();
        let loaded = beside.load().await.expect("readable files");
        assert_eq!(loaded.damage, None);
        let snapshot = loaded.snapshot.as_deref().map_or(0, |snapshot| {
            let text = std::str::from_utf8(snapshot).expect("a number");
            text.parse().expect("a number")
        });
        let mut end: u64 = snapshot;
        for text in texts(&loaded) {
            end += 1;
            assert_eq!(text, end.to_string(), "after {snapshot}");
        }
        assert!(end >= last, "{end} after {last}");
        last = end;
        assert!(!finished || last == RECORDS, "{last} are there");
    }
    writing.await.expect("an owner that found room");
}
