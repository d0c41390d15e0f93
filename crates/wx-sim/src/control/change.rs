//! Changes that the user makes on the phone: contacts and group members.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{ControlError, account, account_mut, find};
use crate::account::build;
use crate::account::contact::{Attitude, Contact, FLAG_NOTIFY_OFF, FLAG_PINNED, Kind, Member};
use crate::feed::Change;
use crate::service::Service;

/// `contact/add`: a new friend, or a new group with these members.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Add {
    #[serde(default)]
    account: usize,
    #[serde(flatten)]
    details: Details,
    /// Makes it a group of the account and these.
    members: Option<Vec<String>>,
    /// Makes it another account of the service, by its wxid: each becomes a
    /// friend of the other, and what one sends the other receives.
    wxid: Option<String>,
}

/// `contact/mod`: other details of a contact.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mod {
    #[serde(default)]
    account: usize,
    contact: String,
    #[serde(flatten)]
    details: Details,
}

/// `contact/del`: out of the address book; a group is left.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Del {
    #[serde(default)]
    account: usize,
    contact: String,
}

/// `group/member`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberChange {
    #[serde(default)]
    account: usize,
    group: String,
    member: String,
    action: MemberAction,
    /// The name in the group, for `add` and `rename`.
    #[serde(default)]
    display_name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MemberAction {
    Add,
    Remove,
    Rename,
}

/// What can be said of a contact; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize)]
struct Details {
    nick_name: Option<String>,
    remark: Option<String>,
    alias: Option<String>,
    signature: Option<String>,
    starred: Option<bool>,
    pinned: Option<bool>,
    muted: Option<bool>,
    /// Another picture.
    avatar: Option<bool>,
    /// Has put the account on the blacklist: `MemberStatus` 3.
    blocked_me: Option<bool>,
    /// Has deleted the account: `MemberStatus` 4.
    deleted_me: Option<bool>,
}

impl Details {
    fn apply(self, contact: &mut Contact) {
        let texts = [
            (self.nick_name, &mut contact.nick),
            (self.remark, &mut contact.remark),
            (self.alias, &mut contact.alias),
            (self.signature, &mut contact.signature),
        ];
        for (text, place) in texts {
            if let Some(text) = text {
                *place = text;
            }
        }
        contact.starred = self.starred.unwrap_or(contact.starred);
        if let Some(muted) = self.muted {
            contact.muted = muted;
            if !contact.is_group() {
                contact.set_flag(FLAG_NOTIFY_OFF, muted);
            }
        }
        if let Some(pinned) = self.pinned {
            contact.set_flag(FLAG_PINNED, pinned);
        }
        contact.head_seq += u64::from(self.avatar == Some(true));
        for (says, attitude) in [
            (self.blocked_me, Attitude::Blocked),
            (self.deleted_me, Attitude::Deleted),
        ] {
            match says {
                Some(true) => contact.attitude = attitude,
                Some(false) if contact.attitude == attitude => {
                    contact.attitude = Attitude::Friend;
                }
                Some(false) | None => {}
            }
        }
    }
}

pub(super) fn add(service: &mut Service, add: Add) -> Result<Value, ControlError> {
    let index = add.account;
    if let Some(wxid) = &add.wxid {
        return befriend(service, index, wxid);
    }
    let mut members = Vec::new();
    for name in add.members.iter().flatten() {
        members.push(find(service, index, name)?);
    }
    let account = account_mut(service, index)?;
    let me = account.me();
    let mut contact = match add.members {
        None => build::person(&mut account.rng, Kind::Friend),
        Some(_) => {
            let mut group = build::empty_group(&mut account.rng, false);
            let everybody = std::iter::once(me).chain(members);
            group.members = everybody.map(|contact| Member::new(contact, "")).collect();
            group.owner = Some(me);
            group
        }
    };
    add.details.apply(&mut contact);
    introduce(service, index, contact)
}

/// Puts a new contact into an account and tells its session.
fn introduce(service: &mut Service, index: usize, contact: Contact) -> Result<Value, ControlError> {
    let account = account_mut(service, index)?;
    let real_id = contact.real_id.clone();
    let id = account.add_contact(contact);
    let user_name = account.user_name(id).to_owned();
    let name = account.short_names().pop();
    service.announce(index, Change::Roster(id));
    Ok(json!({"name": name, "id": real_id, "user_name": user_name}))
}

/// Makes two accounts of the service each other's friends.
fn befriend(service: &mut Service, index: usize, wxid: &str) -> Result<Value, ControlError> {
    let other = service.account_of(wxid).filter(|other| *other != index);
    let other = other.ok_or_else(|| ControlError::NoContact(wxid.to_owned()))?;
    let (ours, theirs) = (account(service, index)?, account(service, other)?);
    if ours.find(wxid).is_some() {
        return Err(ControlError::Body {
            call: "contact/add".to_owned(),
            reason: format!("wxid: `{wxid}` is a contact already"),
        });
    }
    let (me, them) = (ours.as_friend(), theirs.as_friend());
    introduce(service, other, me)?;
    introduce(service, index, them)
}

pub(super) fn modify(service: &mut Service, modify: Mod) -> Result<(), ControlError> {
    let id = find(service, modify.account, &modify.contact)?;
    let account = account_mut(service, modify.account)?;
    modify.details.apply(account.contact_mut(id));
    service.announce(modify.account, Change::Contact(id));
    Ok(())
}

pub(super) fn delete(service: &mut Service, del: &Del) -> Result<(), ControlError> {
    let id = find(service, del.account, &del.contact)?;
    let account = account_mut(service, del.account)?;
    account.contact_mut(id).leave();
    service.announce(del.account, Change::Roster(id));
    Ok(())
}

pub(super) fn member(service: &mut Service, change: MemberChange) -> Result<(), ControlError> {
    let group = find(service, change.account, &change.group)?;
    let person = find(service, change.account, &change.member)?;
    let account = account_mut(service, change.account)?;
    let is_member = account.member(group, person).is_some();
    let joins = change.action == MemberAction::Add;
    if !account.contact(group).is_group() || (!joins && !is_member) {
        return Err(ControlError::not_in_group(account, group, change.member));
    }
    let members = &mut account.contact_mut(group).members;
    members.retain(|member| change.action != MemberAction::Remove || member.contact != person);
    if joins && !is_member {
        members.push(Member::new(person, &change.display_name));
    } else if let Some(member) = members.iter_mut().find(|member| member.contact == person) {
        member.display_name = change.display_name;
    }
    service.announce(change.account, Change::Contact(group));
    Ok(())
}
