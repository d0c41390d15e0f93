//! Media on their way in: ranges, tries, refusals.

use std::time::Duration;

use http::{Response, StatusCode};
use wx_proto::io::Sink;
use wx_proto::{
    Command, CommandError, CommandId, Done, Failure, FailureKind, Input, MediaRef, Reached,
};

use crate::support::*;

fn image() -> MediaRef {
    MediaRef::Image {
        msg_id: "4100000000000000001".into(),
    }
}

pub(crate) fn voice() -> MediaRef {
    MediaRef::Voice {
        msg_id: "4100000000000000001".into(),
    }
}

fn file(encry_file_name: Option<&str>, size: Option<u64>) -> MediaRef {
    MediaRef::File {
        sender: ANN.into(),
        media_id: "@crypt_f".into(),
        file_name: "a b.txt".to_owned(),
        encry_file_name: encry_file_name.map(str::to_owned),
        size,
    }
}

pub(crate) fn start(s: &mut Scenario, media: MediaRef, from: u64) -> CommandId {
    s.command(Command::Download { media, from })
}

pub(crate) fn range(s: &Scenario, name: &str) -> Option<String> {
    let range = s.request(name).head.headers.get("Range")?;
    Some(range.to_str().unwrap().to_owned())
}

/// Answers a download with bytes, as a driver does that has put them away.
fn deliver(s: &mut Scenario, name: &str, status: u16, headers: &[(&str, &str)], at: u64) {
    let request = s.request(name);
    let (id, sink) = (request.id, request.sink.clone().unwrap());
    let mut builder = Response::builder().status(status);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    let (head, ()) = builder.body(()).unwrap().into_parts();
    assert!(sink.accepts(&head).is_some());
    s.out.retain(|request| request.id != id);
    s.input(Input::Progress { id, at });
    let body = bytes::Bytes::new();
    s.input(Input::Response { id, head, body });
}

/// Breaks an answer off after so many bytes of the whole.
fn break_off(s: &mut Scenario, name: &str, at: u64) {
    let id = s.request(name).id;
    s.out.retain(|request| request.id != id);
    s.input(Input::Progress { id, at });
    let failure = Failure::new(Reached::Maybe, FailureKind::BadBody, "cut off");
    s.input(Input::Failed { id, failure });
}

/// Lets time pass until a request of that name is out.
fn wait_for(s: &mut Scenario, name: &str) {
    for _ in 0..60 {
        if s.has(name) {
            return;
        }
        s.advance(Duration::from_secs(1));
    }
    panic!("no {name} within a minute");
}

fn bytes(s: &Scenario, command: CommandId) -> u64 {
    match s.end_of(command) {
        Some(Ok(Done::Downloaded { bytes, .. })) => *bytes,
        other => panic!("{other:?}"),
    }
}

fn missing(s: &Scenario, command: CommandId) -> String {
    match s.end_of(command) {
        Some(Err(CommandError::Missing { message, .. })) => message.clone(),
        other => panic!("{other:?}"),
    }
}

fn failure(s: &Scenario, command: CommandId) -> String {
    match s.end_of(command) {
        Some(Err(CommandError::Failed { message, .. })) => message.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_picture_comes_whole() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, image(), 0);
    assert_eq!(range(&s, "webwxgetmsgimg"), None);
    deliver(
        &mut s,
        "webwxgetmsgimg",
        200,
        &[("Content-Length", "9"), ("Content-Type", "image/jpeg")],
        9,
    );
    assert!(matches!(
        s.end_of(command),
        Some(Ok(Done::Downloaded { bytes: 9, media_type: Some(kind), .. })) if kind == "image/jpeg"
    ));
}

#[test]
fn what_broke_off_goes_on_from_there() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, image(), 0);
    break_off(&mut s, "webwxgetmsgimg", 1000);
    s.advance(Duration::from_secs(1));
    assert_eq!(range(&s, "webwxgetmsgimg").unwrap(), "bytes=1000-");
    deliver(
        &mut s,
        "webwxgetmsgimg",
        206,
        &[("Content-Range", "bytes 1000-1499/1500")],
        1500,
    );
    assert_eq!(bytes(&s, command), 1500);
}

#[test]
fn a_server_that_knows_no_ranges_sends_everything_again() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, image(), 700);
    assert_eq!(range(&s, "webwxgetmsgimg").unwrap(), "bytes=700-");
    deliver(
        &mut s,
        "webwxgetmsgimg",
        200,
        &[("Content-Length", "900")],
        900,
    );
    assert_eq!(bytes(&s, command), 900);
}

