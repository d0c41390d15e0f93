//! `GET base host /cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg`: the map of a
//! location.
//!
//! The path comes ready-made in the message: the address of the picture is the
//! literal `url=xxx`.

use bytes::Bytes;
use http::Response;

use super::serving;
use crate::codes::msg_type;
use crate::media::draw;
use crate::request::Incoming;
use crate::service::Service;

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let asked = request.param("url") == Some("xxx") && request.param("pictype") == Some("location");
    if !asked {
        return serving::of_message(service, request, |_| None);
    }
    serving::of_message(service, request, |message| {
        (message.item.sub_msg_type == msg_type::LOCATION).then(|| Bytes::from_static(draw::MAP))
    })
}
