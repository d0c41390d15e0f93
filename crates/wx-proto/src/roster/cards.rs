//! Contacts as they are kept: packed, since most leave out most of what a
//! contact may have.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use wx_wire::id::UserName;

use super::{Contact, ContactKind};
use crate::fields::Fields;

/// Contacts by user name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Cards(BTreeMap<UserName, Card>);

/// A contact but for its user name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Card {
    pub(super) kind: ContactKind,
    starred: bool,
    muted: bool,
    pinned: bool,
    own: Option<bool>,
    rest: Fields,
}

// In the order in which they are asked for: the names first.
const REMARK: u8 = 0;
const NICK_NAME: u8 = 1;
const ALIAS: u8 = 2;
const PROVINCE: u8 = 3;
const CITY: u8 = 4;
const SIGNATURE: u8 = 5;
const OWNER: u8 = 6;
const ROOM_KEY: u8 = 7;
/// Numbers are kept as decimal digits.
const SEX: u8 = 8;
const MEMBER_COUNT: u8 = 9;
/// Of the usual avatar's path, the number of the picture alone: the rest is the
/// same for all but for the user name.
const PERSON_PICTURE: u8 = 10;
const GROUP_PICTURE: u8 = 11;
/// Another path, whole.
const AVATAR: u8 = 12;

/// The usual paths (protocol: webwxgeticon, webwxgetheadimg).
const PICTURES: [(u8, &str); 2] = [
    (PERSON_PICTURE, "/cgi-bin/mmwebwx-bin/webwxgeticon"),
    (GROUP_PICTURE, "/cgi-bin/mmwebwx-bin/webwxgetheadimg"),
];

fn picture_path(page: &str, number: &str, id: &UserName) -> String {
    let id = id.as_str();
    [page, "?seq=", number, "&username=", id, "&skey="].concat()
}

/// An avatar's path, or as much of it as is not the same for all.
fn picture<'a>(path: &'a str, id: &UserName) -> (u8, &'a str) {
    let short = PICTURES.iter().find_map(|(tag, page)| {
        let rest = path.strip_prefix(page)?.strip_prefix("?seq=")?;
        let (number, rest) = rest.split_once('&')?;
        let rest = rest.strip_prefix("username=")?.strip_prefix(id.as_str())?;
        (rest == "&skey=" && !number.is_empty()).then_some((*tag, number))
    });
    short.unwrap_or((AVATAR, path))
}

impl Card {
    pub(super) fn of(contact: &Contact) -> Self {
        let Contact {
            id,
            kind,
            nick_name,
            remark,
            alias,
            province,
            city,
            signature,
            sex,
            starred,
            muted,
            pinned,
            member_count,
            own,
            owner,
            avatar,
            encry_chat_room_id,
        } = contact;
        let number = |number: Option<String>| number.unwrap_or_default();
        let sex = number(sex.map(|sex| sex.to_string()));
        let member_count = number(member_count.map(|count| count.to_string()));
        let (picture_tag, picture) = picture(avatar, id);
        Self {
            kind: *kind,
            starred: *starred,
            muted: *muted,
            pinned: *pinned,
            own: *own,
            rest: Fields::of(&[
                (REMARK, remark.as_bytes()),
                (NICK_NAME, nick_name.as_bytes()),
                (ALIAS, alias.as_bytes()),
                (PROVINCE, province.as_bytes()),
                (CITY, city.as_bytes()),
                (SIGNATURE, signature.as_bytes()),
                (
                    OWNER,
                    owner.as_ref().map_or("", UserName::as_str).as_bytes(),
                ),
                (ROOM_KEY, encry_chat_room_id.as_bytes()),
                (SEX, sex.as_bytes()),
                (MEMBER_COUNT, member_count.as_bytes()),
                (picture_tag, picture.as_bytes()),
            ]),
        }
    }

    pub(super) fn contact(&self, id: &UserName) -> Contact {
        let text = |tag| self.rest.text(tag).to_owned();
        let owner = self.rest.text(OWNER);
        Contact {
            id: id.clone(),
            kind: self.kind,
            nick_name: text(NICK_NAME),
            remark: text(REMARK),
            alias: text(ALIAS),
            province: text(PROVINCE),
            city: text(CITY),
            signature: text(SIGNATURE),
            sex: self.rest.text(SEX).parse().ok(),
            starred: self.starred,
            muted: self.muted,
            pinned: self.pinned,
            member_count: self.rest.text(MEMBER_COUNT).parse().ok(),
            own: self.own,
            owner: (!owner.is_empty()).then(|| owner.into()),
            avatar: self.avatar(id),
            encry_chat_room_id: text(ROOM_KEY),
        }
    }

