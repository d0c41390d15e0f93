//! Pictures, voices, videos, emoticons and places.

use std::sync::Arc;

use serde::Deserialize;

use super::{Given, too_much};
use crate::codes::msg_type;
use crate::control::ControlError;
use crate::escape;
use crate::feed::Item;
use crate::media::{Media, draw};
use crate::rng::Rng;

/// Pictures and videos are no longer than this.
const MOST_BYTES: u64 = 32 * 1024 * 1024;
/// Voices and videos last no longer than this.
const MOST_MS: u64 = 10 * 60 * 1000;
/// Bytes of a drawn video for each second of it.
const VIDEO_BYTES_PER_S: u64 = 7_350;

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Image {
    width: u32,
    height: u32,
    length: u64,
    bytes_base64: Option<Given>,
}

impl Default for Image {
    fn default() -> Self {
        Self {
            width: 90,
            height: 120,
            length: 45_956,
            bytes_base64: None,
        }
    }
}

pub(super) fn image(rng: &mut Rng, image: Image) -> Result<Item, ControlError> {
    let len = bytes_within("length", image.length)?;
    let comment = format!("picture {}", rng.hex(16));
    let bytes = Given::or(image.bytes_base64, || draw::jpeg(&comment, len));
    Ok(picture(&Media::new(rng, bytes), image.width, image.height))
}

