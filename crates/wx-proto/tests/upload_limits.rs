//! Files that are not taken: too large, empty, too many, never answered.

use std::time::Duration;

use http::StatusCode;
use wx_proto::config::FileLimits;
use wx_proto::{Body, Command, CommandError, FileKind, Input, Rejected, Request};

use crate::support::*;
use crate::uploads::{MIB, send};

#[test]
fn limits_are_checked_before_anything_goes_out() {
    for (kind, size, limit) in [
        (FileKind::Image, 20 * MIB + 1, Some(20 * MIB)),
        (FileKind::Image, 20 * MIB, None),
        (FileKind::Video, 20 * MIB, Some(20 * MIB - 1)),
        (FileKind::Video, 20 * MIB - 1, None),
        (FileKind::File, 900 * MIB, None),
    ] {
        let mut s = Scenario::online(quiet());
        let result = s
            .session
            .command(s.now, Command::SendContent(send(kind, "a", size)));
        match (result, limit) {
            (Ok(_), None) => {}
            (Err(Rejected::TooLarge { limit: told, .. }), Some(limit)) => {
                assert_eq!(told, limit, "{kind} {size}");
                assert_eq!(s.paths(), ["synccheck"]);
            }
            (other, _) => panic!("{kind} {size}: {other:?}"),
        }
    }
    let mut config = quiet();
    config.limits.file = Some(10);
    let mut s = Scenario::online(config);
    let result = s
        .session
        .command(s.now, Command::SendContent(send(FileKind::File, "a", 11)));
    assert!(matches!(result, Err(Rejected::TooLarge { limit: 10, .. })));
    assert_eq!(FileLimits::default().file, None);
}

#[test]
fn an_empty_file_is_refused() {
    let mut s = Scenario::online(quiet());
    let result = s
        .session
        .command(s.now, Command::SendContent(send(FileKind::File, "a", 0)));
    let Err(rejected @ Rejected::Empty { .. }) = result else {
        panic!("{result:?}");
    };
    assert_eq!(
        rejected.to_string(),
        "a message needs a file with something in it"
    );
}

#[test]
fn a_piece_that_goes_out_again_and_again_is_given_up() {
    let mut s = Scenario::online(quiet());
    let command = s.command(Command::SendContent(send(FileKind::File, "a", 7)));
    for _ in 0..200 {
        if s.end_of(command).is_some() {
            break;
        }
        if s.has("webwxuploadmedia") {
            let id = s.request("webwxuploadmedia").id;
            s.input(Input::Progress { id, at: 900 });
            s.answer_as("webwxuploadmedia", StatusCode::BAD_GATEWAY, &[], b"<html>");
        }
        s.advance(Duration::from_secs(1));
    }
    assert!(matches!(
        s.end_of(command),
        Some(Err(CommandError::NotSent { .. }))
    ));
    assert!(s.now.unix_ms <= START_MS + 130_000, "within two minutes");
}

#[test]
fn two_files_of_one_millisecond_have_numbers_of_their_own() {
    let mut s = Scenario::online(quiet());
    for _ in 0..2 {
        s.command(Command::SendContent(send(FileKind::File, "a", 7)));
    }
    let numbers: Vec<u64> = s.out.iter().filter_map(media_id).collect();
    assert_eq!(numbers, [s.now.unix_ms, s.now.unix_ms + 1]);
}

/// The number that a piece's form gives its file.
fn media_id(request: &Request) -> Option<u64> {
    let Body::Piece { before, .. } = &request.body else {
        return None;
    };
    let form = String::from_utf8_lossy(before);
    let (_, rest) = form.split_once("\"ClientMediaId\":")?;
    rest.split(',').next()?.parse().ok()
}

#[test]
fn too_often_holds_up_the_uploads_behind_it() {
    let mut s = Scenario::online(quiet());
    for name in ["a", "b", "c"] {
        s.command(Command::SendContent(send(FileKind::File, name, 7)));
    }
    let out = |s: &Scenario| {
        s.paths()
            .iter()
            .filter(|p| **p == "webwxuploadmedia")
            .count()
    };
    s.answer("webwxuploadmedia", &verdict(1205, ",\n\"MediaId\": \"\""));
    assert_eq!(out(&s), 1, "the third waits");
    s.advance(Duration::from_millis(4999));
    assert_eq!(out(&s), 1);
    s.advance(Duration::from_millis(1));
    assert_eq!(out(&s), 2);
}
