//! Real ids from a status notify: its content lists the phone's chats by their
//! real ids, in the same order in which the message's `StatusNotifyUserName`
//! lists their names of this login.

use wx_wire::id::UserName;
use wx_wire::message::{AddMsg, Content, Context as ContentContext};

use super::{Identified, Known, Means, StableKey, is_generated, traits::Traits};
use crate::context::Context;
use crate::event::EventKind;
use crate::saved::Change;

/// Real ids are never longer than this.
const MAX_LENGTH: usize = 64;

/// Learns the real ids of the chats in a status notify.
pub(crate) fn pair(cx: &mut Context, msg: &AddMsg) {
    let content = Content::decode(&ContentContext::of(msg), &msg.content);
    let Content::StatusNotify(notify) = content else {
        return;
    };
    let names = msg.status_notify_user_name.split(',').map(str::trim);
    let names: Vec<UserName> = names
        .filter(|name| !name.is_empty())
        .map(|name| {
            cx.roster
                .known_name(name)
                .unwrap_or_else(|| UserName::from(name))
        })
        .collect();
    let ids = &notify.usernames;
    let fits = |(name, id): (&UserName, &String)| are_paired(name, id);
    if names.len() != ids.len() || !names.iter().zip(ids).all(fits) {
        return;
    }
    let people: Vec<Identified> = names
        .into_iter()
        .zip(ids)
        .filter(|(name, id)| name.as_str() != id.as_str())
        .filter_map(|(name, id)| identified(cx, name, id))
        .collect();
    if !people.is_empty() {
        cx.journal.write(Change::Identified { people });
    }
}

/// False if the two cannot belong together, so that the lists are not in the
/// same order.
fn are_paired(name: &UserName, id: &str) -> bool {
    let real = UserName::from(id);
    if *name == real {
        // Special accounts have the same name everywhere.
        return true;
    }
    let is_special = name.is_special() || real.is_special();
    !is_special
        && name.as_str().starts_with('@')
        && !id.starts_with('@')
        && !is_generated(id)
        && id.len() <= MAX_LENGTH
        && id.bytes().all(|byte| byte.is_ascii_graphic())
        && name.is_room() == real.is_room()
}

/// The change, if this real id is news.
fn identified(cx: &mut Context, id: UserName, real: &str) -> Option<Identified> {
    let identities = &cx.journal.saved().identities;
    let before = identities.known(&id);
    if before.is_some_and(|(key, _)| key == real) {
        return None;
    }
    let is_new = !identities.known.contains_key(real);
    // A key of ours belongs to the same contact, unless both it and the real id
    // were known before: then the key was assigned to the wrong one.
    let was = before
        .filter(|(key, known)| is_generated(key) && (is_new || known.since == identities.logins))
        .map(|(key, _)| key.clone());
    // A key that no application has seen yet changes without an event.
    let is_seen = |(_, known): (&StableKey, &Known)| known.since < identities.logins;
    let is_news = before.is_some_and(is_seen) || cx.has_shown(&id);
    let traits = cx
        .roster
        .contact(&id)
        .and_then(|contact| Traits::of(&cx.roster, &contact))
        .or_else(|| Some(identities.known.get(real)?.traits.clone()))
        .unwrap_or_default();
    if is_news {
        cx.event(EventKind::Identity {
            id: id.clone(),
            key: real.into(),
            was: was.clone(),
            by: Means::RealId,
        });
    }
    Some(Identified {
        id,
        key: real.into(),
        traits,
        was,
    })
}