#[test]
fn what_is_all_there_already_is_not_fetched_again() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, image(), 900);
    let id = s.request("webwxgetmsgimg").id;
    let (head, ()) = Response::builder()
        .status(416)
        .header("Content-Range", "bytes */900")
        .body(())
        .unwrap()
        .into_parts();
    s.out.retain(|request| request.id != id);
    let body = bytes::Bytes::new();
    s.input(Input::Response { id, head, body });
    assert_eq!(bytes(&s, command), 900);
}

#[test]
fn what_is_there_of_something_else_is_fetched_anew() {
    let mut s = Scenario::online(quiet());
    start(&mut s, image(), 900);
    s.answer_as(
        "webwxgetmsgimg",
        StatusCode::RANGE_NOT_SATISFIABLE,
        &[],
        b"",
    );
    assert_eq!(range(&s, "webwxgetmsgimg"), None);
}

#[test]
fn five_tries_that_bring_nothing_are_enough() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, image(), 0);
    for _ in 0..5 {
        assert_eq!(s.end_of(command), None);
        wait_for(&mut s, "webwxgetmsgimg");
        s.cut("webwxgetmsgimg");
    }
    assert_eq!(failure(&s, command), "the cable was cut");
    // One that moves is not given up.
    let command = start(&mut s, image(), 0);
    for at in 1..10 {
        wait_for(&mut s, "webwxgetmsgimg");
        break_off(&mut s, "webwxgetmsgimg", at);
    }
    assert_eq!(s.end_of(command), None);
}

#[test]
fn an_answer_that_stops_moving_is_given_up_after_half_a_minute() {
    let mut s = Scenario::online(quiet());
    start(&mut s, image(), 0);
    let id = s.request("webwxgetmsgimg").id;
    for at in 1..5 {
        s.advance(Duration::from_secs(29));
        s.input(Input::Progress { id, at });
    }
    assert!(!s.aborted.contains(&id));
    s.advance(Duration::from_secs(30));
    assert!(s.aborted.contains(&id));
}

#[test]
fn a_file_is_asked_for_by_its_encrypted_name_and_then_by_its_plain_one() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, file(Some("a%20b%2Etxt"), Some(5)), 0);
    let query = s.query("webwxgetmedia");
    assert!(query.contains("encryfilename="), "{query}");
    assert!(query.contains("webwx_data_ticket="), "{query}");
    let request = s.request("webwxgetmedia");
    assert_eq!(request.head.uri.host(), Some("file.wx2.qq.com"));
    assert_eq!(request.head.headers["Referer"], "https://wx2.qq.com/");
    deliver(&mut s, "webwxgetmedia", 200, &[("Content-Length", "0")], 0);
    let query = s.query("webwxgetmedia");
    assert!(query.contains("&filename=a%20b.txt"), "{query}");
    deliver(
        &mut s,
        "webwxgetmedia",
        200,
        &[("Content-Length", "5"), ("Content-Type", "text/plain")],
        5,
    );
    assert_eq!(bytes(&s, command), 5);
}

#[test]
fn a_file_of_another_length_than_the_message_says_is_none() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, file(None, Some(6)), 0);
    deliver(&mut s, "webwxgetmedia", 200, &[("Content-Length", "5")], 5);
    let Some(Err(CommandError::Decode { message, .. })) = s.end_of(command) else {
        panic!("{:?}", s.end_of(command));
    };
    assert_eq!(message, "received 5 bytes instead of 6");
}

#[test]
fn text_in_place_of_a_file_is_a_refusal_unless_it_has_the_files_length() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, file(None, Some(1000)), 0);
    let sink = s.request("webwxgetmedia").sink.clone().unwrap();
    let refusal = verdict(1101, "");
    let (head, ()) = Response::builder()
        .header("Content-Type", "text/plain")
        .header("Content-Length", refusal.len())
        .body(())
        .unwrap()
        .into_parts();
    assert_eq!(sink.accepts(&head), None, "nothing of it is put away");
    let id = s.request("webwxgetmedia").id;
    s.out.retain(|request| request.id != id);
    let body = refusal.into();
    s.input(Input::Response { id, head, body });
    assert!(matches!(
        s.end_of(command),
        Some(Err(CommandError::Refused { ret, .. })) if ret.0 == 1101
    ));
    assert!(s.has("webwxsync"), "is the session over?");
}

