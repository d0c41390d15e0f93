//! `POST base host /cgi-bin/mmwebwx-bin/webwxsendvideomsg?fun=async&f=json`:
//! sends a video, by the MediaId of its upload, or forwards one by its XML.

use super::sending::Draft;
use crate::codes::{Ret, msg_type};
use crate::escape;
use crate::feed::Item;
use crate::message::media::film;
use crate::xml;

pub(super) fn compose(draft: &Draft<'_>) -> Result<Item, Ret> {
    draft.expect_query(&[("fun", "async"), ("f", "json")])?;
    if ![msg_type::VIDEO, msg_type::SMALL_VIDEO].contains(&draft.msg_type()?) {
        return Err(Ret::PARAMETER_ERROR);
    }
    let media_id = draft.member("MediaId");
    if media_id.is_empty() {
        return forwarded(draft);
    }
    // The service does not find out how long it lasts.
    Ok(film(draft.uploaded(&media_id)?, draft.writer_id(), 0))
}

fn forwarded(draft: &Draft<'_>) -> Result<Item, Ret> {
    let content = draft.member("Content");
    let attribute =
        |name| xml::attribute(&content, "videomsg", name).filter(|value| !value.is_empty());
    let key = attribute("aeskey").ok_or(Ret::PARAMETER_ERROR)?;
    attribute("cdnvideourl").ok_or(Ret::PARAMETER_ERROR)?;
    let number = |name| attribute(name).and_then(|value| value.parse::<u32>().ok());
    Ok(Item {
        img_status: 2,
        play_length: number("playlength").unwrap_or(0).into(),
        img_width: number("cdnthumbwidth").unwrap_or(0),
        img_height: number("cdnthumbheight").unwrap_or(0),
        media: draft.service.depot.by_aes_key(&key).cloned(),
        ..Item::new("video", msg_type::VIDEO, escape::document(&content))
    })
}
