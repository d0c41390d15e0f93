//! Media on their way in: whole or not there, and never in anybody's way.

use std::fs;
use std::path::PathBuf;

use md5::{Digest, Md5};
use serde_json::json;
use wx_client::{ErrorKind, Media, MediaRef, MemoryStore};

use crate::support::{Sim, bytes_of, hidden, md5_of, soon};

impl Sim {
    /// The ranges that were asked for at an endpoint, in order.
    fn ranges(&self, endpoint: &str) -> Vec<String> {
        self.server.with(|service, _| {
            let log = service.log().iter();
            log.filter(|logged| logged.path.ends_with(endpoint))
                .map(|logged| match logged.headers.get("range") {
                    Some(range) => range.to_str().expect("text").to_owned(),
                    None => String::new(),
                })
                .collect()
        })
    }
}

#[tokio::test]
async fn every_kind_of_medium_comes_whole() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    for (kind, content, extension) in [
        ("image", json!({}), None),
        ("voice", json!({}), Some("mp3")),
        ("video", json!({}), Some("mp4")),
        ("emoticon", json!({}), Some("gif")),
        (
            "file",
            json!({"name": "a report.pdf", "size": 70_000}),
            Some("pdf"),
        ),
    ] {
        let (media, md5) = running.medium(&sim, kind, content).await;
        let transfer = running
            .client
            .download(media.clone())
            .into_dir(folder.path());
        let progress = transfer.progress();
        let downloaded = soon(kind, transfer).await.unwrap();
        let path = downloaded.path;
        assert_eq!(downloaded.md5, md5, "{kind}");
        assert_eq!(md5_of(&path), md5, "{kind}");
        assert_eq!(fs::metadata(&path).unwrap().len(), downloaded.bytes);
        assert_eq!(progress.borrow().done, downloaded.bytes);
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(
            name == "a report.pdf" || name.starts_with(&format!("{kind}-")),
            "{name}"
        );
        if let Some(extension) = extension {
            assert_eq!(path.extension().unwrap(), extension);
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{kind}");
        }
    }
    assert_eq!(hidden(folder.path()), Vec::<PathBuf>::new());
    running.stop().await;
}

#[tokio::test]
async fn avatars_come_of_people_and_of_groups() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    for name in ["friend:1", "group:0"] {
        let media = MediaRef::avatar(sim.id(name));
        let transfer = running.client.download(media).into_dir(folder.path());
        let avatar = soon(name, transfer).await.unwrap();
        let media_type = avatar.media_type.unwrap();
        assert!(
            avatar.bytes > 0 && media_type.starts_with("image/"),
            "{media_type}"
        );
    }
    assert_eq!(
        (sim.asked("webwxgeticon"), sim.asked("webwxgetheadimg")),
        (1, 1)
    );
    running.stop().await;
}

#[tokio::test]
async fn a_medium_comes_to_a_writer() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let (media, md5) = running.file(&sim, "x.bin", 100_000).await;
    let truncate = json!({"path": "webwxgetmedia", "kind": "truncate", "after_bytes": 30_000});
    sim.call("fault", truncate).await;
    let (writer, mut reader) = tokio::io::duplex(1024);
    let transfer = tokio::spawn(running.client.download(media).to_writer(writer));
    let mut content = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut content);
    soon("the bytes", read).await.unwrap();
    let downloaded = transfer.await.unwrap().unwrap();
    assert_eq!(downloaded.bytes, 100_000);
    assert_eq!(downloaded.md5, md5);
    let digest = Md5::digest(&content);
    assert_eq!(
        digest
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect::<String>(),
        md5
    );
    running.stop().await;
}

#[tokio::test]
async fn a_download_that_breaks_off_goes_on_from_there() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.bin");
    let (media, md5) = running.file(&sim, "x.bin", 1_000_000).await;
    let truncate = json!({"path": "webwxgetmedia", "kind": "truncate", "after_bytes": 300_000});
    sim.call("fault", truncate).await;
    let reset = json!({"path": "webwxgetmedia", "kind": "reset", "after_bytes": 100_000});
    sim.call("fault", reset).await;
    let transfer = running.client.download(media).to_path(&path);
    let downloaded = soon("the download", transfer).await.unwrap();
    assert_eq!((downloaded.bytes, &downloaded.md5), (1_000_000, &md5));
    assert_eq!(md5_of(&path), md5);
    let ranges = sim.ranges("webwxgetmedia");
    assert_eq!(ranges.len(), 3, "{ranges:?}");
    assert_eq!(ranges[1], "bytes=300000-");
    // A reset may take bytes with it that have arrived.
    let third = ranges[2].strip_prefix("bytes=").unwrap();
    let third: u64 = third.trim_end_matches('-').parse().unwrap();
    assert!((300_000..=400_000).contains(&third), "{third}");
    running.stop().await;
}

