//! `GET base host /cgi-bin/mmwebwx-bin/webwxgetvoice`: a voice message, as MP3.

use bytes::Bytes;
use http::Response;

use super::serving;
use crate::request::Incoming;
use crate::service::Service;

const VOICE: u32 = 34;

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    serving::of_message(service, request, |message| {
        let media = message.item.media.as_ref();
        let media = media.filter(|_| message.item.msg_type == VOICE)?;
        Some(media.bytes.clone())
    })
}
