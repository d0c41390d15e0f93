//! An exchange whose answer is long in coming, and which keeps nothing
//! meanwhile but its TLS stream.
//!
//! hyper holds some 26 KiB for a connection: 8 for reading, 8 for writing, 8
//! for requests that may come. A service that holds a request open for half a
//! minute, for each of ten thousand sessions, makes that 260 MiB. So hyper's
//! half is taken down to the stream below it, and set up again when there is
//! something to read. One hyper connection writes the request, another takes in
//! the whole answer, from its first byte.
//!
//! # What this relies on
//!
//! That hyper flushes when, and only when, it has written all that it has: a
//! request without a body is one head, so that it has left once the stream was
//! flushed after a write. One that has not does not rest.
//!
//! That the first connection has nothing that the second would need:
//!
//! - Nothing that was read. Once a read has brought anything (bytes, an interim
//!   answer, the end, an error), the exchange does not rest any more, whether or
//!   not hyper's sender has learned of it: tokio may have made the task pause in
//!   between.
//! - Of the request only the method, which says whether the answer has a body.
//!   Version and reuse of the connection follow from the answer, and from the
//!   request's `Connection`: one that has it does not rest.
//!
//! That the second connection writes a head and flushes before it reads its
//! answer, all without waiting. It is given a request that goes no further than
//! the stream, and reads nothing before that is flushed, as hyper takes what comes
//! before a request for a mistake.
//!
//! That the TLS stream tells data, its end and an error from what TLS says for
//! itself (tickets, new keys, empty records), which does not end the rest. What TLS
//! has to reply goes out with the next request.
//!
//! An interim answer that ends the rest, or half of a head, brings hyper's buffers
//! back until the rest of the answer is there. The rest has no time limit: a
//! connection that died while the machine was suspended looks like one that waits,
//! and only the caller's deadline ends it.

use http::header::CONNECTION;
use http::{Method, Request, Response};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::stream::Stream;
use super::{Answer, Boxed, Connection, Failure, alongside};
use crate::config::HostPort;
use crate::error::{Cause, Error, Phase};

/// An exchange at rest: its request has left, and nothing has come yet.
pub(super) struct Resting {
    origin: HostPort,
    stream: Stream,
    method: Method,
}

/// The method of a request whose answer another hyper connection can take in: one
/// that is only a head, and that asks nothing of the connection.
pub(super) fn resumable(request: &Request<Boxed>) -> Option<Method> {
    let plain = request.body().is_empty() && !request.headers().contains_key(CONNECTION);
    plain.then(|| request.method().clone())
}

impl Resting {
    /// Takes down a connection that has read nothing since its request left, so
    /// that nothing is lost with its buffers.
    pub(super) fn new(
        origin: HostPort,
        http: http1::Connection<TokioIo<Stream>, Boxed>,
        method: Method,
    ) -> Self {
        Self {
            origin,
            stream: http.into_parts().io.into_inner(),
            method,
        }
    }

    /// Waits for the answer and takes in its head. Dropping the future closes the
    /// connection.
    pub(super) async fn answer(mut self: Box<Self>) -> Result<Response<Answer>, Failure> {
        let readable = self.stream.readable().await;
        readable.map_err(|error| broken(error.into()))?;
        // Boxed, as it begins when the rest is over.
        let resumed = Box::pin(self.resume()).await;
        resumed.map_err(|error| broken(error.into()))
    }

    /// Has another hyper connection take in the answer. It is given a request of
    /// the same method, on which the form of the answer depends, and which the
    /// stream does not let out.
    async fn resume(self: Box<Self>) -> hyper::Result<Response<Answer>> {
        let mut connection = Connection::over(self.origin, self.stream.repeated()).await?;
        let mut request = Request::new(Boxed::default());
        *request.method_mut() = self.method;
        let answer = connection.sender.send_request(request);
        // In this turn hyper writes, from the next on it reads.
        connection.turn().await;
        let response = alongside(&mut connection.http, |_| (), answer).await?;
        Ok(response.map(|body| Answer { connection, body }))
    }
}

fn broken(cause: Cause) -> Failure {
    Failure::Failed(Error::after_write(Phase::Head, cause))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::body::Body;

    #[test]
    fn only_a_head_that_asks_nothing_of_the_connection_is_resumable() {
        let request = |body: &'static str| Request::new(Box::new(Body::from(Bytes::from(body))));
        assert_eq!(resumable(&request("")), Some(Method::GET));
        assert_eq!(resumable(&request("hello")), None);
        let mut asking = request("");
        let headers = asking.headers_mut();
        headers.insert(CONNECTION, "keep-alive".parse().unwrap());
        assert_eq!(resumable(&asking), None);
    }
}
