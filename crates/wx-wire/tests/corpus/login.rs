//! Facts of the bodies of a login and of the long poll.

use http::Uri;
use serde_json::{Map, Value, json};
use wx_wire::{
    endpoint::{jslogin, login, synccheck, webwxnewloginpage},
    query,
};

use super::index::Entry;

pub(crate) fn jslogin(_: &Entry, body: &[u8]) -> Result<Value, String> {
    let response = jslogin::Response::decode(body).map_err(|error| error.to_string())?;
    Ok(json!({
        "code": response.code,
        "uuid": response.uuid.map(|uuid| uuid.to_string()),
        "error": response.error,
    }))
}

pub(crate) fn login_poll(_: &Entry, body: &[u8]) -> Result<Value, String> {
    let response = login::Response::decode(body).map_err(|error| error.to_string())?;
    let mut facts = Map::new();
    facts.insert("code".to_owned(), json!(response.code.0));
    if let Some(avatar) = &response.avatar {
        let (head, base64) = avatar.split_once(',').unwrap_or_default();
        let picture = login::picture(avatar);
        facts.insert("avatar_prefix".to_owned(), json!(format!("{head},")));
        facts.insert("avatar_base64_len".to_owned(), json!(base64.len()));
        facts.insert(
            "avatar_sniff".to_owned(),
            json!(picture.as_deref().and_then(image_type)),
        );
    }
    if let Some(uri) = &response.redirect_uri {
        let text = uri.expose();
        let uri: Uri = text.parse().map_err(|error| format!("{error}"))?;
        facts.insert("redirect_uri".to_owned(), json!(text));
        facts.insert("host".to_owned(), json!(uri.host()));
        facts.insert("path".to_owned(), json!(uri.path()));
        for (name, value) in query::pairs(uri.query().unwrap_or_default()) {
            facts.insert(name.to_owned(), json!(value));
        }
    }
    Ok(Value::Object(facts))
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

pub(crate) fn newloginpage(_: &Entry, body: &[u8]) -> Result<Value, String> {
    let response = webwxnewloginpage::Response::decode(body).map_err(|error| error.to_string())?;
    let ticket = response.pass_ticket.as_ref().map(|ticket| ticket.expose());
    Ok(json!({
        "ret": response.ret,
        "message": response.message,
        "skey": response.skey.as_ref().map(|skey| skey.expose()),
        "wxsid": response.wxsid.as_ref().map(|sid| sid.expose()),
        "wxuin": response.wxuin.map(|uin| uin.to_string()),
        "pass_ticket": ticket,
        "pass_ticket_decoded": ticket.map(query::decode),
        "isgrayscale": response.is_gray_scale,
    }))
}

pub(crate) fn synccheck(_: &Entry, body: &[u8]) -> Result<Value, String> {
    let response = synccheck::Response::decode(body).map_err(|error| error.to_string())?;
    Ok(json!({
        "retcode": response.retcode.to_string(),
        "selector": response.selector.to_string(),
    }))
}
