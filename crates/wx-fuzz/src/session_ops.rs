//! A whole session, driven by any inputs in any order.

use std::time::Duration;

use bytes::Bytes;
use http::response;
use wx_proto::{Command, Failure, FailureKind, Input, Instant, Reached, Saved, Session};

use crate::session::{Driver, attach, head, service};

/// How many acts of an input are performed.
const MAX_ACTS: usize = 400;

/// What an application may ask for, by number. An input may also contain any other command.
const COMMANDS: &[&str] = &[
    r#"{"command":"send_text","to":"@a0000000000000000000000000000001","text":"hi"}"#,
    r#"{"command":"send_text","to":"@@c000000000000000000000000000000000000000000000000000000000000003","text":"ho","key":"k0"}"#,
    r#"{"command":"send_text","to":"filehelper","text":"hi","key":"k0","expires_ms":1520927390000}"#,
    r#"{"command":"send_content","to":"@b1","content":{"type":"file","kind":"image","facts":{"name":"a.png","size":700000,"md5":"00","media_type":"image/png","modified":0}}}"#,
    r#"{"command":"send_content","to":"@b1","key":"k1","content":{"type":"file","kind":"file","facts":{"name":"a.zip","size":27000000,"md5":"00","media_type":"application/zip","modified":0}}}"#,
    r#"{"command":"send_content","to":"@b1","content":{"type":"emoticon","md5":"00"}}"#,
    r#"{"command":"send_content","to":"@b1","content":{"type":"card","user_name":"@b2","nick_name":"B"}}"#,
    r#"{"command":"send_content","to":"@b1","content":{"type":"forward","forward":"text","text":"hi"}}"#,
    r#"{"command":"upload","to":"@b1","file":{"kind":"video","facts":{"name":"a.mp4","size":1048577,"md5":"00","media_type":"video/mp4","modified":0}}}"#,
    r#"{"command":"download","media":{"media":"image","msg_id":"900"},"from":5}"#,
    r#"{"command":"download","media":{"media":"file","sender":"@b1","media_id":"@m","file_name":"a","encry_file_name":"a%2E","size":10}}"#,
    r#"{"command":"download","media":{"media":"avatar","user_name":"@b1"}}"#,
    r#"{"command":"revoke","msg_id":"900","to":"@b1"}"#,
    r#"{"command":"set_remark","to":"@b1","remark":"B"}"#,
    r#"{"command":"pin","to":"@b1","pinned":true}"#,
    r#"{"command":"mark_read","to":"@b1"}"#,
    r#"{"command":"befriend","befriend":"ask","user_name":"@b1","text":"hi"}"#,
    r#"{"command":"search_contacts","keyword":"a"}"#,
    r#"{"command":"create_group","topic":"T","members":["@b1","@b2"]}"#,
    r#"{"command":"change_group","group":"@@c000000000000000000000000000000000000000000000000000000000000003","change":"add","members":["@b1"]}"#,
    r#"{"command":"change_group","group":"@@c000000000000000000000000000000000000000000000000000000000000003","change":"quit"}"#,
    r#"{"command":"fetch_contacts","names":["@@c000000000000000000000000000000000000000000000000000000000000003","@b1"]}"#,
    r#"{"command":"refresh_contacts"}"#,
    r#"{"command":"identify","id":"@b1","key":"u1"}"#,
    r#"{"command":"probe"}"#,
    r#"{"command":"logout"}"#,
];

/// Performs the acts of the input on a session that logs in, and then ends it.
///
/// An act is a letter and its arguments; digits are small numbers:
///
/// ```text
/// a WHICH VARIANT N   a request is answered by one of the service's bodies
/// h WHICH HEAD N      the same, with another status, cookies or a medium
/// r WHICH TEXT \n     a request is answered by a text
/// x WHICH KIND        a request fails
/// s WHICH             an answer to a request that is over
/// p WHICH N           something of a request moved
/// d                   time passes up to the deadline
/// t                   a timeout, whatever the time
/// w N                 time passes, N² tenths of a second
/// j N                 the same, but asleep
/// u N                 the wall clock is set
/// c N                 one of the known commands
/// C JSON \n           a command
/// k WHICH             a command is given up
/// e                   an event is taken
/// A WHICH, F WHICH    a message was handled, or could not be
/// P N, S              the store has stored N records, or could not
/// O N                 what others have stored was read; for 0 it could not be
/// X, Q                another owner has come; the application stops
/// R, B                killed and started again, as the owner or beside it
/// ```
///
/// # Panics
///
/// If any promise of the core is broken: two polls at once, a command that ends
/// twice or never, a message that goes out before it is stored or is delivered
/// twice, a deadline that spins, a request to a stranger.
pub fn session_ops(bytes: &[u8]) {
    let mut driver = Driver::new(Saved::new(), Session::resume);
    let mut tape = Tape(bytes);
    for _ in 0..MAX_ACTS {
        let Some(act) = tape.byte() else {
            break;
        };
        if !requests(act, &mut tape, &mut driver) && !time(act, &mut tape, &mut driver) {
            application(act, &mut tape, &mut driver);
        }
    }
    driver.end();
}

