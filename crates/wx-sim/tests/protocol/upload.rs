//! Uploads: pieces in their order, and what ends them.

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::forms::{File, HELLO_MD5, PIECE, counted, hello, post, replace};
use crate::support::{CGI, Session, World, online, ret, strict, string};

const THREE_PIECES: usize = 1_049_576;
const THREE_PIECES_MD5: &str = "9462ff5ff031cbc68e261ef52a926a44";

fn three_pieces() -> File {
    File::new("movie.mkv", &counted(THREE_PIECES), THREE_PIECES_MD5)
}

/// The answer to a form of these parts, and the reason on record.
fn refused(
    world: &mut World,
    session: &Session,
    parts: &[(&'static str, Vec<u8>)],
) -> (i64, String) {
    let answer = world.json(post(session, "hello_1.txt", parts));
    assert_eq!(answer["MediaId"], "");
    let record = world.sim.uploads().last().unwrap();
    (ret(&answer), record.error.clone().unwrap())
}

#[test]
fn a_short_file_is_one_piece() {
    let (mut world, session) = strict();
    let file = hello();
    let answer = world.text(post(&session, &file.name, &file.parts(&session, 0)));
    let media_id = string(&serde_json::from_str::<Value>(&answer).unwrap()["MediaId"]);
    assert!(media_id.starts_with("@crypt_"), "{media_id}");
    let expected = format!(
        "{{\n\"BaseResponse\": {{\n\"Ret\": 0,\n\"ErrMsg\": \"\"\n}}\n,\n\"MediaId\": \"{media_id}\",\n\
         \"StartPos\": 13,\n\"CDNThumbImgHeight\": 0,\n\"CDNThumbImgWidth\": 0,\n\
         \"EncryFileName\": \"hello%5F1%2Etxt\"\n}}\n"
    );
    assert_eq!(answer, expected);

    let record = &world.control("uploads", json!({}))[0];
    let expected = json!({
        "account": 0, "name": "hello_1.txt", "size": 13, "md5": HELLO_MD5,
        "received_md5": HELLO_MD5, "pieces": 1, "media_id": media_id, "mediatype": "doc",
        "to": "filehelper", "time_ms": world.now.unix_ms, "error": null,
    });
    assert_eq!(record, &expected);
    assert_eq!(world.sim.uploads()[0].bytes, "hello, world\n");
}

#[test]
fn without_cookies_the_ticket_in_the_form_speaks_for_an_upload() {
    let (mut world, session) = online();
    let mut bare = session.clone();
    bare.jar.clear();
    let file = hello();
    let form = post(&bare, &file.name, &file.parts(&session, 0));
    let answer = world.json(form);
    assert!(
        string(&answer["MediaId"]).starts_with("@crypt_"),
        "{answer}"
    );

    let mut parts = hello().parts(&session, 0);
    replace(&mut parts, "webwx_data_ticket", "other");
    let (code, _) = refused(&mut world, &bare, &parts);
    assert_eq!(code, 1);
    // Somebody else's cookies are no better for the right ticket.
    let mut other = session.clone();
    other.jar.insert("wxsid".to_owned(), "other".to_owned());
    let (code, _) = refused(&mut world, &other, &hello().parts(&session, 0));
    assert_eq!(code, 1100);
    // Nothing else is done without cookies.
    let contact = bare.ask(&mut world, "webwxbatchgetcontact", json!({"List": []}));
    assert_eq!(ret(&contact), 1100);
}

#[test]
fn pictures_and_videos_get_a_thumbnail() {
    let (mut world, session) = online();
    let mut file = hello();
    for (media_type, height) in [("pic", 100), ("video", 100), ("doc", 0)] {
        file.media_type = media_type;
        let answer = file.send_piece(&mut world, &session, 0);
        assert_eq!(answer["CDNThumbImgHeight"], height, "{media_type}");
    }
}

#[test]
fn only_the_last_piece_is_answered_with_a_media_id() {
    let (mut world, session) = strict();
    let file = three_pieces();
    let first = world.text(post(&session, &file.name, &file.parts(&session, 0)));
    // A captured answer to a piece in the middle has this Content-Length.
    assert_eq!(first.len(), 162, "{first}");
    let second = file.send_piece(&mut world, &session, 1);
    assert_eq!(
        (&second["MediaId"], &second["StartPos"]),
        (&json!(""), &json!(2 * PIECE))
    );
    let last = file.send_piece(&mut world, &session, 2);
    assert_eq!(last["StartPos"], THREE_PIECES);
    assert!(string(&last["MediaId"]).starts_with("@crypt_"));
    let record = &world.sim.uploads()[0];
    assert_eq!((record.pieces, record.error.as_deref()), (3, None));
    assert_eq!(record.received_md5, THREE_PIECES_MD5);
    assert_eq!(record.bytes, file.bytes);
}

#[test]
fn a_piece_whose_answer_was_lost_is_taken_once() {
    let (mut world, session) = online();
    let file = three_pieces();
    for chunk in [0, 1] {
        let first = file.send_piece(&mut world, &session, chunk);
        assert_eq!(file.send_piece(&mut world, &session, chunk), first);
    }
    let last = file.send_piece(&mut world, &session, 2);
    assert_eq!(file.send_piece(&mut world, &session, 2), last);
    let records = world.sim.uploads();
    assert_eq!((records.len(), records[0].pieces), (1, 3));
    assert_eq!(records[0].received_md5, THREE_PIECES_MD5);
}

#[test]
fn pieces_out_of_order_end_the_upload() {
    let (mut world, session) = online();
    let file = three_pieces();
    assert_eq!(
        ret(&file.send_piece(&mut world, &session, 1)),
        1,
        "no first one"
    );
    assert_eq!(ret(&file.send_piece(&mut world, &session, 0)), 0);
    assert_eq!(
        ret(&file.send_piece(&mut world, &session, 2)),
        1,
        "one left out"
    );
    assert_eq!(
        ret(&file.send_piece(&mut world, &session, 1)),
        1,
        "it is over"
    );
    let reason = world.sim.uploads().last().unwrap().error.clone();
    assert_eq!(reason.as_deref(), Some("chunk: out of order"));
    // From the beginning it works.
    let media_id = file.upload(&mut world, &session);
    let finished = world
        .sim
        .uploads()
        .iter()
        .filter(|upload| upload.media_id == media_id);
    assert_eq!(finished.count(), 1);
}

#[test]
fn a_piece_that_is_refused_ends_the_upload() {
    let (mut world, session) = online();
    let file = three_pieces();
    assert_eq!(ret(&file.send_piece(&mut world, &session, 0)), 0);
    let mut parts = file.parts(&session, 1);
    replace(&mut parts, "mediatype", "image");
    assert_eq!(refused(&mut world, &session, &parts).0, 1);
    let (code, reason) = refused(&mut world, &session, &file.parts(&session, 1));
    assert_eq!((code, reason.as_str()), (1, "chunk: out of order"));
}

#[test]
fn another_piece_under_the_same_number_is_no_repetition() {
    let (mut world, session) = online();
    let file = three_pieces();
    file.send_piece(&mut world, &session, 0);
    file.send_piece(&mut world, &session, 1);
    let mut other = file.clone();
    other.bytes[PIECE] ^= 1;
    assert_eq!(ret(&other.send_piece(&mut world, &session, 1)), 1);
}

#[test]
fn a_digest_that_does_not_fit_is_told_at_the_end() {
    let (mut world, session) = online();
    let mut file = three_pieces();
    file.md5 = HELLO_MD5.to_owned();
    let rets = [0, 1, 2].map(|chunk| ret(&file.send_piece(&mut world, &session, chunk)));
    assert_eq!(rets, [0, 0, 1]);
    let record = world.sim.uploads().last().unwrap();
    assert_eq!(record.received_md5, THREE_PIECES_MD5);
    assert_eq!(
        record.error.as_deref(),
        Some("FileMd5: not that of what arrived")
    );
    assert_eq!(record.media_id, "");
}

#[test]
fn numbers_must_agree_with_one_another() {
    let (mut world, session) = online();
    for (member, value, reason) in [
        ("UploadType", json!(1), "UploadType: not 2"),
        ("MediaType", json!(1), "MediaType: not 4"),
        ("TotalLen", json!(12), "TotalLen: not the size"),
        ("DataLen", json!(12), "DataLen: not the size"),
        ("StartPos", json!(1), "StartPos: not 0"),
        (
            "FromUserName",
            json!("filehelper"),
            "FromUserName: not one's own",
        ),
        (
            "ToUserName",
            json!("@0"),
            "ToUserName: nobody of this login",
        ),
    ] {
        let mut file = hello();
        file.members = json!({member: value});
        let refusal = refused(&mut world, &session, &file.parts(&session, 0));
        assert_eq!(refusal, (1, reason.to_owned()));
    }
    for (part, value, reason) in [
        ("size", "12", "TotalLen: not the size"),
        ("size", "x", "size: no number"),
        ("mediatype", "image", "mediatype: none of pic, video, doc"),
        ("filename", "hello", "filename: a piece of the wrong length"),
        ("uploadmediarequest", "{", "uploadmediarequest: no JSON"),
        (
            "webwx_data_ticket",
            "other",
            "webwx_data_ticket: not that of the cookie",
        ),
    ] {
        let mut parts = hello().parts(&session, 0);
        replace(&mut parts, part, value);
        assert_eq!(
            refused(&mut world, &session, &parts),
            (1, reason.to_owned())
        );
    }
    let mut parts = three_pieces().parts(&session, 0);
    replace(&mut parts, "chunks", "2");
    let reason = refused(&mut world, &session, &parts).1;
    assert_eq!(reason, "chunks: not what the size asks for");
    let mut parts = three_pieces().parts(&session, 0);
    parts.retain(|(name, _)| *name != "chunk");
    let reason = refused(&mut world, &session, &parts).1;
    assert_eq!(reason, "chunks, chunk: one without the other");
    let mut parts = three_pieces().parts(&session, 0);
    replace(&mut parts, "chunk", "3");
    replace(&mut parts, "filename", "");
    let reason = refused(&mut world, &session, &parts).1;
    assert_eq!(reason, "filename: a piece of the wrong length");
    let empty = File::new("empty.txt", b"", "d41d8cd98f00b204e9800998ecf8427e");
    let reason = refused(&mut world, &session, &empty.parts(&session, 0)).1;
    assert_eq!(reason, "size: an empty file");
}

#[test]
fn uploads_go_to_the_file_host_of_a_live_session() {
    let (mut world, mut session) = online();
    let parts = hello().parts(&session, 0);
    let base = session.base.clone();
    session.base = "wx.qq.com".to_owned();
    let reason = "no live session of this host".to_owned();
    assert_eq!(
        refused(&mut world, &session, &parts),
        (1100, reason.clone())
    );
    assert_eq!(world.sim.uploads()[0].account, None);
    session.base = base;
    world.control("session", json!({"action": "kick"}));
    assert_eq!(refused(&mut world, &session, &parts), (1101, reason));
}

#[test]
fn strict_services_mind_the_order_the_date_and_the_digest() {
    let (mut world, session) = strict();
    let reason = "the parts are not those of the official page, in its order";
    let mut parts = hello().parts(&session, 0);
    parts.swap(0, 1);
    assert_eq!(
        refused(&mut world, &session, &parts),
        (1, reason.to_owned())
    );
    let mut parts = hello().parts(&session, 0);
    parts.retain(|(name, _)| *name != "lastModifiedDate");
    assert_eq!(
        refused(&mut world, &session, &parts),
        (1, reason.to_owned())
    );
    let mut parts = hello().parts(&session, 0);
    replace(&mut parts, "pass_ticket", "undefined");
    let expected = "pass_ticket: not that of the session".to_owned();
    assert_eq!(refused(&mut world, &session, &parts), (1, expected));
    let mut file = hello();
    file.members = json!({"FileMd5": ""});
    let expected = "FileMd5: missing".to_owned();
    assert_eq!(
        refused(&mut world, &session, &file.parts(&session, 0)),
        (1, expected)
    );
}

/// wechat4u leaves out the id and the digest, and has its own order; ItChat
/// percent-encodes the names and has nothing better for a pass_ticket.
#[test]
fn uploads_of_clients_in_the_field_pass() {
    let (mut world, session) = online();
    let mut file = hello();
    file.members = json!({"FileMd5": null, "ClientMediaId": 1_600_000_000_123_000_u64});
    let mut parts = file.parts(&session, 0);
    parts.retain(|(name, _)| *name != "id");
    parts.rotate_left(5);
    replace(
        &mut parts,
        "lastModifiedDate",
        "Thu, 17 Mar 2016 00:55:10 GMT",
    );
    let answer = world.json(post(&session, &file.name, &parts));
    assert_eq!(ret(&answer), 0);
    assert_eq!(world.sim.uploads()[0].md5, "");
    assert_eq!(world.sim.uploads()[0].received_md5, HELLO_MD5);

    let mut parts = hello().parts(&session, 0);
    replace(&mut parts, "name", "%E6%96%87.txt");
    replace(&mut parts, "pass_ticket", "undefined");
    let answer = world.json(post(&session, "%E6%96%87.txt", &parts));
    assert_eq!(ret(&answer), 0);
}

#[test]
fn the_log_keeps_the_start_of_long_bodies_only() {
    let (mut world, session) = online();
    three_pieces().send_piece(&mut world, &session, 0);
    hello().send_piece(&mut world, &session, 0);
    let log = world.control("log", json!({}));
    let entries: Vec<&Value> = (log.as_array().unwrap().iter())
        .filter(|entry| entry["path"] == format!("{CGI}/webwxuploadmedia"))
        .collect();
    assert_eq!(entries[0]["body_cut"], true);
    assert!(entries[0]["body_len"].as_u64().unwrap() > PIECE as u64);
    assert_eq!(world.sim.log()[world.sim.log().len() - 2].body.len(), 4096);
    assert_eq!(entries[1]["body_cut"], false);
    assert!(string(&entries[1]["body"]).contains("hello, world\n"));
}

#[test]
fn what_is_no_form_is_refused() {
    let (mut world, session) = online();
    let url = format!("https://file.{}{CGI}/webwxuploadmedia?f=json", session.base);
    for (content_type, body) in [
        ("application/json", "{}"),
        ("multipart/form-data; boundary=B0", ""),
        ("multipart/form-data; boundary=B0", "--B0--\r\n"),
        ("multipart/form-data", "--B0--\r\n"),
    ] {
        let request = Request::post(&url).header("content-type", content_type);
        let request = session.with_cookies(request.body(Bytes::from(body)).unwrap());
        assert_eq!(ret(&world.json(request)), 1, "{body}");
    }
    let errors = world
        .sim
        .uploads()
        .iter()
        .filter(|upload| upload.error.is_some());
    assert_eq!(errors.count(), 4);
}
