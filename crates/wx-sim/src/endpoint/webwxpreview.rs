//! `GET base host /cgi-bin/mmwebwx-bin/webwxpreview?fun=preview`: a picture
//! that was uploaded, before it is sent.

use bytes::Bytes;
use http::Response;

use super::serving;
use crate::reply;
use crate::request::Incoming;
use crate::service::{Claim, Door, Service};

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let claim = Claim::from_cookies(request);
    let index = match service.authorize(request, &claim, Door::Base) {
        Ok(index) => index,
        Err(ret) => return reply::ret(ret),
    };
    let media = request
        .param("mediaid")
        .filter(|_| request.param("fun") == Some("preview"))
        .and_then(|media_id| service.accounts.get(index)?.uploads.finished.get(media_id));
    match media {
        Some(media) => serving::serve(service, request, &media.bytes),
        None => serving::nothing(),
    }
}
