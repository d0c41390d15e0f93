//! Application messages (links, files, quotes, money and the like), from the
//! XML if there is one, or else from the item's own members.

use wx_wire::code::AppMsgType;
use wx_wire::id::{MediaId, MsgId};
use wx_wire::message as wire;
use wx_wire::message::{AddMsg, Content};

use super::parts::{Article, MergedItem, Quoted};
use super::{Body, text};
use crate::message::decoded_name;

/// The body of an application message. Without XML (our own files, references)
/// `app` is empty.
pub(super) fn of(msg: &AddMsg, app: &wire::App) -> Body {
    let kind = match msg.app_msg_type {
        AppMsgType(0) => app.app_msg_type(),
        told => told,
    };
    let title = first([text(&app.title), decoded_name(&msg.file_name)]);
    let description = text(&app.des);
    let url = first([text(&app.url), decoded_name(&msg.url)]);
    let app_name = first([text(&app.appname), text(&app.sourcedisplayname)]);
    let app_id = text(&app.appid);
    match kind {
        AppMsgType::FILE => file(msg, app),
        AppMsgType::LINK => Body::Link {
            title,
            description,
            url,
            app_type: kind,
            app_name,
            app_id,
            articles: app.articles.iter().map(article).collect(),
        },
        AppMsgType::MUSIC => Body::Music {
            title,
            description,
            url: first([url, text(&app.dataurl), text(&app.lowdataurl)]),
            app_type: kind,
            app_name,
            app_id,
        },
        AppMsgType::MINI_PROGRAM | AppMsgType::MINI_PROGRAM_LINK => {
            let info = app.weappinfo.as_ref();
            let own_id = info.map(|info| text(&info.appid)).unwrap_or_default();
            Body::MiniProgram {
                title,
                description,
                url,
                app_type: kind,
                app_name: first([text(&app.sourcedisplayname), app_name]),
                app_id: first([own_id, app_id]),
            }
        }
        AppMsgType::QUOTE => Body::Quote {
            text: title,
            quoted: app.refermsg.as_deref().map(quoted).map(Box::new),
        },
        AppMsgType::MERGED => {
            let record = app.recorditem.as_deref();
            Body::Merged {
                title: first([title, record.map(|r| text(&r.title)).unwrap_or_default()]),
                items: record.map(items).unwrap_or_default(),
            }
        }
        AppMsgType::TRANSFER => {
            let (amount, memo) = money(app);
            Body::Transfer { amount, memo }
        }
        AppMsgType::RED_PACKET => {
            let (amount, memo) = money(app);
            Body::RedPacket { amount, memo }
        }
        _ => Body::App {
            title,
            description,
            url,
            app_type: kind,
            app_name,
            app_id,
        },
    }
}

fn file(msg: &AddMsg, app: &wire::App) -> Body {
    let attachment = app.appattach.clone().unwrap_or_default();
    let file_name = first([decoded_name(&msg.file_name), text(&app.title)]);
    let ending = file_name.rsplit_once('.').map(|(_, ext)| ext.to_owned());
    let size = |text: &str| text.trim().parse().ok().filter(|size| *size > 0);
    Body::File {
        ext: first([ending.unwrap_or_default(), text(&attachment.fileext)]),
        file_name,
        size: size(&msg.file_size).or_else(|| size(&text(&attachment.totallen))),
        media_id: MediaId::from(first([
            msg.media_id.clone().into_owned(),
            text(&attachment.attachid),
        ])),
        encry_file_name: (msg.encry_file_name.as_deref())
            .filter(|name| !name.is_empty())
            .map(str::to_owned),
    }
}

fn article(article: &wire::Article) -> Article {
    let time = article.pub_time.as_deref();
    Article {
        title: text(&article.title),
        url: first([
            text(&article.url),
            text(&article.longurl),
            text(&article.shorturl),
        ]),
        description: first([text(&article.digest), text(&article.summary)]),
        cover: article.cover_url().unwrap_or_default().to_owned(),
        time: time.and_then(|time| time.trim().parse().ok()),
    }
}

fn quoted(refer: &wire::ReferMsg) -> Quoted {
    let text = match &refer.quoted {
        Some(Content::Text(text)) => text.trim_start_matches('\n').to_owned(),
        Some(Content::App(app)) => super::text(&app.title),
        Some(Content::Notice(notice)) => notice.text.clone().into_owned(),
        Some(Content::Location(place)) => super::text(&place.label),
        Some(Content::Card(card)) => super::text(&card.nickname),
        _ => String::new(),
    };
    Quoted {
        sender: super::text(&refer.displayname),
        text,
        msg_type: refer.msg_type(),
        msg_id: MsgId::from(super::text(&refer.svrid)),
    }
}

/// Nested lists: the decoder limits their depth.
fn items(record: &wire::Record) -> Vec<MergedItem> {
    let item = |item: &wire::RecordItem| MergedItem {
        sender: text(&item.sourcename),
        time: text(&item.sourcetime),
        item_type: item
            .datatype
            .as_deref()
            .and_then(|number| number.trim().parse().ok())
            .unwrap_or_default(),
        text: first([text(&item.datadesc), text(&item.datatitle)]),
        items: item.record.as_deref().map(items).unwrap_or_default(),
    };
    record.items.iter().map(item).collect()
}

/// The sum and the sender's words.
fn money(app: &wire::App) -> (String, String) {
    let Some(info) = app.wcpayinfo.as_deref() else {
        return (String::new(), String::new());
    };
    let memo = [&info.pay_memo, &info.receivertitle, &info.sendertitle];
    (text(&info.feedesc), first(memo.map(text)))
}

/// The first text that is not blank.
fn first<const N: usize>(texts: [String; N]) -> String {
    let said = |text: &String| !text.trim().is_empty();
    texts.into_iter().find(said).unwrap_or_default()
}