/// A picture with a thumbnail of this size.
pub(crate) fn picture(media: &Arc<Media>, width: u32, height: u32) -> Item {
    let (key, url, md5) = (&media.aes_key, &media.cdn_url, &media.shown_md5);
    let (length, thumb_length) = (media.bytes.len(), media.thumbnail().len());
    let xml = format!(
        "<?xml version=\"1.0\"?>\n<msg>\n\t<img aeskey=\"{key}\" encryver=\"0\" \
         cdnthumbaeskey=\"{key}\" cdnthumburl=\"{url}\" cdnthumblength=\"{thumb_length}\" \
         cdnthumbheight=\"{height}\" cdnthumbwidth=\"{width}\" cdnmidheight=\"0\" cdnmidwidth=\"0\" \
         cdnhdheight=\"0\" cdnhdwidth=\"0\" cdnmidimgurl=\"{url}\" length=\"{length}\" md5=\"{md5}\" \
         />\n</msg>\n"
    );
    Item {
        img_status: 2,
        img_height: height,
        img_width: width,
        media: Some(media.clone()),
        ..Item::new("image", msg_type::IMAGE, escape::document(&xml))
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Voice {
    length_ms: u64,
    bytes_base64: Option<Given>,
}

impl Default for Voice {
    fn default() -> Self {
        Self {
            length_ms: 2400,
            bytes_base64: None,
        }
    }
}

/// The XML tells of the recording, which is smaller than the MP3 of it.
pub(super) fn voice(rng: &mut Rng, writer: &str, voice: Voice) -> Result<Item, ControlError> {
    let length_ms = within("length_ms", voice.length_ms, MOST_MS)?;
    let (size, buffer, client_id) = (length_ms.saturating_mul(8) / 5, rng.digits(18), rng.hex(49));
    let bytes = Given::or(voice.bytes_base64, || draw::mp3(&client_id, length_ms));
    let xml = format!(
        "<msg><voicemsg endflag=\"1\" cancelflag=\"0\" forwardflag=\"0\" voiceformat=\"4\" \
         voicelength=\"{length_ms}\" length=\"{size}\" bufid=\"{buffer}\" \
         clientmsgid=\"{client_id}\" fromusername=\"{writer}\" /></msg>"
    );
    Ok(Item {
        voice_length: length_ms,
        media: Some(Media::new(rng, bytes)),
        ..Item::new("voice", msg_type::VOICE, escape::document(&xml))
    })
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Video {
    length_s: u64,
    bytes_base64: Option<Given>,
}

impl Default for Video {
    fn default() -> Self {
        Self {
            length_s: 9,
            bytes_base64: None,
        }
    }
}

pub(super) fn video(rng: &mut Rng, writer: &str, video: Video) -> Result<Item, ControlError> {
    let length_s = within("length_s", video.length_s, MOST_MS / 1000)?;
    let len = bytes_within("length_s", length_s.saturating_mul(VIDEO_BYTES_PER_S))?;
    let bytes = Given::or(video.bytes_base64, || draw::mp4(rng, length_s, len));
    Ok(film(&Media::new(rng, bytes), writer, length_s))
}

/// A video that lasts so long.
pub(crate) fn film(media: &Arc<Media>, writer: &str, length_s: u64) -> Item {
    let (key, url, md5) = (&media.aes_key, &media.cdn_url, &media.shown_md5);
    let (length, thumb_length) = (media.bytes.len(), media.thumbnail().len());
    let xml = format!(
        "<?xml version=\"1.0\"?>\n<msg>\n\t<videomsg aeskey=\"{key}\" cdnthumbaeskey=\"{key}\" \
         cdnvideourl=\"{url}\" cdnthumburl=\"{url}\" length=\"{length}\" playlength=\"{length_s}\" \
         cdnthumblength=\"{thumb_length}\" cdnthumbwidth=\"224\" cdnthumbheight=\"398\" \
         fromusername=\"{writer}\" md5=\"{md5}\" newmd5=\"{md5}\" isad=\"0\" />\n</msg>\n",
    );
    Item {
        img_status: 2,
        play_length: length_s,
        img_height: 398,
        img_width: 224,
        media: Some(media.clone()),
        ..Item::new("video", msg_type::VIDEO, escape::document(&xml))
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Emoticon {
    /// What the message says, whatever the file's is.
    md5: Option<String>,
    width: Option<u16>,
    height: Option<u16>,
    /// From the shop: it has no content and cannot be fetched.
    store: bool,
    bytes_base64: Option<Given>,
}

pub(super) fn emoticon(rng: &mut Rng, emoticon: Emoticon) -> Item {
    const LENGTH: usize = 4_746;
    let width = emoticon.width.unwrap_or(240);
    let height = emoticon.height.unwrap_or(210);
    if emoticon.store {
        return Item {
            img_status: 2,
            has_product_id: 1,
            img_height: height.into(),
            img_width: width.into(),
            ..Item::new("emoticon", msg_type::EMOTICON, String::new())
        };
    }
    let comment = format!("emoticon {}", rng.hex(16));
    let bytes = Given::or(emoticon.bytes_base64, || {
        draw::gif(&comment, width, height, LENGTH)
    });
    let media = match emoticon.md5 {
        Some(md5) => Media::shown_as(rng, bytes, md5),
        None => Media::new(rng, bytes),
    };
    sticker(&media, width.into(), height.into())
}

/// An emoticon that anybody may have made.
pub(crate) fn sticker(media: &Arc<Media>, width: u32, height: u32) -> Item {
    let md5 = &media.shown_md5;
    let len = media.bytes.len();
    let key = &media.aes_key;
    let path = media.cdn_url.get(..50).unwrap_or_default();
    let xml = format!(
        "<msg><emoji fromusername=\"xxx\" tousername=\"xxx\" type=\"2\" idbuffer=\"media:0_0\" \
         md5=\"{md5}\" len=\"{len}\" productid=\"\" androidmd5=\"{md5}\" androidlen=\"{len}\" \
         s60v3md5=\"{md5}\" s60v3len=\"{len}\" s60v5md5=\"{md5}\" s60v5len=\"{len}\" \
         cdnurl=\"http://emoji.qpic.cn/wx_emoji/{path}/\" designerid=\"\" thumburl=\"\" \
         encrypturl=\"http://emoji.qpic.cn/wx_emoji/{path}e/\" aeskey=\"{key}\" \
         externurl=\"http://emoji.qpic.cn/wx_emoji/{path}x/\" externmd5=\"{key}\" \
         width=\"{width}\" height=\"{height}\" tpurl=\"\" tpauthkey=\"\" attachedtext=\"\"></emoji>\
         <gameext type=\"0\" content=\"0\"></gameext></msg>"
    );
    Item {
        img_status: 2,
        img_height: height,
        img_width: width,
        media: Some(media.clone()),
        ..Item::new("emoticon", msg_type::EMOTICON, escape::document(&xml))
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Location {
    label: String,
    x: f64,
    y: f64,
}

impl Default for Location {
    fn default() -> Self {
        Self {
            label: "北京市海淀区中关村大街 1 号".to_owned(),
            x: 39.982_521,
            y: 116.314_332,
        }
    }
}

/// A text whose picture is a map. The coordinates stand in Url and in the
/// OriContent, which is not escaped.
pub(super) fn location(msg_id: u64, location: &Location) -> Item {
    let Location { label, x, y } = location;
    let content = format!(
        "{}:<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&msgid={msg_id}&pictype=location",
        escape::text(label)
    );
    let value = escape::xml_value(label);
    let xml = format!(
        "<?xml version=\"1.0\"?>\n<msg>\n\t<location x=\"{x}\" y=\"{y}\" scale=\"16\" \
         label=\"{value}\" maptype=\"0\" poiname=\"[位置]\" />\n</msg>\n"
    );
    Item {
        url: format!("http://apis.map.qq.com/uri/v1/geocoder?coord={x},{y}"),
        sub_msg_type: msg_type::LOCATION,
        ori_content: xml,
        ..Item::new("location", msg_type::TEXT, content)
    }
}

/// `value`, unless a file of it would be too large to draw.
fn within(name: &str, value: u64, most: u64) -> Result<u64, ControlError> {
    if value > most {
        return Err(too_much(name, most));
    }
    Ok(value)
}

fn bytes_within(name: &str, len: u64) -> Result<usize, ControlError> {
    let len = within(name, len, MOST_BYTES)?;
    usize::try_from(len).map_err(|_| too_much(name, MOST_BYTES))
}
