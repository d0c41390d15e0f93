//! `POST base host /cgi-bin/mmwebwx-bin/webwxsendmsg`: sends a text, a card or
//! a location.

use super::sending::{Draft, PARAMETER_ERROR};
use crate::escape;
use crate::feed::Item;

const TEXT: &str = "1";
const CARD: &str = "42";
const LOCATION: &str = "48";

pub(super) fn compose(draft: &Draft<'_>) -> Result<Item, i32> {
    let content = draft.member("Content");
    match draft.member("Type").as_str() {
        TEXT => Ok(Item::new("text", 1, escape::text(&content))),
        CARD => Ok(Item::new("card", 42, escape::document(&content))),
        LOCATION => {
            let mut item = Item::new("location", 1, escape::document(&content));
            item.sub_msg_type = 48;
            item.ori_content = content;
            Ok(item)
        }
        _ => Err(PARAMETER_ERROR),
    }
}
