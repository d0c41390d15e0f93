//! Own media in the stream: what it shows of them settles a send whose answer
//! was lost, where that can be nothing else.

use wx_proto::{Command, CommandId, Content, Done, FileKind, Input, LocalFile, SendContent};

use crate::outbox_shared::shared;
use crate::support::*;
use crate::uploads::{file, start, taken};

/// The MD5 of the files that are sent.
const MD5: &str = "0cc175b9c0f1b6a831c399e269772661";

/// An own file to Ann, as the stream shows it: without content.
fn own_file(id: &str, name: &str, size: u64) -> String {
    let members = format!(
        ",\n\"AppMsgType\": 6,\n\"FileName\": \"{name}\",\n\"FileSize\": \"{size}\",\n\
         \"MediaId\": \"@crypt_e\""
    );
    typed(49, id, OWN, ANN, "", &members)
}

fn own_emoticon(id: &str, md5: &str) -> String {
    let xml = format!(
        "&lt;msg&gt;&lt;emoji md5=\\\"{md5}\\\" len=\\\"7\\\"&gt;&lt;/emoji&gt;&lt;/msg&gt;"
    );
    typed(47, id, OWN, ANN, &xml, "")
}

fn own_image(id: &str, content: &str) -> String {
    typed(3, id, OWN, ANN, content, "")
}

fn image_xml(md5: &str) -> String {
    format!("&lt;msg&gt;&lt;img length=\\\"7\\\" md5=\\\"{md5}\\\" /&gt;&lt;/msg&gt;")
}

fn own_video(id: &str) -> String {
    typed(43, id, OWN, ANN, "@3a7f00", ",\n\"PlayLength\": 9")
}

fn to_ann(content: impl Into<Content>) -> Command {
    Command::SendContent(SendContent::new(ANN, content).with_key("k1"))
}

fn shows(s: &mut Scenario, val: i64, items: &[String]) {
    s.brings(&page(val).msgs(items));
}

/// The path of a send of this kind.
fn path_of(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Image => "webwxsendmsgimg",
        FileKind::Emoticon => "webwxsendemoticon",
        FileKind::Video => "webwxsendvideomsg",
        _ => "webwxsendappmsg",
    }
}

fn sent_as(s: &Scenario, command: CommandId) -> Option<String> {
    match s.end_of(command) {
        Some(Ok(Done::Sent { msg_id, .. })) => Some(msg_id.to_string()),
        Some(_) => None,
        None => panic!("{command} has not ended"),
    }
}

/// A file is sent, the stream shows this, and the answer never comes: what the
/// file is known as in the end.
fn fate(sent: LocalFile, echo: &str) -> Option<String> {
    let path = path_of(sent.kind);
    let before = {
        let mut s = Scenario::online(quiet());
        let command = s.command(to_ann(sent.clone()));
        s.answer("webwxuploadmedia", &taken("@crypt_f"));
        shows(&mut s, 8, &[echo.to_owned()]);
        assert!(!s.session.has_event(), "it is held as long as it is open");
        s.lose(path);
        let fate = sent_as(&s, command);
        let delivered = s.handle_messages();
        assert_eq!(delivered.is_empty(), fate.is_some(), "{delivered:?}");
        fate
    };
    let after = {
        let mut s = Scenario::online(quiet());
        s.command(to_ann(sent.clone()));
        s.answer("webwxuploadmedia", &taken("@crypt_f"));
        s.lose(path);
        shows(&mut s, 8, &[echo.to_owned()]);
        let again = s.command(to_ann(sent));
        sent_as(&s, again)
    };
    assert_eq!(before, after, "shown before and after the loss");
    after
}

#[test]
fn a_file_is_known_by_its_name_and_its_length() {
    let sent = || file(FileKind::File, "a & b.txt", 7);
    let known = own_file("5001", "a &amp; b.txt", 7);
    assert_eq!(fate(sent(), &known).as_deref(), Some("5001"));
    for other in [
        own_file("4000", "a &amp; b.txt", 8),
        own_file("4000", "b.txt", 7),
    ] {
        assert_eq!(fate(sent(), &other), None, "{other}");
    }
}

