//! Media on their way out: whole, once, and not at all if they cannot be.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use wx_client::id::UserName;
use wx_client::{Content, ErrorKind, FileKind, Media, MemoryStore, SendContent, SendMedia, Sent};

use crate::support::{Sim, bytes_of, soon};

const KIB: usize = 1024;
/// The length of a piece (protocol: upload).
const PIECE: usize = 512 * KIB;

/// Pictures and the like, as far as anybody looks at them.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a picture";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0 that moves";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom a film";

impl Sim {
    /// What became of the uploads: how many pieces were taken of each, and
    /// whether what arrived is what there was.
    fn uploaded(&self, content: &[u8]) -> Vec<(u64, bool)> {
        self.server.with(|service, _| {
            let uploads = service.uploads().iter();
            uploads
                .map(|upload| (upload.pieces, upload.bytes == content))
                .collect()
        })
    }

    /// To where the service took messages, in order.
    fn endpoints(&self) -> Vec<String> {
        self.server.with(|service, _| {
            let sent = service.sent().iter();
            sent.map(|sent| sent.endpoint.clone()).collect()
        })
    }
}

fn media(name: &str, content: &[u8]) -> Media {
    Media::bytes(name, content.to_vec()).expect("it is not empty")
}

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
    let friend = sim.id("friend:0").await;
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
async fn media_arrive_as_what_they_were_sent_as() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let client = &running.client;
    let me = "filehelper";
    client.send_image(me, media("a.png", PNG)).await.unwrap();
    client.send_image(me, media("a.gif", GIF)).await.unwrap();
    client.send_emoticon(me, media("b.gif", GIF)).await.unwrap();
    client.send_video(me, media("a.mp4", MP4)).await.unwrap();
    client.send_file(me, media("b.png", PNG)).await.unwrap();
    assert_eq!(
        sim.endpoints(),
        [
            "webwxsendmsgimg",
            "webwxsendemoticon",
            "webwxsendemoticon",
            "webwxsendvideomsg",
            "webwxsendappmsg"
        ]
    );
    // protocol: upload, mediatype by extension
    let told = sim.server.with(|service, _| {
        let uploads = service.uploads().iter();
        uploads
            .map(|upload| upload.media_type.clone())
            .collect::<Vec<_>>()
    });
    assert_eq!(told, ["pic", "doc", "doc", "video", "doc"]);

    let error = client.send_image(me, media("a.txt", b"words")).await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(error.to_string().contains("text/plain"), "{error}");
    assert_eq!(sim.asked("webwxuploadmedia"), 5);
    running.stop().await;
}

#[tokio::test]
async fn what_was_uploaded_once_is_sent_to_many() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let client = &running.client;
    let friends = [sim.id("friend:0").await, sim.id("friend:1").await];
    let picture = media("a.png", PNG);
    let upload = client.upload("filehelper", FileKind::Image, picture);
    let uploaded = upload.await.unwrap();
    assert_eq!(
        (uploaded.kind, uploaded.size),
        (FileKind::Image, PNG.len() as u64)
    );
    for friend in &friends {
        let send = SendContent::new(friend, uploaded.clone());
        client.send_content(send).await.unwrap();
    }
    // The service knows the picture by its MD5 by now, and one's friends.
    let upload = client.upload("filehelper", FileKind::Emoticon, media("a.gif", GIF));
    upload.await.unwrap();
    let to = sim.server.with(|service, _| {
        let sent = service.sent().iter();
        sent.map(|sent| sent.to_user_name.clone())
            .collect::<Vec<_>>()
    });
    assert_eq!(to, friends.map(|friend| friend.as_str().to_owned()));
    assert_eq!(sim.asked("webwxuploadmedia"), 2);

    let file = SendContent::new("filehelper", Content::from(local_file()));
    let error = client.send_content(file).await.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Usage,
        "there is nothing to be read"
    );
    running.stop().await;
}

/// A file that the core is told of without a place for its bytes.
fn local_file() -> wx_proto::LocalFile {
    let facts = json!({
        "name": "x", "size": 1, "md5": "0", "media_type": "text/plain", "modified": 0,
    });
    let facts = serde_json::from_value(facts).unwrap();
    wx_proto::LocalFile::new(FileKind::File, facts)
}

#[tokio::test]
async fn what_is_no_file_to_be_sent_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("empty.txt"), "").unwrap();
    let cases = [
        (at("missing.txt"), ErrorKind::File, "there is no"),
        (folder.path().to_owned(), ErrorKind::File, "is a folder"),
        (at("empty.txt"), ErrorKind::Empty, "is empty"),
        #[cfg(unix)]
        ("/dev/null".into(), ErrorKind::File, "is no regular file"),
    ];
    for (path, kind, words) in cases {
        let error = Media::path(&path).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        let shown = error.to_string();
        assert!(
            shown.contains(words) && shown.contains(path.to_str().unwrap()),
            "{shown}"
        );
    }
    assert_eq!(Media::bytes("x", "").unwrap_err().kind(), ErrorKind::Empty);
}

#[tokio::test]
async fn what_is_too_large_is_refused_before_it_is_read() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.jpg");
    // To read a terabyte of nothing takes longer than anybody waits.
    let file = fs::File::create(&path).unwrap();
    file.set_len(1 << 40).unwrap();
    let media = Media::path(&path).await.unwrap();
    let sent = soon(
        "the refusal",
        running.client.send_image("filehelper", media),
    )
    .await;
    let error = sent.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let words = error.to_string();
    assert!(
        words.contains("huge.jpg") && words.contains("20971520"),
        "{words}"
    );
    assert_eq!(sim.asked("webwxuploadmedia"), 0);
    running.stop().await;
}

#[tokio::test]
async fn a_reader_must_give_what_was_promised() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let content = bytes_of(PIECE + 9);
    let length = content.len() as u64;
    let media = Media::reader("stream.bin", length, content.as_slice());
    let media = media.await.unwrap();
    running.client.send_file("filehelper", media).await.unwrap();
    assert_eq!(sim.uploaded(&content), [(2, true)]);
    for (promised, came) in [(length + 1, "524297"), (length - 1, "more")] {
        let read = Media::reader("stream.bin", promised, content.as_slice()).await;
        let error = read.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        assert!(
            error.to_string().ends_with(&format!("gave {came}")),
            "{error}"
        );
    }
    running.stop().await;
}

#[tokio::test]
async fn a_message_is_sent_on_to_everybody_who_was_named() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    sim.call("push", json!({"kind": "image", "from": "friend:0"}))
        .await;
    let (message, delivery) = running.message().await;
    delivery.ack();
    let forward = message.forward().unwrap();
    let names = ["friend:1", "friend:2", "group:0"].map(|name| sim.id(name));
    let names = join_all(names).await;
    let mut forwarding = running.client.forward(&forward, &names).unwrap();
    let mut sent: Vec<Sent> = Vec::new();
    while let Some((to, result)) = soon("the next", forwarding.next()).await {
        assert_eq!(result.as_ref().unwrap().to, to);
        sent.extend(result);
    }
    let to: Vec<&str> = sent.iter().map(|sent| sent.to.as_str()).collect();
    assert_eq!(to, names.iter().map(UserName::as_str).collect::<Vec<_>>());
    assert_eq!(sim.endpoints(), ["webwxsendmsgimg"; 3]);
    assert_eq!(sim.asked("webwxuploadmedia"), 0);

    for count in [0, 201] {
        let error = running.client.forward(&forward, vec!["filehelper"; count]);
        assert_eq!(error.unwrap_err().kind(), ErrorKind::Usage);
    }
    running.stop().await;
}
