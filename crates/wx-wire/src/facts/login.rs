//! Facts in the bodies of a login and of the long poll.

use http::Uri;
use serde_json::{Value, json};

use super::{Error, Facts, empty, is_empty, object};
use crate::{
    endpoint::{jslogin, login, synccheck, webwxnewloginpage},
    query,
};

pub(super) fn jslogin(_: &Value, body: &[u8]) -> Result<Facts, Error> {
    let response = jslogin::Response::decode(body)?;
    Ok(object(json!({
        "code": response.code,
        "uuid": response.uuid.map(|uuid| uuid.to_string()),
        "error": response.error,
    })))
}

pub(super) fn login_poll(_: &Value, body: &[u8]) -> Result<Facts, Error> {
    let response = login::Response::decode(body)?;
    let avatar = response.avatar.as_deref();
    let (head, base64) = avatar.and_then(|avatar| avatar.split_once(',')).unzip();
    let picture = avatar.and_then(login::picture);
    let address = response.redirect_uri.as_ref().map(|uri| uri.expose());
    let uri = address.and_then(|address| address.parse::<Uri>().ok());
    let pairs = uri.as_ref().and_then(Uri::query).unwrap_or_default();
    let pair =
        |wanted| query::pairs(pairs).find_map(|(name, value)| (name == wanted).then_some(value));
    Ok(object(json!({
        "code": response.code.0,
        "avatar_prefix": head.map(|head| format!("{head},")),
        "avatar_base64_len": base64.map(str::len),
        "avatar_sniff": picture.as_deref().and_then(image_type),
        "redirect_uri": address,
        "host": uri.as_ref().and_then(Uri::host),
        "path": uri.as_ref().map(Uri::path),
        "ticket": pair("ticket"),
        "uuid": pair("uuid"),
        "lang": pair("lang"),
        "scan": pair("scan"),
        "empty": is_empty(body),
    })))
}

/// The type of a picture by its first bytes.
fn image_type(picture: &[u8]) -> Option<&'static str> {
    let magics: [(&[u8], &str); 3] = [
        (b"\xff\xd8\xff", "jpeg"),
        (b"\x89PNG", "png"),
        (b"GIF8", "gif"),
    ];
    magics
        .into_iter()
        .find_map(|(magic, name)| picture.starts_with(magic).then_some(name))
}

pub(super) fn newloginpage(_: &Value, body: &[u8]) -> Result<Facts, Error> {
    if is_empty(body) {
        return Ok(empty(&[
            "ret",
            "message",
            "skey",
            "wxsid",
            "wxuin",
            "pass_ticket",
            "pass_ticket_decoded",
            "isgrayscale",
        ]));
    }
    let response = webwxnewloginpage::Response::decode(body)?;
    let ticket = response.pass_ticket.as_ref().map(|ticket| ticket.expose());
    Ok(object(json!({
        "ret": response.ret,
        "message": response.message,
        "skey": response.skey.as_ref().map(|skey| skey.expose()),
        "wxsid": response.wxsid.as_ref().map(|sid| sid.expose()),
        "wxuin": response.wxuin.map(|uin| uin.to_string()),
        "pass_ticket": ticket,
        "pass_ticket_decoded": ticket.map(query::decode),
        "isgrayscale": response.is_gray_scale,
        "redirecturl": response.redirect_url.as_ref().map(|url| url.expose()),
    })))
}

pub(super) fn synccheck(_: &Value, body: &[u8]) -> Result<Facts, Error> {
    if is_empty(body) {
        return Ok(empty(&["retcode", "selector"]));
    }
    let response = synccheck::Response::decode(body)?;
    Ok(object(json!({
        "retcode": response.retcode.to_string(),
        "selector": response.selector.to_string(),
    })))
}
