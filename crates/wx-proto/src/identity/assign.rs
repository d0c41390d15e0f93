//! Assigns keys to the roster: to everybody once it is complete, to a contact
//! when it changes, and to one that the user identifies.

use wx_wire::id::UserName;

use super::matching::{Matching, Verdict};
use super::{Identified, Identities, Means, StableKey, Standing, Traits, generated, is_generated};
use crate::command::Rejected;
use crate::context::Context;
use crate::event::EventKind;
use crate::roster::Roster;
use crate::saved::Change;
use crate::state::State;

/// Identifies everybody once the roster of a login is complete. Before that,
/// nobody can be told apart from contacts still to come.
pub(crate) fn all(cx: &mut Context) {
    if !is_owner(cx) {
        return;
    }
    let identities = &cx.journal.saved().identities;
    let mut people = Vec::new();
    let mut met = Vec::new();
    for (id, traits) in identifiable(&cx.roster) {
        match identities.known(&id) {
            Some((key, known)) => {
                if known.traits != traits {
                    people.push(Identified {
                        key: key.clone(),
                        id,
                        traits,
                        was: None,
                    });
                }
            }
            None => met.push((id, traits)),
        }
    }
    let matching = Matching::new(identities.unmet());
    people.extend(matching.decide(met).filter_map(|(id, traits, verdict)| {
        let key = match verdict {
            Verdict::Is(key) => key,
            Verdict::New => generated(&id),
            Verdict::Unclear => return None,
        };
        Some(Identified {
            id,
            key,
            traits,
            was: None,
        })
    }));
    if !people.is_empty() {
        cx.journal.write(Change::Identified { people });
    }
}

/// Identifies somebody who has changed or is new.
pub(crate) fn one(cx: &mut Context, id: &UserName) {
    if !is_owner(cx) {
        return;
    }
    let identities = &cx.journal.saved().identities;
    let contact = cx.roster.contact(id);
    let Some(traits) = contact.and_then(|contact| Traits::of(&cx.roster, &contact)) else {
        return;
    };
    let (key, is_found) = match identities.known(id) {
        Some((_, known)) if known.traits == traits => return,
        Some((key, _)) => (key.clone(), false),
        None => match verdict(&cx.roster, identities, id, &traits) {
            Verdict::Is(key) => (key, true),
            Verdict::New => (generated(id), false),
            Verdict::Unclear => return,
        },
    };
    if is_found && cx.has_shown(id) {
        cx.event(EventKind::Identity {
            id: id.clone(),
            key: key.clone(),
            was: None,
            by: Means::Evidence,
        });
    }
    let identified = Identified {
        id: id.clone(),
        key,
        traits,
        was: None,
    };
    let people = vec![identified];
    cx.journal.write(Change::Identified { people });
}

/// Only the polling process identifies people: it alone writes such records.
fn is_owner(cx: &Context) -> bool {
    matches!(cx.state(), State::Online { .. })
}

/// Who somebody is, considering everybody else who is not identified yet.
fn verdict(roster: &Roster, identities: &Identities, id: &UserName, traits: &Traits) -> Verdict {
    let matching = Matching::new(identities.unmet());
    if matching.candidates(traits).is_empty() {
        // Nobody known fits, so there is nobody whom others could claim.
        let alone = vec![(id.clone(), traits.clone())];
        let mut verdicts = matching.decide(alone).map(|(_, _, verdict)| verdict);
        return verdicts.next().unwrap_or(Verdict::Unclear);
    }
    let unidentified = identifiable(roster).filter(|(id, _)| identities.key(id).is_none());
    matching
        .decide(unidentified.collect())
        .find_map(|(other, _, verdict)| (other == *id).then_some(verdict))
        .unwrap_or(Verdict::Unclear)
}

fn identifiable(roster: &Roster) -> impl Iterator<Item = (UserName, Traits)> {
    roster.contacts().filter_map(|contact| {
        let traits = Traits::of(roster, &contact)?;
        Some((contact.id, traits))
    })
}

/// Gives somebody the key that the user named. If they had another key, the two
/// become one: the real id, if one of them is.
pub(crate) fn manual(cx: &mut Context, id: &UserName, wanted: &StableKey) -> Result<(), Rejected> {
    let identities = &cx.journal.saved().identities;
    let no_such = || Rejected::NoSuchIdentity {
        key: wanted.clone(),
    };
    let other = identities.known.get(wanted).ok_or_else(no_such)?;
    let contact = cx.roster.contact(id);
    let traits = contact.and_then(|contact| Traits::of(&cx.roster, &contact));
    let traits = traits.unwrap_or_else(|| other.traits.clone());
    let (key, was) = match identities.key(id) {
        Some(key) if key == wanted => return Ok(()),
        // Two real ids are two accounts.
        Some(key) if !is_generated(key) && !is_generated(wanted) => {
            return Err(no_such());
        }
        Some(key) if !is_generated(key) => (key, Some(wanted)),
        before => (wanted, before),
    };
    let (key, was) = (key.clone(), was.cloned());
    cx.event(EventKind::Identity {
        id: id.clone(),
        key: key.clone(),
        was: was.clone(),
        by: Means::Manual,
    });
    let identified = Identified {
        id: id.clone(),
        key,
        traits,
        was,
    };
    let people = vec![identified];
    cx.journal.write(Change::Identified { people });
    Ok(())
}

impl Identities {
    /// Who somebody in the roster is across logins.
    pub(crate) fn standing(&self, roster: &Roster, id: &UserName) -> Standing {
        if let Some((key, known)) = self.known(id) {
            return Standing::Known {
                key: key.clone(),
                formerly: known.formerly.to_vec(),
            };
        }
        let contact = roster.contact(id);
        let traits = contact.and_then(|contact| Traits::of(roster, &contact));
        let candidates = |traits| Matching::new(self.unmet()).candidates(&traits);
        Standing::Unknown {
            candidates: traits.map(candidates).unwrap_or_default(),
        }
    }
}
