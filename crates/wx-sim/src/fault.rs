//! Faults on demand: what a test orders to go wrong, and how it does.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use serde::Deserialize;

use crate::codes::Ret;
use crate::endpoint;
use crate::reply::{self, Reply};
use crate::request::Incoming;

/// A fault as the control call `fault` orders it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Fault {
    /// The endpoint that it strikes (`webwxsync`, `login` …), or any part of
    /// a path that is no endpoint's name.
    pub path: String,
    /// What goes wrong.
    pub kind: FaultKind,
    /// How many requests it strikes.
    #[serde(default = "one")]
    pub count: u32,
    /// How many matching requests pass before.
    #[serde(default)]
    pub skip: u32,
    /// Whether the request takes effect, where the kind leaves it open.
    pub handled: Option<bool>,
    /// For `status`: the HTTP status; 502 if left out.
    pub status: Option<u16>,
    /// For `ret`: the Ret, retcode or login code; 1 if left out.
    pub ret: Option<i32>,
    /// For `body`: the body in place of the answer's.
    pub body: Option<String>,
    /// For `content_type`: the type in place of the answer's; `text/html` if
    /// left out.
    pub content_type: Option<String>,
    /// For `truncate`: bytes of the body that arrive, half of it if left out.
    /// For `reset` and `hang`: the answer breaks after so many bytes of its
    /// body, and not before its head.
    #[serde(alias = "sent")]
    pub after_bytes: Option<usize>,
    /// For `slow`: how long the body takes; 3000 if left out.
    pub over_ms: Option<u64>,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FaultKind {
    /// Another HTTP status, without taking effect unless `handled`.
    Status,
    /// The connection is reset before the request takes effect.
    ResetBefore,
    /// The request takes effect, then the connection is reset.
    Reset,
    /// The answer breaks off in its body.
    Truncate,
    /// The answer's body trickles in.
    Slow,
    /// The answer loses its last quarter, so that it is no JSON.
    BadJson,
    /// The answer has another Content-Type.
    ContentType,
    /// The answer's body is empty.
    Empty,
    /// The answer has another body.
    Body,
    /// The service refuses: nothing takes effect.
    Ret,
    /// No answer, and the connection stays open; nothing takes effect unless
    /// `handled`.
    Hang,
    /// The first line of the answer is `HTTP/1.1 0`, as push servers have
    /// been seen to send.
    StatusLine,
}

impl Fault {
    /// A fault that strikes the next request for `path`.
    #[must_use]
    pub fn new(path: impl Into<String>, kind: FaultKind) -> Self {
        Self {
            path: path.into(),
            kind,
            count: 1,
            skip: 0,
            handled: None,
            status: None,
            ret: None,
            body: None,
            content_type: None,
            after_bytes: None,
            over_ms: None,
        }
    }

    /// A fault that refuses the next request for `path` with this Ret, retcode
    /// or login code.
    #[must_use]
    pub fn refusal(path: impl Into<String>, ret: i32) -> Self {
        Self {
            ret: Some(ret),
            ..Self::new(path, FaultKind::Ret)
        }
    }

    /// Strikes so many requests.
    #[must_use]
    pub fn count(self, count: u32) -> Self {
        Self { count, ..self }
    }

    /// Lets so many matching requests pass before.
    #[must_use]
    pub fn skip(self, skip: u32) -> Self {
        Self { skip, ..self }
    }

    fn matches(&self, request: &Incoming) -> bool {
        if endpoint::is_name(&self.path) {
            request.endpoint() == self.path
        } else {
            request.path.contains(&self.path)
        }
    }

    /// Whether the request takes effect all the same.
    pub(crate) fn lets_through(&self) -> bool {
        let by_kind = match self.kind {
            FaultKind::ResetBefore | FaultKind::Ret => return false,
            FaultKind::Hang => self.after_bytes.is_some(),
            FaultKind::Status | FaultKind::Body => false,
            FaultKind::Reset
            | FaultKind::Truncate
            | FaultKind::Slow
            | FaultKind::BadJson
            | FaultKind::ContentType
            | FaultKind::Empty
            | FaultKind::StatusLine => true,
        };
        self.handled.unwrap_or(by_kind)
    }

    /// What comes back for a request that was not let through.
    pub(crate) fn instead(&self, request: &Incoming) -> Reply {
        if self.kind == FaultKind::Ret {
            let refusal = endpoint::refusal(
                request.endpoint(),
                self.ret.map_or(Ret::PARAMETER_ERROR, Ret),
            );
            return Reply::Response(refusal);
        }
        self.spoil(reply::json(String::new()))
    }

    /// What becomes of the answer.
    pub(crate) fn spoil(&self, mut response: Response<Bytes>) -> Reply {
        let len = response.body().len();
        match self.kind {
            FaultKind::Status => {
                let code = self.status.and_then(|code| StatusCode::from_u16(code).ok());
                let code = code.unwrap_or(StatusCode::BAD_GATEWAY);
                response = reply::status(code, "<html><body>error</body></html>\n");
            }
            FaultKind::ResetBefore => return Reply::Reset,
            FaultKind::Reset => {
                return match self.after_bytes {
                    Some(sent) => Reply::ResetWithin { response, sent },
                    None => Reply::Reset,
                };
            }
            FaultKind::Truncate => {
                let sent = self.after_bytes.unwrap_or(len / 2);
                let sent = sent.min(len.saturating_sub(1));
                return Reply::Truncated { response, sent };
            }
            FaultKind::Slow => {
                let over_ms = self.over_ms.unwrap_or(3000);
                return Reply::Slow { response, over_ms };
            }
            FaultKind::BadJson => {
                let kept = response.body().slice(..len - len / 4);
                *response.body_mut() = kept;
            }
            FaultKind::ContentType => {
                let text = self.content_type.as_deref().unwrap_or("text/html");
                if let Ok(value) = HeaderValue::from_str(text) {
                    response.headers_mut().insert(CONTENT_TYPE, value);
                }
            }
            FaultKind::Empty => *response.body_mut() = Bytes::new(),
            FaultKind::Body => {
                *response.body_mut() = self.body.clone().unwrap_or_default().into();
            }
            // The refusal was made in `instead`.
            FaultKind::Ret => {}
            FaultKind::Hang => {
                return match self.after_bytes {
                    Some(sent) => Reply::HangWithin { response, sent },
                    None => Reply::Hang,
                };
            }
            FaultKind::StatusLine => {
                return Reply::Raw(Bytes::from_static(b"HTTP/1.1 0\r\n\r\n"));
            }
        }
        Reply::Response(response)
    }
}

/// The faults that are still to strike, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn order(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// The fault that strikes this request, if any.
    pub(crate) fn strike(&mut self, request: &Incoming) -> Option<Fault> {
        self.0.retain(|fault| fault.count > 0);
        for fault in self.0.iter_mut().filter(|fault| fault.matches(request)) {
            if fault.skip > 0 {
                fault.skip -= 1;
                continue;
            }
            fault.count = fault.count.checked_sub(1)?;
            return Some(fault.clone());
        }
        None
    }

    /// How many requests will still be struck.
    pub(crate) fn remaining(&self) -> u32 {
        self.0.iter().map(|fault| fault.count).sum()
    }
}

/// How often something is to happen, if nobody says.
pub(crate) fn one() -> u32 {
    1
}
