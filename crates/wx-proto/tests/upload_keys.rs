//! Uploads that several commands share by a key, and uploads that are given up.

use std::time::Duration;

use wx_proto::{Body, Command, CommandError, CommandId, Done, FileKind, Rejected, SendContent};
use wx_wire::endpoint::webwxuploadmedia::PIECE;

use crate::support::*;
use crate::uploads::{MIB, file, keys, send, start, taken};

/// The command whose file is being uploaded, and the bytes of the piece in flight.
fn piece_of(s: &Scenario) -> (CommandId, std::ops::Range<u64>) {
    match &s.request("webwxuploadmedia").body {
        Body::Piece { source, range, .. } => (*source, range.clone()),
        Body::Whole(_) => panic!("a piece has no file in it"),
    }
}

#[test]
fn the_same_key_uploads_and_sends_once() {
    let mut s = Scenario::online(quiet());
    let keyed = || Command::SendContent(send(FileKind::File, "a.bin", 7).with_key("k"));
    let first = s.command(keyed());
    let second = s.command(keyed());
    s.answer("webwxuploadmedia", &taken("@crypt_f"));
    s.answer("webwxsendappmsg", &sent("79"));
    let third = s.command(keyed());
    for command in [first, second, third] {
        assert!(
            matches!(s.end_of(command), Some(Ok(Done::Sent { msg_id, .. })) if msg_id.as_str() == "79")
        );
    }
    assert_eq!(s.paths(), ["synccheck"]);
    // A file of another content is another message.
    let mut other = file(FileKind::File, "a.bin", 7);
    other.facts.md5 = "92eb5ffee6ae2fec3ad71c777531578f".to_owned();
    let other = SendContent::new("filehelper", other).with_key("k");
    let rejected = s.session.command(s.now, Command::SendContent(other));
    assert!(matches!(rejected, Err(Rejected::KeyReused { .. })));
}

#[test]
fn cancelling_the_first_of_several_with_a_key_leaves_the_file_to_the_next() {
    let mut s = Scenario::online(quiet());
    let keyed = || Command::SendContent(send(FileKind::File, "a.bin", 2 * PIECE).with_key("k"));
    let [first, second, third] = [(); 3].map(|()| s.command(keyed()));
    s.answer("webwxuploadmedia", &taken(""));
    let out = s.request("webwxuploadmedia").id;
    assert_eq!(piece_of(&s), (first, PIECE..2 * PIECE));
    s.cancel(first);
    assert_eq!(s.end_of(first), Some(&Err(CommandError::Cancelled {})));
    assert_eq!((s.end_of(second), s.end_of(third)), (None, None));
    // Its file may be gone, so what is out of it goes again, by itself.
    assert_eq!(s.aborted, [out]);
    assert_eq!(piece_of(&s), (second, PIECE..2 * PIECE));
    // One whose file is not in use takes nothing along.
    s.cancel(third);
    assert_eq!(piece_of(&s), (second, PIECE..2 * PIECE));
    assert_eq!(s.aborted.len(), 1);
    s.answer("webwxuploadmedia", &taken("@crypt_f"));
    s.answer("webwxsendappmsg", &sent("79"));
    assert!(matches!(s.end_of(second), Some(Ok(Done::Sent { .. }))));
    assert_eq!(s.paths(), ["synccheck"]);
}

#[test]
fn the_last_of_several_with_a_key_takes_the_upload_with_it() {
    let mut s = Scenario::online(quiet());
    let keyed = || Command::SendContent(send(FileKind::File, "a.bin", 7).with_key("k"));
    let [first, second] = [(); 2].map(|()| s.command(keyed()));
    s.cancel(first);
    s.cancel(second);
    let end = s.end_of(second);
    assert!(
        matches!(end, Some(Err(CommandError::NotSent { .. }))),
        "{end:?}"
    );
    assert_eq!(s.paths(), ["synccheck"]);
}

#[test]
fn a_large_file_changes_hands_while_it_is_asked_about() {
    let mut s = Scenario::online(quiet());
    let keyed = || Command::SendContent(send(FileKind::File, "a.bin", 26 * MIB).with_key("k"));
    let [first, second] = [(); 2].map(|()| s.command(keyed()));
    s.cancel(first);
    assert!(s.aborted.is_empty(), "no file is in the question");
    s.answer("webwxcheckupload", &keys(""));
    assert_eq!(piece_of(&s), (second, 0..PIECE));
}

#[test]
fn cancelled_in_the_middle_nothing_more_goes_out() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, FileKind::File, "big.bin", 3 * PIECE);
    s.answer("webwxuploadmedia", &taken(""));
    let id = s.request("webwxuploadmedia").id;
    s.cancel(command);
    assert_eq!(s.aborted, [id]);
    assert!(matches!(
        s.end_of(command),
        Some(Err(CommandError::NotSent { .. }))
    ));
    s.advance(Duration::from_secs(20));
    assert_eq!(s.paths(), ["synccheck"]);
}
