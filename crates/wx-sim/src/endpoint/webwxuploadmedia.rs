//! `POST file host /cgi-bin/mmwebwx-bin/webwxuploadmedia?f=json`: takes a file,
//! or one piece of it.
//!
//! Pieces come one after another; the answer to the last one has the MediaId.
//! Whatever does not fit is Ret 1, and ends the upload: the service does not
//! say why, but the record does. A piece that repeats the one before is
//! answered as that was, since its answer may have been lost.

mod form;

use bytes::Bytes;
use http::Response;

use self::form::Form;
use crate::codes::Ret;
use crate::config::Strictness;
use crate::escape;
use crate::layout::Json;
use crate::media::Media;
use crate::message::app::media_id;
use crate::oracle::Upload;
use crate::reply;
use crate::request::Incoming;
use crate::service::{Claim, Door, Service};
use crate::upload::{CHECK_ABOVE, Fit, PIECE, Started};

/// The picture that the service makes of a picture or video.
const THUMBNAIL: (u32, u32) = (100, 75);

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let form = match Form::read(request) {
        Ok(form) => form,
        Err(reason) => return refuse(service, Upload::default(), Ret::PARAMETER_ERROR, reason),
    };
    let claim = Claim::from_body(&form.request);
    let mut upload = Upload {
        name: form.name.clone(),
        size: form.size,
        md5: form.member("FileMd5"),
        media_type: form.media_type.clone(),
        to_user_name: form.member("ToUserName"),
        ..Upload::default()
    };
    let index = match service.authorize(request, &claim, Door::File) {
        Ok(index) => index,
        Err(ret) => return refuse(service, upload, ret, "no live session of this host"),
    };
    upload.account = Some(index);
    if let Err(reason) = check(service, index, request, &form) {
        drop_upload(service, index, &form);
        return refuse(service, upload, Ret::PARAMETER_ERROR, reason);
    }
    match take(service, index, form, &upload) {
        Ok(response) => response,
        Err(reason) => refuse(service, upload, Ret::PARAMETER_ERROR, reason),
    }
}

/// What does not depend on the pieces before.
fn check(
    service: &Service,
    index: usize,
    request: &Incoming,
    form: &Form,
) -> Result<(), &'static str> {
    let account = service.accounts.get(index).ok_or("no account")?;
    let session = account.session.as_ref().ok_or("no session")?;
    let strict = service.config.strictness == Strictness::Strict;
    let cookie = request.cookie("webwx_data_ticket");
    let ticket = form.data_ticket.as_str();
    if cookie.is_some_and(|cookie| cookie != ticket) || ticket != session.data_ticket {
        return Err("webwx_data_ticket: not that of the cookie");
    }
    form.check_numbers()?;
    if form.member("FromUserName") != account.user_name(account.me()) {
        return Err("FromUserName: not one's own");
    }
    if account.by_user_name(&form.member("ToUserName")).is_none() {
        return Err("ToUserName: nobody of this login");
    }
    let md5 = form.member("FileMd5");
    if form.size > CHECK_ABOVE {
        let keys = account.uploads.keys(&md5, form.size);
        let keys = keys.ok_or("more than 25 MiB without webwxcheckupload")?;
        if form.member("AESKey") != keys.aes_key || form.member("Signature") != keys.signature {
            return Err("AESKey, Signature: not those of webwxcheckupload");
        }
    }
    if strict {
        form.check_order()?;
        if md5.is_empty() {
            return Err("FileMd5: missing");
        }
        if !session.accepts_pass_ticket(&form.pass_ticket) {
            return Err("pass_ticket: not that of the session");
        }
    }
    Ok(())
}

fn take(
    service: &mut Service,
    index: usize,
    form: Form,
    upload: &Upload,
) -> Result<Response<Bytes>, &'static str> {
    let key = form.key();
    let account = service.accounts.get_mut(index).ok_or("no account")?;
    let fit = account
        .uploads
        .started
        .get(&key)
        .map_or(Fit::OutOfOrder, |started| {
            started.fit(form.chunk, &form.piece)
        });
    if fit == Fit::OutOfOrder {
        account.uploads.started.remove(&key);
        if form.chunk > 0 {
            return Err("chunk: out of order");
        }
        let started = Started::new(service.record.uploads.len());
        account.uploads.started.insert(key.clone(), started);
        service.record.uploads.push(Upload {
            unix_ms: service.now.unix_ms,
            ..upload.clone()
        });
    }
    let started = account.uploads.started.get_mut(&key).ok_or("no upload")?;
    let record = service.record.uploads.get_mut(started.record);
    let record = record.ok_or("no record")?;
    if fit != Fit::Again {
        started.take(form.piece.clone());
        record.pieces = started.taken();
    }
    if started.taken() == form.chunks && started.media_id.is_empty() {
        let md5 = started.md5();
        record.received_md5.clone_from(&md5);
        if !upload.md5.is_empty() && upload.md5 != md5 {
            account.uploads.started.remove(&key);
            record.error = Some("FileMd5: not that of what arrived".to_owned());
            return Ok(refusal(Ret::PARAMETER_ERROR));
        }
        let held = service.depot.by_md5(&md5);
        let media = match held.filter(|media| media.md5 == md5) {
            Some(media) => media.clone(),
            None => Media::with_md5(&mut account.rng, started.whole(), md5),
        };
        service.depot.add(&media);
        record.bytes = media.bytes.clone();
        record.media_id = media_id(&mut account.rng);
        started.finish(record.media_id.clone(), &media.bytes);
        let finished = &mut account.uploads.finished;
        finished.insert(started.media_id.clone(), media);
    }
    let position = started.taken().saturating_mul(PIECE).min(form.size);
    Ok(answered(Ret::OK, &started.media_id, position, &form))
}

/// An upload that went wrong begins anew.
fn drop_upload(service: &mut Service, index: usize, form: &Form) {
    if let Some(account) = service.accounts.get_mut(index) {
        account.uploads.started.remove(&form.key());
    }
}

fn refuse(service: &mut Service, upload: Upload, ret: Ret, reason: &str) -> Response<Bytes> {
    service.record.uploads.push(Upload {
        unix_ms: service.now.unix_ms,
        error: Some(reason.to_owned()),
        ..upload
    });
    refusal(ret)
}

pub(super) fn refusal(ret: Ret) -> Response<Bytes> {
    written(ret, "", 0, (0, 0), "")
}

/// The thumbnail's size and the MediaId come with the last piece.
fn answered(ret: Ret, media_id: &str, position: u64, form: &Form) -> Response<Bytes> {
    let thumbnail = if media_id.is_empty() || form.media_type == "doc" {
        (0, 0)
    } else {
        THUMBNAIL
    };
    let name = escape::encry_file_name(&form.name);
    written(ret, media_id, position, thumbnail, &name)
}

fn written(
    ret: Ret,
    media_id: &str,
    position: u64,
    (height, width): (u32, u32),
    encry_file_name: &str,
) -> Response<Bytes> {
    let mut json = Json::response(ret, "");
    json.text("MediaId", media_id);
    json.number("StartPos", position);
    json.number("CDNThumbImgHeight", height);
    json.number("CDNThumbImgWidth", width);
    json.text("EncryFileName", encry_file_name);
    reply::json(json.finish())
}
