//! Files on their way out: pieces, retries, limits.

use std::time::Duration;

use http::StatusCode;
use wx_proto::{
    Body, Command, CommandError, CommandId, Done, Failure, FailureKind, FileKind, Input, LocalFile,
    Reached, SendContent,
};
use wx_wire::endpoint::webwxuploadmedia::{FileFacts, PIECE};

use crate::support::*;

pub(crate) const MIB: u64 = 1024 * 1024;

pub(crate) fn file(kind: FileKind, name: &str, size: u64) -> LocalFile {
    LocalFile::new(
        kind,
        FileFacts {
            name: name.to_owned(),
            size,
            md5: "0cc175b9c0f1b6a831c399e269772661".to_owned(),
            media_type: "application/octet-stream".to_owned(),
            modified: 1_458_147_310,
        },
    )
}

pub(crate) fn send(kind: FileKind, name: &str, size: u64) -> SendContent {
    SendContent::new("filehelper", file(kind, name, size))
}

pub(crate) fn start(s: &mut Scenario, kind: FileKind, name: &str, size: u64) -> CommandId {
    s.command(Command::SendContent(send(kind, name, size)))
}

pub(crate) fn taken(media_id: &str) -> String {
    verdict(
        0,
        &format!(",\n\"MediaId\": \"{media_id}\",\n\"StartPos\": 1"),
    )
}

pub(crate) fn keys(media_id: &str) -> String {
    verdict(
        0,
        &format!(
            ",\n\"MediaId\": \"{media_id}\",\n\"AESKey\": \"aes0\",\n\
             \"Signature\": \"sig0\",\n\"EncryFileName\": \"n\""
        ),
    )
}

/// The envelope of the piece that is out, and which bytes go into it.
fn piece(s: &Scenario) -> (String, std::ops::Range<u64>) {
    match &s.request("webwxuploadmedia").body {
        Body::Piece { before, range, .. } => {
            (String::from_utf8(before.to_vec()).unwrap(), range.clone())
        }
        Body::Whole(_) => panic!("a piece has no file in it"),
    }
}

#[test]
fn a_file_is_uploaded_and_then_sent() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, FileKind::File, "a & b.txt", 7);
    let (envelope, range) = piece(&s);
    assert_eq!(range, 0..7);
    assert!(envelope.contains("\"FileMd5\":\"0cc175b9c0f1b6a831c399e269772661\""));
    assert!(
        !envelope.contains("name=\"chunk\""),
        "one piece has no number"
    );
    assert!(!s.has("webwxsendappmsg"));
    s.answer("webwxuploadmedia", &taken("@crypt_f"));
    let body = s.body("webwxsendappmsg");
    for part in [
        "\"Type\":6",
        "<title>a &amp; b.txt</title>",
        "<totallen>7</totallen><attachid>@crypt_f</attachid><fileext>txt</fileext>",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    s.answer("webwxsendappmsg", &sent("77"));
    assert!(
        matches!(s.end_of(command), Some(Ok(Done::Sent { msg_id, .. })) if msg_id.as_str() == "77")
    );
}

#[test]
fn each_kind_goes_its_own_way() {
    for (kind, name, media_type, path) in [
        (FileKind::Image, "a.jpg", "pic", "webwxsendmsgimg"),
        (FileKind::Emoticon, "a.gif", "doc", "webwxsendemoticon"),
        (FileKind::Video, "a.mp4", "video", "webwxsendvideomsg"),
        (FileKind::File, "a.jpg", "doc", "webwxsendappmsg"),
    ] {
        let mut s = Scenario::online(quiet());
        start(&mut s, kind, name, 1);
        let (envelope, _) = piece(&s);
        assert!(envelope.contains(&format!("name=\"mediatype\"\r\n\r\n{media_type}\r\n")));
        s.answer("webwxuploadmedia", &taken("@crypt_m"));
        assert!(s.body(path).contains("@crypt_m"), "{kind}");
    }
}

