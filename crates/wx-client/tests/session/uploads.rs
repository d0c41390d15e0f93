//! Media on their way out: whole, once, and not at all if they cannot be.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use serde_json::json;
use wx_client::{ErrorKind, FileKind, Media, MemoryStore, SendMedia};

use crate::support::{Sim, bytes_of, media, soon};

const KIB: usize = 1024;
/// The length of a piece (protocol: upload).
const PIECE: usize = 512 * KIB;

#[tokio::test]
async fn an_upload_of_one_byte_and_of_a_whole_piece_is_one_piece() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    for (size, pieces) in [(1, 1), (PIECE, 1), (PIECE + 1, 2)] {
        let content = bytes_of(size);
        let path = folder.path().join(format!("{size}.dat"));
        fs::write(&path, &content).unwrap();
        let media = Media::path(&path).await.unwrap();
        let transfer = running.client.send_file("filehelper", media);
        let progress = transfer.progress();
        let sent = soon("the upload", transfer).await.unwrap();
        assert_eq!(sent.to.as_str(), "filehelper");
        assert_eq!(sim.uploaded(&content).last(), Some(&(pieces, true)));
        let size = size as u64;
        assert_eq!(progress.borrow().done, size);
        assert_eq!(progress.borrow().total, Some(size));
    }
    let names = sim.server.with(|service, _| {
        let uploads = service.uploads().iter();
        uploads
            .map(|upload| upload.name.clone())
            .collect::<Vec<_>>()
    });
    assert_eq!(names, ["1.dat", "524288.dat", "524289.dat"]);
    running.stop().await;
}

#[tokio::test]
async fn a_large_file_is_asked_about_and_not_sent_twice() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let content = bytes_of(27 * KIB * KIB);
    let media = media("large.bin", &content);
    let sent = running.client.send_file("filehelper", media.clone()).await;
    sent.unwrap();
    assert_eq!(sim.uploaded(&content), [(54, true)]);
    assert_eq!(sim.asked("webwxcheckupload"), 1);
    assert_eq!(sim.asked("webwxuploadmedia"), 54);

    // The service has it by now.
    let friend = sim.id("friend:0");
    running.client.send_file(friend, media).await.unwrap();
    assert_eq!(sim.asked("webwxcheckupload"), 2);
    assert_eq!(sim.asked("webwxuploadmedia"), 54);
    assert_eq!(sim.endpoints(), ["webwxsendappmsg", "webwxsendappmsg"]);
    running.stop().await;
}

#[tokio::test]
async fn a_piece_that_fails_twice_is_sent_again_alone() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let content = bytes_of(2 * PIECE + 7);
    let fault = json!({"path": "webwxuploadmedia", "kind": "reset", "skip": 1, "count": 2});
    sim.call("fault", fault).await;
    let sent = running.client.send_file("filehelper", media("x", &content));
    soon("the upload", sent).await.unwrap();
    assert_eq!(sim.uploaded(&content), [(3, true)]);
    assert_eq!(sim.asked("webwxuploadmedia"), 3 + 2);
    running.stop().await;
}

#[tokio::test]
async fn a_file_that_changes_meanwhile_is_not_sent() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let changes: [fn(&std::path::Path); 2] = [
        |path| {
            let file = OpenOptions::new().write(true).open(path).unwrap();
            file.set_len(PIECE as u64).unwrap();
        },
        |path| {
            let mut file = OpenOptions::new().append(true).open(path).unwrap();
            file.write_all(b"more").unwrap();
        },
    ];
    for (asked, change) in [2, 4].into_iter().zip(changes) {
        let path = folder.path().join("changing.log");
        fs::write(&path, bytes_of(2 * PIECE)).unwrap();
        // The second piece is to be read once more.
        let fault = json!({"path": "webwxuploadmedia", "kind": "reset", "skip": 1});
        sim.call("fault", fault).await;
        let media = Media::path(&path).await.unwrap();
        let sending = tokio::spawn(running.client.send_file("filehelper", media));
        sim.until_asked("webwxuploadmedia", asked).await;
        change(&path);
        let error = soon("the end", sending).await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File, "{error}");
        assert!(error.to_string().contains("changed"), "{error}");
    }
    assert_eq!(sim.endpoints(), Vec::<String>::new());
    running.stop().await;
}

