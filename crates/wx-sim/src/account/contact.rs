//! A person, public account or group, and how it is written in answers.

use super::Account;
use super::build::{FLAG_CHAT, FLAG_CONTACT, FLAG_PINNED};
use super::names::pinyin;
use crate::escape;
use crate::layout::Json;

/// An index into [`Account::contacts`]; valid for the account's whole life,
/// over all logins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ContactId(pub(super) usize);

/// What a contact was made as. A friend that is deleted stays one and leaves
/// the address book, so that `friend:3` means the same person all the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Own,
    Friend,
    Official,
    /// filehelper, weixin, fmessage and the like: the name is the same in
    /// every login.
    Special,
    Group,
    /// Somebody met in a group only.
    Stranger,
}

impl Kind {
    /// The word that tests put before the number of a contact.
    pub(super) fn named(word: &str) -> Option<Self> {
        match word {
            "friend" => Some(Self::Friend),
            "group" => Some(Self::Group),
            "mp" => Some(Self::Official),
            "stranger" => Some(Self::Stranger),
            _ => None,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Contact {
    pub(crate) kind: Kind,
    /// The id behind the user names: wxid, gh_…, …@chatroom, or the name of a
    /// special account. It never changes.
    pub(crate) real_id: String,
    pub(crate) nick: String,
    pub(crate) remark: String,
    pub(crate) alias: String,
    pub(crate) signature: String,
    pub(crate) province: String,
    pub(crate) city: String,
    pub(crate) sex: u8,
    pub(crate) verify_flag: u32,
    pub(crate) contact_flag: u32,
    pub(crate) starred: bool,
    pub(crate) muted: bool,
    pub(crate) sns_flag: u32,
    pub(crate) attr_status: u64,
    pub(crate) head_seq: u64,
    /// Groups: `@` and 32 hex digits.
    pub(crate) encry_chat_room_id: String,
    pub(crate) owner: Option<ContactId>,
    pub(crate) members: Vec<Member>,
    /// What this person thinks of the account, which only shows when it is put
    /// into a group.
    pub(crate) attitude: Attitude,
}

/// `MemberStatus` of a person who is to be put into a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Attitude {
    #[default]
    Friend = 0,
    /// Has put the account on the blacklist.
    Blocked = 3,
    /// Has deleted the account.
    Deleted = 4,
}

#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) contact: ContactId,
    pub(crate) display_name: String,
}

impl Member {
    pub(crate) fn new(contact: ContactId, display_name: &str) -> Self {
        let display_name = display_name.to_owned();
        Self {
            contact,
            display_name,
        }
    }
}

impl Contact {
    pub(crate) fn is_group(&self) -> bool {
        self.kind == Kind::Group
    }

    /// Whether `webwxgetcontact` lists it.
    pub(crate) fn in_address_book(&self) -> bool {
        self.contact_flag & FLAG_CONTACT != 0
    }

    pub(crate) fn is_pinned(&self) -> bool {
        self.contact_flag & FLAG_PINNED != 0
    }

    /// Whether the account can write to it: strangers and deleted friends
    /// cannot be reached, groups while one is in them.
    pub(crate) fn is_reachable(&self) -> bool {
        match self.kind {
            Kind::Group => !self.members.is_empty(),
            Kind::Own | Kind::Friend | Kind::Official | Kind::Special | Kind::Stranger => {
                self.in_address_book()
            }
        }
    }

    /// Out of the address book; a group is left.
    pub(crate) fn leave(&mut self) {
        self.contact_flag &= !(FLAG_CONTACT | FLAG_CHAT);
        self.members.clear();
    }

    /// What the service calls it in its own lines: the remark, if there is
    /// one.
    pub(crate) fn shown_name(&self) -> &str {
        if self.remark.is_empty() {
            &self.nick
        } else {
            &self.remark
        }
    }

    /// The first letters of the real id, as `KeyWord` shows them.
    fn key_word(&self) -> &str {
        match self.kind {
            Kind::Group => "",
            Kind::Own | Kind::Friend | Kind::Official | Kind::Special | Kind::Stranger => {
                let letters = if self.real_id.starts_with("wxid_") {
                    5
                } else {
                    3
                };
                self.real_id.get(..letters).unwrap_or(&self.real_id)
            }
        }
    }

    /// Muting is a flag of people and, the other way round, of groups.
    fn statues(&self) -> u8 {
        u8::from(self.is_group() && !self.muted)
    }
}

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
    /// The account as its friends have it.
    pub(crate) fn as_friend(&self) -> Contact {
        Contact {
            kind: Kind::Friend,
            contact_flag: FLAG_CONTACT | FLAG_CHAT,
            ..self.contact(self.me()).clone()
        }
    }

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
