//! Media on its way to the client: pictures, voices, videos, files, avatars.

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use wx_sim::{Config, Push, PushKind, Reply};

use crate::forms::File;
use crate::support::{CGI, Session, World, get, json as body_of, percent, string};

const HELLO: &[u8] = b"hello, world\n";
const HELLO_BASE64: &str = "aGVsbG8sIHdvcmxkCg==";

fn world() -> (World, Session) {
    let mut world = World::new(Config::default());
    let session = world.log_in();
    (world, session)
}

/// Pushes a message with its content; the AddMsgList item that comes of it.
fn receive(world: &mut World, session: &mut Session, kind: &str, content: Value) -> Value {
    world.control("push", json!({"kind": kind, "content": content}));
    session.sync(world)["AddMsgList"][0].clone()
}

fn with_range(mut request: Request<Bytes>, range: &str) -> Request<Bytes> {
    request
        .headers_mut()
        .insert("range", range.parse().unwrap());
    request
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
    let (mut world, mut session) = world();
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
    let (mut world, session) = world();
    let pushed: Vec<String> = (0..3)
        .map(|_| string(&world.control("push", json!({"kind": "image"}))["md5"]))
        .collect();
    assert!(pushed[0] != pushed[1] && pushed[1] != pushed[2]);
    assert_eq!(session.peek(&mut world)["AddMsgCount"], 3);
}

#[test]
fn links_and_videos_have_thumbnails_and_no_picture() {
    let (mut world, mut session) = world();
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
    let (mut world, mut session) = world();
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
    let (mut world, mut session) = world();
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
    let (mut world, mut session) = world();
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
    let mut world = World::configured(json!({"no_range": true}));
    let mut session = world.log_in();
    let item = receive(&mut world, &mut session, "video", Value::Null);
    let request = with_range(by_msg_id(&session, "webwxgetvideo", &item), "bytes=100-");
    let video = world.fetch(request);
    assert_eq!(video.status(), StatusCode::OK);
    assert_eq!(video.body()[4..8], *b"ftyp");
    assert!(!video.headers().contains_key("content-range"));
}

/// The address of a received file, as the official page has it.
fn file_url(session: &Session, item: &Value, name: &str) -> String {
    format!(
        "https://file.{}{CGI}/webwxgetmedia?sender={}&mediaid={}&{name}&fromuser={}&\
         pass_ticket={}&webwx_data_ticket={}",
        session.base,
        string(&item["FromUserName"]),
        string(&item["MediaId"]),
        session.uin,
        percent(&session.pass_ticket),
        percent(&session.jar["webwx_data_ticket"]),
    )
}

fn file_request(session: &Session, url: &str) -> Request<Bytes> {
    let mut request = session.with_cookies(get(url));
    let referer = format!("https://{}/", session.base).parse().unwrap();
    request.headers_mut().insert("referer", referer);
    request
}

#[test]
fn a_file_is_fetched_by_its_media_id_and_its_name() {
    let (mut world, mut session) = world();
    let content = json!({"name": "文 件_1.txt", "bytes_base64": HELLO_BASE64});
    let item = receive(&mut world, &mut session, "file", content);
    assert_eq!(item["FileSize"], "13");
    assert_eq!(item["EncryFileName"], "%E6%96%87%20%E4%BB%B6%5F1%2Etxt");
    let encrypted = string(&item["EncryFileName"]);
    for name in [
        format!("encryfilename={encrypted}"),
        format!("encryfilename={}", percent(&encrypted)),
        format!("filename={}", percent("文 件_1.txt")),
    ] {
        let url = file_url(&session, &item, &name);
        let file = world.fetch(file_request(&session, &url));
        assert_eq!(
            (file.status(), &file.body()[..]),
            (StatusCode::OK, HELLO),
            "{name}"
        );
    }
    let url = file_url(&session, &item, &format!("encryfilename={encrypted}"));
    let part = world.fetch(with_range(file_request(&session, &url), "bytes=7-11"));
    assert_eq!(part.body()[..], *b"world");
}

#[test]
fn a_file_request_that_says_something_wrong_gets_nothing() {
    let (mut world, mut session) = world();
    let item = receive(&mut world, &mut session, "file", Value::Null);
    let name = format!("encryfilename={}", string(&item["EncryFileName"]));
    let url = file_url(&session, &item, &name);
    let uin = session.uin.clone();
    for (right, wrong) in [
        (uin.as_str(), "1"),
        ("mediaid=@crypt", "mediaid=@other"),
        ("encryfilename=", "encryfilename=x"),
        ("sender=@", "sender=@@"),
        ("webwx_data_ticket=", "webwx_data_ticket=x"),
    ] {
        let url = url.replace(right, wrong);
        let answer = world.fetch(file_request(&session, &url));
        assert_eq!(
            (answer.status(), answer.body().len()),
            (StatusCode::OK, 0),
            "{wrong}"
        );
    }
    let no_page = world.fetch(session.with_cookies(get(&url)));
    assert!(no_page.body().is_empty(), "without the page's Referer");
    assert!(!world.fetch(file_request(&session, &url)).body().is_empty());
}

