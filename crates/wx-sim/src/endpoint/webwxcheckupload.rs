//! `POST base host /cgi-bin/mmwebwx-bin/webwxcheckupload`: asks, before a long
//! upload, whether the service has the file, and for the keys to upload it.
//!
//! A MediaId in the answer means that there is nothing to upload. No body of
//! a real answer is known: the members come in the order in which the
//! official page reads them.

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use crate::codes::Ret;
use crate::escape;
use crate::layout::Json;
use crate::message::app::media_id;
use crate::reply;
use crate::request::{Incoming, scalar};
use crate::service::{Claim, Door, Service};
use crate::upload::Keys;

const FILE_TYPE: &str = "7";

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let body = request.json();
    let outcome = service
        .authorize(request, &Claim::from_body(&body), Door::Base)
        .and_then(|index| check(service, index, &body));
    match outcome {
        Ok(checked) => answered(Ret::OK, &checked),
        Err(ret) => refusal(ret),
    }
}

struct Checked {
    media_id: String,
    keys: Keys,
    encry_file_name: String,
}

fn check(service: &mut Service, index: usize, body: &Value) -> Result<Checked, Ret> {
    let member = |name| scalar(body.get(name)).unwrap_or_default();
    let md5 = member("FileMd5");
    let size: u64 = member("FileSize")
        .parse()
        .map_err(|_| Ret::PARAMETER_ERROR)?;
    let held = service.depot.by_md5(&md5);
    let held = held.filter(|media| media.md5 == md5 && media.bytes.len() as u64 == size);
    let held = held.cloned();
    let account = service.account_mut(index)?;
    let known = account.by_user_name(&member("ToUserName")).is_some();
    let from_me = member("FromUserName") == account.user_name(account.me());
    if !known || !from_me || member("FileType") != FILE_TYPE || md5.len() != 32 {
        return Err(Ret::PARAMETER_ERROR);
    }
    let keys = match account.uploads.keys(&md5, size) {
        Some(keys) => keys.clone(),
        None => Keys {
            aes_key: account.rng.hex(32),
            signature: account.rng.base64(120),
        },
    };
    account.uploads.issue(md5, size, keys.clone());
    let media_id = match held {
        Some(media) => {
            let id = media_id(&mut account.rng);
            account.uploads.finished.insert(id.clone(), media);
            id
        }
        None => String::new(),
    };
    Ok(Checked {
        media_id,
        keys,
        encry_file_name: escape::encry_file_name(&member("FileName")),
    })
}

pub(super) fn refusal(ret: Ret) -> Response<Bytes> {
    let nothing = Checked {
        media_id: String::new(),
        keys: Keys {
            aes_key: String::new(),
            signature: String::new(),
        },
        encry_file_name: String::new(),
    };
    answered(ret, &nothing)
}

fn answered(ret: Ret, checked: &Checked) -> Response<Bytes> {
    let mut json = Json::response(ret, "");
    json.text("MediaId", &checked.media_id);
    json.text("AESKey", &checked.keys.aes_key);
    json.text("Signature", &checked.keys.signature);
    json.text("EncryFileName", &checked.encry_file_name);
    reply::json(json.finish())
}
