//! What changed on the disk is told from what was never written whole: it is
//! reported and kept, and nothing that is doubtful is used.

use wx_client::store::{FileStore, Position, SessionStore, StoreError};

use crate::support::{Account, append_all, log_text, records, session_text, texts};

const RECORDS: [&str; 3] = ["{\"first\":1}", "{\"second\":22}", "{\"third\":333}"];

/// Flips one bit of each byte in turn, a different one each time.
fn flips(text: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..text.len()).map(|at| {
        let mut flipped = text.to_vec();
        flipped[at] ^= 1 << (at % 8);
        (at, flipped)
    })
}

/// The version is a digit: flipped, it may name a version to come.
fn is_version(name: &str, at: usize) -> bool {
    at == format!("wx-{name} ").len()
}

#[tokio::test]
async fn a_flipped_bit_in_a_journal_is_reported_and_kept() {
    let text = log_text("journal", 0, &RECORDS);
    // From here on it looks like a write that was cut off.
    let last = log_text("journal", 0, &RECORDS[..2]).len() - 1;
    for (at, flipped) in flips(&text) {
        let account = Account::with(&[("journal", &flipped)]);
        let mut store = account.open();
        let loaded = match store.load().await {
            Ok(loaded) => loaded,
            Err(StoreError::Unsupported(_)) if is_version("journal", at) => continue,
            Err(error) => panic!("at {at}: {error}"),
        };
        let sound = texts(&loaded);
        assert!(RECORDS.starts_with(&sound), "at {at}: {sound:?}");
        assert!(sound.len() < RECORDS.len(), "at {at}: the flip went unseen");
        if at < last {
            let damage = loaded.damage.as_deref().expect("a report");
            assert!(damage.starts_with("journal: "), "at {at}: {damage}");
            assert!(damage.contains("journal.bad"), "at {at}: {damage}");
            assert_eq!(account.read("journal.bad"), flipped, "at {at}");
        }
        let expected = [&sound[..], &["next"]].concat();
        let next = store.append(records(&["next"]), loaded.position).await;
        next.expect("room on the disk");
        drop(store);
        let loaded = account.load().await;
        assert_eq!(texts(&loaded), expected, "at {at}");
        assert_eq!(loaded.damage, None, "at {at}: it is mended");
    }
}

#[tokio::test]
async fn a_flipped_bit_in_an_outbox_is_reported_and_kept() {
    let text = log_text("outbox", 3, &RECORDS);
    let last = log_text("outbox", 3, &RECORDS[..2]).len() - 1;
    for (at, flipped) in flips(&text).filter(|(at, _)| !is_version("outbox", *at)) {
        let account = Account::with(&[("outbox", &flipped)]);
        let beside = FileStore::attach(&account.dir).load().await;
        let beside = beside.expect("readable files");
        let loaded = account.load().await;
        assert_eq!(loaded.records, beside.records, "at {at}");
        assert!(RECORDS.starts_with(&texts(&loaded)), "at {at}");
        assert!(loaded.records.len() < RECORDS.len(), "at {at}: unseen");
        if at < last {
            assert!(beside.damage.is_some(), "at {at}");
            let damage = loaded.damage.as_deref().expect("a report");
            assert!(damage.contains("outbox.bad"), "at {at}: {damage}");
            assert_eq!(account.read("outbox.bad"), flipped, "at {at}");
        }
    }
}

#[tokio::test]
async fn without_its_snapshot_nothing_is_used_and_all_is_kept() {
    let session = session_text(4, None, "{\"who\":\"me\"}");
    let journal = log_text("journal", 4, &RECORDS);
    let outbox = log_text("outbox", 3, &RECORDS);
    for (at, flipped) in flips(&session).filter(|(at, _)| !is_version("session", *at)) {
        let account = Account::with(&[
            ("session", &flipped),
            ("journal", &journal),
            ("outbox", &outbox),
        ]);
        let beside = FileStore::attach(&account.dir).load().await;
        let loaded = account.load().await;
        for loaded in [beside.expect("readable files"), loaded] {
            assert_eq!(loaded.snapshot, None, "at {at}");
            assert_eq!(texts(&loaded), [""; 0], "at {at}");
            let damage = loaded.damage.as_deref().expect("a report");
            for name in ["session: ", "journal: ", "outbox: "] {
                assert!(damage.contains(name), "at {at}: {damage}");
            }
        }
        assert_eq!(account.read("session.bad"), flipped, "at {at}");
        assert_eq!(account.read("journal.bad"), journal, "at {at}");
        assert_eq!(account.read("outbox.bad"), outbox, "at {at}");

        append_all(&mut account.open(), &["anew"]).await;
        let loaded = account.load().await;
        assert_eq!(texts(&loaded), ["anew"], "at {at}");
        assert_eq!(loaded.damage, None, "at {at}");
    }
}

