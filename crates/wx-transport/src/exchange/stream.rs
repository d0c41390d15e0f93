//! What hyper reads from and writes to: a TLS stream that knows how far an
//! exchange is, and that can be handed from one hyper connection to another in
//! the middle of one.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::mem::take;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

pub(super) struct Stream {
    tls: Box<TlsStream<TcpStream>>,
    progress: Arc<Progress>,
    /// Something was written and not flushed since.
    unflushed: bool,
    /// The next request has gone out already: what is written, up to the flush
    /// that follows, is dropped, and nothing is read before.
    repeated: bool,
}

/// How far an exchange is. hyper owns the stream, so that this is shared.
#[derive(Default)]
pub(super) struct Progress {
    /// All that was written has left. hyper flushes when it has written all that
    /// there is.
    left: AtomicBool,
    /// Something has come: bytes, the end, or an error.
    heard: AtomicBool,
}

impl Progress {
    /// A new exchange begins.
    pub(super) fn begin(&self) {
        self.left.store(false, Ordering::Relaxed);
        self.heard.store(false, Ordering::Relaxed);
    }

    /// Whether the request has left, if it is written at once, and nothing has
    /// come that hyper knows of and nobody else.
    pub(super) fn waits(&self) -> bool {
        self.left.load(Ordering::Relaxed) && !self.heard.load(Ordering::Relaxed)
    }
}

impl Stream {
    pub(super) fn new(tls: TlsStream<TcpStream>) -> Self {
        Self {
            tls: Box::new(tls),
            progress: Arc::default(),
            unflushed: false,
            repeated: false,
        }
    }

    pub(super) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// Waits until there is something to read: bytes, which are left where they
    /// are, or the end. Nothing is allocated meanwhile.
    pub(super) async fn readable(&mut self) -> io::Result<()> {
        poll_fn(|cx| {
            ready!(Pin::new(&mut self.tls).poll_fill_buf(cx))?;
            Poll::Ready(Ok(()))
        })
        .await
    }

    /// The same stream for a hyper connection that is to take in the answer to a
    /// request that has gone out, and that writes one like it first.
    pub(super) fn repeated(mut self) -> Self {
        self.repeated = true;
        self
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.repeated {
            // hyper looks for bytes that nobody asked for before it takes up a
            // request. Whoever hands that over polls it again, so that nobody has
            // to be woken.
            return Poll::Pending;
        }
        let read = ready!(Pin::new(&mut self.tls).poll_read(cx, into));
        self.progress.heard.store(true, Ordering::Relaxed);
        Poll::Ready(read)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.unflushed = true;
        if self.repeated {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.tls).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.unflushed = true;
        if self.repeated {
            return Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum()));
        }
        Pin::new(&mut self.tls).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.tls.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.unflushed {
            self.repeated = false;
        }
        ready!(Pin::new(&mut self.tls).poll_flush(cx))?;
        if take(&mut self.unflushed) {
            self.progress.left.store(true, Ordering::Relaxed);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tls).poll_shutdown(cx)
    }
}
