//! `GET base host /cgi-bin/mmwebwx-bin/webwxgetmsgimg`: the picture or
//! emoticon of a message; with `type=slave` the thumbnail of a picture, video
//! or link.

use bytes::Bytes;
use http::Response;

use super::serving;
use crate::codes::msg_type;
use crate::feed::Message;
use crate::media::draw;
use crate::request::Incoming;
use crate::service::Service;

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let slave = request.param("type") == Some("slave");
    serving::of_message(service, request, |message| {
        if slave {
            thumbnail(message)
        } else {
            message.file(&[msg_type::IMAGE, msg_type::EMOTICON])
        }
    })
}

fn thumbnail(message: &Message) -> Option<Bytes> {
    match &message.item.media {
        Some(media) => Some(media.thumbnail()),
        // Links have no file, but a picture.
        None => {
            let comment = format!("thumbnail of message {}", message.id);
            (message.item.msg_type == msg_type::APP).then(|| draw::jpeg(&comment, 0))
        }
    }
}
