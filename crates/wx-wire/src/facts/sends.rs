//! Facts in the answers to what a client sends and changes.

use serde_json::{Value, json};

use super::{
    Error, Facts, answer, empty, endpoint_of, is_empty, object, presence::only_present, sync,
};
use crate::{
    contact::Member,
    endpoint::{
        Endpoint, Receipt, webwxcreatechatroom, webwxoplog, webwxpushloginurl, webwxrevokemsg,
        webwxstatusnotify, webwxupdatechatroom, webwxuploadmedia, webwxverifyuser,
    },
    json::{self, Raw, object as wire_object},
    query,
};

pub(super) fn sendmsg(_: &Value, body: &[u8]) -> Result<Facts, Error> {
    if is_empty(body) {
        return Ok(empty(&["ret", "err_msg", "msg_id", "local_id"]));
    }
    let response = Receipt::decode(Endpoint::SendMsg, body)?;
    let facts = json!({ "msg_id": response.msg_id, "local_id": response.local_id });
    let facts = answer(&response.base_response(), facts);
    let members = [("msg_id", "/MsgID"), ("local_id", "/LocalID")];
    Ok(only_present(facts, body, &members))
}

pub(super) fn statusnotify(_: &Value, body: &[u8]) -> Result<Facts, Error> {
    let response = webwxstatusnotify::Response::decode(body)?;
    let facts = json!({ "msg_id": response.msg_id });
    let facts = answer(&response.base_response(), facts);
    Ok(only_present(facts, body, &[("msg_id", "/MsgID")]))
}

pub(super) fn upload(_: &Value, body: &[u8]) -> Result<Facts, Error> {
    let response = webwxuploadmedia::Response::decode(body)?;
    let name = response.encry_file_name.as_deref();
    let facts = json!({
        "media_id": response.media_id,
        "media_id_len": response.media_id.as_str().len(),
        "start_pos": response.start_pos,
        "thumb_height": response.cdn_thumb_img_height,
        "thumb_width": response.cdn_thumb_img_width,
        "encry_file_name": name,
        "encry_file_name_decoded": name.map(query::decode),
    });
    let facts = answer(&response.base_response(), facts);
    let members = [("media_id", "/MediaId"), ("media_id_len", "/MediaId")];
    Ok(only_present(facts, body, &members))
}

wire_object! {
    /// What tells the bodies of many endpoints apart.
    struct Hints<'de> {
        msg_id: Option<Raw<'de>> = "MsgId",
        ret: Option<Raw<'de>> = "ret",
        chat_room_name: Option<Raw<'de>> = "ChatRoomName",
        sys_wording: Option<Raw<'de>> = "SysWording" | "Introduction",
        member_count: Option<Raw<'de>> = "MemberCount",
    }
}

/// The body of the endpoint that the context names, or of the one that it
/// looks like.
pub(super) fn other_json(context: &Value, body: &[u8]) -> Result<Facts, Error> {
    let mut facts = other_facts(context, body)?;
    if let Some(endpoint) = context.get("endpoint") {
        facts.insert("endpoint".to_owned(), endpoint.clone());
    }
    Ok(facts)
}

fn other_facts(context: &Value, body: &[u8]) -> Result<Facts, Error> {
    if is_empty(body) {
        return Ok(empty(&["ret", "err_msg"]));
    }
    if context.get("object").is_some_and(|name| name == "AddMsg") {
        return sync::add_msg(body);
    }
    let endpoint = match endpoint_of(context) {
        Some(endpoint) => endpoint,
        None => {
            let hints: Hints<'_> = json::body(Endpoint::OpLog, body)?;
            if hints.msg_id.is_some() {
                return sync::add_msg(body);
            }
            hints.endpoint().name()
        }
    };
    match endpoint {
        "webwxpushloginurl" => pushloginurl(body),
        "webwxcreatechatroom" => create(body),
        "webwxupdatechatroom" => update(body),
        "webwxrevokemsg" => revoke(body),
        "webwxverifyuser" => {
            let response = webwxverifyuser::Response::decode(body)?;
            Ok(answer(&response.base_response(), json!({})))
        }
        _ => {
            let response = webwxoplog::Response::decode(body)?;
            Ok(answer(&response.base_response(), json!({})))
        }
    }
}

impl Hints<'_> {
    const fn endpoint(&self) -> Endpoint {
        if self.ret.is_some() {
            Endpoint::PushLoginUrl
        } else if self.chat_room_name.is_some() {
            Endpoint::CreateChatRoom
        } else if self.sys_wording.is_some() {
            Endpoint::RevokeMsg
        } else if self.member_count.is_some() {
            Endpoint::UpdateChatRoom
        } else {
            Endpoint::OpLog
        }
    }
}

fn create(body: &[u8]) -> Result<Facts, Error> {
    let response = webwxcreatechatroom::Response::decode(body)?;
    let facts = json!({
        "chat_room_name": response.chat_room_name,
        "topic": response.topic,
        "member_count": response.member_count,
        "members": names(&response.member_list),
        "member_status": statuses(&response.member_list),
        "black_list": response.black_list,
    });
    let facts = answer(&response.base_response(), facts);
    let members = [
        ("chat_room_name", "/ChatRoomName"),
        ("topic", "/Topic"),
        ("member_count", "/MemberCount"),
        ("black_list", "/BlackList"),
    ];
    Ok(only_present(facts, body, &members))
}

fn update(body: &[u8]) -> Result<Facts, Error> {
    let response = webwxupdatechatroom::Response::decode(body)?;
    let facts = json!({
        "member_count": response.member_count,
        "members": names(&response.member_list),
        "member_status": statuses(&response.member_list),
    });
    let facts = answer(&response.base_response(), facts);
    Ok(only_present(
        facts,
        body,
        &[("member_count", "/MemberCount")],
    ))
}

fn names(members: &[Member]) -> Vec<&str> {
    let names = members.iter().map(|member| member.user_name.as_str());
    names.collect()
}

fn statuses(members: &[Member]) -> Vec<i64> {
    members.iter().map(|member| member.member_status).collect()
}

fn revoke(body: &[u8]) -> Result<Facts, Error> {
    let response = webwxrevokemsg::Response::decode(body)?;
    let facts = json!({
        "introduction": response.introduction,
        "sys_wording": response.sys_wording,
    });
    let facts = answer(&response.base_response(), facts);
    let members = [
        ("introduction", "/Introduction"),
        ("sys_wording", "/SysWording"),
    ];
    Ok(only_present(facts, body, &members))
}

/// This one has no BaseResponse, and mostly a text for `ret`.
fn pushloginurl(body: &[u8]) -> Result<Facts, Error> {
    let response = webwxpushloginurl::Response::decode(body)?;
    let hints: Hints<'_> = json::body(Endpoint::PushLoginUrl, body)?;
    let is_string = hints.ret.is_some_and(|Raw(ret)| ret.starts_with('"'));
    let ret = response.ret.map(|ret| {
        if is_string {
            json!(ret.to_string())
        } else {
            json!(ret)
        }
    });
    let facts = object(json!({
        "ret": ret,
        "ret_is_string": is_string,
        "msg": response.msg,
        "uuid": response.uuid,
    }));
    let members = [("msg", "/msg"), ("uuid", "/uuid")];
    Ok(only_present(facts, body, &members))
}
