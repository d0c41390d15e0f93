//! `GET base host /cgi-bin/mmwebwx-bin/webwxgetmsgimg`: the picture or
//! emoticon of a message; with `type=slave` the thumbnail of a picture, video
//! or link.

use bytes::Bytes;
use http::Response;

use super::serving;
use crate::feed::Message;
use crate::media::draw;
use crate::request::Incoming;
use crate::service::Service;

const IMAGE: u32 = 3;
const EMOTICON: u32 = 47;
const APP: u32 = 49;

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    if request.param("type") == Some("slave") {
        serving::of_message(service, request, thumbnail)
    } else {
        serving::of_message(service, request, picture)
    }
}

fn picture(message: &Message) -> Option<Bytes> {
    let media = message.item.media.as_ref()?;
    [IMAGE, EMOTICON]
        .contains(&message.item.msg_type)
        .then(|| media.bytes.clone())
}

fn thumbnail(message: &Message) -> Option<Bytes> {
    match &message.item.media {
        Some(media) => Some(media.thumbnail()),
        // Links have no file, but a picture.
        None => {
            let comment = format!("thumbnail of message {}", message.id);
            (message.item.msg_type == APP).then(|| draw::jpeg(&comment, 0))
        }
    }
}
