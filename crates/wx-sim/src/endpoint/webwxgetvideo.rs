//! `GET base host /cgi-bin/mmwebwx-bin/webwxgetvideo`: a video.
//!
//! Without a `Range` the answer is empty: every client sends `bytes=0-`.

use bytes::Bytes;
use http::Response;
use http::header::RANGE;

use super::serving;
use crate::codes::msg_type;
use crate::request::Incoming;
use crate::service::Service;

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    if request.header(&RANGE).is_none() {
        return serving::of_message(service, request, |_| None);
    }
    serving::of_message(service, request, |message| message.file(&[msg_type::VIDEO]))
}
