//! Where the bytes of a download go, and which answers contain any.

use http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};
use http::{StatusCode, response};
use wx_wire::endpoint::{BaseResponse, webwxoplog};

use crate::command::CommandId;

/// A place for the bytes of a download.
///
/// The driver calls [`accepts`](Self::accepts) with the answer's head. Accepted
/// bytes go to the place that the command named, in order, and an
/// [`Input::Response`](crate::Input::Response) with an empty body then says
/// that all of them are there. Any other answer is handed in as usual, with its
/// body, and so is a [doubtful](Target::doubtful) one that turns out to be [a
/// refusal](Self::is_refusal).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sink {
    /// The command that named the place.
    pub command: CommandId,
    /// The first byte of the whole that the request asks for.
    pub from: u64,
    /// When an answer of text may be what was asked for.
    pub(crate) text: Text,
}

/// When an answer of text is not a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// Never: pictures, voices and videos are not text.
    Never,
    /// If the whole has this length. Refusals are text too.
    OfLength(u64),
    /// If its content is not a refusal, since the length is unknown.
    Unrefused,
}

/// Which bytes of the whole an answer contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// The first of them. Whatever the place has from there on is replaced.
    pub from: u64,
    /// How long the whole is, if the server says so.
    pub whole: Option<u64>,
    /// It may be a refusal, which its head does not show. So hold its bytes
    /// back until there are more than
    /// [`max_response`](crate::Request::max_response) of them, or all have come
    /// and are [not a refusal](Sink::is_refusal).
    pub doubtful: bool,
}

impl Sink {
    /// The bytes of an answer, if it contains any that belong here.
    #[must_use]
    pub fn accepts(&self, head: &response::Parts) -> Option<Target> {
        let target = self.target(head)?;
        if !is_text(head) {
            return Some(target);
        }
        match self.text {
            Text::Never => None,
            Text::OfLength(length) => (target.whole == Some(length)).then_some(target),
            // Refusals know nothing of ranges.
            Text::Unrefused => Some(Target {
                doubtful: head.status == StatusCode::OK,
                ..target
            }),
        }
    }

    /// True if the whole body of an answer is the server's refusal, in the JSON
    /// of all its other answers, instead of what was asked for.
    #[must_use]
    pub fn is_refusal(body: &[u8]) -> bool {
        refusal(body).is_some()
    }

    fn target(&self, head: &response::Parts) -> Option<Target> {
        match head.status {
            StatusCode::OK => {
                // The server ignores ranges and sends everything from the
                // start.
                let length = head.headers.get(CONTENT_LENGTH);
                let whole = length.and_then(|length| length.to_str().ok()?.parse().ok());
                Some(Target {
                    from: 0,
                    whole,
                    doubtful: false,
                })
            }
            StatusCode::PARTIAL_CONTENT => {
                let range = head.headers.get(CONTENT_RANGE)?.to_str().ok()?;
                let target = content_range(range)?;
                // Bytes from further on would leave a hole.
                (target.from <= self.from).then_some(target)
            }
            _ => None,
        }
    }
}

/// What the server says in place of a medium.
pub(crate) fn refusal(body: &[u8]) -> Option<BaseResponse> {
    // The paths of media have no JSON answers of their own; webwxoplog's is
    // nothing but the verdict.
    let response = webwxoplog::Response::decode(body).ok()?;
    Some(response.base_response()).filter(|verdict| !verdict.ret.is_ok())
}

fn is_text(head: &response::Parts) -> bool {
    let media_type = head.headers.get(CONTENT_TYPE);
    let media_type = media_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_ascii_lowercase();
    let textual = ["text/", "application/json", "application/javascript"];
    textual.iter().any(|prefix| media_type.starts_with(prefix))
}

/// `bytes 0-99/200` or `bytes 0-99/*` (RFC 9110 §14.4).
fn content_range(text: &str) -> Option<Target> {
    let (range, whole) = text.trim().strip_prefix("bytes")?.trim().split_once('/')?;
    let (from, _) = range.split_once('-')?;
    Some(Target {
        from: from.trim().parse().ok()?,
        whole: whole.trim().parse().ok(),
        doubtful: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sink(from: u64) -> Sink {
        Sink {
            command: CommandId(1),
            from,
            text: Text::Never,
        }
    }

    fn head(status: u16, headers: &[(&str, &str)]) -> response::Parts {
        let mut builder = http::Response::builder().status(status);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(()).unwrap().into_parts().0
    }

    #[test]
    fn a_whole_answer_starts_anew() {
        let ok = head(
            200,
            &[("Content-Type", "image/jpeg"), ("Content-Length", "7")],
        );
        let expected = Target {
            from: 0,
            whole: Some(7),
            doubtful: false,
        };
        assert_eq!(sink(5).accepts(&ok), Some(expected));
    }

    #[test]
    fn a_part_goes_where_it_says() {
        let part = head(206, &[("Content-Range", "bytes 5-9/10")]);
        let expected = Target {
            from: 5,
            whole: Some(10),
            doubtful: false,
        };
        assert_eq!(sink(5).accepts(&part), Some(expected));
        let unknown = head(206, &[("Content-Range", "bytes 5-9/*")]);
        let target = sink(9).accepts(&unknown).unwrap();
        assert_eq!((target.from, target.whole), (5, None));
    }

    #[test]
    fn what_would_leave_a_hole_or_is_none_is_refused() {
        for (status, range) in [
            (206, "bytes 6-9/10"),
            (206, "bytes */10"),
            (206, "5-9"),
            (206, ""),
        ] {
            let part = head(status, &[("Content-Range", range)]);
            assert_eq!(sink(5).accepts(&part), None, "{range}");
        }
        assert_eq!(sink(0).accepts(&head(404, &[])), None);
        assert_eq!(sink(0).accepts(&head(206, &[])), None);
    }

    #[test]
    fn text_in_place_of_a_picture_is_a_refusal() {
        let json = head(200, &[("Content-Type", "text/plain; charset=utf-8")]);
        assert_eq!(sink(0).accepts(&json), None);
        let file = |text| Sink { text, ..sink(0) };
        let target = file(Text::Unrefused).accepts(&json).unwrap();
        assert!(target.doubtful, "only its bytes tell");
        let part = [
            ("Content-Type", "text/plain"),
            ("Content-Range", "bytes 0-9/10"),
        ];
        let target = file(Text::Unrefused).accepts(&head(206, &part)).unwrap();
        assert!(!target.doubtful, "no refusal comes in parts");
        let file = file(Text::OfLength(7));
        assert_eq!(file.accepts(&json), None, "of no length");
        let headers = |length| [("Content-Type", "text/plain"), ("Content-Length", length)];
        assert!(file.accepts(&head(200, &headers("7"))).is_some());
        assert_eq!(file.accepts(&head(200, &headers("60"))), None);
    }
}
