//! A connection that can be made to break.
//!
//! hyper writes only proper HTTP, so broken answers are made here, below it: its
//! next write is replaced by other bytes, or the connection is reset.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

/// Orders a connection to break; both ends share it.
#[derive(Clone, Debug, Default)]
pub(super) struct Sabotage(Arc<Mutex<Option<Break>>>);

#[derive(Clone, Debug)]
enum Break {
    /// Reset instead of the next write.
    Reset,
    /// These bytes instead of the next write, then the end.
    Raw(Bytes),
}

impl Sabotage {
    pub(super) fn reset(&self) {
        self.order(Break::Reset);
    }

    pub(super) fn raw(&self, bytes: Bytes) {
        self.order(Break::Raw(bytes));
    }

    fn order(&self, order: Break) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(order);
    }

    fn ordered(&self) -> Option<Break> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// A TLS stream that obeys a [`Sabotage`].
#[derive(Debug)]
pub(super) struct Wire {
    stream: TlsStream<TcpStream>,
    sabotage: Sabotage,
}

impl Wire {
    pub(super) fn new(stream: TlsStream<TcpStream>, sabotage: Sabotage) -> Self {
        Self { stream, sabotage }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        if matches!(self.sabotage.ordered(), Some(Break::Reset)) {
            // Closing without lingering sends RST where FIN would say that
            // the answer was complete. It is a courtesy: without it the
            // client sees the connection close early.
            let _ = self.stream.get_ref().0.set_zero_linger();
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.sabotage.ordered() {
            None => return Pin::new(&mut self.stream).poll_write(cx, buf),
            Some(Break::Reset) => {}
            Some(Break::Raw(mut bytes)) => {
                while bytes.has_remaining() {
                    let written = Pin::new(&mut self.stream).poll_write(cx, &bytes);
                    bytes.advance(ready!(written)?);
                    self.sabotage.raw(bytes.clone());
                }
                ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
            }
        }
        Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