#[test]
fn pieces_go_one_after_another_and_one_that_failed_goes_again_alone() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, FileKind::File, "big.bin", 2 * PIECE + 1);
    let (first, range) = piece(&s);
    assert!(first.contains("name=\"chunks\"\r\n\r\n3\r\n"));
    assert_eq!(range, 0..PIECE);
    s.answer("webwxuploadmedia", &taken(""));
    assert_eq!(piece(&s).1, PIECE..2 * PIECE);
    // Twice: an answer that is lost, and a server that fails.
    s.fail("webwxuploadmedia", Reached::Maybe, FailureKind::Network);
    assert!(!s.has("webwxuploadmedia"), "a pause first");
    s.advance(Duration::from_secs(1));
    assert_eq!(piece(&s).1, PIECE..2 * PIECE);
    s.answer_as("webwxuploadmedia", StatusCode::BAD_GATEWAY, &[], b"<html>");
    s.advance(Duration::from_secs(2));
    assert_eq!(piece(&s).1, PIECE..2 * PIECE);
    s.answer("webwxuploadmedia", &taken(""));
    assert_eq!(piece(&s).1, 2 * PIECE..2 * PIECE + 1);
    s.answer("webwxuploadmedia", &taken("@crypt_b"));
    s.answer("webwxsendappmsg", &sent("78"));
    assert!(matches!(s.end_of(command), Some(Ok(Done::Sent { .. }))));
}

#[test]
fn a_large_file_is_asked_about_and_carries_what_came_of_it() {
    let mut s = Scenario::online(quiet());
    start(&mut s, FileKind::File, "large.bin", 25 * MIB + 1);
    assert!(!s.has("webwxuploadmedia"));
    let body = s.body("webwxcheckupload");
    for part in [
        "\"FileType\":7",
        "\"FileSize\":26214401",
        "\"ToUserName\":\"filehelper\"",
    ] {
        assert!(body.contains(part), "{part}: {body}");
    }
    s.answer("webwxcheckupload", &keys(""));
    let (envelope, _) = piece(&s);
    assert!(envelope.contains("\"AESKey\":\"aes0\",\"Signature\":\"sig0\""));
    for _ in 0..50 {
        s.answer("webwxuploadmedia", &taken(""));
    }
    s.answer("webwxuploadmedia", &taken("@crypt_l"));
    assert!(s.body("webwxsendappmsg").contains("\"Signature\":\"sig0\""));
}

#[test]
fn exactly_25_mib_need_not_be_asked_about() {
    let mut s = Scenario::online(quiet());
    start(&mut s, FileKind::File, "large.bin", 25 * MIB);
    assert!(s.has("webwxuploadmedia") && !s.has("webwxcheckupload"));
}

#[test]
fn a_file_that_the_server_has_is_not_uploaded() {
    let mut s = Scenario::online(quiet());
    start(&mut s, FileKind::File, "large.bin", 30 * MIB);
    s.answer("webwxcheckupload", &keys("@crypt_known"));
    assert!(!s.has("webwxuploadmedia"));
    assert!(
        s.body("webwxsendappmsg")
            .contains("<attachid>@crypt_known</attachid>")
    );
}

#[test]
fn an_upload_goes_on_for_as_long_as_something_moves() {
    let mut s = Scenario::online(quiet());
    start(&mut s, FileKind::File, "a.bin", 7);
    for at in 1..10 {
        s.advance(Duration::from_secs(50));
        let id = s.request("webwxuploadmedia").id;
        s.input(Input::Progress { id, at });
    }
    s.answer("webwxuploadmedia", &taken("@crypt_f"));
    assert!(s.has("webwxsendappmsg"));
}

#[test]
fn an_upload_that_does_not_move_is_given_up_and_nothing_is_sent() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, FileKind::File, "a.bin", 7);
    s.cut("webwxuploadmedia");
    for _ in 0..20 {
        s.advance(Duration::from_secs(4));
        if s.has("webwxuploadmedia") {
            s.cut("webwxuploadmedia");
        }
    }
    let Some(Err(CommandError::NotSent { reason, .. })) = s.end_of(command) else {
        panic!("{:?}", s.end_of(command));
    };
    assert!(reason.contains("the cable was cut"), "{reason}");
    assert!(!s.has("webwxsendappmsg"));
}

#[test]
fn a_file_that_cannot_be_read_ends_the_message_at_once() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, FileKind::File, "a.bin", 7);
    let id = s.request("webwxuploadmedia").id;
    let failure = Failure::new(Reached::No, FailureKind::Local, "a.bin has become shorter");
    s.input(Input::Failed { id, failure });
    let Some(Err(CommandError::NotSent { reason, .. })) = s.end_of(command) else {
        panic!("{:?}", s.end_of(command));
    };
    assert_eq!(reason, "a.bin has become shorter");
}

