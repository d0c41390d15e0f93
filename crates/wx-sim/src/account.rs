//! A WeChat account as the service knows it: who its contacts are, under what
//! names the current login sees them, and what happened to it.

pub(crate) mod build;
pub(crate) mod contact;
pub(crate) mod entries;
pub(crate) mod names;

use std::collections::{HashMap, HashSet};

use self::contact::{Contact, ContactId, Kind, Member};
use crate::config::AccountSpec;
use crate::feed::{Change, Message};
use crate::limit::Window;
use crate::now::Now;
use crate::rng::Rng;
use crate::service::RequestId;
use crate::session::{Ended, Session};
use crate::upload::Uploads;

/// One account. Contacts are never removed from it, so that ids stay valid:
/// a deleted friend only leaves the address book.
#[derive(Debug)]
pub(crate) struct Account {
    /// Above 2^31 for every second account.
    pub(crate) uin: u64,
    pub(crate) rng: Rng,
    pub(crate) contacts: Vec<Contact>,
    /// What the phone knows, in order: a session fetches it from its position
    /// onwards.
    pub(crate) feed: Vec<Change>,
    /// Where in the feed a message stands.
    pub(crate) by_msg_id: HashMap<u64, usize>,
    /// The newest message that carries a MediaId.
    by_media_id: HashMap<String, u64>,
    pub(crate) session: Option<Session>,
    pub(crate) ended: Vec<Ended>,
    /// Values of `webwxuvid` and `webwx_auth_ticket` that push login takes.
    pub(crate) push_tickets: Vec<(String, String)>,
    /// ClientMsgIds seen, with the MsgId that each was given.
    pub(crate) client_msg_ids: HashMap<String, u64>,
    /// Own messages that were taken back.
    pub(crate) revoked: HashSet<u64>,
    pub(crate) uploads: Uploads,
    pub(crate) sends: Window,
    pub(crate) verifications: Window,
    pub(crate) group_changes: Window,
    /// The long poll that is held for the session.
    pub(crate) held: Option<RequestId>,
    seed: u64,
    index: usize,
    logins: u32,
    by_real_id: HashMap<String, ContactId>,
    user_names: Vec<String>,
    by_user_name: HashMap<String, ContactId>,
}

impl Account {
    pub(crate) fn new(seed: u64, index: usize, spec: AccountSpec) -> Self {
        let mut rng = Rng::derive(seed, &["account", &index.to_string()]);
        let uin = if index.is_multiple_of(2) {
            rng.between(2_200_000_000, 3_900_000_000)
        } else {
            rng.between(100_000_000, 2_000_000_000)
        };
        let contacts = build::contacts(spec, &mut rng);
        let by_real_id = contacts
            .iter()
            .enumerate()
            .map(|(id, contact)| (contact.real_id.clone(), ContactId(id)))
            .collect();
        let mut account = Self {
            uin,
            rng,
            contacts,
            feed: Vec::new(),
            by_msg_id: HashMap::new(),
            by_media_id: HashMap::new(),
            session: None,
            ended: Vec::new(),
            push_tickets: Vec::new(),
            client_msg_ids: HashMap::new(),
            revoked: HashSet::new(),
            uploads: Uploads::default(),
            sends: Window::default(),
            verifications: Window::default(),
            group_changes: Window::default(),
            held: None,
            seed,
            index,
            logins: 0,
            by_real_id,
            user_names: Vec::new(),
            by_user_name: HashMap::new(),
        };
        account.issue_user_names();
        account
    }

    /// The account itself, as a contact.
    #[expect(clippy::unused_self, reason = "an id belongs to an account")]
    pub(crate) fn me(&self) -> ContactId {
        ContactId(0)
    }

