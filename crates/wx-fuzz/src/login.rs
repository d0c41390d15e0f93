//! A login against a service that answers anything, in heads and in bodies.

use std::time::Duration;

use bytes::Bytes;
use http::response;
use wx_proto::{Saved, Session, State};

use crate::session::{Driver, head};

/// The line that separates two answers.
const NEXT: &[u8] = b"\n====\n";
/// How many requests are answered.
const MAX_ANSWERS: usize = 40;

/// Reads the input as answers, separated by lines of `====`, and gives them to a login one
/// after another. An answer has a status, headers, an empty line and a body.
///
/// # Panics
///
/// If anything is sent to an unknown host, or a promise of the core is broken.
pub fn login(bytes: &[u8]) {
    let mut driver = Driver::new(Saved::new(), Session::resume);
    for answer in answers(bytes).take(MAX_ANSWERS) {
        while driver.out.is_empty() && !matches!(driver.session.state(), State::Ended { .. }) {
            let Some(deadline) = driver.session.deadline() else {
                break;
            };
            driver.wait(deadline.at.since(driver.now.mono));
        }
        let Some(id) = driver.out.front().map(|request| request.id) else {
            break;
        };
        let (head, body) = read(answer);
        driver.answer(id, head, Bytes::copy_from_slice(body));
        driver.store(usize::MAX);
        while driver.next_event() {}
        driver.wait(Duration::from_millis(1));
    }
    driver.end();
}

fn answers(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut over = false;
    std::iter::from_fn(move || {
        if over {
            return None;
        }
        let found = bytes.windows(NEXT.len()).position(|window| window == NEXT);
        let Some((answer, rest)) = found.and_then(|at| bytes.split_at_checked(at)) else {
            over = true;
            return Some(bytes);
        };
        bytes = rest.get(NEXT.len()..).unwrap_or_default();
        Some(answer)
    })
}

fn read(answer: &[u8]) -> (response::Parts, &[u8]) {
    let mut rest = answer;
    let mut line = || {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after.get(1..).unwrap_or_default();
        line
    };
    let status = str::from_utf8(line()).ok();
    let status = status.and_then(|status| status.trim().parse().ok());
    let mut headers = Vec::new();
    loop {
        let header = line();
        let mut parts = header.splitn(2, |byte| *byte == b':');
        let name = parts.next().and_then(|name| str::from_utf8(name).ok());
        let (Some(name), Some(value)) = (name, parts.next()) else {
            break;
        };
        headers.push((name, value.trim_ascii()));
    }
    (head(status.unwrap_or(200), &headers), rest)
}
