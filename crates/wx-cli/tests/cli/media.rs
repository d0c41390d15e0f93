//! `wx send image|video|file|emoticon|card`: what arrives, by which requests,
//! and every way to fail.

use std::os::unix::ffi::OsStrExt;

use serde_json::{Value, json};

use crate::support::{Ended, World};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nhello";
const PNG_MD5: &str = "430f6c1039fa71d5bf7f1e717dfb5f63";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0hello";
const GIF_MD5: &str = "b0c9bf2467d18adaeefa57eb4b0a1496";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";

async fn send(world: &World, rest: &[&str]) -> Ended {
    let arguments: Vec<&str> = ["send"].iter().chain(rest).copied().collect();
    world.run(&arguments).await
}

async fn uploads(world: &World) -> Vec<Value> {
    let Value::Array(uploads) = world.call("uploads", json!({})).await else {
        panic!("no list");
    };
    uploads
}

async fn last_sent(world: &World) -> Value {
    let sent = world.call("sent", json!({})).await;
    sent.as_array()
        .and_then(|sent| sent.last())
        .expect("a message")
        .clone()
}

#[tokio::test]
async fn each_kind_arrives_by_the_requests_of_the_page() {
    let world = World::logged_in().await;
    // The kind, the file, and the page's words for it (protocol: upload).
    for (kind, name, bytes, media_type, endpoint, number) in [
        ("image", "a.png", PNG, "pic", "webwxsendmsgimg", 3),
        ("emoticon", "a.gif", GIF, "doc", "webwxsendemoticon", 47),
        // A gif among pictures is an emoticon.
        ("image", "b.gif", b"GIF89a!", "doc", "webwxsendemoticon", 47),
        ("video", "a.mp4", MP4, "video", "webwxsendvideomsg", 43),
        ("file", "a.tar.gz", b"x", "doc", "webwxsendappmsg", 6),
    ] {
        let path = world.bytes(name, bytes);
        let sent = send(&world, &[kind, "filehelper", &path, "--json"]).await;
        assert_eq!((sent.code, sent.stderr.as_str()), (0, ""), "{sent:?}");
        let line = sent.only();
        let keys: Vec<&String> = line.as_object().expect("an object").keys().collect();
        assert_eq!(keys, ["client_msg_id", "msg_id", "to"]);
        let upload = uploads(&world).await.pop().expect("an upload");
        assert_eq!(upload["name"], name);
        assert_eq!(upload["size"], bytes.len());
        assert_eq!(upload["md5"], upload["received_md5"]);
        assert_eq!(upload["mediatype"], media_type, "{name}");
        assert_eq!(upload["to"], "filehelper");
        assert_eq!(upload["error"], Value::Null);
        let message = last_sent(&world).await;
        assert_eq!(message["endpoint"], endpoint);
        assert_eq!(message["Type"], number);
        assert_eq!(message["MsgId"], line["msg_id"]);
        assert_eq!(message["ClientMsgId"], line["client_msg_id"]);
        if endpoint == "webwxsendappmsg" {
            let content = message["Content"].as_str().expect("XML");
            for part in [
                "<title>a.tar.gz</title>".to_owned(),
                "<totallen>1</totallen>".to_owned(),
                "<fileext>gz</fileext>".to_owned(),
                format!(
                    "<attachid>{}</attachid>",
                    upload["media_id"].as_str().expect("an id")
                ),
            ] {
                assert!(content.contains(&part), "{part}: {content}");
            }
        } else {
            assert_eq!(message["MediaId"], upload["media_id"]);
        }
    }
    let md5s: Vec<Value> = uploads(&world)
        .await
        .iter()
        .map(|u| u["md5"].clone())
        .collect();
    assert_eq!(md5s[..2], [PNG_MD5, GIF_MD5]);

    let upload = &world.log("/webwxuploadmedia").await[0];
    assert_eq!(
        (&upload["method"], &upload["host"]),
        (&json!("POST"), &json!("file.wx2.qq.com"))
    );
    assert_eq!(upload["query"], "f=json");
    let headers = &upload["headers"];
    let media_type = headers["content-type"].as_str().expect("a type");
    assert!(
        media_type.starts_with("multipart/form-data; boundary="),
        "{media_type}"
    );
    assert_eq!(headers["referer"], "https://wx2.qq.com/");
    let body = upload["body"].as_str().expect("a body");
    // The parts in the page's order.
    let mut rest = body;
    for part in [
        "name=\"id\"\r\n\r\nWU_FILE_",
        "name=\"name\"\r\n\r\na.png\r\n",
        "name=\"type\"\r\n\r\nimage/png\r\n",
        "name=\"lastModifiedDate\"\r\n\r\n",
        "name=\"size\"\r\n\r\n13\r\n",
        "name=\"mediatype\"\r\n\r\npic\r\n",
        "name=\"uploadmediarequest\"\r\n\r\n{\"UploadType\":2,\"BaseRequest\":{",
        "\"TotalLen\":13,\"StartPos\":0,\"DataLen\":13,\"MediaType\":4,",
        "\"FileMd5\":\"430f6c1039fa71d5bf7f1e717dfb5f63\"}",
        "name=\"webwx_data_ticket\"\r\n\r\n",
        "name=\"pass_ticket\"\r\n\r\n",
        "name=\"filename\"; filename=\"a.png\"\r\n",
    ] {
        let (_, after) = rest
            .split_once(part)
            .unwrap_or_else(|| panic!("{part}: {body}"));
        rest = after;
    }
    assert!(!body.contains("name=\"chunk"), "{body}");
    let image = world.last("/webwxsendmsgimg").await;
    assert_eq!(
        (&image["method"], &image["host"]),
        (&json!("POST"), &json!("wx2.qq.com"))
    );
    let query = image["query"].as_str().expect("a query");
    assert!(query.starts_with("fun=async&f=json"), "{query}");
    assert_eq!(
        image["headers"]["content-type"],
        "application/json;charset=UTF-8"
    );
    assert_eq!(image["body"]["Scene"], 0);
    assert_eq!(
        image["body"]["Msg"]["LocalID"],
        image["body"]["Msg"]["ClientMsgId"]
    );
}

