//! Pictures, voices, videos, emoticons and places.

use serde::Deserialize;

use crate::escape;
use crate::feed::Item;
use crate::rng::Rng;

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Image {
    width: u32,
    height: u32,
    length: u64,
}

impl Default for Image {
    fn default() -> Self {
        Self {
            width: 90,
            height: 120,
            length: 45_956,
        }
    }
}

pub(super) fn image(rng: &mut Rng, image: &Image) -> Item {
    let Image {
        width,
        height,
        length,
    } = image;
    let (key, url, md5) = (rng.hex(32), cdn_url(rng), rng.hex(32));
    let xml = format!(
        "<?xml version=\"1.0\"?>\n<msg>\n\t<img aeskey=\"{key}\" encryver=\"0\" \
         cdnthumbaeskey=\"{key}\" cdnthumburl=\"{url}\" cdnthumblength=\"4660\" \
         cdnthumbheight=\"{height}\" cdnthumbwidth=\"{width}\" cdnmidheight=\"0\" cdnmidwidth=\"0\" \
         cdnhdheight=\"0\" cdnhdwidth=\"0\" cdnmidimgurl=\"{url}\" length=\"{length}\" md5=\"{md5}\" \
         />\n</msg>\n"
    );
    Item {
        img_status: 2,
        img_height: *height,
        img_width: *width,
        ..Item::new("image", 3, escape::document(&xml))
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Voice {
    length_ms: u64,
}

impl Default for Voice {
    fn default() -> Self {
        Self { length_ms: 2400 }
    }
}

pub(super) fn voice(rng: &mut Rng, writer: &str, voice: &Voice) -> Item {
    let length_ms = voice.length_ms;
    let (size, buffer, client_id) = (length_ms.saturating_mul(8) / 5, rng.digits(18), rng.hex(49));
    let xml = format!(
        "<msg><voicemsg endflag=\"1\" cancelflag=\"0\" forwardflag=\"0\" voiceformat=\"4\" \
         voicelength=\"{length_ms}\" length=\"{size}\" bufid=\"{buffer}\" \
         clientmsgid=\"{client_id}\" fromusername=\"{writer}\" /></msg>"
    );
    Item {
        voice_length: length_ms,
        ..Item::new("voice", 34, escape::document(&xml))
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Video {
    length_s: u64,
}

impl Default for Video {
    fn default() -> Self {
        Self { length_s: 9 }
    }
}

pub(super) fn video(rng: &mut Rng, writer: &str, video: &Video) -> Item {
    let length_s = video.length_s;
    let (key, url, md5, new_md5) = (rng.hex(32), cdn_url(rng), rng.hex(32), rng.hex(32));
    let xml = format!(
        "<?xml version=\"1.0\"?>\n<msg>\n\t<videomsg aeskey=\"{key}\" cdnthumbaeskey=\"{key}\" \
         cdnvideourl=\"{url}\" cdnthumburl=\"{url}\" length=\"{}\" playlength=\"{length_s}\" \
         cdnthumblength=\"10447\" cdnthumbwidth=\"224\" cdnthumbheight=\"398\" \
         fromusername=\"{writer}\" md5=\"{md5}\" newmd5=\"{new_md5}\" isad=\"0\" />\n</msg>\n",
        length_s.saturating_mul(73_500),
    );
    Item {
        img_status: 2,
        play_length: length_s,
        img_height: 398,
        img_width: 224,
        ..Item::new("video", 43, escape::document(&xml))
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Emoticon {
    md5: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    /// From the shop: it has no content and cannot be fetched.
    store: bool,
}

pub(super) fn emoticon(rng: &mut Rng, emoticon: Emoticon) -> Item {
    let (width, height) = (
        emoticon.width.unwrap_or(240),
        emoticon.height.unwrap_or(210),
    );
    let md5 = emoticon.md5.unwrap_or_else(|| rng.hex(32));
    let (path, key, extern_md5) = (rng.word(50), rng.hex(32), rng.hex(32));
    let xml = format!(
        "<msg><emoji fromusername=\"xxx\" tousername=\"xxx\" type=\"2\" idbuffer=\"media:0_0\" \
         md5=\"{md5}\" len=\"47446\" productid=\"\" androidmd5=\"{md5}\" androidlen=\"47446\" \
         s60v3md5=\"{md5}\" s60v3len=\"47446\" s60v5md5=\"{md5}\" s60v5len=\"47446\" \
         cdnurl=\"http://emoji.qpic.cn/wx_emoji/{path}/\" designerid=\"\" thumburl=\"\" \
         encrypturl=\"http://emoji.qpic.cn/wx_emoji/{path}e/\" aeskey=\"{key}\" \
         externurl=\"http://emoji.qpic.cn/wx_emoji/{path}x/\" externmd5=\"{extern_md5}\" \
         width=\"{width}\" height=\"{height}\" tpurl=\"\" tpauthkey=\"\" attachedtext=\"\"></emoji>\
         <gameext type=\"0\" content=\"0\"></gameext></msg>"
    );
    let content = if emoticon.store {
        String::new()
    } else {
        escape::document(&xml)
    };
    Item {
        img_status: 2,
        has_product_id: u32::from(emoticon.store),
        img_height: height,
        img_width: width,
        ..Item::new("emoticon", 47, content)
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
        sub_msg_type: 48,
        ori_content: xml,
        ..Item::new("location", 1, content)
    }
}

/// An opaque reference as the content network gives out.
fn cdn_url(rng: &mut Rng) -> String {
    format!("304b0201{}", rng.hex(144))
}
