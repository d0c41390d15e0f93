//! `POST base host /cgi-bin/mmwebwx-bin/webwxinit`: begins or resumes a session.
//!
//! The SyncKey has four entries. Until the session has fetched anything it
//! stands where the session began; asked again later ("hot" login) it stands
//! at the end of what there is, while the session's older SyncKeys keep their
//! meaning. A refusal has every member of a success, all empty or 0.

use bytes::Bytes;
use http::Response;

use crate::account::Account;
use crate::account::contact::{ContactId, Kind};
use crate::account::entries::Members;
use crate::codes::Ret;
use crate::escape;
use crate::layout::Json;
use crate::reply;
use crate::request::Incoming;
use crate::rng::Rng;
use crate::service::{Claim, Door, Service};
use crate::session::Form;

use super::webwxsync::write_sync_key;

/// How many chats `ContactList` holds.
const RECENT: usize = 10;
const CLIENT_VERSION: u32 = 637_865_269;
const CLICK_REPORT_INTERVAL: u32 = 600_000;

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let claim = Claim::from_body(&request.json());
    let index = match service.authorize(request, &claim, Door::Base) {
        Ok(index) => index,
        Err(ret) => return refusal(ret),
    };
    let rotate = service.config.rotate_skey_every > 0;
    let invite_start = service.config.invite_start;
    let body = service.accounts.get_mut(index).and_then(|account| {
        let session = account.session.as_mut()?;
        session.online = true;
        if rotate {
            session.rotate_skey(&mut account.rng);
        }
        success(account, service.seed, service.now.unix_s(), invite_start)
    });
    service.came_online(index);
    body.map_or_else(|| refusal(Ret::PARAMETER_ERROR), reply::json)
}

fn success(account: &Account, seed: u64, unix_s: u64, invite_start: usize) -> Option<String> {
    let session = account.session.as_ref()?;
    let recent = account.recent_chats();
    let in_list: Vec<ContactId> = (recent.iter().copied())
        .filter(|id| account.contact(*id).in_address_book())
        .take(RECENT)
        .collect();
    let position = if session.syncs == 0 {
        session.start
    } else {
        account.feed.len()
    };
    let key = session
        .keys
        .list(position, position - session.start, Form::Init);
    let mut json = Json::response(Ret::OK, "");
    json.number("Count", in_list.len());
    json.list("ContactList", in_list, |json, id| {
        account.write_contact(json, id, Members::Nameless);
    });
    write_sync_key(&mut json, "SyncKey", &key);
    json.object("User", |json| account.write_user(json));
    json.text("ChatSet", &chat_set(account, &recent));
    json.text("SKey", session.skey());
    json.number("ClientVersion", CLIENT_VERSION);
    json.number("SystemTime", unix_s);
    json.number("GrayScale", 1);
    json.number("InviteStartCount", invite_start);
    write_articles(&mut json, account, seed, unix_s);
    json.number("ClickReportInterval", CLICK_REPORT_INTERVAL);
    Some(json.finish())
}

/// User names with a comma after each; filehelper comes twice. Of the groups
/// that are not saved, every second is left to the status notify.
fn chat_set(account: &Account, recent: &[ContactId]) -> String {
    let mut unsaved = 0;
    let mut set = String::new();
    for id in recent {
        let contact = account.contact(*id);
        if contact.is_group() && !contact.in_address_book() {
            unsaved += 1;
            if unsaved % 2 == 0 {
                continue;
            }
        }
        set.push_str(account.user_name(*id));
        set.push(',');
    }
    set + "filehelper,weixin,"
}

/// `MPSubscribeMsgList`: one entry for each public account followed, with one
/// or two articles, the second without a Digest.
fn write_articles(json: &mut Json, account: &Account, seed: u64, unix_s: u64) {
    let public: Vec<ContactId> = account
        .all()
        .filter(|(_, contact)| contact.kind == Kind::Official && contact.in_address_book())
        .map(|(id, _)| id)
        .collect();
    json.number("MPSubscribeMsgCount", public.len());
    json.list("MPSubscribeMsgList", public, |json, id| {
        let contact = account.contact(id);
        let mut rng = Rng::derive(seed, &["articles", &contact.real_id]);
        let nick = escape::text(&contact.nick);
        let count = rng.between(1, 3);
        json.text("UserName", account.user_name(id));
        json.number("MPArticleCount", count);
        json.list("MPArticleList", 1..=count, |json, number| {
            let (biz, mid, sn) = (rng.base64_url(14), rng.digits(10), rng.hex(32));
            json.text("Title", &format!("{nick} · {number}"));
            if number == 1 {
                json.text("Digest", "今天的第一篇");
            }
            json.text("Cover", &format!("http://mmbiz.qpic.cn/mmbiz_jpg/{sn}/640?wxtype=jpeg&wxfrom=0"));
            json.text(
                "Url",
                &format!("http://mp.weixin.qq.com/s?__biz={biz}==&mid={mid}&idx={number}&sn={sn}&scene=0#rd"),
            );
        });
        json.number("Time", unix_s.saturating_sub(rng.below(80_000)));
        json.text("NickName", &nick);
    });
}

pub(super) fn refusal(ret: Ret) -> Response<Bytes> {
    let mut json = Json::response(ret, "");
    json.number("Count", 0);
    json.empty_list("ContactList");
    write_sync_key(&mut json, "SyncKey", &[]);
    json.object("User", |json| {
        json.number("Uin", 0);
        json.blanks(&[
            "UserName",
            "NickName",
            "HeadImgUrl",
            "RemarkName",
            "PYInitial",
            "PYQuanPin",
            "RemarkPYInitial",
            "RemarkPYQuanPin",
        ]);
        json.zeros(&["HideInputBarFlag", "StarFriend", "Sex"]);
        json.text("Signature", "");
        json.zeros(&[
            "AppAccountFlag",
            "VerifyFlag",
            "ContactFlag",
            "WebWxPluginSwitch",
            "HeadImgFlag",
            "SnsFlag",
        ]);
    });
    json.blanks(&["ChatSet", "SKey"]);
    json.zeros(&[
        "ClientVersion",
        "SystemTime",
        "GrayScale",
        "InviteStartCount",
        "MPSubscribeMsgCount",
    ]);
    json.empty_list("MPSubscribeMsgList");
    json.number("ClickReportInterval", 0);
    reply::json(json.finish())
}