#[tokio::test]
async fn what_the_service_knows_needs_no_upload() {
    let world = World::logged_in().await;
    let gif = world.bytes("a.gif", GIF);
    assert_eq!(send(&world, &["emoticon", "me", &gif]).await.code, 0);
    let again = format!("md5:{}", GIF_MD5.to_uppercase());
    let sent = send(&world, &["emoticon", "filehelper", &again, "--json"]).await;
    assert_eq!(sent.code, 0, "{sent:?}");
    let message = last_sent(&world).await;
    assert_eq!(message["EMoticonMd5"], GIF_MD5);
    assert_eq!(message["MsgId"], sent.only()["msg_id"]);

    let friend = world.contact("friend:3").await;
    let remark = json!({"contact": "friend:3", "remark": "carded"});
    world.call("contact/mod", remark).await;
    world.run(&["contacts", "--refresh"]).await;
    let sent = send(&world, &["card", "filehelper", "carded"]).await;
    assert_eq!(sent.code, 0, "{sent:?}");
    assert!(
        sent.stdout.starts_with("sent to filehelper as "),
        "{sent:?}"
    );
    let message = last_sent(&world).await;
    assert_eq!(
        (&message["Type"], &message["endpoint"]),
        (&json!(42), &json!("webwxsendmsg"))
    );
    let content = message["Content"].as_str().expect("XML");
    let user_name = friend["user_name"].as_str().expect("a name");
    assert!(
        content.contains(&format!("username=\"{user_name}\"")),
        "{content}"
    );
    assert_eq!(uploads(&world).await.len(), 1);
}

#[tokio::test]
async fn names_of_files_arrive_as_they_are() {
    let world = World::logged_in().await;
    for name in [
        "报告 2024 🌏.pdf",
        "gnp.\u{202e}exe",
        "a&b <c> 'd'.txt",
        "100%.txt",
        "-n",
        "no ending",
    ] {
        let path = world.bytes(name, name.as_bytes());
        let sent = send(&world, &["file", "filehelper", &path]).await;
        assert_eq!(sent.code, 0, "{name}: {sent:?}");
        assert!(!sent.stdout.contains('\u{202e}') && !sent.stderr.contains('\u{202e}'));
        let upload = uploads(&world).await.pop().expect("an upload");
        assert_eq!(upload["name"], name);
        assert_eq!(upload["md5"], upload["received_md5"]);
    }
    // Names need not be text.
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.txt");
    std::fs::write(world.home().join(name), "x").expect("a file");
    let mut command = world.wx(&["send", "file", "filehelper"]);
    command.arg(world.home().join(name));
    let sent = crate::support::run(command).await;
    assert_eq!(sent.code, 0, "{sent:?}");
    let upload = uploads(&world).await.pop().expect("an upload");
    assert_eq!(upload["name"], "caf\u{fffd}.txt");
}

