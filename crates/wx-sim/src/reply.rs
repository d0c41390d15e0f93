//! What goes back to the client, faults of the connection included, and the
//! heads of ordinary answers.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};

use crate::codes::Ret;
use crate::layout::Json;

/// The fate of a request. Whoever carries the bytes plays it out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Reply {
    /// An answer.
    Response(Response<Bytes>),
    /// The connection is reset; no byte of an answer arrives.
    Reset,
    /// The connection breaks after so many bytes of the body, while the head
    /// promises all of it.
    Truncated {
        /// The whole answer.
        response: Response<Bytes>,
        /// Bytes of its body that arrive.
        sent: usize,
    },
    /// The connection is reset after so many bytes of the body.
    ResetWithin {
        /// The whole answer.
        response: Response<Bytes>,
        /// Bytes of its body that arrive.
        sent: usize,
    },
    /// Nothing more arrives after so many bytes of the body, and the
    /// connection stays open.
    HangWithin {
        /// The whole answer.
        response: Response<Bytes>,
        /// Bytes of its body that arrive.
        sent: usize,
    },
    /// The body trickles in over a time.
    Slow {
        /// The whole answer.
        response: Response<Bytes>,
        /// From the head to the last byte, in milliseconds.
        over_ms: u64,
    },
    /// Nothing arrives and the connection stays open.
    Hang,
    /// These bytes arrive in place of an HTTP answer, then the connection is
    /// closed.
    Raw(Bytes),
}

/// A JSON body under the Content-Type that the service gives it: without a
/// charset, although it is UTF-8.
pub(crate) fn json(body: String) -> Response<Bytes> {
    typed("text/plain", body)
}

/// A body that is nothing but its BaseResponse.
pub(crate) fn ret(ret: Ret) -> Response<Bytes> {
    json(Json::response(ret, "").finish())
}

/// A script, as login and synccheck answer.
pub(crate) fn script(body: String) -> Response<Bytes> {
    typed("text/javascript", body)
}

pub(crate) fn typed(content_type: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

pub(crate) fn status(status: StatusCode, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = typed("text/html", body);
    *response.status_mut() = status;
    response
}
