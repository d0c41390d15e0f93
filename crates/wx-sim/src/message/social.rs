//! Cards, friend requests, and messages taken back.

use serde::Deserialize;

use crate::account::Account;
use crate::account::contact::ContactId;
use crate::codes::msg_type;
use crate::control::ControlError;
use crate::escape;
use crate::feed::{Item, Message, Recommend};
use crate::service::Route;

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Card {
    contact: String,
}

impl Default for Card {
    fn default() -> Self {
        let contact = "stranger:0".to_owned();
        Self { contact }
    }
}

pub(super) fn card(account: &mut Account, card: Card) -> Result<Item, ControlError> {
    let id = account
        .find(&card.contact)
        .ok_or(ControlError::NoContact(card.contact))?;
    let picture = account.rng.word(90);
    let contact = account.contact(id);
    let [nick, alias, province, city] = [
        &contact.nick,
        &contact.alias,
        &contact.province,
        &contact.city,
    ]
    .map(|text| escape::xml_value(text));
    // Two blanks before shortpy, as in every capture.
    let xml = format!(
        "<?xml version=\"1.0\"?>\n<msg bigheadimgurl=\"http://wx.qlogo.cn/mmhead/ver_1/{picture}/0\" \
         smallheadimgurl=\"http://wx.qlogo.cn/mmhead/ver_1/{picture}/132\" username=\"{}\" \
         nickname=\"{nick}\"  shortpy=\"\" alias=\"{alias}\" imagestatus=\"3\" scene=\"17\" \
         province=\"{province}\" city=\"{city}\" sign=\"\" sex=\"{}\" certflag=\"{}\" certinfo=\"\" \
         brandIconUrl=\"\" brandHomeUrl=\"\" brandSubscriptConfigUrl=\"\" brandFlags=\"0\" \
         regionCode=\"CN_Beijing_Haidian\" />\n",
        contact.real_id, contact.sex, contact.verify_flag,
    );
    let mut item = Item::new("card", msg_type::CARD, escape::document(&xml));
    item.recommend = Some(Box::new(Recommend {
        contact: id,
        greeting: String::new(),
        scene: 17,
        ticket: String::new(),
        op_code: 0,
    }));
    Ok(item)
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Greeting {
    text: String,
}

impl Default for Greeting {
    fn default() -> Self {
        let text = "我是新来的邻居".to_owned();
        Self { text }
    }
}

/// A request to be friends, which `fmessage` passes on.
pub(super) fn friend_request(account: &mut Account, from: ContactId, greeting: &Greeting) -> Item {
    let text = escape::xml_value(&greeting.text);
    let rng = &mut account.rng;
    let (name, picture) = (rng.hex(96), rng.word(90));
    let ticket = format!("v2_{}@stranger", rng.hex(160));
    let version = rng.between(600_000_000, 700_000_000);
    let contact = account.contact(from);
    let nick = escape::xml_value(&contact.nick);
    let xml = format!(
        "<msg fromusername=\"{}\" encryptusername=\"v1_{name}@stranger\" fromnickname=\"{nick}\" \
         content=\"{text}\"  shortpy=\"\" imagestatus=\"3\" scene=\"6\" country=\"\" province=\"\" \
         city=\"\" sign=\"\" percard=\"1\" sex=\"{}\" alias=\"{}\" weibo=\"\" weibonickname=\"\" \
         albumflag=\"0\" albumstyle=\"0\" albumbgimgid=\"\" snsflag=\"1\" snsbgimgid=\"\" \
         snsbgobjectid=\"0\" mhash=\"\" mfullhash=\"\" \
         bigheadimgurl=\"http://wx.qlogo.cn/mmhead/ver_1/{picture}/0\" \
         smallheadimgurl=\"http://wx.qlogo.cn/mmhead/ver_1/{picture}/132\" ticket=\"{ticket}\" \
         opcode=\"2\" googlecontact=\"\" qrticket=\"\" chatroomusername=\"\" sourceusername=\"\" \
         sourcenickname=\"\"><brandlist count=\"0\" ver=\"{version}\"></brandlist></msg>",
        contact.real_id, contact.sex, contact.alias,
    );
    let mut item = Item::new(
        "friend_request",
        msg_type::FRIEND_REQUEST,
        escape::document(&xml),
    );
    item.recommend = Some(Box::new(Recommend {
        contact: from,
        greeting: greeting.text.clone(),
        scene: 6,
        ticket,
        op_code: 2,
    }));
    item
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Revoke {
    msg_id: Option<String>,
}

/// Takes back a message of the same chat and writer.
pub(super) fn revoke(
    account: &mut Account,
    route: Route,
    revoke: &Revoke,
) -> Result<Item, ControlError> {
    let same = |message: &Message| {
        message.from == route.from
            && message.to == route.to
            && message.sender == route.sender
            && message.can_be_revoked()
    };
    let target = match &revoke.msg_id {
        Some(msg_id) => {
            let message = msg_id
                .parse()
                .ok()
                .and_then(|msg_id| account.message(msg_id));
            message.filter(|message| same(message))
        }
        None => {
            let mut messages = account
                .feed
                .iter()
                .rev()
                .filter_map(|change| change.message());
            messages.find(|message| same(message))
        }
    };
    let wanted = || {
        revoke
            .msg_id
            .clone()
            .unwrap_or_else(|| "the newest".to_owned())
    };
    let target = target.ok_or_else(|| ControlError::NoMessage(wanted()))?;
    Ok(revocation(account, target))
}

/// What a message is replaced by when its writer takes it back.
pub(crate) fn revocation(account: &Account, target: &Message) -> Item {
    let msg_id = target.id;
    let session = &account.contact(account.chat_of(target)).real_id;
    let notice = if target.from == account.me() {
        "你撤回了一条消息".to_owned()
    } else {
        let writer = account.contact(target.sender.unwrap_or(target.from));
        format!("\"{}\" 撤回了一条消息", writer.shown_name())
    };
    let xml = format!(
        "<sysmsg type=\"revokemsg\"><revokemsg><session>{session}</session>\
         <oldmsgid>{}</oldmsgid><msgid>{msg_id}</msgid>\
         <replacemsg><![CDATA[{notice}]]></replacemsg></revokemsg></sysmsg>",
        1_000_000_000 + msg_id % 1_000_000_000,
    );
    Item {
        status: 4,
        ..Item::new("revoke", msg_type::REVOKE, escape::document(&xml))
    }
}
