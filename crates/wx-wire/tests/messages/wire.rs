//! Contents as the service writes them.

use wx_wire::{
    code::MsgType,
    message::{Content, Context},
};

/// XML with the service's layer around it: entities once, line breaks raw.
pub(crate) fn wire(xml: &str) -> String {
    xml.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\n', "<br/>")
}

/// A span, raw as it stands in contents.
pub(crate) fn span(digits: &str) -> String {
    format!(r#"<span class="emoji emoji{digits}"></span>"#)
}

/// A private message of the other side.
pub(crate) fn private(msg_type: MsgType) -> Context<'static> {
    Context::new(msg_type)
}

/// A message of a room's member.
pub(crate) fn in_room(msg_type: MsgType) -> Context<'static> {
    let mut context = Context::new(msg_type);
    context.room = true;
    context
}

/// Decodes the content of a private message and picks the kind that is wanted.
macro_rules! decoded {
    ($msg_type:expr, $wire:expr, $kind:ident) => {
        match wx_wire::message::Content::decode(&$crate::messages::wire::private($msg_type), &$wire)
        {
            wx_wire::message::Content::$kind(inside) => inside,
            other => panic!("{other:?}"),
        }
    };
}
pub(crate) use decoded;

/// Whether a content is of no known form.
pub(crate) fn is_unknown(msg_type: MsgType, wire: &str) -> bool {
    matches!(
        Content::decode(&private(msg_type), wire),
        Content::Unknown(_)
    )
}
