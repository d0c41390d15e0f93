//! Several processes on one account: beside each other, and after each other.

use serde_json::json;
use wx_client::event::WarningKind;
use wx_client::{ErrorKind, FileStore, MemoryStore, SendText, State, StoreError};

use crate::support::{Sim, soon};

#[tokio::test]
async fn a_process_beside_the_owner_sends_and_the_owner_sees_it_once() {
    let sim = Sim::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut owner = sim.owner(folder.path()).await;
    owner.stored().await;

    let beside = sim.beside(folder.path()).await;
    assert_eq!(beside.state(), State::Attached {});
    let account = owner.client.online().await.unwrap();
    assert_eq!(beside.online().await.unwrap(), account);
    let sent = beside.send_text("filehelper", "from beside").await;
    let sent = sent.unwrap();
    let (message, delivery) = owner.message().await;
    assert_eq!(message.text(), Some("from beside"));
    assert_eq!((&message.msg_id, message.from_me), (&sent.msg_id, true));
    delivery.ack();
    beside.probe().await.unwrap();
    soon("the stop", beside.shutdown())
        .await
        .expect("all is stored");

    sim.push("next").await;
    assert_eq!(owner.text().await, "next", "nothing came twice");
    owner.stop().await;
    assert_eq!(sim.taken(), ["stored", "from beside"]);
}

#[tokio::test]
async fn what_a_process_beside_the_owner_has_sent_is_not_taken_for_the_owners() {
    let sim = Sim::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut owner = sim.owner(folder.path()).await;
    owner.stored().await;

    // It never arrives, which the owner cannot know.
    let lost = json!({"path": "webwxsendmsg", "kind": "reset", "handled": false});
    sim.call("fault", lost).await;
    let send = || SendText::new("filehelper", "the same").with_key("a key");
    let outcome = owner.client.send(send()).await.unwrap_err();
    assert_eq!(outcome.kind(), ErrorKind::Unknown);

    let beside = sim.beside(folder.path()).await;
    let sent = beside.send_text("filehelper", "the same").await.unwrap();
    let (message, delivery) = owner.message().await;
    assert_eq!(message.msg_id, sent.msg_id);
    delivery.ack();
    let again = owner.client.send(send()).await.unwrap_err();
    assert_eq!(
        again.kind(),
        ErrorKind::Unknown,
        "it is not known to be sent"
    );
    soon("the stop", beside.shutdown())
        .await
        .expect("all is stored");
    owner.stop().await;
    assert_eq!(sim.taken(), ["stored", "the same"]);
}

#[tokio::test]
async fn a_process_beside_the_owner_leaves_the_position_where_it_is() {
    let sim = Sim::start().await;
    let folder = tempfile::tempdir().unwrap();
    let first = sim.owner(folder.path()).await;
    first.stop().await;
    sim.push("meanwhile").await;
    let files = || ["session", "journal"].map(|name| std::fs::read(folder.path().join(name)).ok());
    let (before, syncs) = (files(), sim.asked("webwxsync"));

    let client = sim.beside(folder.path()).await;
    client.send_text("filehelper", "from beside").await.unwrap();
    soon("the stop", client.shutdown())
        .await
        .expect("all is stored");
    assert_eq!(files(), before);
    assert_eq!(sim.asked("webwxsync"), syncs);

    let mut second = sim.owner(folder.path()).await;
    assert_eq!(second.text().await, "meanwhile");
    assert_eq!(second.text().await, "from beside");
    second.stop().await;
    assert_eq!(sim.asked("jslogin"), 1);
}

#[tokio::test]
async fn an_account_has_one_owner() {
    let folder = tempfile::tempdir().unwrap();
    let first = FileStore::open(folder.path()).unwrap();
    let second = FileStore::open(folder.path()).unwrap_err();
    assert!(matches!(second, StoreError::Locked(_)), "{second:?}");
    assert_eq!(wx_client::Error::from(second).kind(), ErrorKind::Locked);
    drop(first);
}

#[tokio::test]
async fn an_owner_that_was_superseded_sends_nothing_and_logs_nobody_out() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let mut first = sim.online(&store).await;
    let mut second = sim.resumed(&store).await;

    let refused = first.client.send_text("filehelper", "from the first").await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::NotSent);
    first.warning(WarningKind::Fenced).await;
    assert!(soon("the end", first.events.next()).await.is_none());
    assert_eq!(first.client.state(), State::Frozen {});
    let stopped = first.client.stopped().await.unwrap_err();
    assert_eq!(stopped.kind(), ErrorKind::Locked);
    let online = first.client.online().await.unwrap_err();
    assert_eq!(online.kind(), ErrorKind::Locked);
    assert!(sim.taken().is_empty());
    assert_eq!(sim.asked("webwxlogout"), 0);

    sim.push("for the second").await;
    assert_eq!(second.text().await, "for the second");
    second.stop().await;
}
