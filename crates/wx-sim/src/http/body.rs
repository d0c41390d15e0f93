//! Bodies of answers: whole, trickling, or breaking off.

use std::io::{self, Write as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::CONTENT_ENCODING;
use http::{HeaderValue, Response};
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

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
    breaks_off: bool,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Pieces {
    pub(super) fn whole(body: Bytes) -> Self {
        Self {
            promised: body.len() as u64,
            piece: body.len(),
            rest: body,
            pause: Duration::ZERO,
            breaks_off: false,
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

    pub(super) fn truncated(body: Bytes, sent: usize) -> Self {
        Self {
            rest: body.slice(..sent.min(body.len())),
            // hyper must have a moment to flush what was sent before.
            pause: Duration::from_millis(1),
            breaks_off: true,
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
            let end = self
                .breaks_off
                .then(|| Err(io::ErrorKind::ConnectionAborted.into()));
            return Poll::Ready(end);
        }
        let len = self.piece.min(self.rest.len());
        let piece = self.rest.split_to(len);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && !self.breaks_off
    }

    fn size_hint(&self) -> SizeHint {
        // Read once, before the first piece.
        SizeHint::with_exact(self.promised)
    }
}

/// The same answer in gzip.
pub(super) fn compress(response: Response<Bytes>) -> Response<Bytes> {
    let (mut head, body) = response.into_parts();
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
