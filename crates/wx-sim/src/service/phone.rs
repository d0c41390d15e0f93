//! Messages and changes that come from elsewhere: from friends, from the
//! phone, from the service itself.

use super::Service;
use crate::account::Account;
use crate::account::contact::ContactId;
use crate::codes::{msg_type, notify_code};
use crate::config::StatusNotify;
use crate::feed::{Change, Item, Message};
use crate::message;

/// Where a message goes: sender and receiver as `FromUserName` and
/// `ToUserName` have them, and the member of a group who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) from: ContactId,
    pub(crate) to: ContactId,
    pub(crate) sender: Option<ContactId>,
}

impl Service {
    /// Appends a message to an account's feed under a new id.
    pub(crate) fn deliver(&mut self, index: usize, route: Route, item: Item) -> Option<u64> {
        let id = self.accounts.get_mut(index)?.new_msg_id(self.now);
        self.deliver_as(index, id, route, item);
        Some(id)
    }

    /// The same under an id drawn beforehand, for content that mentions its id.
    pub(crate) fn deliver_as(&mut self, index: usize, id: u64, route: Route, item: Item) {
        let unix_s = self.now.unix_s();
        if let Some(media) = &item.media {
            self.depot.add(media);
        }
        if let Some(account) = self.accounts.get_mut(index) {
            account.deliver(Message {
                id,
                from: route.from,
                to: route.to,
                sender: route.sender,
                unix_s,
                item,
            });
            self.wake_account(index);
        }
    }

    /// The account whose own wxid this is.
    pub(crate) fn account_of(&self, wxid: &str) -> Option<usize> {
        self.accounts
            .iter()
            .position(|account| account.contact(account.me()).real_id == wxid)
    }

    /// Brings what an account sent to a person to that person, who may be an
    /// account of the service, too.
    pub(crate) fn pass_on(&mut self, index: usize, to: ContactId, msg_id: u64, item: Item) {
        let Some((other, route)) = self.other_side(index, to) else {
            return;
        };
        self.deliver_as(other, msg_id, route, item);
    }

    /// Tells the other side, likewise, that a message was taken back.
    pub(crate) fn pass_on_revocation(&mut self, index: usize, to: ContactId, msg_id: u64) {
        let Some((other, route)) = self.other_side(index, to) else {
            return;
        };
        let account = self.accounts.get(other);
        let item = account.and_then(|account| {
            let message = account.message(msg_id)?;
            Some(message::social::revocation(account, message))
        });
        if let Some(item) = item {
            self.deliver(other, route, item);
        }
    }

    fn other_side(&self, index: usize, to: ContactId) -> Option<(usize, Route)> {
        let account = self.accounts.get(index)?;
        let other = self.account_of(&account.contact(to).real_id)?;
        let theirs = self.accounts.get(other).filter(|_| other != index)?;
        let from = theirs.find(&account.contact(account.me()).real_id)?;
        let route = Route {
            from,
            to: theirs.me(),
            sender: None,
        };
        Some((other, route))
    }

    /// Writes a system line into a chat of the account.
    pub(crate) fn tell(&mut self, index: usize, chat: ContactId, line: &str) {
        let Some(me) = self.accounts.get(index).map(Account::me) else {
            return;
        };
        let route = Route {
            from: chat,
            to: me,
            sender: None,
        };
        self.deliver(index, route, message::system(line));
    }

    /// Tells the session about a changed contact.
    pub(crate) fn announce(&mut self, index: usize, change: Change) {
        if let Some(account) = self.accounts.get_mut(index) {
            account.feed.push(change);
            self.wake_account(index);
        }
    }

    /// A status notify of the phone. (protocol: status notify from the server)
    pub(crate) fn notify_status(
        &mut self,
        index: usize,
        code: u32,
        names: Vec<ContactId>,
    ) -> Option<u64> {
        let account = self.accounts.get(index)?;
        let me = account.me();
        // The notify of one chat goes to that chat, a list of them to oneself.
        let to = names
            .first()
            .copied()
            .filter(|_| names.len() == 1 && code != notify_code::SYNC_CONV);
        let content = match self.config.status_notify {
            StatusNotify::Xml => account.status_notify_xml(code, &names),
            StatusNotify::Empty => String::new(),
        };
        let mut item = Item::new("status_notify", msg_type::STATUS_NOTIFY, content);
        item.status_notify_code = code;
        item.status_notify_names = names;
        let route = Route {
            from: me,
            to: to.unwrap_or(me),
            sender: None,
        };
        self.deliver(index, route, item)
    }

    /// What follows `webwxstatusnotify` with code 3, once in a session: the
    /// phone's chats, and then an empty list.
    pub(crate) fn notify_initialised(&mut self, index: usize) {
        let Some(account) = self.accounts.get_mut(index) else {
            return;
        };
        let first = (account.session.as_mut())
            .is_some_and(|session| !std::mem::replace(&mut session.notified, true));
        if first {
            let mut chats = account.recent_chats();
            chats.truncate(100);
            chats.insert(0, account.me());
            self.notify_status(index, notify_code::SYNC_CONV, chats);
            self.notify_status(index, notify_code::SYNC_CONV, Vec::new());
        }
    }
}