#[tokio::test]
async fn a_snapshot_that_is_cut_is_damaged() {
    let session = session_text(4, None, "{\"who\":\"me\"}");
    for len in 0..session.len() {
        let account = Account::with(&[("session", &session[..len])]);
        let loaded = account.load().await;
        assert_eq!(loaded.snapshot, None, "of {len} bytes");
        assert!(loaded.damage.is_some(), "of {len} bytes");
        assert_eq!(account.read("session.bad"), &session[..len]);
    }
}

/// Its records say what changed after something that nobody knows.
#[tokio::test]
async fn a_journal_whose_snapshot_is_gone_is_kept_aside() {
    let journal = log_text("journal", 4, &RECORDS);
    for session in [None, Some(session_text(3, None, "older"))] {
        let account = Account::with(&[("journal", &journal)]);
        if let Some(session) = &session {
            account.write("session", session);
        }
        let loaded = account.load().await;
        assert_eq!(loaded.snapshot.is_some(), session.is_some());
        assert_eq!(texts(&loaded), [""; 0]);
        assert!(loaded.damage.is_some());
        assert_eq!(account.read("journal.bad"), journal);
    }
}

#[tokio::test]
async fn what_was_kept_aside_is_never_overwritten() {
    let account = Account::with(&[]);
    for text in ["one", "two", "three"] {
        account.write("session", text.as_bytes());
        let loaded = account.load().await;
        assert!(loaded.damage.is_some(), "{text}");
    }
    assert_eq!(account.read("session.bad"), b"one");
    assert_eq!(account.read("session.bad.1"), b"two");
    assert_eq!(account.read("session.bad.2"), b"three");
}

#[tokio::test]
async fn of_what_was_kept_aside_the_newest_three_stay() {
    let account = Account::with(&[
        ("journal.bad", b"another file"),
        ("session.bad.x", b"not ours"),
    ]);
    for number in 0..12 {
        account.write("session", format!("damaged {number}").as_bytes());
        assert!(account.load().await.damage.is_some(), "{number}");
    }
    let names = account.names();
    let of_session = names.iter().filter(|name| name.starts_with("session"));
    let expected = [
        "session.bad.10",
        "session.bad.11",
        "session.bad.9",
        "session.bad.x",
    ];
    assert!(of_session.eq(expected), "{names:?}");
    for number in 9..12 {
        let kept = account.read(&format!("session.bad.{number}"));
        assert_eq!(kept, format!("damaged {number}").as_bytes());
    }
    assert_eq!(account.read("journal.bad"), b"another file");
}

#[tokio::test]
async fn files_of_a_newer_version_are_left_alone() {
    for name in ["session", "journal", "outbox"] {
        let newer = format!("wx-{name} 2 in a way that is not known yet\nat all");
        let damaged = "damaged";
        let account = Account::with(&[
            ("session", damaged.as_bytes()),
            ("journal", damaged.as_bytes()),
            ("outbox", damaged.as_bytes()),
        ]);
        account.write(name, newer.as_bytes());
        let found = [
            account.open().load().await,
            FileStore::attach(&account.dir).load().await,
        ];
        for found in found {
            let error = found.expect_err("a version that is not known");
            assert!(matches!(error, StoreError::Unsupported(_)), "{error:?}");
            let text = error.to_string();
            assert!(text.contains(name) && text.contains("upgrade"), "{text}");
        }
        assert_eq!(account.names(), ["journal", "outbox", "session"]);
        assert_eq!(account.read(name), newer.as_bytes());
    }
}

/// A process beside the owner must not write where the owner would cut.
#[tokio::test]
async fn nothing_is_appended_to_a_damaged_outbox() {
    let mut head = log_text("outbox", 3, &RECORDS);
    head[10] ^= 1;
    // The line feed after the first line.
    let mut joined = log_text("outbox", 3, &RECORDS);
    joined[log_text("outbox", 3, &[]).len() - 1] = b'!';
    let mut record = log_text("outbox", 3, &RECORDS);
    record[log_text("outbox", 3, &RECORDS[..1]).len()] ^= 1;
    for (text, fits) in [
        (&head[..], "damaged"),
        (&joined, "damaged"),
        (&record, "damaged"),
        (b"wx-outbox 2 unknown\n", "upgrade"),
        (b"something else", "damaged"),
    ] {
        let account = Account::with(&[("outbox", text)]);
        let mut beside = FileStore::attach(&account.dir);
        let refused = beside.append(records(&["next"]), Position::default()).await;
        let refused = refused.expect_err("a damaged file").to_string();
        assert!(refused.contains(fits), "{refused}");
        assert_eq!(account.read("outbox"), text);
    }
}

#[tokio::test]
async fn a_damaged_roster_is_as_good_as_none() {
    for text in [&b""[..], b"wx-roster 1 cea6731f null\n[}", b"wx-roster 2 ?"] {
        let account = Account::with(&[("roster", text)]);
        let mut store = account.open();
        assert_eq!(store.roster().await.expect("readable files"), None);
        assert_eq!(store.load().await.expect("readable files").damage, None);
    }
}