#[tokio::test]
async fn a_server_without_ranges_sends_it_all_again() {
    let sim = Sim::with(json!({"no_range": true}), 1).await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let (media, md5) = running.file(&sim, "x.bin", 500_000).await;
    let truncate = json!({"path": "webwxgetmedia", "kind": "truncate", "after_bytes": 300_000});
    sim.call("fault", truncate).await;
    let (writer, mut reader) = tokio::io::duplex(1024);
    let to_path = running
        .client
        .download(media.clone())
        .into_dir(folder.path());
    let downloaded = soon("the download", to_path).await.unwrap();
    assert_eq!((downloaded.md5, downloaded.bytes), (md5.clone(), 500_000));
    assert_eq!(md5_of(&downloaded.path), md5);

    // A writer keeps what it has, and gets the rest.
    let truncate = json!({"path": "webwxgetmedia", "kind": "truncate", "after_bytes": 300_000});
    sim.call("fault", truncate).await;
    let transfer = tokio::spawn(running.client.download(media).to_writer(writer));
    let mut nowhere = tokio::io::sink();
    let copied = tokio::io::copy(&mut reader, &mut nowhere);
    assert_eq!(soon("the bytes", copied).await.unwrap(), 500_000);
    assert_eq!(transfer.await.unwrap().unwrap().md5, md5);
    running.stop().await;
}

#[tokio::test]
async fn a_download_of_a_killed_process_is_gone_on_with() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let mut running = sim.online(&store).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.bin");
    let (media, md5) = running.file(&sim, "x.bin", 1_000_000).await;
    let hang = json!({"path": "webwxgetmedia", "kind": "hang", "after_bytes": 400_000});
    sim.call("fault", hang).await;
    let transfer = running.client.download(media.clone()).to_path(&path);
    let mut progress = transfer.progress();
    let transfer = tokio::spawn(transfer);
    let there = progress.wait_for(|progress| progress.done >= 400_000);
    assert_eq!(soon("some bytes", there).await.unwrap().done, 400_000);
    running.kill().await;
    assert_eq!(
        transfer.await.unwrap().unwrap_err().kind(),
        ErrorKind::Stopped
    );

    let [part] = hidden(folder.path()).try_into().expect("one part");
    assert!(!path.exists());
    assert_eq!(fs::metadata(&part).unwrap().len(), 400_000);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&part).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let running = sim.resumed(&store).await;
    let transfer = running.client.download(media).to_path(&path);
    let downloaded = soon("the download", transfer).await.unwrap();
    assert_eq!((downloaded.bytes, &downloaded.md5), (1_000_000, &md5));
    assert_eq!(md5_of(&path), md5);
    assert_eq!(sim.ranges("webwxgetmedia").last().unwrap(), "bytes=400000-");
    assert_eq!(hidden(folder.path()), Vec::<PathBuf>::new());
    running.stop().await;
}

#[tokio::test]
async fn a_download_that_is_given_up_says_what_it_leaves() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let (media, _) = running.file(&sim, "x.bin", 1_000_000).await;
    let hang = json!({
        "path": "webwxgetmedia", "kind": "hang", "after_bytes": 400_000, "count": 2,
    });
    sim.call("fault", hang).await;
    for resume in [true, false] {
        let download = running.client.download(media.clone()).resume(resume);
        let transfer = download.into_dir(folder.path());
        let (canceller, mut progress) = (transfer.canceller(), transfer.progress());
        let transfer = tokio::spawn(transfer);
        let moved = |there: &wx_client::Progress| there.done == 400_000;
        soon("some bytes", progress.wait_for(moved)).await.unwrap();
        canceller.cancel();
        let error = soon("the end", transfer).await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        let words = error.to_string();
        let parts = hidden(folder.path());
        assert_eq!(words.contains("400000 bytes are kept"), resume, "{words}");
        assert_eq!(parts.len(), usize::from(resume), "{parts:?}");
        for part in parts {
            assert!(words.contains(part.to_str().unwrap()), "{words}");
        }
    }
    running.stop().await;
}

