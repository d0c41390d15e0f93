//! A person, public account or group.

/// `ContactFlag`: in the contact list.
pub(crate) const FLAG_CONTACT: u32 = 1;
/// `ContactFlag`: has a chat.
pub(crate) const FLAG_CHAT: u32 = 2;
/// `ContactFlag`: pinned to the top.
pub(crate) const FLAG_PINNED: u32 = 0x800;
/// `ContactFlag`: notifications are off.
pub(crate) const FLAG_NOTIFY_OFF: u32 = 0x200;

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

    /// Sets a bit of `ContactFlag`, or clears it.
    pub(crate) fn set_flag(&mut self, flag: u32, on: bool) {
        if on {
            self.contact_flag |= flag;
        } else {
            self.contact_flag &= !flag;
        }
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
        self.set_flag(FLAG_CONTACT | FLAG_CHAT, false);
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
    pub(super) fn key_word(&self) -> &str {
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
    pub(super) fn statues(&self) -> u8 {
        u8::from(self.is_group() && !self.muted)
    }
}
