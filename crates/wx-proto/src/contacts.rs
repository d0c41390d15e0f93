//! Maintains the roster from the pages of the address book, the details of
//! groups and people, and the stream of changes.

use std::collections::BTreeSet;

use wx_wire::contact::Contact as WireContact;
use wx_wire::id::UserName;

use crate::command::{CommandError, CommandId};
use crate::context::{Context, Reply};
use crate::event::{CloseReason, ContactChange, EventKind};
use crate::identity;
use crate::io::RequestId;
use crate::roster::{Contact, ContactKind, Roster};
use crate::time::{Instant, Now};

mod details;
mod fetchers;
mod pages;

use details::{Batch, Details};
use pages::{Page, Pages};

#[derive(Debug)]
pub(crate) struct Contacts {
    pages: Pages,
    details: Details,
    /// Groups whose members the server does not name: their messages are no
    /// reason to ask again.
    nameless: BTreeSet<UserName>,
    /// Until the first round has ended, contacts are not reported as changes.
    first_round: bool,
}

impl Contacts {
    pub(crate) const fn new() -> Self {
        Self {
            pages: Pages::new(),
            details: Details::new(),
            nameless: BTreeSet::new(),
            first_round: false,
        }
    }

    /// Starts the first round of a session.
    pub(crate) fn start(&mut self, cx: &mut Context, now: Now) {
        self.first_round = true;
        self.pages.start(None, cx, now);
    }

    /// True until the address book and the groups known at the start are in.
    pub(crate) const fn is_first_round(&self) -> bool {
        self.first_round
    }

    /// Fetches the whole address book anew for a command.
    pub(crate) fn refresh(&mut self, command: CommandId, cx: &mut Context, now: Now) {
        self.pages.start(Some(command), cx, now);
    }

    /// Fetches details for a command.
    pub(crate) fn fetch(
        &mut self,
        command: CommandId,
        names: Vec<UserName>,
        cx: &mut Context,
        now: Now,
    ) {
        self.details.fetch(command, names, cx, now);
    }

    /// Asks for somebody's details before long.
    pub(crate) fn want(&mut self, name: UserName, now: Now) {
        self.details.want(name, now);
    }

    /// Asks for a group's details unless they are known.
    pub(crate) fn want_group(&mut self, roster: &Roster, name: &UserName, now: Now) {
        if name.is_room() && !roster.is_detailed(name) && !self.nameless.contains(name) {
            self.want(name.clone(), now);
        }
    }

    /// A page of the address book, or the failure to get one. Returns the
    /// server's verdict if that ends the session.
    pub(crate) fn page_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        cx: &mut Context,
        now: Now,
    ) -> Option<CloseReason> {
        let page = self.pages.reply(id, reply, cx, now);
        let over = match page {
            Page::Nothing => None,
            Page::Over(reason) => Some(reason),
            Page::Contacts(contacts) => {
                for contact in contacts {
                    self.merge(&contact, cx);
                    self.want_group(&cx.roster, &contact.user_name, now);
                }
                None
            }
        };
        self.end_first_round(cx);
        over
    }

    /// A batch of details, or the failure to get one. Returns the server's
    /// verdict if that ends the session.
    pub(crate) fn details_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        cx: &mut Context,
        now: Now,
    ) -> Option<CloseReason> {
        let batch = self.details.reply(id, reply, cx, now);
        let over = match batch {
            Batch::Nothing => None,
            Batch::Over(reason) => Some(reason),
            Batch::Contacts { asked, contacts } => {
                for contact in contacts {
                    self.merge(&contact, cx);
                }
                let nameless = |name: &UserName| name.is_room() && !cx.roster.is_detailed(name);
                self.nameless.extend(asked.into_iter().filter(nameless));
                None
            }
        };
        self.end_first_round(cx);
        over
    }

    fn end_first_round(&mut self, cx: &mut Context) {
        if !self.first_round || !self.pages.is_idle() || !self.details.is_idle() {
            return;
        }
        self.first_round = false;
        cx.roster.shrink();
        identity::all(cx);
        let (groups, contacts): (Vec<_>, Vec<_>) = cx
            .roster
            .contacts()
            .map(|contact| contact.kind)
            .partition(|kind| *kind == ContactKind::Group);
        cx.event(EventKind::ContactsLoaded {
            contacts: contacts.len(),
            groups: groups.len(),
        });
    }

    /// Merges what the server said about somebody, and reports what changed.
    pub(crate) fn merge(&mut self, contact: &WireContact, cx: &mut Context) {
        let id = &contact.user_name;
        let known = cx.roster.knows(id);
        let merged = cx.roster.merge(contact);
        if merged.is_change() {
            cx.roster_version += 1;
        }
        if cx.roster.is_shadow(id) {
            // Our account has left this group, even if the server still lists
            // it.
            let gone = cx.roster.remove(id);
            if known && let Some(group) = gone {
                self.news(ContactChange::Removed, group, cx);
            }
        } else if let Some(change) = merged.change
            && let Some(contact) = cx.roster.contact(id)
        {
            self.news(change, contact, cx);
        }
        if merged.is_change() && !self.first_round {
            identity::one(cx, id);
        }
        let moved = !merged.joined.is_empty() || !merged.left.is_empty();
        if moved && !self.first_round {
            cx.event(EventKind::Members {
                group: id.clone(),
                joined: merged.joined,
                left: merged.left,
            });
        }
    }

    /// A contact is gone.
    pub(crate) fn remove(&mut self, id: &UserName, cx: &mut Context) {
        if let Some(contact) = cx.roster.remove(id) {
            cx.roster_version += 1;
            self.news(ContactChange::Removed, contact, cx);
        }
    }

    fn news(&self, change: ContactChange, contact: Contact, cx: &mut Context) {
        if !self.first_round {
            cx.event(EventKind::Contact {
                change,
                contact: Box::new(contact),
            });
        }
    }

    /// The session is over, or stops.
    pub(crate) fn end(&mut self, error: &CommandError, cx: &mut Context) {
        self.pages.end(&Err(error.clone()), cx);
        self.details.end(error, cx);
    }

    pub(crate) fn cancel(&mut self, command: CommandId, cx: &mut Context) -> bool {
        let found = self.pages.cancel(command) || self.details.cancel(command);
        if found {
            cx.complete(command, Err(CommandError::Cancelled {}));
        }
        found
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        let (pages, details) = (self.pages.deadline(), self.details.deadline());
        pages.into_iter().chain(details).min()
    }

    pub(crate) fn wake(&mut self, cx: &mut Context, now: Now) {
        self.pages.wake(cx, now);
        self.details.wake(cx, now);
        self.end_first_round(cx);
    }
}
