//! `POST base host /cgi-bin/mmwebwx-bin/webwxsendappmsg?fun=async&f=json`:
//! sends a file that was uploaded or received, or forwards another app
//! message.
//!
//! `Type` is the AppMsgType. Own files come back with an empty Content: all
//! that is known of them stands in FileName, FileSize, MediaId and
//! EncryFileName. (protocol: sending, contents)

use std::sync::Arc;

use super::sending::Draft;
use crate::codes::{Ret, app_msg_type, msg_type};
use crate::escape;
use crate::feed::Item;
use crate::media::Media;
use crate::message::app::attachment;
use crate::upload::CHECK_ABOVE;
use crate::xml;

pub(super) fn compose(draft: &Draft<'_>) -> Result<Item, Ret> {
    draft.expect_query(&[("fun", "async"), ("f", "json")])?;
    let content = draft.member("Content");
    let app_type = draft.msg_type()?;
    let written = xml::element(&content, "type").and_then(|text| text.parse().ok());
    if written != Some(app_type) || !content.contains("<appmsg") {
        return Err(Ret::PARAMETER_ERROR);
    }
    if app_type == app_msg_type::FILE {
        return file(draft, &content);
    }
    let element = |name| {
        xml::element(&content, name)
            .unwrap_or_default()
            .into_owned()
    };
    Ok(Item {
        file_name: element("title"),
        url: escape::document(&element("url")),
        app_msg_type: app_type,
        ..Item::new("app", msg_type::APP, escape::document(&content))
    })
}

fn file(draft: &Draft<'_>, content: &str) -> Result<Item, Ret> {
    let element = |name| xml::element(content, name).ok_or(Ret::PARAMETER_ERROR);
    let (title, attach_id) = (element("title")?, element("attachid")?);
    let media = attached(draft, &attach_id)?;
    let size = media.bytes.len() as u64;
    if title.is_empty() || element("totallen")?.parse() != Ok(size) {
        return Err(Ret::PARAMETER_ERROR);
    }
    // A forwarded file has no signature, even if this account uploaded it.
    if size > CHECK_ABOVE && !draft.is_forwarded() {
        let account = draft.service.accounts.get(draft.index);
        let keys = account.and_then(|account| account.uploads.keys(&media.md5, size));
        let uploaded = draft.uploaded(&attach_id).is_ok();
        if uploaded && keys.is_some_and(|keys| draft.member("Signature") != keys.signature) {
            return Err(Ret::PARAMETER_ERROR);
        }
    }
    Ok(Item {
        media_id: attach_id.into_owned(),
        ..attachment(media, &title, String::new())
    })
}

/// The file by the MediaId of its upload, by that of the message in which it
/// was received, or by its name on the content network.
fn attached<'a>(draft: &Draft<'a>, attach_id: &str) -> Result<&'a Arc<Media>, Ret> {
    if let Ok(media) = draft.uploaded(attach_id) {
        return Ok(media);
    }
    let account = draft.service.accounts.get(draft.index);
    let message = account.and_then(|account| account.message_with(attach_id));
    if let Some(media) = message.and_then(|message| message.item.media.as_ref()) {
        return Ok(media);
    }
    // @cdn_URL_KEY_1
    let key = attach_id
        .strip_prefix("@cdn_")
        .and_then(|rest| rest.split('_').nth(1));
    key.and_then(|key| draft.service.depot.by_aes_key(key))
        .ok_or(Ret::PARAMETER_ERROR)
}
