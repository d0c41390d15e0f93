//! One connection, and one request and answer on it.
//!
//! hyper splits a connection into a sender and a future that does the work.
//! Here that future is polled by whoever awaits the exchange and rests with the
//! connection in between, so that a connection costs no task, reads nothing that
//! nobody waits for, and ends with the exchange that is dropped.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::{TrySendError, http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::{unconstrained, yield_now};
use tokio_rustls::client::TlsStream;

use crate::body::Body;
use crate::config::{HostPort, Limits};
use crate::error::{Error, Phase};

type Stream = TokioIo<TlsStream<TcpStream>>;

/// The body of a request on its way. Boxed: hyper's channel has room for 32
/// requests from the start, in every connection.
type Boxed = Box<Body>;

/// A request on its way. Boxed, so that a future that waits for the answer
/// keeps no room for what is long gone.
pub(crate) type Outgoing = Box<Request<Boxed>>;

/// An open connection.
pub(crate) struct Connection {
    /// The host and port of the requests that it is for.
    pub(crate) origin: HostPort,
    sender: http1::SendRequest<Boxed>,
    /// `None` once it has ended, in whatever way; the sender and the bodies
    /// have learned of it then.
    http: Option<Box<http1::Connection<Stream, Boxed>>>,
}

/// An answer whose head has come and whose body is read on demand. Dropping it
/// closes the connection.
pub(crate) struct Answer {
    connection: Connection,
    body: Incoming,
}

/// Why there is no answer.
pub(crate) enum Failure {
    /// Nothing of the request was written; here it is again.
    Unsent(Outgoing, hyper::Error),
    /// The request was handed to the connection.
    Failed(Error),
}

impl Connection {
    pub(crate) async fn new(origin: HostPort, stream: TlsStream<TcpStream>) -> Result<Self, Error> {
        let (sender, http) = http1::Builder::new()
            .max_buf_size(Limits::HEAD)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(|error| Error::new(Phase::Send, error))?;
        Ok(Self {
            origin,
            sender,
            http: Some(Box::new(http)),
        })
    }

    /// Whether an unused connection is still open, as far as can be known.
    pub(crate) async fn is_still_open(&mut self) -> bool {
        // Lets the runtime look at its sockets, so that an end that has
        // arrived by now is seen before the request is written.
        yield_now().await;
        self.is_ready().await
    }

    /// Whether the connection can take a request at once.
    pub(crate) async fn is_ready(&mut self) -> bool {
        // Without tokio's budget: this polls only once, and a forced pause
        // would count as "not ready".
        unconstrained(poll_fn(|cx| {
            if let Some(http) = &mut self.http
                && Pin::new(http).poll(cx).is_ready()
            {
                self.http = None;
            }
            Poll::Ready(self.http.is_some() && self.sender.is_ready())
        }))
        .await
    }

    /// Sends a request and takes in the head of its answer.
    pub(crate) async fn begin(mut self, request: Outgoing) -> Result<Response<Answer>, Failure> {
        let answer = Box::pin(self.sender.try_send_request(*request));
        // Errors of the connection come to the sender as well.
        let response = alongside(&mut self.http, |_| (), answer)
            .await
            .map_err(failure)?;
        Ok(response.map(|body| Answer {
            connection: self,
            body,
        }))
    }
}

impl Answer {
    /// How long the body is said to be, before anything of it is read.
    pub(crate) fn announced(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }

    /// The next bytes of the body, at least one, or `None` at its end. Nothing
    /// is lost when the future is dropped.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            // Errors of the connection come to the body as well.
            let frame = alongside(&mut self.connection.http, |_| (), self.body.frame()).await;
            let Some(frame) = frame else {
                return Ok(None);
            };
            let frame = frame.map_err(|error| Error::after_write(Phase::Body, error))?;
            match frame.into_data() {
                Ok(data) if !data.is_empty() => return Ok(Some(data)),
                // Trailers say nothing that anybody here asks for.
                _ => {}
            }
        }
    }

    /// The whole body, not decompressed.
    pub(crate) async fn collect(&mut self, limit: usize) -> Result<Bytes, Error> {
        let too_large =
            || Error::after_write(Phase::TooLarge, format!("more than {limit} bytes of body"));
        let announced = usize::try_from(self.body.size_hint().lower()).unwrap_or(usize::MAX);
        if announced > limit {
            return Err(too_large());
        }
        // Copied, as chunks may be small pieces that each keep a large buffer.
        let mut collected = BytesMut::with_capacity(announced.min(FIRST_ALLOCATION));
        while let Some(data) = self.next().await? {
            if data.len() > limit - collected.len() {
                return Err(too_large());
            }
            collected.extend_from_slice(&data);
        }
        Ok(collected.freeze())
    }

    /// The connection, for what comes after the body.
    pub(crate) fn into_connection(self) -> Connection {
        self.connection
    }
}

fn failure(mut error: TrySendError<Request<Boxed>>) -> Failure {
    // hyper gives the request back if, and only if, it has not begun with it.
    match error.take_message() {
        Some(request) => Failure::Unsent(Box::new(request), error.into_error()),
        None => Failure::Failed(Error::after_write(Phase::Head, error.into_error())),
    }
}

/// How much of an announced Content-Length is allocated before the bytes come.
const FIRST_ALLOCATION: usize = 64 * 1024;

/// Awaits `future` while polling `driver`. If the driver ends first, it is
/// dropped, and its output passed to `ended`.
pub(crate) async fn alongside<D, F>(
    driver: &mut Option<D>,
    mut ended: impl FnMut(D::Output),
    future: F,
) -> F::Output
where
    D: Future + Unpin,
    F: Future,
{
    let mut future = pin!(future);
    poll_fn(|cx| {
        if let Some(running) = driver
            && let Poll::Ready(output) = Pin::new(running).poll(cx)
        {
            *driver = None;
            ended(output);
        }
        future.as_mut().poll(cx)
    })
    .await
}