    fn avatar(&self, id: &UserName) -> String {
        let short = PICTURES.iter().find_map(|(tag, page)| {
            let number = self.rest.text(*tag);
            (!number.is_empty()).then(|| picture_path(page, number, id))
        });
        short.unwrap_or_else(|| self.rest.text(AVATAR).to_owned())
    }

    pub(super) fn nick_name(&self) -> &str {
        self.rest.text(NICK_NAME)
    }

    pub(super) fn remark(&self) -> &str {
        self.rest.text(REMARK)
    }

    pub(super) fn alias(&self) -> &str {
        self.rest.text(ALIAS)
    }

    /// As [`Contact::name`].
    pub(super) fn name(&self) -> Option<&str> {
        let names = [REMARK, NICK_NAME].map(|tag| self.rest.text(tag));
        names.into_iter().find(|name| !name.is_empty())
    }
}

impl Cards {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, id: &UserName) -> Option<&Card> {
        self.0.get(id)
    }

    /// A user name as it is kept, which shares its text.
    pub(super) fn name(&self, name: &str) -> Option<&UserName> {
        self.0.get_key_value(name).map(|(id, _)| id)
    }

    pub(super) fn contact(&self, id: &UserName) -> Option<Contact> {
        // The contact shares the text of the name that is kept.
        let (id, card) = self.0.get_key_value(id)?;
        Some(card.contact(id))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&UserName, &Card)> {
        self.0.iter()
    }

    /// Keeps a contact in the place of the one with its name. Returns that one.
    pub(super) fn insert(&mut self, contact: &Contact) -> Option<Card> {
        self.0.insert(contact.id.clone(), Card::of(contact))
    }

    pub(super) fn remove(&mut self, id: &UserName) -> Option<Contact> {
        let (id, card) = self.0.remove_entry(id)?;
        Some(card.contact(&id))
    }

    /// Gives back the room that a tree leaves for more in each of its nodes.
    pub(super) fn shrink(&mut self) {
        self.0 = std::mem::take(&mut self.0).into_iter().collect();
    }
}

impl Serialize for Cards {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(id, card)| (id, card.contact(id))))
    }
}

impl<'de> Deserialize<'de> for Cards {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// Reads one contact at a time: unpacked, all of them together would
        /// take several times as much memory.
        struct Packing(Cards);
        impl<'de> Visitor<'de> for Packing {
            type Value = Cards;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of contacts")
            }

            fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Cards, A::Error> {
                while let Some((id, contact)) = map.next_entry::<UserName, Contact>()? {
                    self.0.insert(&Contact { id, ..contact });
                }
                self.0.shrink();
                Ok(self.0)
            }
        }
        deserializer.deserialize_map(Packing(Self::default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![Just(String::new()), ".{1,200}"]
    }

    prop_compose! {
        fn contact()(
            texts in proptest::collection::vec(text(), 8),
            (sex, member_count, own) in any::<(Option<i64>, Option<usize>, Option<bool>)>(),
            (starred, muted, pinned) in any::<(bool, bool, bool)>(),
            page in proptest::option::of(0..PICTURES.len()),
        ) -> Contact {
            let id = UserName::from("@a1");
            let [nick_name, remark, alias, province, city, signature, other, owner] =
                texts.try_into().unwrap();
            let avatar = match page {
                Some(page) => picture_path(PICTURES[page].1, &other, &id),
                None => other,
            };
            let owner = Some(UserName::from(owner)).filter(|owner| !owner.is_empty());
            Contact {
                kind: ContactKind::Friend,
                nick_name,
                remark,
                encry_chat_room_id: alias.clone(),
                alias,
                province,
                city,
                signature,
                sex,
                starred,
                muted,
                pinned,
                member_count,
                own,
                owner,
                avatar,
                id,
            }
        }
    }

    proptest! {
        #[test]
        fn a_contact_comes_back_as_it_was(contact in contact()) {
            prop_assert_eq!(Card::of(&contact).contact(&contact.id), contact);
        }
    }

    #[test]
    fn of_the_usual_avatar_only_the_number_is_kept() {
        let mut contact = Contact::new("@a1".into());
        contact.avatar = "/cgi-bin/mmwebwx-bin/webwxgeticon?seq=64&username=@a1&skey=".into();
        let card = Card::of(&contact);
        assert_eq!(card.rest.text(PERSON_PICTURE), "64");
        assert_eq!(card.contact(&contact.id), contact);
        for other in [
            "/cgi-bin/mmwebwx-bin/webwxgeticon?seq=64&username=@a1&chatroomid=@b&skey=",
            "/cgi-bin/mmwebwx-bin/webwxgeticon?seq=64&username=@a2&skey=",
            "/cgi-bin/mmwebwx-bin/webwxgeticon?seq=&username=@a1&skey=",
        ] {
            contact.avatar = other.into();
            assert_eq!(Card::of(&contact).rest.text(AVATAR), other);
        }
    }
}