#[test]
fn a_refused_piece_refuses_the_message() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, FileKind::File, "a.bin", 7);
    s.answer("webwxuploadmedia", &verdict(1, ",\n\"MediaId\": \"\""));
    assert!(matches!(
        s.end_of(command),
        Some(Err(CommandError::Refused { ret, .. })) if ret.0 == 1
    ));
    let command = start(&mut s, FileKind::File, "b.bin", 7);
    s.answer("webwxuploadmedia", &verdict(1205, ",\n\"MediaId\": \"\""));
    assert!(matches!(
        s.end_of(command),
        Some(Err(CommandError::Throttled {
            retry_after_ms: 5000,
            ..
        }))
    ));
}

#[test]
fn an_upload_by_itself_can_be_sent_to_several() {
    let mut s = Scenario::online(quiet());
    let command = s.command(Command::Upload {
        to: "filehelper".into(),
        file: file(FileKind::Image, "a.png", 9),
    });
    s.answer("webwxuploadmedia", &taken("@crypt_i"));
    let Some(Ok(Done::Uploaded(uploaded))) = s.end_of(command).cloned() else {
        panic!("{:?}", s.end_of(command));
    };
    for to in [ANN, BOB] {
        s.command(Command::SendContent(SendContent::new(to, uploaded.clone())));
    }
    let sends = s
        .paths()
        .iter()
        .filter(|p| **p == "webwxsendmsgimg")
        .count();
    assert_eq!(sends, 2);
    assert!(!s.has("webwxuploadmedia"));
}

#[test]
fn texts_do_not_wait_for_an_upload() {
    let mut s = Scenario::online(quiet());
    start(&mut s, FileKind::File, "a.bin", 7);
    s.send("filehelper", "it is coming");
    assert!(s.has("webwxsendmsg"));
}

#[test]
fn two_files_at_a_time_are_under_way() {
    let mut s = Scenario::online(quiet());
    for name in ["a", "b", "c"] {
        start(&mut s, FileKind::File, name, 7);
    }
    let out = |s: &Scenario| {
        s.paths()
            .iter()
            .filter(|p| **p == "webwxuploadmedia")
            .count()
    };
    assert_eq!(out(&s), 2);
    s.answer("webwxuploadmedia", &taken("@crypt_a"));
    assert_eq!(out(&s), 2);
}

#[test]
fn a_file_that_waits_for_its_turn_wants_no_time() {
    let mut s = Scenario::online(quiet());
    for name in ["a", "b", "c"] {
        start(&mut s, FileKind::File, name, 7);
    }
    for _ in 0..4 {
        // Something of the first two moves; the third has not begun.
        s.advance(Duration::from_secs(20));
        let moving: Vec<_> = (s.out.iter())
            .filter(|request| request.sink.is_none() && request.body.whole().is_none())
            .map(|request| request.id)
            .collect();
        for id in moving {
            s.input(Input::Progress { id, at: 1 });
        }
        let deadline = s.session.deadline().map(|deadline| deadline.at);
        assert!(deadline > Some(s.now.mono), "{deadline:?}");
    }
}

#[test]
fn an_end_of_the_session_ends_uploads_as_not_sent() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, FileKind::File, "a.bin", 7);
    s.answer("synccheck", &synccheck(1101, 0));
    assert!(matches!(
        s.end_of(command),
        Some(Err(CommandError::NotSent { .. }))
    ));
    assert!(!s.has("webwxuploadmedia"));
}

#[test]
fn a_process_that_is_killed_during_an_upload_has_sent_nothing_and_says_unknown() {
    let mut s = Scenario::online(quiet());
    let keyed = || Command::SendContent(send(FileKind::File, "a.bin", 7).with_key("k"));
    s.command(keyed());
    let mut next = s.after_kill(quiet());
    let again = next.command(keyed());
    // Whether it went out is not known to the next process: asked, not sent.
    assert!(matches!(
        next.end_of(again),
        Some(Err(CommandError::Unknown { .. }))
    ));
    assert!(!next.has("webwxuploadmedia"));
}

/// Whoever was superseded meanwhile, and so can store nothing, sends nothing.
#[test]
fn no_piece_of_a_message_goes_out_before_the_message_is_stored() {
    let mut s = Scenario::online(quiet());
    s.stores = false;
    start(&mut s, FileKind::File, "a.bin", 10);
    let kind = FileKind::File;
    let to = "filehelper".into();
    let alone = s.command(Command::Upload {
        to,
        file: file(kind, "b.bin", 10),
    });
    assert_eq!(s.paths(), ["synccheck", "webwxuploadmedia"]);
    assert!(piece(&s).0.contains("b.bin"), "that is of no message");
    s.answer("webwxuploadmedia", &taken("@b"));
    assert!(s.end_of(alone).is_some());
    s.store_all();
    assert!(piece(&s).0.contains("a.bin"));
}
