//! From what a person types to a user name.

use wx_wire::id::UserName;

use super::{Card, Contact, ContactKind, Roster};

/// A name that does not lead to one contact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unresolved {
    /// It fits nobody.
    #[error("nobody is called {name:?}")]
    #[non_exhaustive]
    Nobody {
        /// What was asked for.
        name: String,
    },
    /// It fits several contacts in the same way.
    #[error("{name:?} fits several:{}", listed(.candidates))]
    #[non_exhaustive]
    Several {
        /// What was asked for.
        name: String,
        /// Whom it fits.
        candidates: Vec<Contact>,
    },
}

fn listed(candidates: &[Contact]) -> String {
    let each = |contact: &Contact| format!(" {} ({})", contact.id, contact.name().unwrap_or("?"));
    candidates.iter().map(each).collect()
}

impl Roster {
    /// Finds whom a person means: a user name (`@…`, `@@…`), a special
    /// account's name, `me`, or else an exact remark, group name, nick name or
    /// alias, tried in this order.
    ///
    /// # Errors
    /// If the name fits nobody, or several contacts in the same way.
    pub fn resolve(&self, name: &str) -> Result<UserName, Unresolved> {
        if name == "me" {
            return Ok(self.own.clone());
        }
        let id = UserName::from(name);
        if name.starts_with('@') || id.is_special() {
            return Ok(id);
        }
        let tiers: [fn(&Card, &str) -> bool; 4] = [
            |card, name| card.remark() == name,
            |card, name| card.kind == ContactKind::Group && card.nick_name() == name,
            |card, name| card.nick_name() == name,
            |card, name| card.alias() == name,
        ];
        let name = name.to_owned();
        if name.is_empty() {
            return Err(Unresolved::Nobody { name });
        }
        for fits in tiers {
            let all = self.contacts.iter();
            let found: Vec<(&UserName, &Card)> = all.filter(|(_, c)| fits(c, &name)).collect();
            match found.as_slice() {
                [] => {}
                [(id, _)] => return Ok((*id).clone()),
                _ => {
                    let candidates = found.into_iter().map(|(id, card)| card.contact(id));
                    let candidates = candidates.collect();
                    return Err(Unresolved::Several { name, candidates });
                }
            }
        }
        Err(Unresolved::Nobody { name })
    }
}
