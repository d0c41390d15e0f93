//! `GET login host /qrcode/UUID`: the picture of the QR code.
//!
//! It shows a grey square: what the code says is
//! `https://login.weixin.qq.com/l/UUID`, which clients draw themselves.

use bytes::Bytes;
use http::Response;

use super::not_found;
use crate::hosts::is_login_host;
use crate::reply;
use crate::request::Incoming;

/// A JPEG of 8 by 8 grey pixels; it serves as everybody's avatar, too.
pub(super) const PICTURE: &[u8] = include_bytes!("../../assets/avatar.jpg");

pub(super) fn answer(request: &Incoming, uuid: &str) -> Response<Bytes> {
    if is_login_host(&request.host) && !uuid.is_empty() {
        reply::typed("image/jpeg", PICTURE)
    } else {
        not_found()
    }
}
