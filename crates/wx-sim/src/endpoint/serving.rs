//! Files as they are served: whole, in part, or not at all.
//!
//! What is not there has an empty body and status 200, as for the emoticons of
//! the shop. A request without a live session is refused in JSON.

use bytes::Bytes;
use http::header::{ACCEPT_RANGES, CONTENT_RANGE, RANGE};
use http::{HeaderValue, Response, StatusCode};

use crate::feed::Message;
use crate::media;
use crate::reply;
use crate::request::Incoming;
use crate::service::{Claim, Door, Service};

/// The answer that has these bytes, or those of them that were asked for.
pub(super) fn serve(service: &Service, request: &Incoming, bytes: &Bytes) -> Response<Bytes> {
    let len = bytes.len();
    let range = request.header(&RANGE).filter(|_| !service.config.no_range);
    let mut response = match range.and_then(|range| Span::parse(range, len)) {
        None => reply::typed(media::content_type(bytes), bytes.clone()),
        Some(Span::Within { start, end }) => {
            let mut part = reply::typed(media::content_type(bytes), bytes.slice(start..end));
            *part.status_mut() = StatusCode::PARTIAL_CONTENT;
            say_range(&mut part, &format!("bytes {start}-{}/{len}", end - 1));
            part
        }
        Some(Span::Beyond) => {
            let mut nothing = reply::status(StatusCode::RANGE_NOT_SATISFIABLE, "");
            say_range(&mut nothing, &format!("bytes */{len}"));
            nothing
        }
    };
    if !service.config.no_range {
        let bytes = HeaderValue::from_static("bytes");
        response.headers_mut().insert(ACCEPT_RANGES, bytes);
    }
    response
}

/// The answer where there is no file.
pub(super) fn nothing() -> Response<Bytes> {
    reply::typed("application/octet-stream", "")
}

/// Serves the file that `pick` finds with the message which `msgid` names.
pub(super) fn of_message(
    service: &mut Service,
    request: &Incoming,
    pick: impl FnOnce(&Message) -> Option<Bytes>,
) -> Response<Bytes> {
    let claim = Claim::from_cookies(request);
    let index = match service.authorize(request, &claim, Door::Base) {
        Ok(index) => index,
        Err(ret) => return reply::ret(ret),
    };
    // Clients write MsgID, MsgId and msgid.
    let msg_id = request.param_in_any_case("msgid");
    let msg_id = msg_id.and_then(|msg_id| msg_id.parse().ok());
    let account = service.accounts.get(index);
    let message = account.and_then(|account| account.message(msg_id?));
    match message.and_then(pick) {
        Some(bytes) => serve(service, request, &bytes),
        None => nothing(),
    }
}

fn say_range(response: &mut Response<Bytes>, range: &str) {
    // Digits, blanks and slashes are valid in a header.
    if let Ok(range) = HeaderValue::from_str(range) {
        response.headers_mut().insert(CONTENT_RANGE, range);
    }
}

/// What a `Range` asks for.
#[derive(Debug, PartialEq, Eq)]
enum Span {
    /// At least one byte; `end` is exclusive.
    Within { start: usize, end: usize },
    /// Nothing that is there.
    Beyond,
}

impl Span {
    /// `None` for what is no range, or several: then the file is sent whole.
    fn parse(range: &str, len: usize) -> Option<Self> {
        let (first, last) = range.trim().strip_prefix("bytes=")?.split_once('-')?;
        let (start, end) = if first.is_empty() {
            (len.saturating_sub(last.parse().ok()?), len)
        } else if last.is_empty() {
            (first.parse().ok()?, len)
        } else {
            let last: usize = last.parse().ok()?;
            (first.parse().ok()?, len.min(last.saturating_add(1)))
        };
        Some(if start < end {
            Self::Within { start, end }
        } else {
            Self::Beyond
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Span;

    #[test]
    fn ranges_name_the_bytes_they_ask_for() {
        let within = |start, end| Some(Span::Within { start, end });
        for (range, expected) in [
            ("bytes=0-", within(0, 10)),
            ("bytes=0-0", within(0, 1)),
            ("bytes=9-", within(9, 10)),
            ("bytes=4-99", within(4, 10)),
            ("bytes=-3", within(7, 10)),
            ("bytes=-99", within(0, 10)),
            ("bytes=10-", Some(Span::Beyond)),
            ("bytes=-0", Some(Span::Beyond)),
            ("bytes=5-4", Some(Span::Beyond)),
            ("bytes=0-1,3-4", None),
            ("bytes=-", None),
            ("items=0-", None),
        ] {
            assert_eq!(Span::parse(range, 10), expected, "{range}");
        }
        assert_eq!(Span::parse("bytes=0-", 0), Some(Span::Beyond));
    }
}
