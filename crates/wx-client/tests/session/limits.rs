//! How much of an answer is taken in: as much as its limit, and not a byte
//! more, whatever was asked for.

use serde_json::json;
use wx_client::{
    Content, Error, ErrorKind, EventKind, FileKind, Media, MediaRef, MemoryStore, SendContent,
    Uploaded,
};

use crate::support::{Running, Sim, media, soon};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

impl Sim {
    /// The next answer of an endpoint is `text` and so many bytes of blanks
    /// behind it that it has `length` in all.
    async fn pads(&self, endpoint: &str, text: &str, length: usize) {
        let body = text.to_owned() + &" ".repeat(length - text.len());
        let fault = json!({"path": endpoint, "kind": "body", "body": body});
        self.call("fault", fault).await;
    }
}

/// Has the client ask at an endpoint, once, and gives what came of it.
async fn ask(running: &Running, sim: &Sim, endpoint: &str) -> Result<(), Error> {
    let client = &running.client;
    let friend = sim.id("friend:0");
    let group = sim.id("group:0");
    let uploaded = |kind: &str| {
        let json = json!({"kind": kind, "media_id": "@crypt_1", "name": "a.bin", "size": 7});
        let uploaded: Uploaded = serde_json::from_value(json).unwrap();
        client.send_content(SendContent::new("filehelper", uploaded))
    };
    match endpoint {
        "webwxsendmsg" => client.send_text("filehelper", "hi").await.map(drop),
        "webwxsendmsgimg" => uploaded("image").await.map(drop),
        "webwxsendvideomsg" => uploaded("video").await.map(drop),
        "webwxsendappmsg" => uploaded("file").await.map(drop),
        "webwxsendemoticon" => {
            let md5 = "0cc175b9c0f1b6a831c399e269772661".to_owned();
            let content = SendContent::new("filehelper", Content::Emoticon { md5 });
            client.send_content(content).await.map(drop)
        }
        "webwxstatusnotify" => client.mark_read(&friend).await,
        "webwxoplog" => client.set_remark(&friend, "x").await,
        "webwxrevokemsg" => client.revoke_message("1", &friend, None).await,
        "webwxsearchcontact" => client.search_contacts("x").await.map(drop),
        "webwxverifyuser" => client.ask_friend("@somebody", "hi").await,
        "webwxcreatechatroom" => {
            let others = ["friend:0", "friend:1"];
            let mut members = Vec::new();
            for name in others {
                members.push(sim.id(name));
            }
            client.create_group("x", members).await.map(drop)
        }
        "webwxupdatechatroom" => client.rename_group(&group, "x").await,
        "webwxbatchgetcontact" => client.probe().await,
        "webwxlogout" => client.logout().await,
        other => panic!("who asks at {other}?"),
    }
}

/// So many bytes of an answer that make no sense are found to make none; with
/// one more they are not even looked at.
#[tokio::test]
async fn every_command_takes_in_as_much_as_its_limit() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    for (limit, endpoints) in [
        (
            MIB,
            &[
                "webwxsendmsg",
                "webwxsendmsgimg",
                "webwxsendvideomsg",
                "webwxsendappmsg",
                "webwxsendemoticon",
                "webwxstatusnotify",
                "webwxoplog",
                "webwxrevokemsg",
                "webwxsearchcontact",
                "webwxverifyuser",
                "webwxcreatechatroom",
                "webwxupdatechatroom",
            ][..],
        ),
        (64 * MIB, &["webwxbatchgetcontact"]),
    ] {
        for endpoint in endpoints {
            sim.pads(endpoint, "", limit).await;
            let at = soon(endpoint, ask(&running, &sim, endpoint)).await;
            let at = at.err().unwrap_or_else(|| panic!("{endpoint}"));
            let at = at.to_string();
            assert!(!at.contains("too large"), "{endpoint}: {at}");
            sim.pads(endpoint, "", limit + 1).await;
            let over = soon(endpoint, ask(&running, &sim, endpoint)).await;
            let over = over.expect_err("it makes no sense").to_string();
            assert!(over.contains("too large"), "{endpoint}: {over}");
        }
    }
    // Of this one nobody reads the answer.
    sim.pads("webwxlogout", "", MIB + 1).await;
    let over = soon("webwxlogout", ask(&running, &sim, "webwxlogout")).await;
    let over = over.expect_err("it was not answered").to_string();
    assert!(over.contains("too large"), "{over}");
    sim.pads("webwxlogout", "", MIB).await;
    let at = soon("webwxlogout", ask(&running, &sim, "webwxlogout")).await;
    at.expect("it was answered");
}