/// ItChat: the older name, no Referer, and nothing for a pass_ticket. wechat4u
/// says its user name where others say the Uin.
#[test]
fn files_are_fetched_by_older_clients() {
    let (mut world, mut session) = world();
    let item = receive(&mut world, &mut session, "file", json!("a.txt"));
    let mut old = session.clone();
    old.pass_ticket = "undefined".to_owned();
    let url = file_url(&old, &item, "filename=a.txt");
    assert_eq!(
        world.fetch(session.with_cookies(get(&url))).body().len(),
        8939
    );
    old.uin = session.user_name.clone();
    let url = file_url(&old, &item, "filename=a.txt");
    assert_eq!(
        world.fetch(session.with_cookies(get(&url))).body().len(),
        8939
    );
}

#[test]
fn a_long_file_is_drawn_and_served() {
    let (mut world, mut session) = world();
    let size = 40_000_000;
    let content = json!({"name": "long.bin", "size": size});
    let item = receive(&mut world, &mut session, "file", content);
    let url = file_url(&session, &item, "encryfilename=long%252Ebin");
    let whole = world.fetch(file_request(&session, &url));
    assert_eq!(whole.body().len(), size);
    let range = "bytes=39999000-39999009";
    let part = world.fetch(with_range(file_request(&session, &url), range));
    assert_eq!(part.body()[..], whole.body()[39_999_000..39_999_010]);
    let too_long = json!({"kind": "file", "content": {"size": 1_u64 << 40}});
    assert!(world.sim.control(world.now, "push", &too_long).is_err());
}

#[test]
fn what_was_uploaded_can_be_previewed_and_fetched_again() {
    let (mut world, mut session) = world();
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
    let answer = body_of(&world.fetch(session.post("webwxsendmsgimg?fun=async&f=json", body)));
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
    let answer = body_of(&world.fetch(session.post("webwxsendmsgimg?fun=async&f=json", body)));
    let request = by_msg_id(
        &session,
        "webwxgetmsgimg",
        &json!({"MsgId": answer["MsgID"]}),
    );
    assert_eq!(world.fetch(request).body()[..], *HELLO);
}

#[test]
fn everybody_has_a_picture_of_his_own_which_may_change() {
    let (mut world, session) = world();
    let url = |world: &mut World, name: &str| {
        let state = world.control("state", json!({}));
        let contacts = state["accounts"][0]["contacts"].as_array().unwrap().clone();
        let contact = contacts
            .iter()
            .find(|contact| contact["name"] == name)
            .unwrap();
        let list = json!({"Count": 1, "List": [{"UserName": contact["user_name"]}]});
        let answer = body_of(&world.fetch(session.post("webwxbatchgetcontact", list)));
        let path = string(&answer["ContactList"][0]["HeadImgUrl"]);
        format!("https://{}{path}", session.base)
    };
    let picture = |world: &mut World, url: &str| {
        let response = world.fetch(session.with_cookies(get(url)));
        assert!(response.body().starts_with(&[0xff, 0xd8, 0xff]), "{url}");
        response.into_body()
    };
    let names = ["friend:0", "friend:1", "group:0", "stranger:0", "mp:0"];
    let urls = names.map(|name| url(&mut world, name));
    let pictures = urls.clone().map(|url| picture(&mut world, &url));
    for (n, one) in pictures.iter().enumerate() {
        assert!(!pictures[..n].contains(one), "{}", names[n]);
    }
    assert!(urls[2].contains("/webwxgetheadimg?seq="), "{}", urls[2]);
    let big = picture(&mut world, &format!("{}&type=big", urls[0]));
    assert!(big.len() > pictures[0].len());

    let changed = json!({"contact": "friend:0", "avatar": true});
    world.control("contact/mod", changed);
    let new_url = url(&mut world, "friend:0");
    assert_ne!(new_url, urls[0]);
    assert_ne!(picture(&mut world, &new_url), pictures[0]);
    // People and groups have endpoints of their own.
    let wrong = urls[0].replace("webwxgeticon", "webwxgetheadimg");
    assert!(
        world
            .fetch(session.with_cookies(get(&wrong)))
            .body()
            .is_empty()
    );
}

#[test]
fn the_map_of_a_location_is_where_the_message_says() {
    let (mut world, mut session) = world();
    let item = receive(&mut world, &mut session, "location", Value::Null);
    let content = string(&item["Content"]);
    let (_, path) = content.split_once(":<br/>").unwrap();
    let url = format!("https://{}{path}", session.base);
    let map = world.fetch(session.with_cookies(get(&url)));
    assert_eq!(content_type(&map), "image/png");
    assert!(map.body().starts_with(b"\x89PNG\r\n\x1a\n"));
    let other = url.replace("pictype=location", "pictype=other");
    assert!(
        world
            .fetch(session.with_cookies(get(&other)))
            .body()
            .is_empty()
    );
}

#[test]
fn without_a_session_media_is_refused_in_json() {
    let (mut world, mut session) = world();
    let item = receive(&mut world, &mut session, "image", Value::Null);
    let request = by_msg_id(&session, "webwxgetmsgimg", &item);
    world.control("session", json!({"action": "logout"}));
    let answer = world.fetch(request);
    assert_eq!(content_type(&answer), "text/plain");
    assert_eq!(
        body_of(&answer),
        json!({"BaseResponse": {"Ret": 1100, "ErrMsg": ""}})
    );
}

#[test]
fn downloads_break_within_their_body() {
    let (mut world, mut session) = world();
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
