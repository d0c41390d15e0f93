//! Bodies of answers: whole, trickling, or breaking off.

use std::io::{self, Write as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderValue, Response};
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use super::wire::Sabotage;

/// How many pieces a slow body comes in.
const PIECES: u32 = 10;

/// A body in pieces with a pause before each, which promises `promised` bytes
/// and may break off before.
#[derive(Debug)]
pub(super) struct Pieces {
    rest: Bytes,
    promised: u64,
    piece: usize,
    pause: Duration,
    end: End,
    sleep: Option<Pin<Box<Sleep>>>,
}

/// How a body ends.
#[derive(Debug)]
enum End {
    /// With the last byte that was promised.
    Complete,
    /// The connection is closed.
    Close,
    /// The connection is reset.
    Reset(Sabotage),
    /// It does not.
    Hang,
}

impl Pieces {
    pub(super) fn whole(body: Bytes) -> Self {
        Self {
            promised: body.len() as u64,
            piece: body.len(),
            rest: body,
            pause: Duration::ZERO,
            end: End::Complete,
            sleep: None,
        }
    }

    pub(super) fn slow(body: Bytes, over: Duration) -> Self {
        Self {
            piece: body.len().div_ceil(PIECES as usize),
            pause: over / PIECES,
            ..Self::whole(body)
        }
    }

    /// The connection is closed after so many bytes.
    pub(super) fn truncated(body: Bytes, sent: usize) -> Self {
        Self::cut(body, sent, End::Close)
    }

    /// The connection is reset after so many bytes.
    pub(super) fn reset(body: Bytes, sent: usize, sabotage: &Sabotage) -> Self {
        Self::cut(body, sent, End::Reset(sabotage.clone()))
    }

    /// After so many bytes nothing more happens.
    pub(super) fn hanging(body: Bytes, sent: usize) -> Self {
        Self::cut(body, sent, End::Hang)
    }

    fn cut(body: Bytes, sent: usize, end: End) -> Self {
        Self {
            rest: body.slice(..sent.min(body.len())),
            // hyper must have a moment to flush what was sent before.
            pause: Duration::from_millis(1),
            end,
            ..Self::whole(body)
        }
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if !self.pause.is_zero() {
            let pause = self.pause;
            let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep(pause)));
            ready!(sleep.as_mut().poll(cx));
            self.sleep = None;
        }
        if self.rest.is_empty() {
            match &self.end {
                End::Complete => return Poll::Ready(None),
                End::Close => {}
                End::Reset(sabotage) => sabotage.reset(),
                End::Hang => return Poll::Pending,
            }
            return Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())));
        }
        let len = self.piece.min(self.rest.len());
        let piece = self.rest.split_to(len);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && matches!(self.end, End::Complete)
    }

    fn size_hint(&self) -> SizeHint {
        // Read once, before the first piece.
        SizeHint::with_exact(self.promised)
    }
}

/// The same answer in gzip. Media is served as it is, as it may be a range.
pub(super) fn compress(response: Response<Bytes>) -> Response<Bytes> {
    let (mut head, body) = response.into_parts();
    let content_type = head.headers.get(CONTENT_TYPE);
    if !content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/")) {
        return Response::from_parts(head, body);
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to a Vec cannot fail.
    let packed = encoder.write_all(&body).and_then(|()| encoder.finish());
    let body = match packed {
        Ok(packed) => {
            let gzip = HeaderValue::from_static("gzip");
            head.headers.insert(CONTENT_ENCODING, gzip);
            packed.into()
        }
        Err(_) => body,
    };
    Response::from_parts(head, body)
}
