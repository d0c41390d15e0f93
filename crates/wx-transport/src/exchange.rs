//! One connection, and one request and answer on it.
//!
//! hyper splits a connection into a sender and a future that does the work.
//! Here that future is polled by whoever awaits the exchange and rests with the
//! connection in between, so that a connection costs no task, reads nothing that
//! nobody waits for, and ends with the exchange that is dropped.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Method, Request, Response};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::{TrySendError, http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::unconstrained;
use tokio::time::timeout;
use tokio_rustls::client::TlsStream;

use crate::body::Body;
use crate::config::{HostPort, Limits};
use crate::error::{Error, Phase};

mod rest;
mod stream;

use rest::Resting;
use stream::{Progress, Stream};

/// How soon an answer has to begin for its connection to be kept as it is. Most
/// answers do, so that little is done twice.
const SOON: Duration = Duration::from_millis(500);

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
    http: Option<Box<http1::Connection<TokioIo<Stream>, Boxed>>>,
    /// How far the exchange is.
    progress: Arc<Progress>,
}

/// An answer whose head has come and whose body is read on demand. Dropping it
/// closes the connection.
pub(crate) struct Answer {
    connection: Connection,
    body: Incoming,
}

/// What has become of a request for now.
enum Soon {
    Begun(Response<Answer>),
    NotYet(Box<Resting>),
}

/// Why there is no answer.
pub(crate) enum Failure {
    /// Nothing of the request was written; here it is again.
    Unsent(Outgoing, hyper::Error),
    /// The request was handed to the connection.
    Failed(Error),
}

impl Connection {
    pub(crate) async fn new(origin: HostPort, tls: TlsStream<TcpStream>) -> Result<Self, Error> {
        Self::over(origin, Stream::new(tls))
            .await
            .map_err(|error| Error::new(Phase::Send, error))
    }

    async fn over(origin: HostPort, stream: Stream) -> hyper::Result<Self> {
        let progress = stream.progress();
        let (sender, http) = http1::Builder::new()
            // The one bounds the buffer that hyper reads into, roughly; the other
            // is exact.
            .max_buf_size(Limits::HEAD)
            .max_header_size(Limits::HEAD)
            .handshake(TokioIo::new(stream))
            .await?;
        Ok(Self {
            origin,
            sender,
            http: Some(Box::new(http)),
            progress,
        })
    }

    /// Whether the connection can take a request at once.
    pub(crate) async fn is_ready(&mut self) -> bool {
        self.turn().await;
        self.http.is_some() && self.sender.is_ready()
    }

    /// Has hyper do what it can at once. Does not pause.
    async fn turn(&mut self) {
        // Without tokio's budget: this polls only once, and a forced pause
        // would count as nothing to do.
        unconstrained(poll_fn(|cx| {
            if let Some(http) = &mut self.http
                && Pin::new(http).poll(cx).is_ready()
            {
                self.http = None;
            }
            Poll::Ready(())
        }))
        .await;
    }

    /// Sends a request and takes in the head of its answer.
    pub(crate) fn begin(
        self,
        request: Outgoing,
    ) -> impl Future<Output = Result<Response<Answer>, Failure>> + Send {
        // Boxed outside of the future: one that rests keeps no room for it.
        let soon = Box::pin(self.soon(request));
        async move {
            let resting = match soon.await? {
                Soon::Begun(response) => return Ok(response),
                Soon::NotYet(resting) => resting,
            };
            resting.answer().await
        }
    }

    async fn soon(mut self, request: Outgoing) -> Result<Soon, Failure> {
        let resumable = rest::resumable(&request);
        self.progress.begin();
        let answer = self.sender.try_send_request(*request);
        let begun = {
            // Errors of the connection come to the sender as well.
            let mut answer = pin!(alongside(&mut self.http, |_| (), answer));
            match timeout(SOON, answer.as_mut()).await {
                Ok(begun) => Ok(begun),
                Err(_) => match resumable.filter(|_| self.progress.waits()) {
                    Some(method) => Err(method),
                    None => Ok(answer.await),
                },
            }
        };
        let begun = match begun {
            Ok(begun) => begun,
            Err(method) => return self.rest(method),
        };
        let response = begun.map_err(failure)?;
        Ok(Soon::Begun(response.map(|body| Answer {
            connection: self,
            body,
        })))
    }

    fn rest(self, method: Method) -> Result<Soon, Failure> {
        // hyper ends with what it reads or fails to write, and would not wait.
        let ended = || Failure::Failed(Error::after_write(Phase::Head, "the connection has ended"));
        let http = self.http.ok_or_else(ended)?;
        let resting = Resting::new(self.origin, *http, method);
        Ok(Soon::NotYet(Box::new(resting)))
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
