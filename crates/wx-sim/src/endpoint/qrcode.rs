//! `GET login host /qrcode/UUID`: the picture of the QR code.
//!
//! It shows a grey square: what the code says is
//! `https://login.weixin.qq.com/l/UUID`, which clients draw themselves.

use bytes::Bytes;
use http::Response;

use super::not_found;
use crate::hosts::is_login_host;
use crate::media::draw::PICTURE;
use crate::reply;
use crate::request::Incoming;

pub(super) fn answer(request: &Incoming, uuid: &str) -> Response<Bytes> {
    if is_login_host(&request.host) && !uuid.is_empty() {
        reply::typed("image/jpeg", PICTURE)
    } else {
        not_found()
    }
}
