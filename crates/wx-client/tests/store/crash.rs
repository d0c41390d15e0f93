//! A process that ends between any two steps, and power that fails, take
//! nothing with them but what was being written.

use std::future::Future;
use std::task::{Context, Waker};

use bytes::Bytes;
use wx_client::store::{FileStore, Position, SessionStore};

use crate::support::{Account, append_all, log_text, records, session_text, texts};

const RECORDS: [&str; 3] = ["{\"first\":1}", "{\"second\":22}", "{\"third\":333}"];

/// How many of `RECORDS` end at or before `len` in their log.
fn whole(name: &str, len: usize) -> usize {
    (0..=RECORDS.len())
        .rev()
        .find(|count| log_text(name, 0, &RECORDS[..*count]).len() <= len)
        .unwrap_or(0)
}

/// What a process that was killed while writing leaves is one of these.
#[tokio::test]
async fn every_prefix_of_a_journal_is_a_prefix_of_its_records() {
    let text = log_text("journal", 0, &RECORDS);
    for len in 0..=text.len() {
        let account = Account::with(&[("journal", &text[..len])]);
        let expected = &RECORDS[..whole("journal", len)];
        let mut store = account.open();
        let loaded = store.load().await.expect("readable files");
        assert_eq!(texts(&loaded), expected, "of {len} bytes");
        assert_eq!(loaded.damage, None, "of {len} bytes");
        // What is written next does not follow what was cut.
        let position = store.append(records(&["next"]), loaded.position).await;
        position.expect("room on the disk");
        drop(store);
        let loaded = account.load().await;
        assert_eq!(
            texts(&loaded),
            [expected, &["next"]].concat(),
            "of {len} bytes"
        );
        assert_eq!(account.names(), ["journal"], "of {len} bytes");
    }
}

#[tokio::test]
async fn every_prefix_of_an_outbox_is_a_prefix_of_its_records() {
    let text = log_text("outbox", 5, &RECORDS);
    for len in 0..=text.len() {
        let account = Account::with(&[("outbox", &text[..len])]);
        let expected = &RECORDS[..whole("outbox", len)];
        let mut beside = FileStore::attach(&account.dir);
        let loaded = beside.load().await.expect("readable files");
        assert_eq!(texts(&loaded), expected, "of {len} bytes");
        assert_eq!(loaded.damage, None, "of {len} bytes");
        assert_eq!(
            account.read("outbox"),
            &text[..len],
            "loading changes nothing"
        );
        let position = beside.append(records(&["next"]), loaded.position).await;
        position.expect("room on the disk");
        let loaded = account.load().await;
        assert_eq!(
            texts(&loaded),
            [expected, &["next"]].concat(),
            "of {len} bytes"
        );
        assert_eq!(loaded.damage, None, "of {len} bytes");
    }
}

/// Power that fails may leave zeros where data was due, or a last line of
/// which a part has arrived.
#[tokio::test]
async fn what_power_leaves_at_the_end_is_dropped() {
    let sound = log_text("journal", 0, &RECORDS);
    let tails: [&[u8]; 4] = [
        &[0; 4096],
        b"0000",
        b"12345678 {\"never\":\0\0\0\0\0\0",
        b"12345678 {\"never\":\"whole\"}\n",
    ];
    for tail in tails {
        let account = Account::with(&[("journal", &[&sound[..], tail].concat())]);
        let loaded = account.load().await;
        assert_eq!(texts(&loaded), RECORDS);
        assert_eq!(loaded.damage, None);
        assert_eq!(account.read("journal"), sound, "the tail is cut off");
    }
}

/// The same, for who appends to the outbox before its owner has loaded it.
#[tokio::test]
async fn what_power_leaves_in_the_outbox_is_not_written_after() {
    let sound = log_text("outbox", 7, &RECORDS);
    let tails: [&[u8]; 3] = [
        &[0; 4096],
        b"12345678 {\"ne",
        b"12345678 {\"whole\":\"no\"}\n",
    ];
    for tail in tails {
        let account = Account::with(&[("outbox", &[&sound[..], tail].concat())]);
        let mut beside = FileStore::attach(&account.dir);
        let appended = beside.append(records(&["next"]), Position::default()).await;
        appended.expect("room on the disk");
        let expected = [&RECORDS[..], &["next"]].concat();
        assert_eq!(account.read("outbox"), log_text("outbox", 7, &expected));
        let loaded = account.load().await;
        assert_eq!(texts(&loaded), expected);
        assert_eq!(loaded.damage, None);
    }
}

#[tokio::test]
async fn a_journal_that_power_left_as_zeros_is_empty() {
    for text in [&[0; 4096][..], b"wx-jou\0\0\0\0\0\0"] {
        let account = Account::with(&[("journal", text)]);
        let loaded = account.load().await;
        assert_eq!(texts(&loaded), [""; 0]);
        assert_eq!(loaded.damage, None);
        append_all(&mut account.open(), &["next"]).await;
        assert_eq!(texts(&account.load().await), ["next"]);
    }
}

