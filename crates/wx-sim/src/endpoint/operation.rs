//! What the endpoints have in common whose answer is nothing but a Ret.

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use crate::codes::Ret;
use crate::reply;
use crate::request::Incoming;
use crate::service::{Claim, Door, Service};

/// Does to an account what the body of a request asks for.
pub(super) type Operation = fn(&mut Service, usize, &Value) -> Result<(), Ret>;

pub(super) fn answer(
    service: &mut Service,
    request: &Incoming,
    operate: Operation,
) -> Response<Bytes> {
    let body = request.json();
    let outcome = service
        .authorize(request, &Claim::from_body(&body), Door::Base)
        .and_then(|index| operate(service, index, &body).map(|()| index));
    match outcome {
        Ok(index) => {
            service.push_op(index, request, body);
            reply::ret(Ret::OK)
        }
        Err(ret) => reply::ret(ret),
    }
}
