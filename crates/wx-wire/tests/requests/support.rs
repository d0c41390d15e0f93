//! The account of all requests, and how a request is shown.

use std::fmt::Write as _;

use bytes::Bytes;
use http::Request;
use wx_wire::{
    Credentials,
    host::Hosts,
    id::{ClientMsgId, DeviceId, Uin, UserName},
    secret::{PassTicket, Sid, Skey},
};

/// `BaseRequest` of [`keys`].
const BASE_REQUEST: &str =
    r#"{"Uin":2345678901,"Sid":"s+i/d","Skey":"@crypt_1a_2b","DeviceID":"e123456789012345"}"#;

/// A text with all that needs care: what HTML and XML escape, quotes, a line
/// break, a backslash and a slash, letters of three and of four bytes.
pub(crate) const TEXT: &str = "<b> & \"q\" 'a'\n\\ / 第二行 😀";
/// The same in JSON, where only quotes, backslashes and line breaks may be
/// escaped.
pub(crate) const TEXT_IN_JSON: &str = r#"<b> & \"q\" 'a'\n\\ / 第二行 😀"#;

pub(crate) fn keys() -> Credentials {
    Credentials {
        hosts: Hosts::of("wx2.qq.com").unwrap(),
        uin: Uin(2_345_678_901),
        sid: Sid::new("s+i/d"),
        skey: Skey::new("@crypt_1a_2b"),
        pass_ticket: PassTicket::new("p%2Bt%3D"),
        device_id: DeviceId::from("e123456789012345"),
    }
}

pub(crate) fn own() -> UserName {
    UserName::from("@own")
}

pub(crate) fn friend() -> UserName {
    UserName::from("@friend")
}

pub(crate) fn number() -> ClientMsgId {
    ClientMsgId::from("17000000000000123")
}

/// Method and address, a line for each header, an empty line and the body.
pub(crate) fn shown(request: &Request<Bytes>) -> String {
    let mut out = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        writeln!(out, "{name}: {}", value.to_str().unwrap()).unwrap();
    }
    out.push('\n');
    out.push_str(std::str::from_utf8(request.body()).unwrap());
    out
}

/// The request to a path and query of the base host that posts this JSON, in
/// which `KEYS` stands for the BaseRequest and `TEXT` for [`TEXT`].
pub(crate) fn posted(path: &str, json: &str) -> String {
    let json = json
        .replace("KEYS", BASE_REQUEST)
        .replace("TEXT", TEXT_IN_JSON);
    format!(
        "POST https://wx2.qq.com/cgi-bin/mmwebwx-bin/{path}\n\
         content-type: application/json;charset=UTF-8\n\n{json}"
    )
}
