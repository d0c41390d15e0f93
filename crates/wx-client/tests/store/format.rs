//! Version 1 of the files, byte for byte: accounts that are out there must
//! stay readable. The checksums were computed by another implementation.

use bytes::Bytes;
use wx_client::store::{FileStore, Position, SessionStore};

use crate::support::{Account, append_all, records, texts};

const SESSION: &[u8] = b"wx-session 1 b5a3fd66 \
{\"position\":7,\"outbox\":{\"generation\":99,\"offset\":56}}\n{\"who\":\"me\"}";
const JOURNAL: &[u8] = b"wx-journal 1 9e2d1dcd {\"generation\":7}\n\
561bacaf {\"a\":1}\n3a9685bc {\"b\":2}\n";
const OUTBOX: &[u8] = b"wx-outbox 1 8776d617 {\"generation\":99}\n\
3beb595c {\"x\":1}\n2da6232f {\"y\":2}\n";
const ROSTER: &[u8] = b"wx-roster 1 cea6731f null\n[]";

fn account() -> Account {
    Account::with(&[
        ("session", SESSION),
        ("journal", JOURNAL),
        ("outbox", OUTBOX),
        ("roster", ROSTER),
    ])
}

#[tokio::test]
async fn the_files_of_an_account_are_read() {
    let account = account();
    let mut store = account.open();
    let loaded = store.load().await.expect("sound files");
    assert_eq!(loaded.snapshot.as_deref(), Some(&b"{\"who\":\"me\"}"[..]));
    // The snapshot has the first line of the outbox already.
    assert_eq!(texts(&loaded), ["{\"a\":1}", "{\"b\":2}", "{\"y\":2}"]);
    assert_eq!(loaded.position, Position(9));
    assert_eq!(loaded.damage, None);
    let roster = store.roster().await.expect("a readable file");
    assert_eq!(roster.as_deref(), Some(&b"[]"[..]));
    drop(store);
    for (name, text) in [
        ("session", SESSION),
        ("journal", JOURNAL),
        ("outbox", OUTBOX),
    ] {
        assert_eq!(account.read(name), text, "{name} is as it was");
    }
}

#[tokio::test]
async fn a_process_beside_the_owner_reads_the_same() {
    let account = account();
    let owner = account.load().await;
    let beside = FileStore::attach(&account.dir).load().await;
    let beside = beside.expect("sound files");
    assert_eq!(beside.snapshot, owner.snapshot);
    assert_eq!(beside.records, owner.records);
}

#[tokio::test]
async fn the_files_are_written_so() {
    let account = Account::missing();
    let mut store = account.open();
    let position = append_all(&mut store, &["1", "2", "3", "4", "5", "6"]).await;
    let position = store
        .compact(Bytes::from_static(b"{\"who\":\"me\"}"), position)
        .await
        .expect("room on the disk");
    let position = store.append(records(&["{\"a\":1}"]), position).await;
    let position = position.expect("room on the disk");
    let end = store.append(records(&["{\"b\":2}"]), position).await;
    assert_eq!(end.expect("room on the disk"), Position(9));
    let roster = store.keep_roster(Bytes::from_static(b"[]")).await;
    roster.expect("room on the disk");
    assert_eq!(account.read("journal"), JOURNAL);
    assert_eq!(account.read("roster"), ROSTER);
    assert_eq!(
        account.read("session"),
        b"wx-session 1 49bf08bd {\"position\":7,\"outbox\":null}\n{\"who\":\"me\"}"
    );
}

/// A line feed would end a record's line early.
#[tokio::test]
async fn line_feeds_in_a_record_are_escaped() {
    let account = Account::missing();
    append_all(&mut account.open(), &["one\ntwo\x10"]).await;
    assert_eq!(
        account.read("journal"),
        b"wx-journal 1 d16c8b0a {\"generation\":0}\n74a86184 one\x10ntwo\x10\x10\n"
    );
    assert_eq!(texts(&account.load().await), ["one\ntwo\x10"]);
}