#[tokio::test]
async fn what_was_sent_can_be_fetched_again() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let content = [b"\x89PNG\r\n\x1a\n".as_slice(), &bytes_of(1234)].concat();
    let media = Media::bytes("mine.png", content.clone()).unwrap();
    let sent = running
        .client
        .send_image("filehelper", media)
        .await
        .unwrap();
    let (writer, mut reader) = tokio::io::duplex(2048);
    let msg_id = sent.msg_id;
    let download = running.client.download(MediaRef::Image { msg_id });
    let downloaded = download.to_writer(writer).await.unwrap();
    assert_eq!(downloaded.bytes, content.len() as u64);
    let mut back = Vec::new();
    let read = tokio::io::AsyncReadExt::read_to_end(&mut reader, &mut back);
    soon("the bytes", read).await.unwrap();
    assert_eq!(back, content);
    running.stop().await;
}

#[tokio::test]
async fn a_stop_does_not_wait_for_a_download_and_keeps_what_is_there() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let (media, _) = running.file(&sim, "x.bin", 1_000_000).await;
    let hang = json!({"path": "webwxgetmedia", "kind": "hang", "after_bytes": 400_000});
    sim.call("fault", hang).await;
    let transfer = running.client.download(media).into_dir(folder.path());
    let mut progress = transfer.progress();
    let transfer = tokio::spawn(transfer);
    let there = progress.wait_for(|progress| progress.done == 400_000);
    soon("some bytes", there).await.unwrap();
    running.stop().await;
    let error = transfer.await.unwrap().unwrap_err();
    assert!(
        error.to_string().contains("400000 bytes are kept"),
        "{error}"
    );
    assert_eq!(hidden(folder.path()).len(), 1);
}

#[tokio::test]
async fn media_go_both_ways_beside_the_accounts_owner() {
    let sim = Sim::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut owner = sim.owner(folder.path()).await;
    let (media, md5) = owner.file(&sim, "x.bin", 1000).await;
    owner.stored().await;
    let beside = sim.beside(folder.path()).await;
    let target = tempfile::tempdir().unwrap();
    let downloaded = beside.download(media).into_dir(target.path());
    let downloaded = soon("the download", downloaded).await.unwrap();
    assert_eq!(downloaded.md5, md5);
    let media = Media::bytes("mine.bin", bytes_of(1000)).unwrap();
    let sent = beside.send_file("filehelper", media).await.unwrap();
    beside.shutdown().await.unwrap();
    // The owner hears of it as of a message of any other device.
    let (message, delivery) = owner.message().await;
    delivery.ack();
    assert!(message.from_me && message.msg_id == sent.msg_id);
    owner.stop().await;
}

#[tokio::test]
async fn a_file_of_unknown_length_is_told_from_a_refusal() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    // Shorter and longer than a refusal may be, and both in the guise of one.
    for size in [7, 300_000] {
        let (media, md5) = running.file(&sim, "notes.txt", size).await;
        let media = of_unknown_length(&media);
        let text = json!({"path": "webwxgetmedia", "kind": "content_type",
            "content_type": "text/plain"});
        sim.call("fault", text).await;
        let transfer = running.client.download(media).into_dir(folder.path());
        let downloaded = soon("the file", transfer).await.unwrap();
        assert_eq!((downloaded.bytes, downloaded.md5), (size as u64, md5));
    }
    let (media, _) = running.file(&sim, "notes.txt", 7).await;
    let refused = json!({"path": "webwxgetmedia", "kind": "ret", "ret": -1});
    sim.call("fault", refused).await;
    let transfer = (running.client.download(of_unknown_length(&media))).into_dir(folder.path());
    let error = soon("the end", transfer).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    running.stop().await;
}

/// The same reference, of a message that does not say how long the file is.
fn of_unknown_length(media: &MediaRef) -> MediaRef {
    let mut media = serde_json::to_value(media).unwrap();
    media.as_object_mut().unwrap().remove("size").unwrap();
    serde_json::from_value(media).unwrap()
}
