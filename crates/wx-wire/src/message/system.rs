//! System messages (protocol: MsgType 10000 and 10002).

use std::borrow::Cow;

use super::{
    source,
    texts::{Texts as _, child_text, texts},
};
use crate::xml::{Document, Element};

texts! {
    /// Somebody took a message back.
    pub struct Revoke {
        /// The chat: a room's real id, or in a private chat that of the other
        /// side.
        session = "session",
        /// A short number of no use.
        oldmsgid = "oldmsgid",
        /// The message's `MsgId`; `0` is the last one of one's own.
        msgid = "msgid",
        /// In the phone's protocol: the message's number, and `msgid` is the
        /// short one.
        newmsgid = "newmsgid",
        /// What to show in the message's place.
        replacemsg = "replacemsg",
        announcement_id = "announcement_id",
    }
}

impl Revoke {
    /// The `MsgId` of the message that was taken back, if it is named.
    #[must_use]
    pub fn revoked(&self) -> Option<&str> {
        let id = self.newmsgid.as_deref().or(self.msgid.as_deref())?.trim();
        (!id.is_empty() && id != "0").then_some(id)
    }
}

texts! {
    /// A system message in XML other than a recall.
    pub struct SysMsg {
        /// Of a pat: who did it.
        fromusername = "fromusername",
        /// Of a pat: the chat.
        chatusername = "chatusername",
        /// Of a pat: whom.
        pattedusername = "pattedusername",
        patsuffix = "patsuffix",
        /// What to show, with `$name$` for each link and `${wxid_…}` for a
        /// name.
        template = "template",
        /// What to show, where there is no template.
        plain = "plain",
        text = "text",
    } with {
        /// `pat`, `sysmsgtemplate` …
        sysmsg_type: String,
        /// What stands for the names of the template.
        links: Vec<Link>,
    }
}

/// What stands for a name of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Link {
    /// The name, which the template has between two `$`.
    pub name: String,
    /// `link_profile`, `link_plain`, `link_revoke` …
    pub link_type: Option<String>,
    /// People.
    pub members: Vec<LinkMember>,
    /// What to put between them.
    pub separator: Option<String>,
    /// What to show where there are no people.
    pub plain: Option<String>,
}

/// Somebody whom a template names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinkMember {
    /// The real id.
    pub username: String,
    /// The name to show.
    pub nickname: String,
}

impl SysMsg {
    /// The message as people see it, as far as it names everybody.
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        let texts = [&self.template, &self.plain, &self.text];
        let text = texts
            .into_iter()
            .flatten()
            .find(|text| !text.trim().is_empty());
        let mut shown = Cow::Borrowed(text.map_or("", |text| text.trim()));
        for link in &self.links {
            let place = format!("${}$", link.name);
            if shown.contains(&place) {
                shown = Cow::Owned(shown.replace(&place, &link.shown()));
            }
        }
        shown
    }
}

impl Link {
    fn shown(&self) -> String {
        if self.members.is_empty() {
            return self.plain.clone().unwrap_or_default();
        }
        let names: Vec<&str> = self
            .members
            .iter()
            .map(|member| &*member.nickname)
            .collect();
        names.join(self.separator.as_deref().unwrap_or("、"))
    }
}

/// Either kind of system message in XML.
pub(super) enum System {
    Revoke(Revoke),
    Other(SysMsg),
}

pub(super) fn read(document: &Document<'_>) -> Option<System> {
    let root = source::find(document, "sysmsg")?;
    let sysmsg_type = root.attribute("type").unwrap_or_default();
    let body = root.child(sysmsg_type).or_else(|| root.children().next());
    if sysmsg_type == "revokemsg" {
        return Some(System::Revoke(Revoke::of_children(body?)));
    }
    let body = body.unwrap_or(root);
    let template = body.child("content_template").unwrap_or(body);
    let links = template.child("link_list");
    let mut message = SysMsg::of_children(body);
    message.template = child_text(template, "template");
    message.plain = child_text(template, "plain");
    message.sysmsg_type = sysmsg_type.to_owned();
    message.links = links
        .iter()
        .flat_map(|links| links.children())
        .map(link)
        .collect();
    Some(System::Other(message))
}

fn link(link: Element<'_>) -> Link {
    let members = link.child("memberlist");
    Link {
        name: link.attribute("name").unwrap_or_default().to_owned(),
        link_type: link.attribute("type").map(str::to_owned),
        members: members
            .iter()
            .flat_map(|members| members.children())
            .map(|member| LinkMember {
                username: child_text(member, "username").unwrap_or_default(),
                nickname: child_text(member, "nickname").unwrap_or_default(),
            })
            .collect(),
        separator: child_text(link, "separator"),
        plain: child_text(link, "plain").or_else(|| child_text(link, "title")),
    }
}
