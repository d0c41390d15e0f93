//! `POST base host /cgi-bin/mmwebwx-bin/webwxsendemoticon?fun=sys`: sends an
//! emoticon that the service knows by its MD5, or one that was uploaded.
//!
//! Exactly one of `EMoticonMd5` and `MediaId` is there. Type 1, which one
//! client in the field sends, goes through unless the service is strict.

use super::sending::Draft;
use crate::codes::{Ret, msg_type};
use crate::feed::Item;
use crate::message::media::sticker;

/// Width and height.
const SIZE: (u32, u32) = (240, 210);

pub(super) fn compose(draft: &Draft<'_>) -> Result<Item, Ret> {
    draft.expect_query(&[("fun", "sys")])?;
    match draft.msg_type()? {
        msg_type::EMOTICON => {}
        msg_type::TEXT if !draft.is_strict() => {}
        _ => return Err(Ret::PARAMETER_ERROR),
    }
    if draft.is_strict() && draft.member("EmojiFlag") != "2" {
        return Err(Ret::PARAMETER_ERROR);
    }
    let (md5, media_id) = (draft.member("EMoticonMd5"), draft.member("MediaId"));
    let media = match (md5.is_empty(), media_id.is_empty()) {
        (true, false) => draft.uploaded(&media_id)?,
        (false, true) => {
            let known = draft.service.depot.by_md5(&md5);
            known.ok_or(Ret::PARAMETER_ERROR)?
        }
        (true, true) | (false, false) => return Err(Ret::PARAMETER_ERROR),
    };
    let (width, height) = SIZE;
    Ok(sticker(media, width, height))
}
