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
        let base64 = login::avatar_base64(avatar).unwrap_or_default();
        let prefix = avatar.strip_suffix(base64);
        facts.insert("avatar_prefix".to_owned(), json!(prefix));
        facts.insert("avatar_base64_len".to_owned(), json!(base64.len()));
        facts.insert("avatar_sniff".to_owned(), json!(image_type(base64)));
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

/// The type of a picture by its first bytes in Base64.
fn image_type(base64: &str) -> Option<&'static str> {
    [("/9j/", "jpeg"), ("iVBORw0KGgo", "png"), ("R0lGOD", "gif")]
        .into_iter()
        .find_map(|(magic, name)| base64.starts_with(magic).then_some(name))
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
