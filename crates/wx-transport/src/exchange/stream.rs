//! What hyper reads from and writes to: a TLS stream that knows whether all
//! that was written has left, and that can be handed from one hyper connection
//! to another in the middle of an exchange.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

/// How much of an answer is read before hyper is there to read it.
const FIRST_READ: usize = 2048;

pub(super) struct Stream {
    tls: Box<TlsStream<TcpStream>>,
    written: Arc<Written>,
    resumed: Option<Resumed>,
}

/// An exchange that another hyper connection began.
struct Resumed {
    /// The request is on its way already. What this connection writes of it is
    /// dropped, and nothing is read before.
    request: Request,
    /// The bytes of the answer that came before this connection.
    begun: Bytes,
}

enum Request {
    Unwritten,
    Written,
    Flushed,
}

/// How far a request is. hyper owns the stream, so that this is shared.
#[derive(Default)]
pub(super) struct Written(AtomicU8);

impl Written {
    const NOTHING: u8 = 0;
    const SOME: u8 = 1;
    const ALL: u8 = 2;

    /// A new request begins.
    pub(super) fn nothing(&self) {
        self.0.store(Self::NOTHING, Ordering::Relaxed);
    }

    /// Whether what was written has left, if it was written at once. hyper
    /// flushes when all that it has to write is written.
    pub(super) fn all(&self) -> bool {
        self.0.load(Ordering::Relaxed) == Self::ALL
    }

    fn some(&self) {
        self.0.store(Self::SOME, Ordering::Relaxed);
    }

    fn flushed(&self) {
        let (some, all) = (Self::SOME, Self::ALL);
        // Nothing that was written is nothing that was flushed.
        let _ = (self.0).compare_exchange(some, all, Ordering::Relaxed, Ordering::Relaxed);
    }
}

impl Stream {
    pub(super) fn new(tls: TlsStream<TcpStream>) -> Self {
        Self {
            tls: Box::new(tls),
            written: Arc::default(),
            resumed: None,
        }
    }

    pub(super) fn written(&self) -> Arc<Written> {
        Arc::clone(&self.written)
    }

    /// Waits for the first bytes of an answer. None are the end of the stream.
    ///
    /// Nothing is allocated for them before they are there.
    pub(super) async fn first_bytes(&mut self) -> io::Result<Bytes> {
        poll_fn(|cx| {
            let mut room = [MaybeUninit::uninit(); FIRST_READ];
            let mut room = ReadBuf::uninit(&mut room);
            ready!(Pin::new(&mut self.tls).poll_read(cx, &mut room))?;
            Poll::Ready(Ok(Bytes::copy_from_slice(room.filled())))
        })
        .await
    }

    /// The same stream for a hyper connection that did not begin the exchange:
    /// the request that it writes first is dropped, and these bytes come before
    /// those that are yet to be read.
    pub(super) fn resumed(mut self, begun: Bytes) -> Self {
        let request = Request::Unwritten;
        self.resumed = Some(Resumed { request, begun });
        self
    }

    /// Takes what is written into the place of a request that was written before.
    fn drops(&mut self) -> bool {
        match &mut self.resumed {
            Some(Resumed { request, .. }) if !matches!(request, Request::Flushed) => {
                *request = Request::Written;
                true
            }
            _ => {
                self.written.some();
                false
            }
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Some(resumed) = &mut self.resumed else {
            return Pin::new(&mut self.tls).poll_read(cx, into);
        };
        if !matches!(resumed.request, Request::Flushed) {
            // hyper looks for bytes that nobody asked for before it takes up a
            // request.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let taken = into.remaining().min(resumed.begun.len());
        into.put_slice(&resumed.begun.split_to(taken));
        if !resumed.begun.has_remaining() {
            self.resumed = None;
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.drops() {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.tls).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.drops() {
            return Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum()));
        }
        Pin::new(&mut self.tls).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.tls.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Some(Resumed { request, .. }) = &mut self.resumed
            && matches!(request, Request::Written)
        {
            *request = Request::Flushed;
        }
        ready!(Pin::new(&mut self.tls).poll_flush(cx))?;
        self.written.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tls).poll_shutdown(cx)
    }
}
