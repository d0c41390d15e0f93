//! `GET or POST base host /cgi-bin/mmwebwx-bin/webwxlogout`: ends the session.
//!
//! The body of the answer is empty, whatever the outcome.

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use crate::reply;
use crate::request::Incoming;
use crate::service::{Claim, Door, Service};

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let claim = Claim::from_cookies(request);
    if let Ok(index) = service.authorize(request, &claim, Door::Base) {
        service.push_op(index, request, Value::Null);
        service.phone_logs_out(index);
    }
    reply::typed("text/html", "")
}
