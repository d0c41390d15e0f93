//! The body of a request: pieces that are sent one after the other and never
//! copied, and a report of how far that is.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};

/// The most bytes that are handed to the connection at a time: as many as a TLS
/// record holds. hyper takes frames until 64 KiB wait to be written, so that
/// smaller ones keep progress close to what is written.
const FRAME: usize = 16 * 1024;

/// The body of a request: any number of [`Bytes`], sent one after the other.
///
/// Its length is known and becomes the request's Content-Length. Nothing is
/// copied, so the pieces of a file can be mixed with what a multipart form
/// puts around them.
///
/// ```
/// use bytes::Bytes;
/// use wx_transport::Body;
///
/// let file = Bytes::from_static(b"file");
/// let body = Body::from(vec![Bytes::from_static(b"before"), file, Bytes::from_static(b"after")]);
/// assert_eq!(body.len(), 15);
/// ```
#[derive(Clone, Default)]
pub struct Body {
    /// None of them is empty.
    pieces: VecDeque<Bytes>,
    /// The bytes in all pieces together.
    left: u64,
    handed: u64,
    progress: Option<Arc<dyn Fn(u64) + Send + Sync>>,
}

impl Body {
    /// How many bytes there are to send.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.left
    }

    /// Whether there is nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.left == 0
    }

    /// Calls `hook` with the number of bytes of this body that have been handed
    /// to the connection so far: after every 16 KiB and at the end of each
    /// piece, always more than the time before, at last [`Body::len`]. For an
    /// empty body it is not called.
    ///
    /// This is ahead of what the server has. Below it lie buffers of about
    /// 150 KiB in this process, and those of the operating system, which hold
    /// a few hundred KiB on common links. So the full length does not mean that
    /// the server has the body; only its answer says that. A server that
    /// answers early may be given less than all.
    ///
    /// The hook runs while the request is sent and must not block.
    #[must_use]
    pub fn on_progress(mut self, hook: Arc<dyn Fn(u64) + Send + Sync>) -> Self {
        self.progress = Some(hook);
        self
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::from(vec![bytes])
    }
}

impl From<Vec<Bytes>> for Body {
    fn from(mut pieces: Vec<Bytes>) -> Self {
        pieces.retain(|piece| !piece.is_empty());
        Self {
            left: pieces.iter().map(|piece| piece.len() as u64).sum(),
            pieces: pieces.into(),
            handed: 0,
            progress: None,
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("len", &self.left)
            .finish_non_exhaustive()
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let body = self.get_mut();
        let Some(mut frame) = body.pieces.pop_front() else {
            return Poll::Ready(None);
        };
        if frame.len() > FRAME {
            body.pieces.push_front(frame.split_off(FRAME));
        }
        let length = frame.len() as u64;
        body.left -= length;
        body.handed += length;
        if let Some(progress) = &body.progress {
            progress(body.handed);
        }
        Poll::Ready(Some(Ok(Frame::data(frame))))
    }

    fn is_end_stream(&self) -> bool {
        self.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn frames_are_slices_of_the_pieces() {
        let pieces = [1, 2 * FRAME + 1, 0, FRAME].map(|length| Bytes::from(vec![b'x'; length]));
        let mut body = Body::from(pieces.to_vec());
        let at = |piece: usize, offset| pieces.get(piece).unwrap().as_ptr().wrapping_add(offset);
        for (start, length) in [
            (at(0, 0), 1),
            (at(1, 0), FRAME),
            (at(1, FRAME), FRAME),
            (at(1, 2 * FRAME), 1),
            (at(3, 0), FRAME),
        ] {
            assert!(!hyper::body::Body::is_end_stream(&body));
            let data = body.frame().await.unwrap().unwrap().into_data().unwrap();
            assert_eq!((data.as_ptr(), data.len()), (start, length));
        }
        assert!(hyper::body::Body::is_end_stream(&body));
        assert!(body.frame().await.is_none());
    }
}
