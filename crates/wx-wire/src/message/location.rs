//! Locations (protocol: MsgType 1 with sub type 48, and MsgType 48).
//!
//! The content is the place's name and the path of a picture of the map. The
//! coordinates are in the message's `Url` only, and in its `OriContent`, which
//! is XML that nobody escaped.

use super::{
    Context, source,
    texts::{Texts as _, texts},
};
use crate::{
    content::{self, prefix::PICTURE},
    query, xml,
};

texts! {
    /// A place.
    pub struct Location {
        /// The latitude, in degrees.
        x = "x",
        /// The longitude, in degrees.
        y = "y",
        scale = "scale",
        /// The place's address.
        label = "label",
        maptype = "maptype",
        /// The place's name, or a word like "location".
        poiname = "poiname",
        poiid = "poiid",
        adcode = "adcode",
        cityname = "cityname",
        infourl = "infourl",
        from_username = "fromusername",
    } with {
        /// Path of a picture of the map, on the base host.
        image_path: Option<String>,
        /// The message's number, as the picture's path has it.
        msgid: Option<String>,
        /// Address of a map.
        url: Option<String>,
    }
}

/// Whether a text is a location's content.
pub(super) fn is_location(context: &Context<'_>, body: &str) -> bool {
    context.sub_msg_type == Context::SUB_LOCATION
        || (!context.url.is_empty() && body.contains(PICTURE))
}

/// Reads what the content and the message around it say.
pub(super) fn read(context: &Context<'_>, body: &str, escaped: bool) -> Location {
    let ori_content = attributes(context, context.ori_content, false);
    let mut place = match attributes(context, body, escaped) {
        Some(place) => place,
        None => of_text(context, body, ori_content),
    };
    let url = content::unescape(context.url);
    if let Some((x, y)) = coordinates(&url) {
        place.x.get_or_insert_with(|| x.to_owned());
        place.y.get_or_insert_with(|| y.to_owned());
    }
    if !url.is_empty() {
        place.url = Some(url.into_owned());
    }
    place
}

fn attributes(context: &Context<'_>, xml: &str, escaped: bool) -> Option<Location> {
    let xml = source::text(xml, escaped, context.emoji);
    let document = xml::fragment(&xml).ok()?;
    source::find(&document, "location").map(Location::of_attributes)
}

/// `place:<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&msgid=…`, or
/// an address alone in the oldest form.
fn of_text(context: &Context<'_>, body: &str, ori_content: Option<Location>) -> Location {
    let (label, path) = match body.rfind(PICTURE).and_then(|at| body.split_at_checked(at)) {
        Some((label, path)) => (label, Some(content::unescape(path.trim()).into_owned())),
        None => (body, None),
    };
    let label = label.strip_suffix("<br/>").unwrap_or(label);
    let label = content::decode_text(label.strip_suffix(':').unwrap_or(label), context.emoji);
    let mut place = ori_content.unwrap_or_default();
    if path.is_none() && label.starts_with("http") {
        place.url = Some(label.into_owned());
    } else if !label.is_empty() {
        place.label = Some(label.into_owned());
    }
    place.msgid = path.as_deref().and_then(message_id);
    place.image_path = path;
    place
}

fn message_id(path: &str) -> Option<String> {
    let (_, query) = path.split_once('?')?;
    query::pairs(query).find_map(|(name, value)| (name == "msgid").then(|| value.to_owned()))
}

/// `coord=LATITUDE,LONGITUDE` of a map's address.
fn coordinates(url: &str) -> Option<(&str, &str)> {
    let (_, query) = url.split_once('?')?;
    let (_, pair) = query::pairs(query).find(|(name, _)| *name == "coord")?;
    pair.split_once(',')
}
