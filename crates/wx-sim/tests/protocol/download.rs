//! Media on its way to the client: pictures, voices, videos, emoticons.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use wx_sim::{Push, PushKind, Reply};

use crate::forms::File;
use crate::support::{Session, World, online, online_with, percent, string, with_range};

const HELLO: &[u8] = b"hello, world\n";

/// Pushes a message with its content; the AddMsgList item that comes of it.
fn receive(world: &mut World, session: &mut Session, kind: &str, content: Value) -> Value {
    world.control("push", json!({"kind": kind, "content": content}));
    session.sync(world)["AddMsgList"][0].clone()
}

fn by_msg_id(session: &Session, endpoint: &str, item: &Value) -> Request<Bytes> {
    let skey = percent(&session.skey);
    session.get(&format!(
        "{endpoint}?MsgID={}&skey={skey}",
        string(&item["MsgId"])
    ))
}

fn content_type(response: &Response<Bytes>) -> &str {
    response.headers()["content-type"].to_str().unwrap()
}

#[test]
fn a_picture_is_the_one_that_the_message_tells_of() {
    let (mut world, mut session) = online();
    let pushed = world.control(
        "push",
        json!({"kind": "image", "content": {"length": 5000}}),
    );
    let item = session.sync(&mut world)["AddMsgList"][0].clone();
    let md5 = string(&pushed["md5"]);
    assert!(string(&item["Content"]).contains(&format!(" length=\"5000\" md5=\"{md5}\" ")));
    let picture = world.fetch(by_msg_id(&session, "webwxgetmsgimg", &item));
    assert_eq!(
        (picture.body().len(), content_type(&picture)),
        (5000, "image/jpeg")
    );
    assert!(picture.body().starts_with(&[0xff, 0xd8, 0xff, 0xe0]));
    assert!(picture.body().ends_with(&[0xff, 0xd9]));
    let msg_id = string(&item["MsgId"]).parse().unwrap();
    assert_eq!(world.sim.media(0, msg_id), Some(picture.body()));

    // ItChat writes the name in lower case, the official page begins with `&`.
    let url = format!(
        "webwxgetmsgimg?&msgid={msg_id}&skey={}",
        percent(&session.skey)
    );
    assert_eq!(world.fetch(session.get(&url)).body(), picture.body());
    let small = world.fetch(session.get(&format!("{url}&type=slave")));
    assert_eq!(content_type(&small), "image/jpeg");
    assert!(small.body().len() < 300 && small.body() != picture.body());
}

#[test]
fn no_two_pictures_are_alike() {
    let (mut world, session) = online();
    let pushed: BTreeSet<String> = (0..3)
        .map(|_| string(&world.control("push", json!({"kind": "image"}))["md5"]))
        .collect();
    assert_eq!(pushed.len(), 3);
    assert_eq!(session.peek(&mut world)["AddMsgCount"], 3);
}

#[test]
fn links_and_videos_have_thumbnails_and_no_picture() {
    let (mut world, mut session) = online();
    for kind in ["link", "video"] {
        let item = receive(&mut world, &mut session, kind, Value::Null);
        let skey = percent(&session.skey);
        let url = format!(
            "webwxgetmsgimg?&MsgID={}&skey={skey}",
            string(&item["MsgId"])
        );
        let small = world.fetch(session.get(&format!("{url}&type=slave")));
        assert!(small.body().starts_with(&[0xff, 0xd8, 0xff]), "{kind}");
        assert!(world.fetch(session.get(&url)).body().is_empty(), "{kind}");
    }
}

#[test]
fn emoticons_are_gifs_and_those_of_the_shop_are_nothing() {
    let (mut world, mut session) = online();
    let item = receive(
        &mut world,
        &mut session,
        "emoticon",
        json!({"width": 240, "height": 210}),
    );
    let url = format!(
        "webwxgetmsgimg?&MsgID={}&skey=&type=big",
        string(&item["MsgId"])
    );
    let url = url.replace("skey=", &format!("skey={}", percent(&session.skey)));
    let emoticon = world.fetch(session.get(&url));
    assert_eq!(content_type(&emoticon), "image/gif");
    assert_eq!(emoticon.body()[..10], *b"GIF89a\xf0\0\xd2\0");
    let item = receive(&mut world, &mut session, "emoticon", json!({"store": true}));
    assert_eq!(item["HasProductId"], 1);
    let nothing = world.fetch(by_msg_id(&session, "webwxgetmsgimg", &item));
    assert_eq!(
        (nothing.status(), nothing.body().len()),
        (StatusCode::OK, 0)
    );
}

#[test]
fn a_voice_is_an_mp3() {
    let (mut world, mut session) = online();
    let item = receive(&mut world, &mut session, "voice", json!(3600));
    let voice = world.fetch(by_msg_id(&session, "webwxgetvoice", &item));
    assert_eq!(
        (voice.status(), content_type(&voice)),
        (StatusCode::OK, "audio/mp3")
    );
    assert!(voice.body().starts_with(b"ID3\x04"));
    let whole = by_msg_id(&session, "webwxgetvoice", &item);
    let part = world.fetch(with_range(whole, "bytes=0-"));
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.body(), voice.body());
}

