//! What happens to an account, in order, and how it is written for `webwxsync`.
//!
//! Entries name contacts by id. User names, which every login re-issues, are
//! put in when a page is rendered: a burst of thousands costs little until it
//! is fetched.

use std::sync::Arc;

use bytes::Bytes;

use crate::account::Account;
use crate::account::contact::{ContactId, Kind};
use crate::codes::{msg_type, notify_code, selector};
use crate::escape;
use crate::layout::Json;
use crate::media::Media;

/// One entry of an account's feed.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Message(Box<Message>),
    /// Something about a contact changed. Its entry is rendered as the contact is
    /// when the page is fetched.
    Contact(ContactId),
    /// A contact came or went, which has a selector of its own.
    Roster(ContactId),
}

impl Change {
    pub(crate) fn message(&self) -> Option<&Message> {
        match self {
            Self::Message(message) => Some(message),
            Self::Contact(_) | Self::Roster(_) => None,
        }
    }

    /// The contact whose entry this renders.
    pub(crate) fn contact(&self) -> Option<ContactId> {
        match self {
            Self::Message(_) => None,
            Self::Contact(id) | Self::Roster(id) => Some(*id),
        }
    }

    /// What `synccheck` reports for it. (protocol: selector)
    pub(crate) fn selector(&self) -> i32 {
        match self {
            Self::Message(message) => match message.item.status_notify_code {
                notify_code::ENTER_SESSION | notify_code::QUIT_SESSION => selector::PHONE,
                _ => selector::MESSAGE,
            },
            Self::Contact(_) => selector::CONTACT,
            Self::Roster(_) => selector::ROSTER,
        }
    }
}

/// A message, without the names of the login that fetches it.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: u64,
    pub(crate) from: ContactId,
    pub(crate) to: ContactId,
    /// The member of the group that wrote it.
    pub(crate) sender: Option<ContactId>,
    /// `CreateTime`.
    pub(crate) unix_s: u64,
    pub(crate) item: Item,
}

/// The members of an `AddMsgList` item beside ids, names and time. Those left
/// at their default are 0 or empty in nearly every message.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub(crate) kind: &'static str,
    pub(crate) msg_type: u32,
    /// As on the wire, without the sender's prefix.
    pub(crate) content: String,
    pub(crate) status: u32,
    pub(crate) img_status: u32,
    pub(crate) voice_length: u64,
    pub(crate) play_length: u64,
    pub(crate) file_name: String,
    pub(crate) file_size: String,
    pub(crate) media_id: String,
    pub(crate) url: String,
    pub(crate) app_msg_type: u32,
    pub(crate) status_notify_code: u32,
    pub(crate) status_notify_names: Vec<ContactId>,
    pub(crate) recommend: Option<Box<Recommend>>,
    pub(crate) has_product_id: u32,
    pub(crate) img_height: u32,
    pub(crate) img_width: u32,
    pub(crate) sub_msg_type: u32,
    pub(crate) ori_content: String,
    /// The file that can be fetched with it.
    pub(crate) media: Option<Arc<Media>>,
}

impl Item {
    /// A message with nothing but a type and a content.
    pub(crate) fn new(kind: &'static str, msg_type: u32, content: String) -> Self {
        Self {
            kind,
            msg_type,
            content,
            status: 3,
            img_status: 1,
            voice_length: 0,
            play_length: 0,
            file_name: String::new(),
            file_size: String::new(),
            media_id: String::new(),
            url: String::new(),
            app_msg_type: 0,
            status_notify_code: 0,
            status_notify_names: Vec::new(),
            recommend: None,
            has_product_id: 0,
            img_height: 0,
            img_width: 0,
            sub_msg_type: 0,
            ori_content: String::new(),
            media: None,
        }
    }
}

impl Message {
    /// The file that can be fetched with it, if it is of one of these types.
    pub(crate) fn file(&self, msg_types: &[u32]) -> Option<Bytes> {
        let media = self.item.media.as_ref()?;
        let fits = msg_types.contains(&self.item.msg_type);
        fits.then(|| media.bytes.clone())
    }

    /// Whether it can be taken back: notices of the service itself cannot.
    pub(crate) fn can_be_revoked(&self) -> bool {
        !matches!(
            self.item.msg_type,
            msg_type::STATUS_NOTIFY | msg_type::SYSTEM | msg_type::REVOKE
        )
    }
}

/// `RecommendInfo` of a card or a friend request.
#[derive(Clone, Debug)]
pub(crate) struct Recommend {
    pub(crate) contact: ContactId,
    pub(crate) greeting: String,
    pub(crate) scene: u32,
    pub(crate) ticket: String,
    pub(crate) op_code: u32,
}

