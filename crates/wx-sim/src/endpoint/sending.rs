//! What the endpoints that send have in common.
//!
//! The message comes back through `webwxsync` under the MsgID of the answer.
//! A ClientMsgId that was used before gets the same MsgID again and sends
//! nothing; that the real service does so is what clients that retry rely on.

use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use serde_json::Value;

use crate::codes::{Ret, app_msg_type};
use crate::config::Strictness;
use crate::escape;
use crate::feed::Item;
use crate::layout::Json;
use crate::media::Media;
use crate::message::app;
use crate::oracle::Sent;
use crate::reply;
use crate::request::{Incoming, scalar};
use crate::service::{Claim, Door, Route, Service};

/// A message about to be sent.
pub(super) struct Draft<'a> {
    pub(super) service: &'a Service,
    /// The account that sends it.
    pub(super) index: usize,
    request: &'a Incoming,
    body: &'a Value,
    msg: &'a Value,
}

impl<'a> Draft<'a> {
    /// Whether the client says that it sends something on.
    pub(super) fn is_forwarded(&self) -> bool {
        scalar(self.body.get("Scene")).is_some_and(|scene| scene == "2")
    }

    /// `Type` of `Msg`.
    pub(super) fn msg_type(&self) -> Result<u32, Ret> {
        let text = self.member("Type");
        text.parse().map_err(|_| Ret::PARAMETER_ERROR)
    }

    /// A member of `Msg` as text; empty when it is missing.
    pub(super) fn member(&self, name: &str) -> String {
        scalar(self.msg.get(name)).unwrap_or_default()
    }

    pub(super) fn is_strict(&self) -> bool {
        self.service.config.strictness == Strictness::Strict
    }

    /// Ret 1 unless the query has these, which only a strict service minds.
    pub(super) fn expect_query(&self, expected: &[(&str, &str)]) -> Result<(), Ret> {
        let all = expected
            .iter()
            .all(|(name, value)| self.request.param(name) == Some(value));
        if all || !self.is_strict() {
            Ok(())
        } else {
            Err(Ret::PARAMETER_ERROR)
        }
    }

    /// The file that a MediaId of this account stands for.
    pub(super) fn uploaded(&self, media_id: &str) -> Result<&'a Arc<Media>, Ret> {
        let uploads = &self.service.account(self.index)?.uploads;
        uploads.finished.get(media_id).ok_or(Ret::PARAMETER_ERROR)
    }

    /// The id of the sender that no login changes.
    pub(super) fn writer_id(&self) -> &'a str {
        let account = self.service.accounts.get(self.index);
        account.map_or("", |account| account.contact(account.me()).real_id.as_str())
    }
}

/// Turns a message into the item that is delivered.
pub(super) type Compose = fn(&Draft<'_>) -> Result<Item, Ret>;

/// Takes a message.
pub(super) fn answer(
    service: &mut Service,
    request: &Incoming,
    compose: Compose,
) -> Response<Bytes> {
    let body = request.json();
    let outcome = service
        .authorize(request, &Claim::from_body(&body), Door::Base)
        .and_then(|index| take(service, index, request, &body, compose));
    match outcome {
        Ok((msg_id, local_id)) => answered(Ret::OK, &msg_id.to_string(), &local_id),
        Err(ret) => refusal(ret),
    }
}

pub(super) fn refusal(ret: Ret) -> Response<Bytes> {
    answered(ret, "", "")
}

fn answered(ret: Ret, msg_id: &str, local_id: &str) -> Response<Bytes> {
    let mut json = Json::response(ret, "");
    json.text("MsgID", msg_id);
    json.text("LocalID", local_id);
    reply::json(json.finish())
}

fn take(
    service: &mut Service,
    index: usize,
    request: &Incoming,
    body: &Value,
    compose: Compose,
) -> Result<(u64, String), Ret> {
    let msg = body.get("Msg").filter(|msg| msg.is_object());
    let msg = msg.ok_or(Ret::PARAMETER_ERROR)?;
    let member = |name| scalar(msg.get(name)).unwrap_or_default();
    let client_msg_id = member("ClientMsgId");
    let local_id = member("LocalID");
    let item = compose(&Draft {
        service,
        index,
        request,
        body,
        msg,
    })?;
    let refuse_self = service.config.refuse_self;
    let (now_ms, limit) = (service.now.unix_ms, service.config.send_limit);
    let account = service.account_mut(index)?;
    let me = account.me();
    if member("FromUserName") != account.user_name(me) || client_msg_id.is_empty() {
        return Err(Ret::PARAMETER_ERROR);
    }
    if let Some(msg_id) = account.client_msg_ids.get(&client_msg_id) {
        return Ok((*msg_id, local_id));
    }
    let to_user_name = member("ToUserName");
    let to = account.by_user_name(&to_user_name).ok_or(Ret::NO_FRIEND)?;
    if !account.contact(to).is_reachable() || (to == me && refuse_self) {
        return Err(Ret::NO_FRIEND);
    }
    let real_id = account.contact(to).real_id.clone();
    if !account.sends.admits(limit, now_ms) {
        return Err(Ret::TOO_OFTEN);
    }
    let route = Route {
        from: me,
        to,
        sender: None,
    };
    let received = Item {
        content: as_received(&item, &account.contact(me).real_id),
        ..item.clone()
    };
    let msg_id = service
        .deliver(index, route, item)
        .ok_or(Ret::PARAMETER_ERROR)?;
    service.pass_on(index, to, msg_id, received);
    if let Some(account) = service.accounts.get_mut(index) {
        account.client_msg_ids.insert(client_msg_id.clone(), msg_id);
    }
    service.record.sent.push(Sent {
        account: index,
        endpoint: request.endpoint().to_owned(),
        msg_id,
        unix_ms: now_ms,
        client_msg_id,
        to_user_name,
        to: real_id,
        content: member("Content"),
        msg: msg.clone(),
    });
    Ok((msg_id, local_id))
}

/// The content that the receiver reads. It differs for files: their sender gets
/// them back without content.
fn as_received(item: &Item, writer: &str) -> String {
    match &item.media {
        Some(media) if item.app_msg_type == app_msg_type::FILE => {
            let xml = app::file_xml(media, writer, &item.file_name);
            escape::document(&xml)
        }
        _ => item.content.clone(),
    }
}