    /// The account as its friends have it.
    pub(crate) fn as_friend(&self) -> Contact {
        Contact {
            kind: Kind::Friend,
            contact_flag: contact::FLAG_CONTACT | contact::FLAG_CHAT,
            ..self.contact(self.me()).clone()
        }
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "ids are made for existing contacts only, and none is ever removed"
    )]
    pub(crate) fn contact(&self, id: ContactId) -> &Contact {
        &self.contacts[id.0]
    }

    #[expect(clippy::indexing_slicing, reason = "as in `contact`")]
    pub(crate) fn contact_mut(&mut self, id: ContactId) -> &mut Contact {
        &mut self.contacts[id.0]
    }

    /// The name under which the current login knows a contact.
    #[expect(clippy::indexing_slicing, reason = "every contact has a user name")]
    pub(crate) fn user_name(&self, id: ContactId) -> &str {
        &self.user_names[id.0]
    }

    /// Who has this user name in the current login.
    pub(crate) fn by_user_name(&self, user_name: &str) -> Option<ContactId> {
        self.by_user_name.get(user_name).copied()
    }

    /// All contacts with their ids, in a stable order.
    pub(crate) fn all(&self) -> impl Iterator<Item = (ContactId, &Contact)> {
        self.contacts
            .iter()
            .enumerate()
            .map(|(id, contact)| (ContactId(id), contact))
    }

    /// The contact meant by a test: `self`, `friend:3`, `group:0`, `mp:0`,
    /// `stranger:1`, a special account, a wxid, or a user name. Numbers count
    /// in order of creation and do not move when a contact is deleted.
    pub(crate) fn find(&self, name: &str) -> Option<ContactId> {
        if name == "self" {
            return Some(self.me());
        }
        let numbered = name.split_once(':').and_then(|(kind, number)| {
            let kind = Kind::named(kind)?;
            let number: usize = number.parse().ok()?;
            let mut of_kind = self.all().filter(|(_, contact)| contact.kind == kind);
            of_kind.nth(number).map(|(id, _)| id)
        });
        numbered
            .or_else(|| self.by_real_id.get(name).copied())
            .or_else(|| self.by_user_name(name))
    }

    /// The short names by which [`find`](Self::find) finds the contacts, in the
    /// order of [`all`](Self::all).
    pub(crate) fn short_names(&self) -> Vec<String> {
        let mut counts: HashMap<Kind, usize> = HashMap::new();
        let name = |contact: &Contact| {
            let count = counts.entry(contact.kind).or_default();
            *count += 1;
            match contact.kind {
                Kind::Own => "self".to_owned(),
                Kind::Special => contact.real_id.clone(),
                Kind::Friend => format!("friend:{}", *count - 1),
                Kind::Official => format!("mp:{}", *count - 1),
                Kind::Group => format!("group:{}", *count - 1),
                Kind::Stranger => format!("stranger:{}", *count - 1),
            }
        };
        self.contacts.iter().map(name).collect()
    }

    /// The short name of a contact.
    pub(crate) fn short_name(&self, id: ContactId) -> Option<String> {
        self.short_names().into_iter().nth(id.0)
    }

    /// Adds a contact made on the phone.
    pub(crate) fn add_contact(&mut self, contact: Contact) -> ContactId {
        let id = ContactId(self.contacts.len());
        self.by_real_id.insert(contact.real_id.clone(), id);
        let user_name = self.issue_user_name(&contact);
        self.by_user_name.insert(user_name.clone(), id);
        self.user_names.push(user_name);
        self.contacts.push(contact);
        id
    }

    /// Counts a login by QR code or by push, which re-issues all user names.
    pub(crate) fn begin_login(&mut self) {
        self.logins += 1;
        self.issue_user_names();
    }

    /// How many logins there were.
    pub(crate) fn logins(&self) -> u32 {
        self.logins
    }

    /// Appends a message to the feed.
    pub(crate) fn deliver(&mut self, message: Message) {
        self.by_msg_id.insert(message.id, self.feed.len());
        let media_id = &message.item.media_id;
        if !media_id.is_empty() {
            self.by_media_id.insert(media_id.clone(), message.id);
        }
        self.feed.push(Change::Message(Box::new(message)));
    }

    /// The message with this id.
    pub(crate) fn message(&self, msg_id: u64) -> Option<&Message> {
        self.feed.get(*self.by_msg_id.get(&msg_id)?)?.message()
    }

    /// The newest message that carries this MediaId.
    pub(crate) fn message_with(&self, media_id: &str) -> Option<&Message> {
        self.message(*self.by_media_id.get(media_id)?)
    }

    /// A MsgId: 18 or 19 digits, in no order.
    ///
    /// The time is in it, as the service never gives an id twice: a client that
    /// remembers what it has handled would drop the messages of a service that
    /// starts again with the same seed.
    pub(crate) fn new_msg_id(&mut self, now: Now) -> u64 {
        self.rng
            .salted(now.unix_ms)
            .between(100_000_000_000_000_000, 9_200_000_000_000_000_000)
    }

    /// A member of a group by contact.
    pub(crate) fn member(&self, group: ContactId, contact: ContactId) -> Option<&Member> {
        self.contact(group)
            .members
            .iter()
            .find(|m| m.contact == contact)
    }

    fn issue_user_names(&mut self) {
        self.user_names = self
            .contacts
            .iter()
            .map(|c| self.issue_user_name(c))
            .collect();
        self.by_user_name = (self.user_names.iter().enumerate())
            .map(|(id, name)| (name.clone(), ContactId(id)))
            .collect();
    }

    /// A person's name has 32 or 64 hex digits, a group's 64.
    fn issue_user_name(&self, contact: &Contact) -> String {
        let [index, logins] = [self.index.to_string(), self.logins.to_string()];
        let mut rng = Rng::derive(self.seed, &["name", &index, &logins, &contact.real_id]);
        match contact.kind {
            Kind::Special => contact.real_id.clone(),
            Kind::Group => format!("@@{}", rng.hex(64)),
            Kind::Own | Kind::Friend | Kind::Official | Kind::Stranger => {
                let digits = rng.pick(&[32, 64]);
                format!("@{}", rng.hex(digits))
            }
        }
    }
}