/// Performs an act of the network. Returns false for any other act.
fn requests(act: u8, tape: &mut Tape<'_>, driver: &mut Driver) -> bool {
    if !b"ahrxsp".contains(&act) {
        return false;
    }
    let which = tape.number();
    if act == b's' {
        if let Some(id) = pick(&driver.past, which) {
            let body = Bytes::from_static(b"{\"BaseResponse\":{\"Ret\":1101}}");
            let head = head(200, &[]);
            driver.input(Input::Response {
                id: *id,
                head,
                body,
            });
        }
        return true;
    }
    let (first, second) = match act {
        b'a' | b'h' => (tape.number(), tape.number()),
        b'x' | b'p' => (tape.number(), 0),
        _ => (0, 0),
    };
    let text = if act == b'r' { tape.line() } else { b"" };
    let at = which.checked_rem(driver.out.len());
    let Some(request) = at.and_then(|at| driver.out.get(at)) else {
        return true;
    };
    let id = request.id;
    match act {
        b'a' => {
            let body = service::body(request, first, second);
            driver.answer(id, head(200, &[]), body.into());
        }
        b'h' => {
            let (head, empty) = other_head(first, second);
            let taken = request
                .sink
                .as_ref()
                .is_some_and(|sink| sink.accepts(&head).is_some());
            let body = if empty || taken {
                String::new()
            } else {
                service::body(request, 0, second)
            };
            driver.answer(id, head, body.into());
        }
        b'r' => driver.answer(id, head(200, &[]), Bytes::copy_from_slice(text)),
        b'x' => {
            let failure = failure(first);
            driver.past.push(id);
            driver.out.retain(|request| request.id != id);
            driver.input(Input::Failed { id, failure });
        }
        _ => driver.input(Input::Progress {
            id,
            at: first as u64,
        }),
    }
    true
}

fn other_head(kind: usize, n: usize) -> (response::Parts, bool) {
    match kind % 7 {
        0 => (head(500, &[]), false),
        1 => (head(302, &[("location", b"/fake")]), true),
        2 => {
            let cookie = format!("webwx_data_ticket=t{n}; Path=/; Secure");
            (head(200, &[("set-cookie", cookie.as_bytes())]), false)
        }
        3 => {
            let length = n.to_string();
            let headers: [(&str, &[u8]); 2] = [
                ("content-type", b"image/jpeg"),
                ("content-length", length.as_bytes()),
            ];
            (head(200, &headers), true)
        }
        4 => {
            let range = format!("bytes {n}-9/10");
            (head(206, &[("content-range", range.as_bytes())]), true)
        }
        5 => (head(416, &[]), true),
        _ => {
            let headers: [(&str, &[u8]); 2] = [
                ("set-cookie", b"wxuin=2799942121"),
                ("set-cookie", b"wxsid=s"),
            ];
            (head(301, &headers), true)
        }
    }
}

fn failure(kind: usize) -> Failure {
    let kinds = [
        FailureKind::Network,
        FailureKind::BadHead,
        FailureKind::BadBody,
        FailureKind::Timeout,
        FailureKind::Local,
    ];
    let reached = if kind.is_multiple_of(2) {
        Reached::No
    } else {
        Reached::Maybe
    };
    let kind = pick(&kinds, kind / 2).copied();
    Failure::new(reached, kind.unwrap_or(FailureKind::Network), "cut")
}

/// Performs an act of the clock or of the store. Returns false for any other act.
fn time(act: u8, tape: &mut Tape<'_>, driver: &mut Driver) -> bool {
    match act {
        b'd' => {
            if let Some(deadline) = driver.session.deadline() {
                driver.wait(deadline.at.since(driver.now.mono));
            }
        }
        b't' => driver.input(Input::Timeout),
        b'w' => driver.wait(tape.time()),
        b'j' => {
            let to: Instant = driver.now.mono + tape.time();
            driver.jump(to);
        }
        b'u' => {
            let shift = u64::from(tape.byte().unwrap_or_default());
            driver.now.unix_ms = shift.saturating_mul(shift).saturating_mul(30_000_000_000);
        }
        b'P' => driver.store(tape.number()),
        b'S' => driver.store_fails(),
        b'O' => driver.others(tape.number() > 0),
        _ => return false,
    }
    true
}

/// Performs an act of the application.
fn application(act: u8, tape: &mut Tape<'_>, driver: &mut Driver) {
    match act {
        b'c' => {
            let command = pick(COMMANDS, tape.number());
            let command = command.and_then(|text| serde_json::from_str(text).ok());
            assert!(command.is_some(), "a command of this file cannot be read");
            command
                .into_iter()
                .for_each(|command| driver.command(command));
        }
        b'C' => {
            if let Ok(command) = serde_json::from_slice::<Command>(tape.line()) {
                driver.command(command);
            }
        }
        b'k' => {
            if let Some(id) = pick(&driver.commands, tape.number()).copied() {
                driver.command(Command::Cancel { id });
            }
        }
        b'e' => {
            driver.next_event();
        }
        b'A' => {
            if let Some(event) = pick(&driver.delivered, tape.number()).cloned() {
                driver.ack(&event);
            }
        }
        b'F' => {
            let at = tape.number().checked_rem(driver.delivered.len());
            if let Some(at) = at {
                let event = driver.delivered.swap_remove(at);
                driver.fail(event);
            }
        }
        b'X' => driver.input(Input::Fenced),
        b'Q' => driver.close(),
        b'R' => driver.restart(Session::resume),
        b'B' => driver.restart(attach),
        _ => {}
    }
}

fn pick<T>(all: &[T], n: usize) -> Option<&T> {
    all.get(n.checked_rem(all.len())?)
}

/// What is left of the input.
struct Tape<'a>(&'a [u8]);

impl<'a> Tape<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// A small number: a digit stands for itself, and later characters for larger numbers.
    fn number(&mut self) -> usize {
        usize::from(self.byte().unwrap_or(b'0').wrapping_sub(b'0'))
    }

    fn time(&mut self) -> Duration {
        let n = self.number() as u64;
        Duration::from_millis(100 * n * n)
    }

    fn line(&mut self) -> &'a [u8] {
        let end = self.0.iter().position(|byte| *byte == b'\n');
        let (line, rest) = self.0.split_at(end.unwrap_or(self.0.len()));
        self.0 = rest.get(1..).unwrap_or_default();
        line
    }
}
