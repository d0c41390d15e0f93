//! `GET base host /`: the page itself, which one client in the field reads to
//! see whether its cookies still hold.

use bytes::Bytes;
use http::Response;

use crate::reply;
use crate::request::Incoming;
use crate::service::{Claim, Door, Service};

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let claim = Claim::from_cookies(request);
    let is_login = match service.authorize(request, &claim, Door::Base) {
        Ok(_) => "1",
        Err(_) => "",
    };
    reply::typed(
        "text/html; charset=utf-8",
        format!(
            "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<title>微信网页版</title>\n\
             <script>\nwindow.MMCgi = {{\n    isLogin: !!\"{is_login}\"\n}};\n</script>\n</head>\n\
             <body></body>\n</html>\n"
        ),
    )
}
