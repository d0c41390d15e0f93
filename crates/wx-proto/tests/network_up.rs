//! The network is back: what waits for it does not wait any longer.

use std::time::Duration;

use wx_proto::{Command, FileKind, Input, MediaRef};

use crate::support::*;
use crate::uploads::start;

/// Online, after so many failed polls in a row.
fn offline(failures: usize) -> Scenario {
    let mut s = Scenario::online(quiet());
    for _ in 0..failures {
        while !s.has("synccheck") {
            s.advance_to_deadline();
        }
        s.cut("synccheck");
    }
    assert!(s.paths().is_empty());
    s
}

#[test]
fn a_poll_that_waits_goes_out_at_once() {
    let mut s = offline(7);
    s.input(Input::NetworkUp);
    assert_eq!(s.paths(), ["synccheck"]);
    // One that fails all the same waits as long as before, and longer.
    s.cut("synccheck");
    assert!(s.advance_to_deadline() >= Duration::from_secs(30));
}

#[test]
fn messages_files_and_media_that_wait_go_on_at_once() {
    let mut s = Scenario::online(quiet());
    let names = ["webwxsendmsg", "webwxuploadmedia", "webwxgetvoice"];
    s.send(ANN, "hi");
    start(&mut s, FileKind::File, "a.bin", 7);
    s.command(Command::Download {
        media: MediaRef::Voice { msg_id: "4".into() },
        from: 0,
    });
    for _ in 0..3 {
        for name in names {
            while !s.has(name) {
                s.advance_to_deadline();
            }
            s.cut(name);
        }
    }
    assert!(names.iter().all(|name| !s.has(name)), "{:?}", s.paths());
    s.input(Input::NetworkUp);
    assert!(names.iter().all(|name| s.has(name)), "{:?}", s.paths());
}

#[test]
fn any_answer_says_that_the_service_can_be_reached() {
    let mut s = offline(7);
    s.send(ANN, "hi");
    s.answer("webwxsendmsg", &sent("901"));
    assert_eq!(s.paths(), ["synccheck"]);
}

#[test]
fn answers_of_others_do_not_make_a_host_that_fails_be_asked_all_the_time() {
    let mut s = offline(7);
    for (n, asked) in [(1, true), (2, false), (3, false)] {
        s.send(ANN, &format!("{n}"));
        s.answer("webwxsendmsg", &sent(&format!("90{n}")));
        assert_eq!(s.has("synccheck"), asked, "{n}");
        if asked {
            s.cut("synccheck");
        }
    }
    s.advance(Duration::from_secs(10));
    s.send(ANN, "4");
    s.answer("webwxsendmsg", &sent("904"));
    assert!(s.has("synccheck"));
}

#[test]
fn a_pause_that_the_server_asked_for_is_kept() {
    let mut s = Scenario::online(quiet());
    s.answer("synccheck", &synccheck(1205, 0));
    s.input(Input::NetworkUp);
    assert!(s.paths().is_empty());
    s.send(ANN, "hi");
    s.answer("webwxsendmsg", &send_refused(1205));
    s.send(ANN, "again");
    s.input(Input::NetworkUp);
    assert!(!s.has("webwxsendmsg"));
}

#[test]
fn without_an_outage_nothing_is_hurried() {
    let mut s = Scenario::online(quiet());
    s.brings(&page(8));
    assert!(s.paths().is_empty(), "a page that brought nothing");
    s.input(Input::NetworkUp);
    assert!(s.paths().is_empty());
}
