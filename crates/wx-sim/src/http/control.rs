//! The control interface over HTTP: `POST /CALL`, JSON in and out.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::shared::Shared;

pub(super) async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    let service = service_fn(|request| answer(&shared, request));
    // One call a connection, so that the end need not wait for idle ones.
    let connection = http1::Builder::new()
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    // A caller that went away does not mind.
    let _ = connection.await;
}

async fn answer(
    shared: &Shared,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, body) = match call(shared, request).await {
        Ok(value) => (StatusCode::OK, value),
        Err(reason) => (StatusCode::BAD_REQUEST, json!({"error": reason})),
    };
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}

async fn call(shared: &Shared, request: Request<Incoming>) -> Result<Value, String> {
    if request.method() != Method::POST {
        return Err("control calls are POST /CALL with a JSON body".to_owned());
    }
    let call = request.uri().path().trim_matches('/').to_owned();
    let body = request.into_body().collect().await;
    let body = body.map_err(|error| error.to_string())?.to_bytes();
    let body = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&body).map_err(|error| format!("the body is no JSON: {error}"))?
    };
    let answer = shared.control(&call, &body).await;
    answer.map_err(|error| error.to_string())
}