#[tokio::test]
async fn what_cannot_be_sent_is_named_before_anything_goes_out() {
    let world = World::logged_in().await;
    let folder = world.folder("folder").display().to_string();
    let empty = world.bytes("empty.png", b"");
    let image = world.bytes("a.png", PNG);
    let text = world.bytes("a.txt", b"plain");
    let huge = world.bytes("huge.png", PNG);
    let sparse = std::fs::File::options().write(true).open(&huge);
    sparse
        .expect("a file")
        .set_len(60 << 20)
        .expect("a sparse file");
    let missing = world.home().join("missing.png").display().to_string();
    let nul = "\u{202e}gnp.exe";
    for (kind, to, path, name, word) in [
        ("image", "filehelper", &*missing, "usage", &*missing),
        ("file", "filehelper", &*folder, "usage", "folder"),
        ("image", "filehelper", &*empty, "empty", "empty"),
        ("image", "filehelper", &*huge, "too_large", "huge.png"),
        ("image", "filehelper", &*text, "usage", "a.txt"),
        ("video", "filehelper", &*image, "usage", "image/png"),
        ("emoticon", "filehelper", "md5:12", "usage", "md5:12"),
        (
            "emoticon",
            "filehelper",
            "md5:zz3456789012345678901234567890zz",
            "usage",
            "md5",
        ),
        (
            "image",
            "no such one",
            &*image,
            "no_such_contact",
            "no such one",
        ),
        ("file", "filehelper", "/dev/null", "usage", "/dev/null"),
        ("file", "filehelper", nul, "usage", "gnp.exe"),
    ] {
        let told = send(&world, &[kind, to, path]).await;
        let json = send(&world, &[kind, to, path, "--json"]).await;
        told.failed(&json, 2, name, word);
        assert!(!told.stderr.contains('\u{202e}'), "{told:?}");
    }
    let told = send(&world, &["card", "filehelper", "@nowhere"]).await;
    assert_eq!(told.code, 2, "{told:?}");
    for path in ["/webwxuploadmedia", "/webwxsendmsgimg", "/webwxsendappmsg"] {
        assert_eq!(world.requests(path).await, 0);
    }
}

#[tokio::test]
async fn a_key_uploads_and_sends_once() {
    let world = World::logged_in().await;
    let path = world.bytes("a.png", PNG);
    let keyed = ["image", "filehelper", &path, "--key", "k/1", "--json"];
    let (first, second) = (send(&world, &keyed).await, send(&world, &keyed).await);
    assert_eq!((first.code, second.code), (0, 0), "{second:?}");
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(uploads(&world).await.len(), 1);
    assert_eq!(world.requests("/webwxsendmsgimg").await, 1);
    let other = ["file", "filehelper", &path, "--key", "k/1", "--json"];
    let other = send(&world, &other).await;
    assert_eq!((other.code, other.stdout.as_str()), (2, ""), "{other:?}");
}

#[tokio::test]
async fn a_piece_that_fails_twice_goes_out_again() {
    let world = World::logged_in().await;
    // Three pieces, of which the second one is lost twice.
    let path = world.bytes("a.bin", &[7; 1_200_000]);
    let lost = json!({"path": "webwxuploadmedia", "kind": "reset_before", "skip": 1, "count": 2});
    world.call("fault", lost).await;
    let sent = send(&world, &["file", "filehelper", &path, "--json"]).await;
    assert_eq!(sent.code, 0, "{sent:?}");
    let upload = uploads(&world).await.pop().expect("an upload");
    assert_eq!(upload["pieces"], 3);
    assert_eq!(upload["md5"], upload["received_md5"]);
    assert_eq!(world.requests("/webwxuploadmedia").await, 5);
}

#[tokio::test]
async fn a_refusal_of_a_file_has_the_servers_code() {
    let world = World::logged_in().await;
    let path = world.bytes("a.png", PNG);
    for (endpoint, ret, kind) in [
        ("webwxsendmsgimg", 1204, "refused"),
        ("webwxsendmsgimg", 1205, "throttled"),
        ("webwxuploadmedia", 1, "refused"),
    ] {
        let fault = json!({"path": endpoint, "kind": "ret", "ret": ret});
        world.call("fault", fault).await;
        let refused = send(&world, &["image", "filehelper", &path, "--json"]).await;
        assert_eq!(
            (refused.code, refused.stdout.as_str()),
            (4, ""),
            "{refused:?}"
        );
        let error = refused.error();
        assert_eq!((&error["kind"], &error["ret"]), (&json!(kind), &json!(ret)));
        assert_eq!(error["transient"], ret == 1205);
        assert_eq!(error["retry_after_ms"].is_u64(), ret == 1205);
    }
}

#[tokio::test]
async fn an_upload_that_is_interrupted_sends_nothing() {
    let world = World::logged_in().await;
    let path = world.bytes("a.bin", &[7; 1_200_000]);
    let stuck = json!({"path": "webwxuploadmedia", "kind": "hang", "skip": 1});
    world.call("fault", stuck).await;
    let send = world.spawn(&["send", "file", "filehelper", &path, "--key", "k"]);
    world.requested("/webwxuploadmedia", 2).await;
    send.signal("INT").await;
    let send = send.end().await;
    assert_eq!((send.code, send.stdout.as_str()), (130, ""), "{send:?}");
    assert_eq!(send.stderr, "given up: it was not sent\n");
    assert_eq!(world.sent().await, []);
}