/// What compacting three records leaves if it is cut short there.
struct Step {
    name: &'static str,
    session: Vec<u8>,
    journal: Vec<u8>,
    /// What is written of a file that is to take another's place.
    unfinished: Option<Vec<u8>>,
    /// The new snapshot is in force.
    replaced: bool,
}

fn steps_of_compacting() -> [Step; 4] {
    let old = session_text(1, None, "old");
    let new = session_text(5, None, "new");
    let journal = log_text("journal", 1, &RECORDS);
    [
        Step {
            name: "the snapshot is half written",
            session: old.clone(),
            journal: journal.clone(),
            unfinished: Some(new[..20].to_vec()),
            replaced: false,
        },
        Step {
            name: "the snapshot is written, but not in its place",
            session: old,
            journal: journal.clone(),
            unfinished: Some(new.clone()),
            replaced: false,
        },
        Step {
            name: "the snapshot is in its place",
            session: new.clone(),
            journal,
            unfinished: None,
            replaced: true,
        },
        Step {
            name: "the journal is empty",
            session: new,
            journal: Vec::new(),
            unfinished: None,
            replaced: true,
        },
    ]
}

#[tokio::test]
async fn compacting_that_is_cut_short_loses_and_doubles_nothing() {
    for step in steps_of_compacting() {
        let account = Account::with(&[("session", &step.session), ("journal", &step.journal)]);
        if let Some(text) = &step.unfinished {
            account.write(".new-x1y2z3", text);
        }
        let name = step.name;
        let beside = FileStore::attach(&account.dir).load().await;
        let mut store = account.open();
        let loaded = store.load().await.expect("readable files");
        let (snapshot, expected, position) = if step.replaced {
            ("new", &RECORDS[..0], 5)
        } else {
            ("old", &RECORDS[..], 4)
        };
        let found = loaded.snapshot.as_deref();
        assert_eq!(found, Some(snapshot.as_bytes()), "{name}");
        assert_eq!(texts(&loaded), expected, "{name}");
        assert_eq!(loaded.position, Position(position), "{name}");
        assert_eq!(loaded.damage, None, "{name}");
        assert_eq!(texts(&beside.expect("readable files")), expected, "{name}");

        let next = store.append(records(&["next"]), loaded.position).await;
        next.expect("room on the disk");
        drop(store);
        let loaded = account.load().await;
        assert_eq!(texts(&loaded), [expected, &["next"]].concat(), "{name}");
        assert_eq!(account.names(), ["journal", "session"], "{name}");
    }
}

/// A snapshot says how much of the outbox it has, so that part is not applied
/// twice whatever happens between the two.
#[tokio::test]
async fn the_outbox_counts_from_where_the_snapshot_has_it() {
    let one = log_text("outbox", 9, &RECORDS[..1]).len() as u64;
    let outbox = log_text("outbox", 9, &RECORDS);
    for (fold, expected) in [
        (None, &RECORDS[..]),
        (Some((9, one)), &RECORDS[1..]),
        (Some((9, outbox.len() as u64)), &RECORDS[3..]),
        // Another outbox, which the snapshot cannot have.
        (Some((8, one)), &RECORDS[..]),
        // It was longer once: it is not the same, whatever it says.
        (Some((9, outbox.len() as u64 + 1)), &RECORDS[..]),
    ] {
        let session = session_text(1, fold, "snapshot");
        let account = Account::with(&[("session", &session), ("outbox", &outbox)]);
        let loaded = account.load().await;
        assert_eq!(texts(&loaded), expected, "{fold:?}");
        assert_eq!(loaded.position, Position(1), "{fold:?}");
    }
}

/// After a crash between emptying the outbox and the first record in the next.
#[tokio::test]
async fn an_emptied_outbox_begins_anew() {
    let session = session_text(1, Some((9, 400_000)), "has all of it");
    let account = Account::with(&[("session", &session), ("outbox", b"")]);
    let mut beside = FileStore::attach(&account.dir);
    let position = beside.load().await.expect("readable files").position;
    let appended = beside.append(records(&["next"]), position).await;
    appended.expect("room on the disk");
    assert_eq!(texts(&account.load().await), ["next"]);
}

/// A future that its caller gives up leaves the store whole.
#[tokio::test]
async fn a_dropped_write_is_done_or_not() {
    let account = Account::missing();
    let mut store = account.open();
    let position = append_all(&mut store, &["kept"]).await;
    for at_most in 0..3 {
        let write = store.compact(Bytes::from_static(b"snapshot"), position);
        let mut write = std::pin::pin!(write);
        for _ in 0..at_most {
            let mut context = Context::from_waker(Waker::noop());
            if write.as_mut().poll(&mut context).is_ready() {
                break;
            }
        }
    }
    let loaded = store.load().await.expect("readable files");
    assert_eq!(loaded.damage, None);
    match loaded.snapshot.as_deref() {
        None => assert_eq!(texts(&loaded), ["kept"]),
        Some(snapshot) => {
            assert_eq!(snapshot, b"snapshot");
            assert_eq!(texts(&loaded), [""; 0]);
        }
    }
    let next = store.append(records(&["next"]), loaded.position).await;
    next.expect("room on the disk");
}
