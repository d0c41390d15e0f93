//! System messages (protocol: MsgType 10000 and 10002).

use std::borrow::Cow;

use super::{
    source,
    texts::{Texts as _, child_text, texts},
};
use crate::xml::{Document, Element};

/// The most bytes that [`SysMsg::shown`] fills in.
pub const MAX_SHOWN: usize = 1 << 14;
/// How many links of a template are filled in; no known one has more than three.
const MAX_LINKS: usize = 16;

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
    ///
    /// What a link stands for is not looked at again, and names stay out where
    /// the text would get longer than [`MAX_SHOWN`].
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        let texts = [&self.template, &self.plain, &self.text];
        let text = texts
            .into_iter()
            .flatten()
            .map(|text| text.trim())
            .find(|text| !text.is_empty());
        let mut rest = text.unwrap_or_default();
        if self.links.is_empty() {
            return Cow::Borrowed(rest);
        }
        let mut shown = String::new();
        while let Some((before, place)) = rest.split_once('$') {
            shown.push_str(before);
            match self.link_in_front(place) {
                Some((link, after)) if shown.len() + link.len() <= MAX_SHOWN => {
                    shown.push_str(&link);
                    rest = after;
                }
                _ => {
                    shown.push('$');
                    rest = place;
                }
            }
        }
        shown.push_str(rest);
        Cow::Owned(shown)
    }

    /// What the link stands for whose `name$` a text begins with, and what
    /// follows it.
    fn link_in_front<'t>(&self, text: &'t str) -> Option<(String, &'t str)> {
        let candidates = self.links.iter().take(MAX_LINKS);
        candidates
            .filter_map(|link| Some((link, text.strip_prefix(&*link.name)?.strip_prefix('$')?)))
            .map(|(link, after)| (link.shown(), after))
            .next()
    }
}

impl Link {
    fn shown(&self) -> String {
        let separator = self.separator.as_deref().unwrap_or("、");
        let mut shown = String::new();
        for (index, member) in self.members.iter().enumerate() {
            if shown.len() > MAX_SHOWN {
                break;
            }
            if index > 0 {
                shown.push_str(separator);
            }
            shown.push_str(&member.nickname);
        }
        if self.members.is_empty() {
            shown.push_str(self.plain.as_deref().unwrap_or_default());
        }
        shown
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
