//! From what a person types to a user name.

use std::fmt;

use wx_wire::id::UserName;

use super::{Card, Contact, ContactKind, Roster};

/// A name that fits several contacts or none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub struct Ambiguous {
    /// What was asked for.
    pub name: String,
    /// Whom it fits: nobody, or at least two.
    pub candidates: Vec<Contact>,
}

impl fmt::Display for Ambiguous {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.candidates.is_empty() {
            return write!(f, "nobody is called {:?}", self.name);
        }
        write!(f, "{:?} fits several:", self.name)?;
        for contact in &self.candidates {
            write!(f, " {} ({})", contact.id, contact.name().unwrap_or("?"))?;
        }
        Ok(())
    }
}

impl Roster {
    /// Finds whom a person means: a user name (`@…`, `@@…`), a special
    /// account's name, `me`, or else an exact remark, group name, nick name or
    /// alias, tried in this order.
    ///
    /// # Errors
    /// If the name fits nobody, or several contacts in the same way.
    pub fn resolve(&self, name: &str) -> Result<UserName, Ambiguous> {
        if name == "me" {
            return Ok(self.own.clone());
        }
        let id = UserName::from(name);
        if name.starts_with('@') || super::is_special(&id) {
            return Ok(id);
        }
        let tiers: [fn(&Card, &str) -> bool; 4] = [
            |card, name| card.remark() == name,
            |card, name| card.kind == ContactKind::Group && card.nick_name() == name,
            |card, name| card.nick_name() == name,
            |card, name| card.alias() == name,
        ];
        let nobody = || Ambiguous {
            name: name.to_owned(),
            candidates: Vec::new(),
        };
        if name.is_empty() {
            return Err(nobody());
        }
        for fits in tiers {
            let all = self.contacts.iter();
            let found: Vec<(&UserName, &Card)> = all.filter(|(_, c)| fits(c, name)).collect();
            match found.as_slice() {
                [] => {}
                [(id, _)] => return Ok((*id).clone()),
                _ => {
                    let candidates = found.into_iter().map(|(id, card)| card.contact(id));
                    return Err(Ambiguous {
                        candidates: candidates.collect(),
                        ..nobody()
                    });
                }
            }
        }
        Err(nobody())
    }
}
