//! How contacts and members of groups are written in answers.

use super::Account;
use super::contact::{Attitude, Contact, ContactId, Member};
use super::names::pinyin;
use crate::escape;
use crate::layout::Json;

/// How much of its members a group's entry shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Members {
    /// The count only (`webwxgetcontact`).
    Counted,
    /// User names with empty names (`webwxinit`).
    Nameless,
    /// All that is known (`webwxbatchgetcontact`).
    Full,
}

impl Account {
    /// An entry of `ContactList` or `MemberList`.
    pub(crate) fn write_contact(&self, json: &mut Json, id: ContactId, members: Members) {
        let contact = self.contact(id);
        let nick = escape::text(&contact.nick);
        let remark = escape::text(&contact.remark);
        let (initials, full) = pinyin(&nick);
        let (remark_initials, remark_full) = pinyin(&remark);
        json.number("Uin", 0);
        json.text("UserName", self.user_name(id));
        json.text("NickName", &nick);
        json.text("HeadImgUrl", &self.head_img_url(id));
        json.number("ContactFlag", contact.contact_flag);
        self.write_members(json, contact, members);
        json.text("RemarkName", &remark);
        json.number("HideInputBarFlag", 0);
        json.number("Sex", contact.sex);
        json.text("Signature", &escape::text(&contact.signature));
        json.number("VerifyFlag", contact.verify_flag);
        json.number("OwnerUin", 0);
        json.text("PYInitial", &initials);
        json.text("PYQuanPin", &full);
        json.text("RemarkPYInitial", &remark_initials);
        json.text("RemarkPYQuanPin", &remark_full);
        json.number("StarFriend", u8::from(contact.starred));
        json.number("AppAccountFlag", 0);
        json.number("Statues", contact.statues());
        json.number("AttrStatus", contact.attr_status);
        json.text("Province", &contact.province);
        json.text("City", &contact.city);
        json.text("Alias", &contact.alias);
        json.number("SnsFlag", contact.sns_flag);
        json.number("UniFriend", 0);
        json.text("DisplayName", "");
        json.number("ChatRoomId", 0);
        json.text("KeyWord", contact.key_word());
        json.text("EncryChatRoomId", &contact.encry_chat_room_id);
        json.number("IsOwner", u8::from(contact.owner == Some(self.me())));
    }

    /// An entry of `ModContactList`: other members than the lists above.
    pub(crate) fn write_mod_contact(&self, json: &mut Json, id: ContactId) {
        let contact = self.contact(id);
        json.text("UserName", self.user_name(id));
        json.text("NickName", &escape::text(&contact.nick));
        json.number("Sex", contact.sex);
        json.number("HeadImgUpdateFlag", 1);
        json.number("ContactType", 0);
        json.text("Alias", &contact.alias);
        json.text(
            "ChatRoomOwner",
            contact.owner.map_or("", |owner| self.user_name(owner)),
        );
        json.text("HeadImgUrl", &self.head_img_url(id));
        json.number("ContactFlag", contact.contact_flag);
        self.write_members(json, contact, Members::Full);
        json.number("HideInputBarFlag", 0);
        json.text("Signature", &escape::text(&contact.signature));
        json.number("VerifyFlag", contact.verify_flag);
        json.text("RemarkName", &escape::text(&contact.remark));
        json.number("Statues", contact.statues());
        json.number("AttrStatus", contact.attr_status);
        json.text("Province", &contact.province);
        json.text("City", &contact.city);
        json.number("SnsFlag", contact.sns_flag);
        json.text("KeyWord", contact.key_word());
    }

    /// `User` of `webwxinit`.
    pub(crate) fn write_user(&self, json: &mut Json) {
        let me = self.contact(self.me());
        json.number("Uin", self.uin);
        json.text("UserName", self.user_name(self.me()));
        json.text("NickName", &escape::text(&me.nick));
        json.text("HeadImgUrl", &self.head_img_url(self.me()));
        json.blanks(&[
            "RemarkName",
            "PYInitial",
            "PYQuanPin",
            "RemarkPYInitial",
            "RemarkPYQuanPin",
        ]);
        json.zeros(&["HideInputBarFlag", "StarFriend"]);
        json.number("Sex", me.sex);
        json.text("Signature", &escape::text(&me.signature));
        json.zeros(&[
            "AppAccountFlag",
            "VerifyFlag",
            "ContactFlag",
            "WebWxPluginSwitch",
        ]);
        json.number("HeadImgFlag", 1);
        json.number("SnsFlag", me.sns_flag);
    }

    fn write_members(&self, json: &mut Json, contact: &Contact, members: Members) {
        json.number("MemberCount", contact.members.len());
        let shown = match members {
            Members::Counted => &[],
            Members::Nameless | Members::Full => contact.members.as_slice(),
        };
        let full = members == Members::Full;
        json.list("MemberList", shown, |json, member| {
            self.write_member(json, member, full, Attitude::Friend);
        });
    }

    /// An entry of a group's `MemberList`; not `full`, it has no names.
    pub(crate) fn write_member(
        &self,
        json: &mut Json,
        member: &Member,
        full: bool,
        status: Attitude,
    ) {
        let person = self.contact(member.contact);
        let if_full = |text: &str| {
            if full {
                escape::text(text)
            } else {
                String::new()
            }
        };
        json.number("Uin", 0);
        json.text("UserName", self.user_name(member.contact));
        json.text("NickName", &if_full(&person.nick));
        json.number("AttrStatus", if full { person.attr_status } else { 0 });
        json.blanks(&[
            "PYInitial",
            "PYQuanPin",
            "RemarkPYInitial",
            "RemarkPYQuanPin",
        ]);
        json.number("MemberStatus", status as u8);
        json.text("DisplayName", &if_full(&member.display_name));
        json.text("KeyWord", if full { person.key_word() } else { "" });
    }

    fn head_img_url(&self, id: ContactId) -> String {
        let contact = self.contact(id);
        let endpoint = if contact.is_group() {
            "webwxgetheadimg"
        } else {
            "webwxgeticon"
        };
        format!(
            "/cgi-bin/mmwebwx-bin/{endpoint}?seq={}&username={}&skey=",
            contact.head_seq,
            self.user_name(id)
        )
    }
}
