//! One owner at a time, and nobody else's eyes.

use std::fs;

use bytes::Bytes;
use wx_client::store::{FileStore, SessionStore, StoreError};

use crate::support::{Account, append_all, log_text, records, texts};

#[tokio::test]
async fn a_second_owner_is_refused_and_told_whom_to_stop() {
    let account = Account::missing();
    let first = account.open();
    let refused = FileStore::open(&account.dir).expect_err("the account is taken");
    assert!(matches!(refused, StoreError::Locked(_)), "{refused:?}");
    let text = refused.to_string();
    let pid = format!("process {}", std::process::id());
    assert!(text.contains(&pid), "{text}");
    assert!(
        text.contains(account.dir.to_str().expect("a name")),
        "{text}"
    );
    assert!(text.contains("stop"), "{text}");
    drop(first);
    assert_eq!(texts(&account.load().await), [""; 0]);
}

/// Somebody removed the lock by hand, so a second owner could come.
#[tokio::test]
async fn an_owner_whose_lock_was_taken_away_writes_nothing_more() {
    let account = Account::missing();
    let mut first = account.open();
    let position = append_all(&mut first, &["a"]).await;
    fs::remove_file(account.dir.join("lock")).expect("the lock");
    let appended = first.append(records(&["b"]), position).await;
    assert!(
        matches!(appended, Err(StoreError::Fenced(_))),
        "{appended:?}"
    );

    let mut second = account.open();
    append_all(&mut second, &["c"]).await;
    let appended = first.append(records(&["b"]), position).await;
    assert!(
        matches!(appended, Err(StoreError::Fenced(_))),
        "{appended:?}"
    );
    let compacted = first.compact(Bytes::from_static(b"old"), position).await;
    assert!(
        matches!(compacted, Err(StoreError::Fenced(_))),
        "{compacted:?}"
    );
    let kept = first.keep_roster(Bytes::from_static(b"old")).await;
    assert!(matches!(kept, Err(StoreError::Fenced(_))), "{kept:?}");
    let loaded = first.load().await;
    assert!(matches!(loaded, Err(StoreError::Fenced(_))), "{loaded:?}");
    let loaded = second.load().await.expect("readable files");
    assert_eq!(texts(&loaded), ["a", "c"]);
    assert_eq!(account.names(), ["journal"]);
}

#[tokio::test]
async fn an_owner_whose_journal_was_changed_writes_nothing_more() {
    let account = Account::missing();
    let mut store = account.open();
    let position = append_all(&mut store, &["a"]).await;
    for other in [vec!["a", "b"], vec![]] {
        account.write("journal", &log_text("journal", 0, &other));
        let appended = store.append(records(&["c"]), position).await;
        assert!(
            matches!(appended, Err(StoreError::Fenced(_))),
            "{appended:?}"
        );
    }
}

/// The same bytes, but in another file: a backup was put back.
#[cfg(unix)]
#[tokio::test]
async fn an_owner_whose_journal_was_replaced_writes_nothing_more() {
    let account = Account::missing();
    let mut store = account.open();
    let position = append_all(&mut store, &["a"]).await;
    account.write("copy", &account.read("journal"));
    fs::rename(account.dir.join("copy"), account.dir.join("journal")).expect("a file");
    let appended = store.append(records(&["c"]), position).await;
    assert!(
        matches!(appended, Err(StoreError::Fenced(_))),
        "{appended:?}"
    );
    assert_eq!(account.read("journal"), log_text("journal", 0, &["a"]));
}

#[cfg(unix)]
mod modes {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use bytes::Bytes;
    use wx_client::store::{FileStore, SessionStore};

    use crate::support::{Account, records};

    fn mode(path: &Path) -> u32 {
        let metadata = fs::metadata(path).expect("it is there");
        metadata.permissions().mode() & 0o7777
    }

    #[track_caller]
    fn assert_private(account: &Account, expected: &[&str]) {
        assert_eq!(account.names(), expected);
        assert_eq!(mode(&account.dir), 0o700);
        for name in expected.iter().chain(&["lock"]) {
            assert_eq!(mode(&account.dir.join(name)), 0o600, "{name}");
        }
    }

    #[tokio::test]
    async fn nobody_else_may_read_after_any_step() {
        let account = Account::missing();
        let mut store = account.open();
        assert_private(&account, &[]);
        let position = store.load().await.expect("readable files").position;
        assert_private(&account, &["journal"]);
        let position = store.append(records(&["a"]), position).await;
        assert_private(&account, &["journal"]);
        let position = position.expect("room on the disk");
        let position = store.compact(Bytes::from_static(b"s"), position).await;
        position.expect("room on the disk");
        assert_private(&account, &["journal", "session"]);
        let kept = store.keep_roster(Bytes::from_static(b"r")).await;
        kept.expect("room on the disk");
        assert_private(&account, &["journal", "roster", "session"]);
        let mut beside = FileStore::attach(&account.dir);
        let position = beside.load().await.expect("readable files").position;
        let appended = beside.append(records(&["b"]), position).await;
        appended.expect("room on the disk");
        assert_private(&account, &["journal", "outbox", "roster", "session"]);
        account.write("session", b"damaged");
        store.load().await.expect("readable files");
        assert_private(
            &account,
            &["journal", "outbox", "outbox.bad", "roster", "session.bad"],
        );
    }

    #[tokio::test]
    async fn what_others_could_read_is_closed_to_them() {
        let names = ["journal", "lock", "outbox", "roster", "session"];
        let account = Account::with(&names.map(|name| (name, &b""[..])));
        fs::set_permissions(&account.dir, Permissions::from_mode(0o755)).expect("our folder");
        for name in names {
            let path = account.dir.join(name);
            fs::set_permissions(path, Permissions::from_mode(0o644)).expect("our file");
        }
        let _store = account.open();
        assert_private(&account, &["journal", "outbox", "roster", "session"]);
    }
}
