//! `GET base host /cgi-bin/mmwebwx-bin/webwxgetvideo`: a video.
//!
//! Without a `Range` the answer is empty: every client sends `bytes=0-`.

use bytes::Bytes;
use http::Response;
use http::header::RANGE;

use super::serving;
use crate::request::Incoming;
use crate::service::Service;

const VIDEO: u32 = 43;

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    if request.header(&RANGE).is_none() {
        return serving::of_message(service, request, |_| None);
    }
    serving::of_message(service, request, |message| {
        let media = message.item.media.as_ref();
        let media = media.filter(|_| message.item.msg_type == VIDEO)?;
        Some(media.bytes.clone())
    })
}