impl Account {
    /// The other side of a message: a group, a person, or the account itself.
    pub(crate) fn chat_of(&self, message: &Message) -> ContactId {
        if message.from == self.me() {
            message.to
        } else {
            message.from
        }
    }

    /// An item of `AddMsgList`.
    pub(crate) fn write_message(&self, json: &mut Json, message: &Message) {
        let item = &message.item;
        let names: Vec<&str> = (item.status_notify_names.iter())
            .map(|id| self.user_name(*id))
            .collect();
        json.text("MsgId", &message.id.to_string());
        json.text("FromUserName", self.user_name(message.from));
        json.text("ToUserName", self.user_name(message.to));
        json.number("MsgType", item.msg_type);
        json.text("Content", &self.wire_content(message));
        json.number("Status", item.status);
        json.number("ImgStatus", item.img_status);
        json.number("CreateTime", message.unix_s);
        json.number("VoiceLength", item.voice_length);
        json.number("PlayLength", item.play_length);
        json.text("FileName", &item.file_name);
        json.text("FileSize", &item.file_size);
        json.text("MediaId", &item.media_id);
        json.text("Url", &item.url);
        json.number("AppMsgType", item.app_msg_type);
        json.number("StatusNotifyCode", item.status_notify_code);
        json.text("StatusNotifyUserName", &names.join(","));
        json.object("RecommendInfo", |json| {
            self.write_recommend(json, item.recommend.as_deref());
        });
        json.number("ForwardFlag", 0);
        json.object("AppInfo", |json| {
            json.text("AppID", "");
            json.number("Type", 0);
        });
        json.number("HasProductId", item.has_product_id);
        json.text("Ticket", "");
        json.number("ImgHeight", item.img_height);
        json.number("ImgWidth", item.img_width);
        json.number("SubMsgType", item.sub_msg_type);
        json.number("NewMsgId", message.id);
        json.text("OriContent", &item.ori_content);
        json.text("EncryFileName", &escape::encry_file_name(&item.file_name));
    }

    /// The content with the prefix that names the member of a group.
    fn wire_content(&self, message: &Message) -> String {
        match message.sender {
            Some(sender) => format!("{}:<br/>{}", self.user_name(sender), message.item.content),
            None => message.item.content.clone(),
        }
    }

    fn write_recommend(&self, json: &mut Json, recommend: Option<&Recommend>) {
        let Some(info) = recommend else {
            json.blanks(&["UserName", "NickName"]);
            json.number("QQNum", 0);
            json.blanks(&["Province", "City", "Content", "Signature", "Alias"]);
            json.zeros(&["Scene", "VerifyFlag", "AttrStatus", "Sex"]);
            json.text("Ticket", "");
            json.number("OpCode", 0);
            return;
        };
        let contact = self.contact(info.contact);
        json.text("UserName", self.user_name(info.contact));
        json.text("NickName", &escape::text(&contact.nick));
        json.number("QQNum", 0);
        json.text("Province", &contact.province);
        json.text("City", &contact.city);
        json.text("Content", &escape::text(&info.greeting));
        json.text("Signature", &escape::text(&contact.signature));
        json.text("Alias", &contact.alias);
        json.number("Scene", info.scene);
        json.number("VerifyFlag", contact.verify_flag);
        json.number("AttrStatus", contact.attr_status);
        json.number("Sex", contact.sex);
        json.text("Ticket", &info.ticket);
        json.number("OpCode", info.op_code);
    }

    /// The XML of a status notify: the real ids, in the order of
    /// `StatusNotifyUserName`.
    pub(crate) fn status_notify_xml(&self, code: u32, names: &[ContactId]) -> String {
        let ids: Vec<&str> = names
            .iter()
            .map(|id| self.contact(*id).real_id.as_str())
            .collect();
        let ids = ids.join(",");
        // Nobody's chats are unread, but the element is there.
        let rest = if code == notify_code::SYNC_CONV {
            "<unreadchatlist>\n</unreadchatlist>\n<unreadfunctionlist>\n</unreadfunctionlist>\n"
        } else {
            ""
        };
        escape::document(&format!(
            "<msg>\n<op id='{code}'>\n<username>{ids}</username>\n{rest}</op>\n</msg>"
        ))
    }

    /// The chats that the phone shows, most recent first: they make up
    /// `ContactList` and `ChatSet` of `webwxinit` and the first status notify.
    pub(crate) fn recent_chats(&self) -> Vec<ContactId> {
        let of = |kind: Kind| {
            self.all()
                .filter(move |(_, contact)| contact.kind == kind && contact.is_reachable())
                .map(|(id, _)| id)
        };
        let helper = self.find("filehelper").into_iter();
        helper
            .chain(of(Kind::Group))
            .chain(of(Kind::Friend))
            .chain(of(Kind::Official))
            .collect()
    }
}