#[test]
fn emoticons_and_pictures_are_known_by_their_md5() {
    let other = "92eb5ffee6ae2fec3ad71c777531578f";
    let emoticon = || file(FileKind::Emoticon, "a.gif", 7);
    let known = fate(emoticon(), &own_emoticon("5001", MD5));
    assert_eq!(known.as_deref(), Some("5001"));
    assert_eq!(fate(emoticon(), &own_emoticon("4000", other)), None);
    let image = || file(FileKind::Image, "a.png", 7);
    let known = fate(image(), &own_image("5001", &image_xml(MD5)));
    assert_eq!(known.as_deref(), Some("5001"));
    assert_eq!(fate(image(), &own_image("4000", &image_xml(other))), None);
}

#[test]
fn what_the_stream_does_not_tell_apart_stays_unknown() {
    // Since 2018 a picture has no XML.
    let image = file(FileKind::Image, "a.png", 7);
    assert_eq!(fate(image, &own_image("4000", "@525f0f")), None);
    let video = file(FileKind::Video, "a.mp4", 7);
    assert_eq!(fate(video, &own_video("4000")), None);
}

#[test]
fn of_two_files_that_look_alike_neither_is_taken_for_sent() {
    let mut s = Scenario::online(quiet());
    let one = |md5: &str, key: &str| {
        let mut file = file(FileKind::File, "a.txt", 7);
        file.facts.md5 = md5.to_owned();
        Command::SendContent(SendContent::new(ANN, file).with_key(key))
    };
    for (md5, key) in [("aa", "k1"), ("bb", "k2")] {
        s.command(one(md5, key));
        s.answer("webwxuploadmedia", &taken("@crypt_f"));
        s.lose("webwxsendappmsg");
    }
    shows(&mut s, 8, &[own_file("5001", "a.txt", 7)]);
    for (md5, key) in [("aa", "k1"), ("bb", "k2")] {
        let again = s.command(one(md5, key));
        assert_eq!(sent_as(&s, again), None, "{key}");
    }
    assert_eq!(s.handle_messages(), ["5001"]);
}

#[test]
fn a_file_of_another_process_is_not_taken_for_an_own_one() {
    let send = || to_ann(file(FileKind::File, "a.txt", 7));
    for (answer, own) in [(sent("6001"), false), (send_refused(1204), true)] {
        let mut owner = Scenario::online(shared());
        let mut side = Scenario::attach(quiet(), owner.stored.clone());
        side.command(send());
        side.answer("webwxuploadmedia", &taken("@crypt_s"));
        side.answer("webwxsendappmsg", &answer);
        let command = owner.command(send());
        owner.answer("webwxuploadmedia", &taken("@crypt_f"));
        shows(&mut owner, 8, &[own_file("6001", "a.txt", 7)]);
        owner.lose("webwxsendappmsg");
        assert!(owner.session.poll_others());
        owner.input(Input::Others(Some(side.records)));
        assert_eq!(sent_as(&owner, command).is_some(), own, "{answer}");
    }
}

#[test]
fn a_file_that_was_cut_short_by_a_kill_is_confirmed_by_the_next_process() {
    let mut s = Scenario::online(quiet());
    let sent = || to_ann(file(FileKind::File, "a.txt", 7));
    s.command(sent());
    s.answer("webwxuploadmedia", &taken("@crypt_f"));
    let mut next = s.after_kill(quiet());
    let echo = own_file("5001", "a.txt", 7);
    next.answer("webwxsync", &page(8).msgs(&[echo]).json());
    let again = next.command(sent());
    assert_eq!(sent_as(&next, again).as_deref(), Some("5001"));
    assert!(!next.has("webwxuploadmedia"));
}

#[test]
fn an_own_picture_in_the_stream_is_not_shown_twice() {
    let mut s = Scenario::online(quiet());
    start(&mut s, FileKind::Image, "a.png", 9);
    s.answer("webwxuploadmedia", &taken("@crypt_i"));
    // The stream is faster than the answer.
    s.answer("synccheck", &synccheck(0, 2));
    let echo = typed(
        3,
        "81",
        OWN,
        "filehelper",
        "&lt;msg&gt;&lt;img length=\\\"9\\\"/&gt;&lt;/msg&gt;",
        "",
    );
    s.answer("webwxsync", &page(8).msgs(&[echo]).json());
    assert!(s.messages().is_empty(), "held");
    s.answer("webwxsendmsgimg", &sent("81"));
    assert!(s.messages().is_empty(), "it was this one");
}
