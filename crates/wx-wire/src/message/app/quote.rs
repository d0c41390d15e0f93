//! Replies, and the messages that they quote.

use crate::{
    code::MsgType,
    message::{
        Content,
        content::Reader,
        texts::{Texts as _, texts},
    },
    xml::Element,
};

texts! {
    /// A message that is quoted.
    pub struct ReferMsg {
        /// Its MsgType, in decimal.
        r#type = "type",
        /// Its number, which is the `MsgId` where it was sent.
        svrid = "svrid",
        /// The chat's real id.
        fromusr = "fromusr",
        /// The real id of who wrote it.
        chatusr = "chatusr",
        /// The name of who wrote it.
        displayname = "displayname",
        /// Its content: a text, or XML. No entities stand around it.
        content = "content",
        msgsource = "msgsource",
        /// Unix time in seconds.
        createtime = "createtime",
        strid = "strid",
    } with {
        /// What the content says; nothing if it has none, or if quotes are
        /// inside one another too deep.
        quoted: Option<Content<'static>>,
    }
}

impl ReferMsg {
    /// What kind of message it is.
    #[must_use]
    pub fn msg_type(&self) -> MsgType {
        let number = self.r#type.as_deref().map(str::trim);
        MsgType(
            number
                .and_then(|number| number.parse().ok())
                .unwrap_or_default(),
        )
    }
}

pub(super) fn read(refer: Element<'_>, reader: &Reader<'_>) -> ReferMsg {
    let mut quote = ReferMsg::of_children(refer);
    let inner = reader.inside(quote.msg_type());
    quote.quoted = match (&inner, &quote.content) {
        (Some(inner), Some(content)) => Some(inner.read(content).into_owned()),
        _ => None,
    };
    quote
}
