//! Pictures, voices, videos and emoticons (protocol: MsgType 3, 34, 43, 62, 47).
//!
//! Sizes are decimal texts, as the XML has them; a text may also be empty,
//! `null` or `-1`. Since 2018 the service sends a reference in place of the
//! XML, and the medium is fetched by the message's number.

use std::borrow::Cow;

use super::{
    source,
    texts::{Texts as _, texts},
};
use crate::xml::Document;

texts! {
    /// What the XML of a picture says.
    pub struct Image {
        aeskey = "aeskey",
        encryver = "encryver",
        cdnthumbaeskey = "cdnthumbaeskey",
        cdnthumburl = "cdnthumburl",
        /// Bytes.
        cdnthumblength = "cdnthumblength",
        /// Pixels.
        cdnthumbheight = "cdnthumbheight",
        /// Pixels.
        cdnthumbwidth = "cdnthumbwidth",
        cdnmidheight = "cdnmidheight",
        cdnmidwidth = "cdnmidwidth",
        cdnhdheight = "cdnhdheight",
        cdnhdwidth = "cdnhdwidth",
        cdnmidimgurl = "cdnmidimgurl",
        cdnbigimgurl = "cdnbigimgurl",
        /// Bytes.
        length = "length",
        /// Bytes of the full picture.
        hdlength = "hdlength",
        md5 = "md5",
    }
}

texts! {
    /// What the XML of a voice says.
    pub struct Voice {
        endflag = "endflag",
        cancelflag = "cancelflag",
        forwardflag = "forwardflag",
        voiceformat = "voiceformat",
        /// Milliseconds.
        voicelength = "voicelength",
        /// Bytes.
        length = "length",
        bufid = "bufid",
        clientmsgid = "clientmsgid",
        /// The sender's real id, or alias.
        fromusername = "fromusername",
        aeskey = "aeskey",
        voiceurl = "voiceurl",
    }
}

texts! {
    /// What the XML of a video says.
    pub struct Video {
        aeskey = "aeskey",
        cdnthumbaeskey = "cdnthumbaeskey",
        cdnvideourl = "cdnvideourl",
        cdnthumburl = "cdnthumburl",
        /// Bytes.
        length = "length",
        /// Seconds.
        playlength = "playlength",
        /// Bytes.
        cdnthumblength = "cdnthumblength",
        /// Pixels.
        cdnthumbwidth = "cdnthumbwidth",
        /// Pixels.
        cdnthumbheight = "cdnthumbheight",
        /// The sender's real id, or alias.
        fromusername = "fromusername",
        md5 = "md5",
        newmd5 = "newmd5",
        rawmd5 = "rawmd5",
        /// Bytes.
        rawlength = "rawlength",
        cdnrawvideourl = "cdnrawvideourl",
        cdnrawvideoaeskey = "cdnrawvideoaeskey",
        isad = "isad",
        /// Of a small video in the oldest form: bytes of the full one.
        hdlength = "hdlength",
    }
}

texts! {
    /// What the XML of an emoticon says.
    pub struct Emoticon {
        /// The sender's real id or alias; `xxx` at times.
        fromusername = "fromusername",
        /// The receiver's; `xxx` at times.
        tousername = "tousername",
        r#type = "type",
        idbuffer = "idbuffer",
        md5 = "md5",
        /// Bytes.
        len = "len",
        /// Of a store emoticon, which cannot be downloaded: the set it is of.
        productid = "productid",
        androidmd5 = "androidmd5",
        androidlen = "androidlen",
        s60v3md5 = "s60v3md5",
        s60v3len = "s60v3len",
        s60v5md5 = "s60v5md5",
        s60v5len = "s60v5len",
        cdnurl = "cdnurl",
        designerid = "designerid",
        thumburl = "thumburl",
        encrypturl = "encrypturl",
        aeskey = "aeskey",
        externurl = "externurl",
        externmd5 = "externmd5",
        /// Pixels.
        width = "width",
        /// Pixels.
        height = "height",
        tpurl = "tpurl",
        tpauthkey = "tpauthkey",
        attachedtext = "attachedtext",
        attachedtextcolor = "attachedtextcolor",
        lensid = "lensid",
        emojiattr = "emojiattr",
        linkid = "linkid",
        desc = "desc",
    } with {
        /// The game that it is a throw of, if it is one.
        game: Option<GameExt>,
    }
}

texts! {
    /// Dice, and rock, paper, scissors.
    pub struct GameExt {
        /// 0: no game.
        r#type = "type",
        content = "content",
    }
}

pub(super) fn image(document: &Document<'_>) -> Option<Image> {
    Some(Image::of_attributes(source::find(document, "img")?))
}

pub(super) fn voice(document: &Document<'_>) -> Option<Voice> {
    Some(Voice::of_attributes(source::find(document, "voicemsg")?))
}

/// Small videos are told of in the element of pictures at times.
pub(super) fn video(document: &Document<'_>) -> Option<Video> {
    let element = source::find(document, "videomsg").or_else(|| source::find(document, "img"))?;
    Some(Video::of_attributes(element))
}

pub(super) fn emoticon(document: &Document<'_>) -> Option<Emoticon> {
    let emoji = source::find(document, "emoji")?;
    Some(Emoticon {
        game: source::find(document, "gameext").map(GameExt::of_attributes),
        ..Emoticon::of_attributes(emoji)
    })
}

/// What stands in place of a medium's XML since 2018: `@` and some 1000 to 1700
/// hex digits, of no use to a client but as a sign that there is a medium.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaRef<'a>(Cow<'a, str>);

impl<'a> MediaRef<'a> {
    /// The reference that a content is.
    pub(super) fn read(body: &'a str) -> Option<Self> {
        let body = body.trim_ascii();
        let hex = body.strip_prefix('@')?;
        let is_hex = !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then_some(Self(Cow::Borrowed(body)))
    }

    /// The reference, `@` included.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same without a borrow.
    #[must_use]
    pub fn into_owned(self) -> MediaRef<'static> {
        MediaRef(Cow::Owned(self.0.into_owned()))
    }
}