#[tokio::test]
async fn a_file_whose_name_is_given_to_another_is_sent_as_it_was() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.txt");
    fs::write(&path, "first").unwrap();
    let media = Media::path(&path).await.unwrap();
    fs::rename(&path, folder.path().join("old.txt")).unwrap();
    fs::write(&path, "second").unwrap();
    running.client.send_file("filehelper", media).await.unwrap();
    assert_eq!(sim.uploaded(b"first"), [(1, true)]);
    running.stop().await;
}

#[tokio::test]
async fn an_upload_that_is_given_up_sends_nothing() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let fault = json!({"path": "webwxuploadmedia", "kind": "hang", "skip": 1});
    sim.call("fault", fault).await;
    let transfer = (running.client).send_file("filehelper", media("x", &bytes_of(3 * PIECE)));
    let canceller = transfer.canceller();
    let sending = tokio::spawn(transfer);
    sim.until_asked("webwxuploadmedia", 2).await;
    canceller.cancel();
    let error = soon("the end", sending).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled, "{error}");
    assert!(!error.is_transient());
    // To give up what has ended changes nothing.
    canceller.cancel();
    running
        .client
        .send_text("filehelper", "after")
        .await
        .unwrap();
    assert_eq!(sim.endpoints(), ["webwxsendmsg"]);

    // What was given up before it began does not begin.
    let transfer = (running.client).send_file("filehelper", media("x", b"never"));
    transfer.canceller().cancel();
    assert_eq!(transfer.await.unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(sim.asked("webwxuploadmedia"), 2);
    running.stop().await;
}

#[tokio::test]
async fn an_upload_goes_on_when_nobody_waits_for_it() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let content = bytes_of(2 * PIECE);
    let mut transfer = running.client.send_file("filehelper", media("x", &content));
    let mut progress = transfer.progress();
    let begun = std::future::poll_fn(|cx| Poll::Ready(Pin::new(&mut transfer).poll(cx)));
    assert!(begun.await.is_pending());
    drop(transfer);
    // The last of those who know of it has gone when it has ended.
    let ended = async { while progress.changed().await.is_ok() {} };
    soon("the end", ended).await;
    assert_eq!(sim.endpoints(), ["webwxsendappmsg"]);
    running.stop().await;
}

#[tokio::test]
async fn the_same_key_uploads_and_sends_once() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let send = |content: &[u8]| {
        let media = media("x.txt", content);
        let send = SendMedia::new("filehelper", FileKind::File, media).with_key("a key");
        running.client.send_media(send)
    };
    let first = send(b"once").await.unwrap();
    let (second, third) = (send(b"once").await, send(b"once").await);
    assert_eq!((&second.unwrap(), &third.unwrap()), (&first, &first));
    assert_eq!(sim.asked("webwxuploadmedia"), 1);
    assert_eq!(sim.endpoints(), ["webwxsendappmsg"]);
    let reused = send(b"twice").await.unwrap_err();
    assert_eq!(reused.kind(), ErrorKind::Usage, "{reused}");
    running.stop().await;
}

#[tokio::test]
async fn a_pause_that_the_server_asks_for_is_an_error_of_its_own() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let fault = json!({"path": "webwxuploadmedia", "kind": "ret", "ret": 1205});
    sim.call("fault", fault).await;
    let sent = running.client.send_file("filehelper", media("x", b"x"));
    let error = sent.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Throttled, "{error}");
    assert_eq!(error.ret().unwrap().0, 1205);
    assert!(
        error
            .retry_after()
            .is_some_and(|pause| pause > Duration::ZERO)
    );
    assert!(error.is_transient());
    running.stop().await;
}

#[tokio::test]
async fn a_stop_does_not_wait_for_an_upload() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let fault = json!({"path": "webwxuploadmedia", "kind": "hang"});
    sim.call("fault", fault).await;
    let sending = running.client.send_file("filehelper", media("x", b"x"));
    let sending = tokio::spawn(sending);
    sim.until_asked("webwxuploadmedia", 1).await;
    running.stop().await;
    let error = sending.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSent, "{error}");
    assert_eq!(sim.endpoints(), Vec::<String>::new());
}
