//! Received files: by whom and how they are asked for.

use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::support::{CGI, Session, World, get, online, percent, strict, string, with_range};

/// Pushes a file; the AddMsgList item that comes of it.
fn received(world: &mut World, session: &mut Session, content: Value) -> Value {
    world.control("push", json!({"kind": "file", "content": content}));
    session.sync(world)["AddMsgList"][0].clone()
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
    let (mut world, mut session) = online();
    let content = json!({"name": "文 件_1.txt", "bytes_base64": "aGVsbG8sIHdvcmxkCg=="});
    let item = received(&mut world, &mut session, content);
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
            (file.status(), file.body().as_ref()),
            (StatusCode::OK, b"hello, world\n".as_slice()),
            "{name}"
        );
    }
    let url = file_url(&session, &item, &format!("encryfilename={encrypted}"));
    let part = world.fetch(with_range(file_request(&session, &url), "bytes=7-11"));
    assert_eq!(part.body()[..], *b"world");
}

#[test]
fn a_file_request_that_says_something_wrong_gets_nothing() {
    let (mut world, mut session) = online();
    let item = received(&mut world, &mut session, Value::Null);
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
    let mut other = session.clone();
    let ticket = "another".to_owned();
    other.jar.insert("webwx_data_ticket".to_owned(), ticket);
    let answer = world.fetch(file_request(&other, &url));
    assert!(answer.body().is_empty(), "another ticket in the cookie");
    let no_page = world.fetch(session.with_cookies(get(&url)));
    assert!(no_page.body().is_empty(), "without the page's Referer");
    assert!(!world.fetch(file_request(&session, &url)).body().is_empty());
}

/// ItChat: the older name, no Referer, and nothing for a pass_ticket. wechat4u
/// says its user name where others say the Uin.
#[test]
fn files_are_fetched_by_older_clients() {
    let (mut world, mut session) = online();
    let item = received(&mut world, &mut session, json!("a.txt"));
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
    let (mut world, mut session) = online();
    let size = 40_000_000;
    let content = json!({"name": "long.bin", "size": size});
    let item = received(&mut world, &mut session, content);
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
fn strict_services_send_no_file_without_the_referer() {
    let (mut world, mut session) = strict();
    let item = received(&mut world, &mut session, json!("a.txt"));
    let url = file_url(&session, &item, "filename=a.txt");
    let bare = world.fetch(session.with_cookies(get(&url)));
    assert_eq!((bare.status(), bare.body().len()), (StatusCode::OK, 0));
    assert_eq!(world.fetch(file_request(&session, &url)).body().len(), 8939);
}
