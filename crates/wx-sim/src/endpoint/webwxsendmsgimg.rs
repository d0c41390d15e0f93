//! `POST base host /cgi-bin/mmwebwx-bin/webwxsendmsgimg?fun=async&f=json`:
//! sends a picture, by the MediaId of its upload.
//!
//! Without a MediaId it forwards one: the XML of the received picture, which
//! names it on the content network, is enough. (protocol: forwarding)

use super::sending::Draft;
use crate::codes::{Ret, msg_type};
use crate::escape;
use crate::feed::Item;
use crate::message::media::picture;
use crate::xml;

/// The thumbnail of what was uploaded: width and height.
const THUMBNAIL: (u32, u32) = (90, 120);

pub(super) fn compose(draft: &Draft<'_>) -> Result<Item, Ret> {
    draft.expect_query(&[("fun", "async"), ("f", "json")])?;
    if draft.msg_type()? != msg_type::IMAGE {
        return Err(Ret::PARAMETER_ERROR);
    }
    let media_id = draft.member("MediaId");
    if media_id.is_empty() {
        return forwarded(draft);
    }
    let (width, height) = THUMBNAIL;
    Ok(picture(draft.uploaded(&media_id)?, width, height))
}

fn forwarded(draft: &Draft<'_>) -> Result<Item, Ret> {
    let content = draft.member("Content");
    let attribute = |name| xml::attribute(&content, "img", name).filter(|value| !value.is_empty());
    let size = |name| attribute(name).and_then(|value| value.parse().ok());
    let key = attribute("aeskey").ok_or(Ret::PARAMETER_ERROR)?;
    let named = attribute("cdnmidimgurl").is_some() && attribute("md5").is_some();
    if !named {
        return Err(Ret::PARAMETER_ERROR);
    }
    Ok(Item {
        img_status: 2,
        img_width: size("cdnthumbwidth").unwrap_or(0),
        img_height: size("cdnthumbheight").unwrap_or(0),
        media: draft.service.depot.by_aes_key(&key).cloned(),
        ..Item::new("image", msg_type::IMAGE, escape::document(&content))
    })
}
