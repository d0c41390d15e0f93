//! `POST base host /cgi-bin/mmwebwx-bin/webwxsendmsg`: sends a text, a card or
//! a location.

use super::sending::Draft;
use crate::codes::{Ret, msg_type};
use crate::escape;
use crate::feed::Item;
use crate::message;

pub(super) fn compose(draft: &Draft<'_>) -> Result<Item, Ret> {
    let content = draft.member("Content");
    match draft.msg_type()? {
        msg_type::TEXT => Ok(message::text(&content)),
        msg_type::CARD => Ok(Item::new(
            "card",
            msg_type::CARD,
            escape::document(&content),
        )),
        msg_type::LOCATION => Ok(Item {
            sub_msg_type: msg_type::LOCATION,
            ori_content: content.clone(),
            ..Item::new("location", msg_type::TEXT, escape::document(&content))
        }),
        _ => Err(Ret::PARAMETER_ERROR),
    }
}
