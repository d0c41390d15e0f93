//! `POST base host /cgi-bin/mmwebwx-bin/webwxsync`: what lies past a position,
//! in order, at most a page of it; `ContinueFlag` is 1 when more remains.
//!
//! The position is the SyncKey that the request sends: sent again, it fetches
//! the same again. An unknown or empty one is Ret -1. A refusal has every
//! member of a success with an empty SyncKey, and no SyncCheckKey.

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use super::cookies;
use crate::account::Account;
use crate::account::contact::ContactId;
use crate::codes::Ret;
use crate::config::SyncCheckKey;
use crate::feed::Change;
use crate::layout::Json;
use crate::reply;
use crate::request::{Incoming, scalar};
use crate::service::{Claim, Door, Service};
use crate::session::Form;

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let body = request.json();
    let index = match service.authorize(request, &Claim::from_body(&body), Door::Base) {
        Ok(index) => index,
        Err(ret) => return refusal(ret),
    };
    let config = &service.config;
    let Some(account) = service.accounts.get_mut(index) else {
        return refusal(Ret::SYSTEM_ERROR);
    };
    let Some(session) = &mut account.session else {
        return refusal(Ret::SYSTEM_ERROR);
    };
    let (start, end) = (session.start, account.feed.len());
    let Some((position, _)) = session.keys.locate(&sync_key(&body), start, end) else {
        return refusal(Ret::SYSTEM_ERROR);
    };
    session.syncs += 1;
    let due =
        config.rotate_skey_every > 0 && session.syncs.is_multiple_of(config.rotate_skey_every);
    let new_skey = due.then(|| session.rotate_skey(&mut account.rng)).flatten();
    let new_skey = new_skey.unwrap_or_default().to_owned();

    let next = position.saturating_add(config.page_size.max(1)).min(end);
    let check_form = match config.sync_check_key {
        SyncCheckKey::Same => Form::Sync,
        SyncCheckKey::Differs => Form::Check,
    };
    let key = session.keys.list(next, next - start, Form::Sync);
    let check_key = session.keys.list(next, next - start, check_form);
    let account = &*account;
    let page = account.feed.get(position..next).unwrap_or_default();
    let mut json = Json::response(Ret::OK, "");
    write_page(&mut json, account, page);
    json.number("ContinueFlag", u8::from(next < end));
    write_sync_key(&mut json, "SyncKey", &key);
    json.text("SKey", &new_skey);
    write_sync_key(&mut json, "SyncCheckKey", &check_key);
    let mut response = reply::json(json.finish());
    if let Some(session) = &account.session {
        cookies::set_at_sync(&mut response, account, session, service.now);
    }
    response
}

pub(super) fn refusal(ret: Ret) -> Response<Bytes> {
    let mut json = Json::response(ret, "");
    write_lists(&mut json, &Page::default(), |_, _| {}, |_, _| {}, |_, _| {});
    json.number("ContinueFlag", 0);
    write_sync_key(&mut json, "SyncKey", &[]);
    json.text("SKey", "");
    reply::json(json.finish())
}

/// The entries of a page by the list they go to.
#[derive(Default)]
struct Page<'a> {
    messages: Vec<&'a Change>,
    modified: Vec<ContactId>,
    deleted: Vec<ContactId>,
}

fn write_page(json: &mut Json, account: &Account, changes: &[Change]) {
    let mut page = Page::default();
    for change in changes {
        // A contact is written as it is by now, so once in a page is enough.
        match change.contact() {
            None => page.messages.push(change),
            Some(id) if page.modified.contains(&id) || page.deleted.contains(&id) => {}
            Some(id) if account.contact(id).is_reachable() => page.modified.push(id),
            Some(id) => page.deleted.push(id),
        }
    }
    write_lists(
        json,
        &page,
        |json, change| {
            if let Some(message) = change.message() {
                account.write_message(json, message);
            }
        },
        |json, id| account.write_mod_contact(json, id),
        |json, id| {
            json.text("UserName", account.user_name(id));
            json.number("ContactFlag", 0);
        },
    );
}

/// The lists of a page, and the Profile, which never changes.
fn write_lists(
    json: &mut Json,
    page: &Page<'_>,
    message: impl Fn(&mut Json, &Change),
    modified: impl Fn(&mut Json, ContactId),
    deleted: impl Fn(&mut Json, ContactId),
) {
    json.number("AddMsgCount", page.messages.len());
    json.list("AddMsgList", &page.messages, |json, change| {
        message(json, change)
    });
    json.number("ModContactCount", page.modified.len());
    json.list("ModContactList", &page.modified, |json, id| {
        modified(json, *id)
    });
    json.number("DelContactCount", page.deleted.len());
    json.list("DelContactList", &page.deleted, |json, id| {
        deleted(json, *id)
    });
    json.number("ModChatRoomMemberCount", 0);
    json.empty_list("ModChatRoomMemberList");
    json.object("Profile", |json| {
        json.number("BitFlag", 0);
        json.object("UserName", |json| json.text("Buff", ""));
        json.object("NickName", |json| json.text("Buff", ""));
        json.number("BindUin", 0);
        json.object("BindEmail", |json| json.text("Buff", ""));
        json.object("BindMobile", |json| json.text("Buff", ""));
        json.zeros(&["Status", "Sex", "PersonalCard"]);
        json.text("Alias", "");
        json.number("HeadImgUpdateFlag", 0);
        json.blanks(&["HeadImgUrl", "Signature"]);
    });
}

pub(super) fn write_sync_key(json: &mut Json, name: &str, list: &[(u64, u64)]) {
    json.object(name, |json| {
        json.number("Count", list.len());
        json.list("List", list, |json, (key, val)| {
            json.number("Key", key);
            json.number("Val", val);
        });
    });
}

/// The SyncKey of a request; empty when it is none.
fn sync_key(body: &Value) -> Vec<(u64, u64)> {
    let list = body.get("SyncKey").and_then(|key| key.get("List"));
    let number = |item: &Value, name| scalar(item.get(name))?.parse().ok();
    let pairs: Option<Vec<_>> = (list.and_then(Value::as_array).into_iter().flatten())
        .map(|item| Some((number(item, "Key")?, number(item, "Val")?)))
        .collect();
    pairs.unwrap_or_default()
}
