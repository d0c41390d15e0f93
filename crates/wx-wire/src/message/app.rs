//! Application messages (protocol: MsgType 49): links, files, music, mini
//! programs, quotes, merged messages, money.
//!
//! One XML serves all of them: `<msg><appmsg>…</appmsg>…</msg>`. What a kind
//! has besides is in elements of its own, which others may have too, but empty.

mod link;
mod merged;
mod pay;
mod quote;

pub use link::{Article, WeAppInfo};
pub use merged::{Record, RecordItem};
pub use pay::WcPayInfo;
pub use quote::ReferMsg;

use super::{
    content::Reader,
    source,
    texts::{Texts as _, child_text, texts},
};
use crate::{code::AppMsgType, xml::Document};

texts! {
    /// An application message.
    pub struct App {
        title = "title",
        /// The line under the title.
        des = "des",
        action = "action",
        /// What it is, in decimal; see [`app_msg_type`](Self::app_msg_type).
        r#type = "type",
        showtype = "showtype",
        content = "content",
        url = "url",
        lowurl = "lowurl",
        /// Of music: the stream.
        dataurl = "dataurl",
        lowdataurl = "lowdataurl",
        thumburl = "thumburl",
        messageaction = "messageaction",
        extinfo = "extinfo",
        /// The public account that it was shared from.
        sourceusername = "sourceusername",
        /// Its name.
        sourcedisplayname = "sourcedisplayname",
        commenturl = "commenturl",
        md5 = "md5",
        statextstr = "statextstr",
        songlyric = "songlyric",
        songalbumurl = "songalbumurl",
    } with {
        /// The application's number; empty mostly.
        appid: Option<String>,
        /// The version of the application's kit; may be empty.
        sdkver: Option<String>,
        /// The sender's real id, from outside of `appmsg`.
        fromusername: Option<String>,
        /// The application's name.
        appname: Option<String>,
        /// The application's version.
        version: Option<String>,
        /// The attachment.
        appattach: Option<AppAttach>,
        /// Of a link to several articles, each of them.
        articles: Vec<Article>,
        /// Of a mini program.
        weappinfo: Option<WeAppInfo>,
        /// Of a reply: the message that it quotes.
        refermsg: Option<Box<ReferMsg>>,
        /// Of merged messages, those.
        recorditem: Option<Box<Record>>,
        /// Of a transfer or a red packet.
        wcpayinfo: Option<Box<WcPayInfo>>,
    }
}

texts! {
    /// What is attached to an application message.
    pub struct AppAttach {
        /// Bytes.
        totallen = "totallen",
        /// `@cdn_…` or `@crypt_…`.
        attachid = "attachid",
        emoticonmd5 = "emoticonmd5",
        /// Without a dot.
        fileext = "fileext",
        fileuploadtoken = "fileuploadtoken",
        /// The number of the message of type 74 that this one follows.
        overwrite_newmsgid = "overwrite_newmsgid",
        filekey = "filekey",
        cdnattachurl = "cdnattachurl",
        aeskey = "aeskey",
        encryver = "encryver",
        cdnthumburl = "cdnthumburl",
        cdnthumbmd5 = "cdnthumbmd5",
        cdnthumblength = "cdnthumblength",
        cdnthumbheight = "cdnthumbheight",
        cdnthumbwidth = "cdnthumbwidth",
        cdnthumbaeskey = "cdnthumbaeskey",
        status = "status",
    }
}

impl App {
    /// What it is, by the XML; 0 if that does not say.
    #[must_use]
    pub fn app_msg_type(&self) -> AppMsgType {
        let number = self.r#type.as_deref().map(str::trim);
        AppMsgType(
            number
                .and_then(|number| number.parse().ok())
                .unwrap_or_default(),
        )
    }
}

/// Reads the message; `reader` is for the messages inside it.
pub(super) fn read(document: &Document<'_>, reader: &Reader<'_>) -> Option<App> {
    let appmsg = source::find(document, "appmsg")?;
    let outside = |name| source::find(document, name);
    let appinfo = outside("appinfo");
    Some(App {
        appid: appmsg.attribute("appid").map(str::to_owned),
        sdkver: appmsg.attribute("sdkver").map(str::to_owned),
        fromusername: outside("fromusername").map(|name| name.text().into_owned()),
        appname: appinfo.and_then(|info| child_text(info, "appname")),
        version: appinfo.and_then(|info| child_text(info, "version")),
        appattach: appmsg.child("appattach").map(AppAttach::of_children),
        articles: link::articles(appmsg),
        weappinfo: appmsg.child("weappinfo").map(WeAppInfo::of_children),
        refermsg: appmsg
            .child("refermsg")
            .map(|refer| Box::new(quote::read(refer, reader))),
        recorditem: appmsg
            .child("recorditem")
            .and_then(|record| merged::read(record, reader))
            .map(Box::new),
        wcpayinfo: appmsg
            .child("wcpayinfo")
            .map(|info| Box::new(WcPayInfo::of_children(info))),
        ..App::of_children(appmsg)
    })
}
