//! Draws an account from the seed: its people, public accounts and groups.

use std::collections::BTreeMap;

use super::contact::{
    Attitude, Contact, ContactId, FLAG_CHAT, FLAG_CONTACT, FLAG_PINNED, Kind, Member,
};
use super::names;
use crate::config::AccountSpec;
use crate::rng::Rng;

/// The special accounts of every account, with their nick names.
const SPECIALS: [(&str, &str); 6] = [
    ("filehelper", "文件传输助手"),
    ("weixin", "微信团队"),
    ("fmessage", "朋友推荐消息"),
    ("newsapp", "腾讯新闻"),
    ("medianote", "语音记事本"),
    ("floatbottle", "漂流瓶"),
];

/// All contacts of an account; the first is the account itself.
pub(super) fn contacts(spec: AccountSpec, rng: &mut Rng) -> Vec<Contact> {
    let mut all = vec![person(rng, Kind::Own)];
    all.extend(SPECIALS.map(|(name, nick)| special(rng, name, nick)));
    let friends = all.len()..all.len() + spec.contacts;
    all.extend(friends.clone().map(|_| person(rng, Kind::Friend)));
    all.extend((0..spec.mps).map(|_| public_account(rng)));
    // Half of a group's members are no friends, and some strangers are in no
    // group at all: they send friend requests.
    let strangers = all.len()..all.len() + spec.members / 2 + 4;
    all.extend(strangers.clone().map(|_| person(rng, Kind::Stranger)));
    for index in 0..spec.groups {
        let saved = index % 3 != 2;
        let friends = friends.clone().map(ContactId).collect();
        let strangers = strangers.clone().map(ContactId).collect();
        all.push(group(rng, saved, spec.members, friends, strangers));
    }
    tell_apart(&mut all);
    all
}

/// People give their remarks and groups to tell them apart: a name that comes
/// again gets a number. Nick names are others' choice, and stay as they are.
fn tell_apart(contacts: &mut [Contact]) {
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for contact in contacts {
        let name = if matches!(contact.kind, Kind::Group) {
            &mut contact.nick
        } else {
            &mut contact.remark
        };
        if name.is_empty() {
            continue;
        }
        let count = taken.entry(name.clone()).or_default();
        *count += 1;
        if *count > 1 {
            name.push_str(&format!(" {count}"));
        }
    }
}

/// A person with drawn details.
pub(crate) fn person(rng: &mut Rng, kind: Kind) -> Contact {
    let (province, city) = names::place(rng);
    let known = matches!(kind, Kind::Friend);
    let flag = match kind {
        Kind::Own => 7,
        Kind::Stranger => 0,
        Kind::Friend | Kind::Official | Kind::Special | Kind::Group => {
            let pinned = if rng.one_in(9) { FLAG_PINNED } else { 0 };
            FLAG_CONTACT | FLAG_CHAT | pinned
        }
    };
    Contact {
        nick: names::nick(rng),
        remark: if known {
            names::remark(rng)
        } else {
            String::new()
        },
        alias: if known && rng.one_in(3) {
            rng.word(8)
        } else {
            String::new()
        },
        signature: names::signature(rng),
        province,
        city,
        sex: rng.pick(&[0, 1, 1, 2, 2]),
        starred: known && rng.one_in(8),
        sns_flag: rng.pick(&[0, 1, 17, 49, 177]),
        attr_status: rng.pick(&[4133, 102_501, 234_169, 2_147_487_845]),
        contact_flag: flag,
        ..blank(rng, kind, names::wxid)
    }
}

/// A group of `size` members: the account, then friends and strangers.
fn group(
    rng: &mut Rng,
    saved: bool,
    size: usize,
    mut friends: Vec<ContactId>,
    mut strangers: Vec<ContactId>,
) -> Contact {
    let mut members = vec![ContactId(0)];
    while members.len() < size {
        let pool = if (members.len() % 2 == 1 && !friends.is_empty()) || strangers.is_empty() {
            &mut friends
        } else {
            &mut strangers
        };
        if pool.is_empty() {
            break;
        }
        let index = usize::try_from(rng.below(pool.len() as u64)).unwrap_or(0);
        members.push(pool.swap_remove(index));
    }
    let owner = rng.pick(&[0, 1]);
    let mut group = empty_group(rng, saved);
    group.nick = names::group(rng);
    group.owner = members.get(owner).copied();
    group.members = members
        .into_iter()
        .map(|contact| Member::new(contact, &names::display_name(rng)))
        .collect();
    group
}

/// A group without a name and without members.
pub(crate) fn empty_group(rng: &mut Rng, saved: bool) -> Contact {
    let encry_chat_room_id = format!("@{}", rng.hex(32));
    Contact {
        contact_flag: FLAG_CHAT | if saved { FLAG_CONTACT } else { 0 },
        encry_chat_room_id,
        ..blank(rng, Kind::Group, |rng| {
            format!("{}@chatroom", rng.digits(10))
        })
    }
}

fn public_account(rng: &mut Rng) -> Contact {
    let (province, city) = names::place(rng);
    Contact {
        nick: names::public_account(rng),
        alias: rng.word(10),
        signature: names::signature(rng),
        province,
        city,
        verify_flag: rng.pick(&[8, 24, 24]),
        contact_flag: FLAG_CONTACT | FLAG_CHAT,
        ..blank(rng, Kind::Official, |rng| format!("gh_{}", rng.hex(12)))
    }
}

fn special(rng: &mut Rng, name: &str, nick: &str) -> Contact {
    Contact {
        nick: nick.to_owned(),
        contact_flag: FLAG_CONTACT | FLAG_CHAT,
        ..blank(rng, Kind::Special, |_| name.to_owned())
    }
}

/// A contact with an id and a picture, and otherwise nothing.
fn blank(rng: &mut Rng, kind: Kind, real_id: impl FnOnce(&mut Rng) -> String) -> Contact {
    Contact {
        kind,
        real_id: real_id(rng),
        nick: String::new(),
        remark: String::new(),
        alias: String::new(),
        signature: String::new(),
        province: String::new(),
        city: String::new(),
        sex: 0,
        verify_flag: 0,
        contact_flag: 0,
        starred: false,
        muted: false,
        sns_flag: 0,
        attr_status: 0,
        head_seq: rng.between(600_000_000, 700_000_000),
        encry_chat_room_id: String::new(),
        owner: None,
        members: Vec::new(),
        attitude: Attitude::Friend,
    }
}
