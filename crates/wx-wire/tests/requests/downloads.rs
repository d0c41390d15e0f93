//! Requests for media.

use bytes::Bytes;
use http::Request;
use wx_wire::{
    endpoint::{
        webwxgetheadimg, webwxgeticon, webwxgetmedia, webwxgetmsgimg, webwxgetpubliclinkimg,
        webwxgetvideo, webwxgetvoice, webwxpreview,
    },
    id::{MediaId, MsgId, UserName},
    secret::DataTicket,
};

use super::support::{friend, keys, shown};

/// A request for the whole of a medium, and one that leaves bytes out.
fn both(encode: impl Fn(u64) -> Request<Bytes>) -> (String, String) {
    (shown(&encode(0)), shown(&encode(1_048_576)))
}

/// `path` of the base host, with nothing else for the whole.
fn expected(path: &str) -> (String, String) {
    let get = format!("GET https://wx2.qq.com/cgi-bin/mmwebwx-bin/{path}\n");
    (
        format!("{get}\n"),
        format!("{get}range: bytes=1048576-\n\n"),
    )
}

#[test]
fn pictures_of_messages() {
    let (keys, msg_id) = (keys(), MsgId::from("1234567890123456789"));
    for (size, suffix) in [
        (webwxgetmsgimg::PictureSize::Full, ""),
        (webwxgetmsgimg::PictureSize::Thumbnail, "&type=slave"),
        (webwxgetmsgimg::PictureSize::Emoticon, "&type=big"),
    ] {
        let request = webwxgetmsgimg::Request {
            credentials: &keys,
            msg_id: &msg_id,
            size,
        };
        let path = format!("webwxgetmsgimg?MsgID=1234567890123456789&skey=%40crypt_1a_2b{suffix}");
        assert_eq!(both(|offset| request.encode_from(offset)), expected(&path));
        assert_eq!(shown(&request.encode()), expected(&path).0);
    }
}

/// Without a range a video's answer is empty, so there always is one.
#[test]
fn voices_and_videos_always_have_a_range() {
    let (keys, msg_id) = (keys(), MsgId::from("12"));
    let voice = webwxgetvoice::Request {
        credentials: &keys,
        msg_id: &msg_id,
    };
    let video = webwxgetvideo::Request {
        credentials: &keys,
        msg_id: &msg_id,
    };
    let expected = |path: &str| {
        let get = format!(
            "GET https://wx2.qq.com/cgi-bin/mmwebwx-bin/{path}?msgid=12&skey=%40crypt_1a_2b\n"
        );
        (
            format!("{get}range: bytes=0-\n\n"),
            format!("{get}range: bytes=1048576-\n\n"),
        )
    };
    assert_eq!(both(|at| voice.encode_from(at)), expected("webwxgetvoice"));
    assert_eq!(both(|at| video.encode_from(at)), expected("webwxgetvideo"));
    assert_eq!(shown(&voice.encode()), expected("webwxgetvoice").0);
    assert_eq!(shown(&video.encode()), expected("webwxgetvideo").0);
}

/// The encoded name goes out as it came: encoded once.
#[test]
fn files() {
    let (keys, sender) = (keys(), friend());
    let data_ticket = DataTicket::new("gSd/t+k=");
    let media_id = MediaId::new("@crypt_a/b");
    let request = |name| webwxgetmedia::Request {
        credentials: &keys,
        data_ticket: &data_ticket,
        sender: &sender,
        media_id: &media_id,
        name,
    };
    let get = |name: &str| {
        format!(
            "GET https://file.wx2.qq.com/cgi-bin/mmwebwx-bin/webwxgetmedia?sender=%40friend\
             &mediaid=%40crypt_a%2Fb&{name}&fromuser=2345678901&pass_ticket=p%252Bt%253D\
             &webwx_data_ticket=gSd%2Ft%2Bk%3D\n"
        )
    };
    let referer = "referer: https://wx2.qq.com/\n";
    for (name, written) in [
        (
            webwxgetmedia::FileName::Encrypted("%E6%8A%A5%5F1%2Epdf"),
            "encryfilename=%E6%8A%A5%5F1%2Epdf",
        ),
        (
            webwxgetmedia::FileName::Encrypted("Desert.jpg"),
            "encryfilename=Desert.jpg",
        ),
        (
            webwxgetmedia::FileName::Plain("报 100%&.pdf"),
            "filename=%E6%8A%A5%20100%25%26.pdf",
        ),
    ] {
        let request = request(name);
        assert_eq!(
            both(|offset| request.encode_from(offset)),
            (
                format!("{}{referer}\n", get(written)),
                format!("{}range: bytes=1048576-\n{referer}\n", get(written)),
            )
        );
        assert_eq!(
            shown(&request.encode()),
            format!("{}{referer}\n", get(written))
        );
    }
}

#[test]
fn pictures_of_people_and_groups() {
    let (keys, person, group) = (keys(), friend(), UserName::from("@@room"));
    let msg_id = MsgId::from("12");
    let request = webwxgeticon::Request {
        credentials: &keys,
        user_name: &person,
        encry_chat_room_id: None,
        msg_id: None,
        big: false,
    };
    let path = "webwxgeticon?seq=0&username=%40friend&skey=%40crypt_1a_2b";
    assert_eq!(both(|offset| request.encode_from(offset)), expected(path));
    let member = webwxgeticon::Request {
        encry_chat_room_id: Some("@0a"),
        big: true,
        ..request
    };
    let suffixed = format!("{path}&chatroomid=%400a&type=big");
    assert_eq!(shown(&member.encode()), expected(&suffixed).0);
    let stranger = webwxgeticon::Request {
        msg_id: Some(&msg_id),
        ..request
    };
    let suffixed = format!("{path}&msgid=12");
    assert_eq!(shown(&stranger.encode()), expected(&suffixed).0);

    let request = webwxgetheadimg::Request {
        credentials: &keys,
        user_name: &group,
    };
    let path = "webwxgetheadimg?seq=0&username=%40%40room&skey=%40crypt_1a_2b";
    assert_eq!(both(|offset| request.encode_from(offset)), expected(path));
    assert_eq!(shown(&request.encode()), expected(path).0);
}

#[test]
fn maps_and_previews() {
    let (keys, msg_id) = (keys(), MsgId::from("12"));
    let map = webwxgetpubliclinkimg::Request {
        credentials: &keys,
        msg_id: &msg_id,
    };
    let path = "webwxgetpubliclinkimg?url=xxx&msgid=12&pictype=location";
    assert_eq!(both(|offset| map.encode_from(offset)), expected(path));
    assert_eq!(shown(&map.encode()), expected(path).0);
    let preview = webwxpreview::Request {
        credentials: &keys,
        media_id: &MediaId::new("@crypt_1"),
    };
    let path = "webwxpreview?fun=preview&mediaid=%40crypt_1";
    assert_eq!(both(|offset| preview.encode_from(offset)), expected(path));
    assert_eq!(shown(&preview.encode()), expected(path).0);
}