/// What goes again by itself goes again for one byte too many, and else not.
#[tokio::test]
async fn what_is_tried_again_takes_in_as_much_as_its_limit() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let accepted = r#"{"BaseResponse":{"Ret":0,"ErrMsg":""},"MediaId":"@crypt_1","StartPos":7}"#;
    let large = Media::bytes("a.bin", vec![0; 25 * MIB + 1]).unwrap();
    for (endpoint, answer, medium) in [
        ("webwxuploadmedia", accepted, media("a.bin", b"1234567")),
        ("webwxcheckupload", accepted, large),
    ] {
        for (length, expected) in [(MIB, 1), (MIB + 1, 2)] {
            let before = sim.asked(endpoint);
            sim.pads(endpoint, answer, length).await;
            let upload = running
                .client
                .upload("filehelper", FileKind::File, medium.clone());
            soon(endpoint, upload).await.expect("an upload");
            assert_eq!(
                sim.asked(endpoint) - before,
                expected,
                "{endpoint} {length}"
            );
        }
    }
    let book = r#"{"BaseResponse":{"Ret":0,"ErrMsg":""},"MemberCount":0,"MemberList":[],"Seq":0}"#;
    for (length, expected) in [(64 * MIB, 1), (64 * MIB + 1, 2)] {
        let before = sim.asked("webwxgetcontact");
        sim.pads("webwxgetcontact", book, length).await;
        let refreshed = soon("webwxgetcontact", running.client.refresh_contacts()).await;
        refreshed.expect("an address book");
        assert_eq!(sim.asked("webwxgetcontact") - before, expected, "{length}");
    }
    let picture = running
        .client
        .upload("filehelper", FileKind::Image, media("a.png", b"\x89PNG"));
    let media_id = soon("an upload", picture).await.unwrap().media_id;
    let mut media = vec![
        ("webwxpreview", MediaRef::Preview { media_id }),
        ("webwxgeticon", MediaRef::avatar(sim.id("friend:0"))),
        ("webwxgetheadimg", MediaRef::avatar(sim.id("group:0"))),
    ];
    for (endpoint, kind) in [
        ("webwxgetmsgimg", "image"),
        ("webwxgetvoice", "voice"),
        ("webwxgetvideo", "video"),
        ("webwxgetmedia", "file"),
        ("webwxgetpubliclinkimg", "location"),
    ] {
        let pushed = json!({"kind": kind, "from": "friend:0"});
        sim.call("push", pushed).await;
        let (message, delivery) = running.message().await;
        delivery.ack();
        let mut medium = serde_json::to_value(message.media().expect("a medium")).unwrap();
        // By this name a file is asked for a second time.
        medium.as_object_mut().unwrap().remove("encry_file_name");
        media.push((endpoint, serde_json::from_value(medium).unwrap()));
    }
    let folder = tempfile::tempdir().unwrap();
    for (endpoint, media) in media {
        let download = || {
            running
                .client
                .download(media.clone())
                .into_dir(folder.path())
        };
        sim.pads(endpoint, "", 64 * KIB).await;
        let before = sim.asked(endpoint);
        let refused = soon(endpoint, download()).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Missing, "{endpoint}: {refused}");
        assert_eq!(sim.asked(endpoint) - before, 1, "{endpoint}");
        sim.pads(endpoint, "", 64 * KIB + 1).await;
        soon(endpoint, download())
            .await
            .expect("the next one is it");
        assert_eq!(sim.asked(endpoint) - before, 3, "{endpoint}");
    }
    running.stop().await;
}

#[tokio::test]
async fn the_way_in_takes_in_as_much_as_its_limits() {
    for (endpoint, limit) in [
        ("jslogin", 64 * KIB),
        ("login", MIB),
        ("webwxnewloginpage", MIB),
        ("webwxinit", 16 * MIB),
        ("webwxpushloginurl", 64 * KIB),
    ] {
        for length in [limit, limit + 1] {
            let sim = Sim::start().await;
            let store = MemoryStore::new();
            if endpoint == "webwxpushloginurl" {
                // It is asked of those who were logged in before.
                let mut running = sim.online(&store).await;
                sim.call("session", json!({"action": "logout"})).await;
                running.texts_to_the_end().await;
            }
            sim.pads(endpoint, "", length).await;
            let mut running = Running::start(sim.client().store(store)).await;
            let said = running.trouble(&sim).await;
            let is_over = length > limit;
            assert_eq!(said.contains("too large"), is_over, "{endpoint}: {said}");
            running.kill().await;
        }
    }
}

#[tokio::test]
async fn a_page_takes_in_as_much_as_its_limit() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    for length in [32 * MIB, 32 * MIB + 1] {
        sim.pads("webwxsync", "", length).await;
        sim.push("a reason to ask").await;
        let said = running.trouble(&sim).await;
        let is_over = length > 32 * MIB;
        assert_eq!(said.contains("too large"), is_over, "{said}");
        assert_eq!(running.text().await, "a reason to ask");
    }
    running.stop().await;
}

impl Running {
    /// The first trouble on the way in, on which the phone confirms what it is
    /// asked for, or nothing if there is none.
    async fn trouble(&mut self, sim: &Sim) -> String {
        loop {
            let delivery = self.next().await;
            match delivery.kind() {
                EventKind::Qr { uuid, .. } => {
                    let body = json!({"uuid": uuid.as_str(), "action": "confirm"});
                    sim.call("login", body).await;
                }
                EventKind::ContactsLoaded { .. } => return String::new(),
                EventKind::Offline { reason, .. } => return reason.clone(),
                EventKind::Warning { message, .. } | EventKind::LoggedOut { message, .. } => {
                    return message.clone();
                }
                _ => {}
            }
        }
    }
}
