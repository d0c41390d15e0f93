//! Pages of webwxsync, with the messages in them.

use wx_wire::endpoint::webwxsync;
use wx_wire::message::{AddMsg, Content, Context, RawAddMsg, forward};
use wx_wire::xml;

use crate::json::BLANKS;

/// Reads any bytes as a page of webwxsync, and each message in it by its type.
///
/// # Panics
///
/// If a message differs from what its own JSON decodes to, a page depends on the blanks in
/// front of it, or the content to forward a message with is not XML.
pub fn sync(bytes: &[u8]) {
    let shifted = [BLANKS, bytes].concat();
    let page = webwxsync::Response::decode(bytes);
    let same = webwxsync::Response::decode(&shifted);
    match (&page, &same) {
        (Ok(page), Ok(same)) => assert_eq!(page, same),
        (one, other) => assert_eq!(one.is_ok(), other.is_ok()),
    }
    let repaired = webwxsync::repaired(bytes);
    let lossy = webwxsync::Response::decode(repaired.as_bytes());
    match page {
        Ok(page) => {
            assert!(lossy.is_ok_and(|lossy| lossy == page));
            page.add_msg_list.iter().for_each(message);
        }
        Err(error) => {
            assert!(error.offset <= bytes.len());
            if let Ok(lossy) = lossy {
                assert_eq!(error.expected, webwxsync::UTF8);
                lossy.add_msg_list.iter().for_each(message);
            }
        }
    }
}

fn message(RawAddMsg { raw, msg, .. }: &RawAddMsg<'_>) {
    if let Ok(again) = AddMsg::decode(raw.as_bytes()) {
        assert_eq!(again, *msg);
    }
    let context = Context::of(msg);
    let body = context.prefixes(&msg.content).body;
    let content = Content::decode(&context, &msg.content);
    assert_eq!(content == Content::Empty, body.is_empty());
    let forwarded = forward::forward_content(&context, msg);
    if let Some(recalled) = forward::recalled_image(&forwarded) {
        assert!(xml::parse(&recalled).is_ok());
    }
    for desktop in [false, true] {
        if let Some(file) = forward::file_forward(&context, msg, desktop) {
            assert!(xml::strict(&file).is_ok());
        }
    }
    if let Some(md5) = forward::emoticon_md5(&context, msg) {
        assert!(!md5.is_empty());
    }
}
