//! Type 49: files, links, transfers.

use std::sync::Arc;

use serde::Deserialize;

use super::{Given, too_much};
use crate::codes::{app_msg_type, msg_type};
use crate::control::ControlError;
use crate::escape;
use crate::feed::Item;
use crate::media::{Media, draw};
use crate::rng::Rng;

/// A file is no longer than this; it is kept in memory.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct File {
    name: String,
    size: u64,
    bytes_base64: Option<Given>,
}

impl Default for File {
    fn default() -> Self {
        Self {
            name: "会议 记录_v2.docx".to_owned(),
            size: 8939,
            bytes_base64: None,
        }
    }
}

pub(super) fn file(rng: &mut Rng, writer: &str, file: File) -> Result<Item, ControlError> {
    let len = usize::try_from(file.size).ok();
    let len = len.filter(|_| file.size <= MOST_BYTES);
    let len = len.ok_or_else(|| too_much("size", MOST_BYTES))?;
    let bytes = Given::or(file.bytes_base64, || draw::noise(rng, len));
    let media = Media::new(rng, bytes);
    let xml = file_xml(&media, writer, &file.name);
    Ok(Item {
        media_id: media_id(rng),
        ..attachment(&media, &file.name, escape::document(&xml))
    })
}

/// A MediaId: the service's own name for an uploaded or received file.
pub(crate) fn media_id(rng: &mut Rng) -> String {
    format!("@crypt_{}_{}", rng.hex(8), rng.hex(672))
}

/// A file without its MediaId.
pub(crate) fn attachment(media: &Arc<Media>, name: &str, content: String) -> Item {
    Item {
        file_name: name.to_owned(),
        file_size: media.bytes.len().to_string(),
        app_msg_type: app_msg_type::FILE,
        media: Some(media.clone()),
        ..Item::new("file", msg_type::APP, content)
    }
}

/// The document of a file as its receiver gets it.
pub(crate) fn file_xml(media: &Media, writer: &str, name: &str) -> String {
    let size = media.bytes.len();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let extension = escape::xml_value(extension);
    let name = escape::xml_value(name);
    let (url, key, md5) = (&media.cdn_url, &media.aes_key, &media.md5);
    format!(
        "<?xml version=\"1.0\"?>\n<msg>\n\t<appmsg appid=\"wxeb7ec651dd0aefa9\" sdkver=\"0\">\n\
         \t\t<title>{name}</title>\n\t\t<des />\n\t\t<action />\n\t\t<type>6</type>\n\
         \t\t<showtype>0</showtype>\n\t\t<content />\n\t\t<url />\n\t\t<lowurl />\n\t\t<appattach>\n\
         \t\t\t<totallen>{size}</totallen>\n\t\t\t<attachid>@cdn_{url}_{key}_1</attachid>\n\
         \t\t\t<emoticonmd5 />\n\t\t\t<fileext>{extension}</fileext>\n\
         \t\t\t<cdnattachurl>{url}</cdnattachurl>\n\t\t\t<aeskey>{key}</aeskey>\n\
         \t\t\t<encryver>0</encryver>\n\t\t</appattach>\n\t\t<extinfo />\n\t\t<sourceusername />\n\
         \t\t<sourcedisplayname />\n\t\t<thumburl />\n\t\t<md5>{md5}</md5>\n\t</appmsg>\n\
         \t<fromusername>{writer}</fromusername>\n\t<scene>0</scene>\n\t<appinfo>\n\
         \t\t<version>7</version>\n\t\t<appname>微信电脑版</appname>\n\t</appinfo>\n\
         \t<commenturl></commenturl>\n</msg>\n"
    )
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Link {
    title: String,
    des: String,
    url: String,
}

impl Default for Link {
    fn default() -> Self {
        Self {
            title: "今天的天气".to_owned(),
            des: "晴, 12–25 °C".to_owned(),
            url: "http://example.com/weather?city=beijing&day=1".to_owned(),
        }
    }
}

pub(super) fn link(writer: &str, link: &Link) -> Item {
    let [title, des, url] = [&link.title, &link.des, &link.url].map(|text| escape::xml_value(text));
    let xml = format!(
        "<msg><appmsg appid=\"\" sdkver=\"0\"><title>{title}</title><des>{des}</des>\
         <action>view</action><type>5</type><showtype>0</showtype><mediatagname></mediatagname>\
         <messageaction></messageaction><content></content><url>{url}</url><lowurl></lowurl>\
         <dataurl></dataurl><lowdataurl></lowdataurl><appattach><totallen>0</totallen>\
         <attachid></attachid><emoticonmd5></emoticonmd5><fileext></fileext><encryver>0</encryver>\
         </appattach><extinfo></extinfo><sourceusername></sourceusername>\
         <sourcedisplayname></sourcedisplayname><commenturl></commenturl><thumburl></thumburl>\
         </appmsg><fromusername>{writer}</fromusername><scene>0</scene><appinfo>\
         <version>1</version><appname></appname></appinfo><commenturl></commenturl></msg>"
    );
    Item {
        file_name: link.title.clone(),
        file_size: "0".to_owned(),
        // The Url member is escaped for the transport, once.
        url: escape::document(&link.url),
        app_msg_type: app_msg_type::LINK,
        ..Item::new("link", msg_type::APP, escape::document(&xml))
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Transfer {
    amount: String,
    memo: String,
}

impl Default for Transfer {
    fn default() -> Self {
        Self {
            amount: "￥0.10".to_owned(),
            memo: String::new(),
        }
    }
}

/// `transcationid` is the service's own spelling.
pub(super) fn transfer(rng: &mut Rng, writer: &str, transfer: &Transfer) -> Item {
    let Transfer { amount, memo } = transfer;
    let (transaction, id) = (rng.digits(32), rng.digits(31));
    let page = "https://support.weixin.qq.com/cgi-bin/mmsupport-bin/readtemplate?t=page/\
                common_page__upgrade&text=text001&btn_text=btn_text_0";
    let xml = format!(
        "<msg>\n<appmsg appid=\"\" sdkver=\"\">\n<title><![CDATA[微信转账]]></title>\n\
         <des><![CDATA[收到转账{amount}。如需收钱，请点此升级至最新版本]]></des>\n<action></action>\n\
         <type>2000</type>\n<content><![CDATA[]]></content>\n<url><![CDATA[{page}]]></url>\n\
         <thumburl><![CDATA[{page}]]></thumburl>\n<lowurl></lowurl>\n<extinfo>\n</extinfo>\n\
         <wcpayinfo>\n<paysubtype>1</paysubtype>\n<feedesc><![CDATA[{amount}]]></feedesc>\n\
         <transcationid><![CDATA[{transaction}]]></transcationid>\n\
         <transferid><![CDATA[{id}]]></transferid>\n\
         <invalidtime><![CDATA[1705131384]]></invalidtime>\n\
         <begintransfertime><![CDATA[1705044984]]></begintransfertime>\n\
         <effectivedate><![CDATA[1]]></effectivedate>\n<pay_memo><![CDATA[{memo}]]></pay_memo>\n\
         <receiver_username><![CDATA[]]></receiver_username>\n\
         <payer_username><![CDATA[{writer}]]></payer_username>\n\n\n</wcpayinfo>\n</appmsg>\n</msg>"
    );
    Item {
        file_name: "微信转账".to_owned(),
        app_msg_type: app_msg_type::TRANSFER,
        ..Item::new("transfer", msg_type::APP, escape::document(&xml))
    }
}
