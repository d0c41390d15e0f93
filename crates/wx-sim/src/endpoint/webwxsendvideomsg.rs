//! `POST base host /cgi-bin/mmwebwx-bin/webwxsendvideomsg?fun=async&f=json`:
//! sends a video, by the MediaId of its upload, or forwards one by its XML.

use super::sending::{Draft, PARAMETER_ERROR};
use crate::escape;
use crate::feed::Item;
use crate::message::media::film;
use crate::xml;

const VIDEO: &str = "43";
const SMALL_VIDEO: &str = "62";

pub(super) fn compose(draft: &Draft<'_>) -> Result<Item, i32> {
    draft.expect_query(&[("fun", "async"), ("f", "json")])?;
    if ![VIDEO, SMALL_VIDEO].contains(&draft.member("Type").as_str()) {
        return Err(PARAMETER_ERROR);
    }
    let media_id = draft.member("MediaId");
    if media_id.is_empty() {
        return forwarded(draft);
    }
    // The service does not find out how long it lasts.
    Ok(film(draft.uploaded(&media_id)?, draft.writer_id(), 0))
}

fn forwarded(draft: &Draft<'_>) -> Result<Item, i32> {
    let content = draft.member("Content");
    let attribute =
        |name| xml::attribute(&content, "videomsg", name).filter(|value| !value.is_empty());
    let key = attribute("aeskey").ok_or(PARAMETER_ERROR)?;
    attribute("cdnvideourl").ok_or(PARAMETER_ERROR)?;
    let number = |name| attribute(name).and_then(|value| value.parse::<u32>().ok());
    Ok(Item {
        img_status: 2,
        play_length: number("playlength").unwrap_or(0).into(),
        img_width: number("cdnthumbwidth").unwrap_or(0),
        img_height: number("cdnthumbheight").unwrap_or(0),
        media: draft.service.depot.by_aes_key(&key).cloned(),
        ..Item::new("video", 43, escape::document(&content))
    })
}