#[test]
fn text_in_place_of_a_file_of_unknown_length_is_a_refusal_if_it_says_so() {
    let head = || {
        let builder = Response::builder().header("Content-Type", "text/plain");
        builder.body(()).unwrap().into_parts().0
    };
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, file(None, None), 0);
    let sink = s.request("webwxgetmedia").sink.clone().unwrap();
    assert!(sink.accepts(&head()).unwrap().doubtful);
    let refusal = verdict(1101, "");
    assert!(Sink::is_refusal(refusal.as_bytes()));
    let id = s.request("webwxgetmedia").id;
    s.out.retain(|request| request.id != id);
    let (head, body) = (head(), refusal.into());
    s.input(Input::Response { id, head, body });
    assert!(matches!(
        s.end_of(command),
        Some(Err(CommandError::Refused { ret, .. })) if ret.0 == 1101
    ));
    // Anything else is the file, also a page that once was an answer.
    for text in ["", "{}", "a,b\n1,2\n", &verdict(0, ""), "{\"a\": 1}"] {
        assert!(!Sink::is_refusal(text.as_bytes()), "{text}");
    }
    let command = start(&mut s, file(None, None), 0);
    deliver(
        &mut s,
        "webwxgetmedia",
        200,
        &[("Content-Type", "text/plain")],
        7,
    );
    assert_eq!(bytes(&s, command), 7);
}

#[test]
fn what_is_there_and_makes_a_wrong_length_is_fetched_anew() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, file(None, Some(100)), 60);
    let part = [("Content-Range", "bytes 60-119/120")];
    deliver(&mut s, "webwxgetmedia", 206, &part, 120);
    assert_eq!(s.end_of(command), None);
    assert_eq!(range(&s, "webwxgetmedia"), None, "from the start");
    deliver(
        &mut s,
        "webwxgetmedia",
        200,
        &[("Content-Length", "100")],
        100,
    );
    assert_eq!(bytes(&s, command), 100);
}

#[test]
fn an_avatar_that_comes_empty_is_asked_for_three_times() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, MediaRef::avatar(ANN), 0);
    for _ in 0..3 {
        assert_eq!(s.end_of(command), None);
        wait_for(&mut s, "webwxgeticon");
        deliver(&mut s, "webwxgeticon", 200, &[("Content-Length", "0")], 0);
    }
    assert!(missing(&s, command).contains("the server sent nothing"));
}

#[test]
fn nothing_is_an_error_that_says_so() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, image(), 0);
    deliver(&mut s, "webwxgetmsgimg", 200, &[("Content-Length", "0")], 0);
    let words = missing(&s, command);
    assert!(words.contains("the server sent nothing"), "{words}");
}

#[test]
fn a_refusal_in_place_of_a_medium_is_told() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, image(), 0);
    s.answer_as("webwxgetmsgimg", StatusCode::NOT_FOUND, &[], b"<html>");
    assert!(missing(&s, command).contains("HTTP status 404"));
    let command = start(&mut s, image(), 0);
    s.answer_as(
        "webwxgetmsgimg",
        StatusCode::FORBIDDEN,
        &[],
        verdict(-1, "").as_bytes(),
    );
    assert!(matches!(
        s.end_of(command),
        Some(Err(CommandError::Refused { ret, .. })) if ret.0 == -1
    ));
}

#[test]
fn a_disk_that_is_full_ends_it_at_once() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, image(), 0);
    let id = s.request("webwxgetmsgimg").id;
    let failure_ = Failure::new(Reached::Maybe, FailureKind::Local, "no space left");
    s.input(Input::Failed {
        id,
        failure: failure_,
    });
    assert_eq!(failure(&s, command), "no space left");
}

#[test]
fn cancelled_it_is_aborted() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, image(), 0);
    let id = s.request("webwxgetmsgimg").id;
    s.cancel(command);
    assert_eq!(s.aborted, [id]);
    assert_eq!(s.end_of(command), Some(&Err(CommandError::Cancelled {})));
}

#[test]
fn an_attached_process_can_fetch_too() {
    let mut s = Scenario::attach(quiet(), Scenario::online(quiet()).stored);
    let command = start(&mut s, voice(), 0);
    deliver(
        &mut s,
        "webwxgetvoice",
        206,
        &[("Content-Range", "bytes 0-2/3")],
        3,
    );
    assert_eq!(bytes(&s, command), 3);
}

#[test]
fn what_breaks_off_at_the_same_place_each_time_is_given_up() {
    let mut s = Scenario::online(quiet());
    let command = start(&mut s, image(), 0);
    for _ in 0..6 {
        let Some(request) = s
            .out
            .iter()
            .find(|r| r.head.uri.path().ends_with("webwxgetmsgimg"))
        else {
            break;
        };
        // A server without ranges: all comes again from the first byte on.
        let id = request.id;
        s.input(Input::Progress { id, at: 250 });
        break_off(&mut s, "webwxgetmsgimg", 300);
        if s.end_of(command).is_none() {
            wait_for(&mut s, "webwxgetmsgimg");
        }
    }
    assert_eq!(failure(&s, command), "cut off");
}
