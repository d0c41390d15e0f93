//! What a client does to groups: makes them, puts people in, takes them out,
//! renames them, leaves them.

use super::Service;
use crate::account::Account;
use crate::account::build;
use crate::account::contact::{Attitude, Contact, ContactId, Kind, Member};
use crate::codes::Ret;
use crate::feed::Change;

/// Somebody who is to be put into a group, and whether it works.
pub(crate) type Candidate = (ContactId, Attitude);

impl Service {
    /// The friends of these user names; Ret 1 when one of them is none.
    pub(crate) fn candidates(&self, index: usize, names: &[String]) -> Result<Vec<Candidate>, Ret> {
        let account = self.account(index)?;
        let candidate = |name: &String| {
            let id = account.by_user_name(name)?;
            let contact = account.contact(id);
            let friend = matches!(contact.kind, Kind::Friend | Kind::Stranger);
            (friend && contact.in_address_book()).then_some((id, contact.attitude))
        };
        let mut all: Vec<Candidate> = Vec::new();
        for name in names {
            let found = candidate(name).ok_or(Ret::PARAMETER_ERROR)?;
            if !all.contains(&found) {
                all.push(found);
            }
        }
        Ok(all)
    }

    /// The group of this user name that the account is in.
    pub(crate) fn own_group(&self, index: usize, user_name: &str) -> Result<ContactId, Ret> {
        let account = self.account(index)?;
        let group = account
            .by_user_name(user_name)
            .ok_or(Ret::PARAMETER_ERROR)?;
        let is_in = account.member(group, account.me()).is_some();
        is_in.then_some(group).ok_or(Ret::PARAMETER_ERROR)
    }

    /// A group of the account and of those candidates who can be put in.
    pub(crate) fn make_group(
        &mut self,
        index: usize,
        topic: &str,
        candidates: &[Candidate],
    ) -> Result<ContactId, Ret> {
        let good = admitted(candidates);
        let most = self.config.max_members;
        if good.is_empty() || good.len() >= most {
            return Err(Ret::PARAMETER_ERROR);
        }
        self.count_group_change(index)?;
        let account = self.account_mut(index)?;
        let me = account.me();
        let mut group = build::empty_group(&mut account.rng, false);
        topic.clone_into(&mut group.nick);
        group.owner = Some(me);
        group.members = std::iter::once(me)
            .chain(good.iter().copied())
            .map(|contact| Member::new(contact, ""))
            .collect();
        let line = format!("你邀请\"{}\"加入了群聊", names(account, &good));
        let id = account.add_contact(group);
        self.announce(index, Change::Roster(id));
        self.tell(index, id, &line);
        Ok(id)
    }

    /// Adds the candidates who can be added, unless the group would grow too
    /// large. Those who are already members stay.
    pub(crate) fn add_members(
        &mut self,
        index: usize,
        group: ContactId,
        candidates: &[Candidate],
    ) -> Result<(), Ret> {
        let (invite_start, most) = (self.config.invite_start, self.config.max_members);
        let account = self.account(index)?;
        let mut good = admitted(candidates);
        good.retain(|contact| account.member(group, *contact).is_none());
        let total = account.contact(group).members.len() + good.len();
        if total >= invite_start || total > most {
            return Err(Ret::PARAMETER_ERROR);
        }
        let line = format!("你邀请\"{}\"加入了群聊", names(account, &good));
        self.count_group_change(index)?;
        if !good.is_empty() {
            self.change_group(index, group, &line, |group| {
                let new = good.iter().map(|contact| Member::new(*contact, ""));
                group.members.extend(new);
            });
        }
        Ok(())
    }

    /// Takes members out, which only the owner can.
    pub(crate) fn remove_members(
        &mut self,
        index: usize,
        group: ContactId,
        members: &[ContactId],
    ) -> Result<(), Ret> {
        let account = self.account(index)?;
        let me = account.me();
        let are_in = members
            .iter()
            .all(|member| *member != me && account.member(group, *member).is_some());
        if account.contact(group).owner != Some(me) || members.is_empty() || !are_in {
            return Err(Ret::PARAMETER_ERROR);
        }
        let line = format!("你将\"{}\"移出了群聊", names(account, members));
        self.count_group_change(index)?;
        self.change_group(index, group, &line, |group| {
            group
                .members
                .retain(|member| !members.contains(&member.contact));
        });
        Ok(())
    }

    pub(crate) fn rename_group(
        &mut self,
        index: usize,
        group: ContactId,
        topic: &str,
    ) -> Result<(), Ret> {
        self.count_group_change(index)?;
        let line = format!("你修改群名为“{topic}”");
        self.change_group(index, group, &line, |group| {
            topic.clone_into(&mut group.nick)
        });
        Ok(())
    }

    pub(crate) fn leave_group(&mut self, index: usize, group: ContactId) -> Result<(), Ret> {
        self.count_group_change(index)?;
        let account = self.account_mut(index)?;
        account.contact_mut(group).leave();
        self.announce(index, Change::Roster(group));
        Ok(())
    }

    /// Ret 1205 when it is one change too many.
    pub(crate) fn count_group_change(&mut self, index: usize) -> Result<(), Ret> {
        let (now_ms, limit) = (self.now.unix_ms, self.config.group_limit);
        let account = self.account_mut(index)?;
        let admits = account.group_changes.admits(limit, now_ms);
        admits.then_some(()).ok_or(Ret::TOO_OFTEN)
    }

    fn change_group(
        &mut self,
        index: usize,
        group: ContactId,
        line: &str,
        change: impl FnOnce(&mut Contact),
    ) {
        if let Some(account) = self.accounts.get_mut(index) {
            change(account.contact_mut(group));
        }
        self.announce(index, Change::Contact(group));
        self.tell(index, group, line);
    }
}

fn admitted(candidates: &[Candidate]) -> Vec<ContactId> {
    let good = candidates
        .iter()
        .filter(|(_, attitude)| *attitude == Attitude::Friend);
    good.map(|(contact, _)| *contact).collect()
}

/// The names of people in a line of the service.
fn names(account: &Account, people: &[ContactId]) -> String {
    let names: Vec<&str> = people
        .iter()
        .map(|contact| account.contact(*contact).shown_name())
        .collect();
    names.join("、")
}
