//! `GET base host /cgi-bin/mmwebwx-bin/webwxgetvoice`: a voice message, as MP3.

use bytes::Bytes;
use http::Response;

use super::serving;
use crate::codes::msg_type;
use crate::request::Incoming;
use crate::service::Service;

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    serving::of_message(service, request, |message| message.file(&[msg_type::VOICE]))
}