#[test]
fn a_video_needs_a_range() {
    let (mut world, mut session) = online();
    let item = receive(&mut world, &mut session, "video", json!({"length_s": 2}));
    let video = || by_msg_id(&session, "webwxgetvideo", &item);
    assert!(world.fetch(video()).body().is_empty());
    let whole = world.fetch(with_range(video(), "bytes=0-"));
    assert_eq!(
        (whole.status(), content_type(&whole)),
        (StatusCode::PARTIAL_CONTENT, "video/mp4")
    );
    assert_eq!(whole.body()[4..12], *b"ftypisom");
    assert_eq!(whole.headers()["content-range"], "bytes 0-14699/14700");
    let rest = world.fetch(with_range(video(), "bytes=14000-"));
    assert_eq!(rest.body()[..], whole.body()[14000..]);
    assert_eq!(rest.headers()["content-range"], "bytes 14000-14699/14700");
    let beyond = world.fetch(with_range(video(), "bytes=14700-"));
    assert_eq!(beyond.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(beyond.headers()["content-range"], "bytes */14700");
}

#[test]
fn ranges_can_be_taken_away() {
    let (mut world, mut session) = online_with(json!({"no_range": true}));
    let item = receive(&mut world, &mut session, "video", Value::Null);
    let request = with_range(by_msg_id(&session, "webwxgetvideo", &item), "bytes=100-");
    let video = world.fetch(request);
    assert_eq!(video.status(), StatusCode::OK);
    assert_eq!(video.body()[4..8], *b"ftyp");
    assert!(!video.headers().contains_key("content-range"));
}

#[test]
fn what_was_uploaded_can_be_previewed_and_fetched_again() {
    let (mut world, mut session) = online();
    let md5 = "22c3683b094136c3398391ae71b20f04";
    let media_id = File::new("a.png", HELLO, md5).upload(&mut world, &session);
    let skey = percent(&session.skey);
    let url = format!("webwxpreview?fun=preview&mediaid={media_id}&skey={skey}");
    assert_eq!(world.fetch(session.get(&url)).body()[..], *HELLO);
    let unknown = url.replace("@crypt", "@other");
    assert!(world.fetch(session.get(&unknown)).body().is_empty());

    let mut body = session.text_to("filehelper", "");
    body["Msg"]["Type"] = 3.into();
    body["Msg"]["MediaId"] = media_id.into();
    let answer = session.ask(&mut world, "webwxsendmsgimg?fun=async&f=json", body);
    let request = by_msg_id(
        &session,
        "webwxgetmsgimg",
        &json!({"MsgId": answer["MsgID"]}),
    );
    assert_eq!(world.fetch(request).body()[..], *HELLO);
    // One forwarded by its XML is the same picture.
    let content = string(&session.sync(&mut world)["AddMsgList"][0]["Content"]);
    let content = content
        .replace("<br/>", "\n")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
    let mut body = session.text_to("filehelper", &content);
    body["Msg"]["Type"] = 3.into();
    let answer = session.ask(&mut world, "webwxsendmsgimg?fun=async&f=json", body);
    let request = by_msg_id(
        &session,
        "webwxgetmsgimg",
        &json!({"MsgId": answer["MsgID"]}),
    );
    assert_eq!(world.fetch(request).body()[..], *HELLO);
}

#[test]
fn without_a_session_media_is_refused_in_json() {
    let (mut world, mut session) = online();
    let item = receive(&mut world, &mut session, "image", Value::Null);
    let request = by_msg_id(&session, "webwxgetmsgimg", &item);
    world.control("session", json!({"action": "logout"}));
    let answer = world.fetch(request.clone());
    assert_eq!(content_type(&answer), "text/plain");
    assert_eq!(
        world.json(request),
        json!({"BaseResponse": {"Ret": 1100, "ErrMsg": ""}})
    );
}

#[test]
fn downloads_break_within_their_body() {
    let (mut world, mut session) = online();
    world.push(&Push::new(PushKind::Image));
    let item = session.sync(&mut world)["AddMsgList"][0].clone();
    let mut fetch = |kind: &str| {
        let fault = json!({"path": "webwxgetmsgimg", "kind": kind, "after_bytes": 1000});
        world.control("fault", fault);
        let id = world.start(by_msg_id(&session, "webwxgetmsgimg", &item));
        world.reply(id).unwrap()
    };
    match fetch("truncate") {
        Reply::Truncated { response, sent } => {
            assert_eq!((response.body().len(), sent), (45_956, 1000));
        }
        other => panic!("{other:?}"),
    }
    match fetch("reset") {
        Reply::ResetWithin { response, sent } => {
            assert_eq!((response.body().len(), sent), (45_956, 1000));
        }
        other => panic!("{other:?}"),
    }
    match fetch("hang") {
        Reply::HangWithin { response, sent } => {
            assert_eq!((response.body().len(), sent), (45_956, 1000));
        }
        other => panic!("{other:?}"),
    }
    assert!(matches!(fetch("slow"), Reply::Slow { over_ms: 3000, .. }));
}
