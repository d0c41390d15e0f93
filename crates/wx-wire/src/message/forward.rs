//! What a received message is sent on as (protocol: forwarding).
//!
//! The service makes no copy by a message's number: a picture or video goes out
//! as the XML that it came as, an emoticon by its MD5, a file by its MediaId.

use super::{AddMsg, Content, Context, location, source};
use crate::id::MediaId;
use crate::{
    code::MsgType,
    content::{decode_name, decode_text},
    endpoint::webwxsendappmsg::file_content,
    xml::{self, escape},
};

/// The content to send on: that of the message without what names its sender,
/// its emoji and entities undone once.
///
/// Line breaks between the elements of XML, which the service wrote, are left
/// out. A location gives its `OriContent`; one that has none gives nothing, as
/// does XML without a tag.
#[must_use]
pub fn forward_content(context: &Context<'_>, msg: &AddMsg) -> String {
    let body = context.prefixes(&msg.content).body;
    if context.media_ref(body).is_some() {
        return body.to_owned();
    }
    match context.msg_type {
        MsgType::TEXT if !location::is_location(context, body) => {
            decode_text(body, context.emoji).into_owned()
        }
        MsgType::TEXT | MsgType::LOCATION if !msg.ori_content.is_empty() => {
            plain_xml(context, &msg.ori_content)
        }
        _ => plain_xml(context, body),
    }
}

fn plain_xml(context: &Context<'_>, body: &str) -> String {
    // Escaped ones are text that somebody typed.
    let body = body.replace("<br/>", "");
    source::text(&body, true, context.emoji).into_owned()
}

/// The XML that sends a picture on which was taken back: in place of the
/// picture's address (`cdnmidimgurl`), where that is missing, it has the one of
/// the small picture (`cdnthumburl`).
///
/// `content` is what [`forward_content`] gives, of which the attributes of
/// `img` are kept. None if no address is missing, or there is none to put in
/// its place.
#[must_use]
pub fn recalled_image(content: &str) -> Option<String> {
    const ADDRESS: &str = "cdnmidimgurl";

    let document = xml::fragment(content).ok()?;
    let image = source::find(&document, "img")?;
    let filled = |name| image.attribute(name).filter(|value| !value.is_empty());
    if filled(ADDRESS).is_some() {
        return None;
    }
    let address = filled("cdnthumburl")?;
    let mut out = "<msg><img".to_owned();
    let mut write = |name: &str, value: &str| {
        for piece in [" ", name, "=\"", &escape::attribute(value), "\""] {
            out.push_str(piece);
        }
    };
    for (index, (name, value)) in image.attributes().enumerate() {
        // The service's XML has an attribute twice at times; the first counts.
        let first = image.attributes().position(|(other, _)| other == name);
        if first == Some(index) && name != ADDRESS {
            write(name, value);
        }
    }
    write(ADDRESS, address);
    out.push_str("/></msg>");
    Some(out)
}

/// The content that sends a received file on; `desktop` as in
/// [`file_content`]. None if the message has no MediaId or no size.
#[must_use]
pub fn file_forward(context: &Context<'_>, msg: &AddMsg, desktop: bool) -> Option<String> {
    if msg.media_id.is_empty() {
        return None;
    }
    let app = match Content::decode(context, &msg.content) {
        Content::App(app) => Some(app),
        _ => None,
    };
    let attached = app.as_ref().and_then(|app| app.appattach.as_ref());
    let size = [
        Some(&*msg.file_size),
        attached.and_then(|attached| attached.totallen.as_deref()),
    ]
    .into_iter()
    .flatten()
    .find_map(|size| size.trim().parse().ok().filter(|size| *size != 0))?;
    let name = decode_name(&msg.file_name, context.emoji);
    let title = app.as_ref().and_then(|app| app.title.as_deref());
    let name = match (&*name, title) {
        ("", Some(title)) => title,
        (name, _) => name,
    };
    Some(file_content(
        name,
        size,
        &MediaId::new(&msg.media_id),
        desktop,
    ))
}

/// What sends a received emoticon on: the MD5 in its XML. None for those of the
/// store, which cannot be sent on, and for those without XML.
#[must_use]
pub fn emoticon_md5(context: &Context<'_>, msg: &AddMsg) -> Option<String> {
    if msg.has_product_id != 0 {
        return None;
    }
    match Content::decode(context, &msg.content) {
        Content::Emoticon(emoticon) => emoticon.md5.filter(|md5| !md5.is_empty()),
        _ => None,
    }
}
