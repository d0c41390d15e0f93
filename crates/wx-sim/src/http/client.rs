//! A client's connection: TLS, HTTP/1.1 with keep-alive, faults as ordered.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::ACCEPT_ENCODING;
use http::{HeaderMap, Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::body::{Pieces, compress};
use super::shared::Shared;
use super::wire::{Sabotage, Wire};
use crate::reply::Reply;

pub(super) async fn serve(shared: Arc<Shared>, acceptor: TlsAcceptor, stream: TcpStream) {
    // Small answers must not wait for one another's acknowledgement.
    let _ = stream.set_nodelay(true);
    // A client that fails the handshake, or breaks the connection, is a case
    // for the client's own log.
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let sabotage = Sabotage::default();
    let wire = Wire::new(stream, sabotage.clone());
    let service = service_fn(|request| answer(&shared, &sabotage, request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(wire), service);
    let _ = connection.await;
}

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is to break")]
struct Broken;

async fn answer(
    shared: &Shared,
    sabotage: &Sabotage,
    request: Request<Incoming>,
) -> Result<Response<Pieces>, Broken> {
    let (head, body) = request.into_parts();
    let gzip = shared.wants_gzip() && accepts_gzip(&head.headers);
    let body = body.collect().await.map_err(|_| Broken)?.to_bytes();
    let ticket = shared.submit(Request::from_parts(head, body));
    let encode = |response| if gzip { compress(response) } else { response };
    match ticket.reply().await {
        Some(Reply::Response(response)) => Ok(encode(response).map(Pieces::whole)),
        Some(Reply::Truncated { response, sent }) => {
            Ok(encode(response).map(|body| Pieces::truncated(body, sent)))
        }
        Some(Reply::ResetWithin { response, sent }) => {
            Ok(encode(response).map(|body| Pieces::reset(body, sent, sabotage)))
        }
        Some(Reply::HangWithin { response, sent }) => {
            Ok(encode(response).map(|body| Pieces::hanging(body, sent)))
        }
        Some(Reply::Slow { response, over_ms }) => {
            let over = Duration::from_millis(over_ms);
            Ok(encode(response).map(|body| Pieces::slow(body, over)))
        }
        Some(Reply::Raw(bytes)) => {
            sabotage.raw(bytes);
            Ok(Response::new(Pieces::whole(Bytes::new())))
        }
        Some(Reply::Hang) => match std::future::pending::<Infallible>().await {},
        Some(Reply::Reset) | None => {
            sabotage.reset();
            Err(Broken)
        }
    }
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .any(|line| line.contains("gzip"))
}
