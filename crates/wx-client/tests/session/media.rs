//! What can be sent as what, and to whom.

use std::fs;

use serde_json::json;
use wx_client::id::UserName;
use wx_client::{Content, ErrorKind, FileKind, Media, MemoryStore, SendContent, Sent};

use crate::support::{Sim, bytes_of, media, soon};

/// Pictures and the like, as far as anybody looks at them.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a picture";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0 that moves";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom a film";

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
    let friends = [sim.id("friend:0"), sim.id("friend:1")];
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
    let content = bytes_of(524_288 + 9);
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

/// A file that the core is told of without a place for its bytes.
fn local_file() -> wx_proto::LocalFile {
    let facts = json!({
        "name": "x", "size": 1, "md5": "0", "media_type": "text/plain", "modified": 0,
    });
    let facts = serde_json::from_value(facts).unwrap();
    wx_proto::LocalFile::new(FileKind::File, facts)
}
