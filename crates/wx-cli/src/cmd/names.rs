//! Whom people mean.

use wx_client::id::UserName;
use wx_client::roster::{Member, Roster, Unresolved};
use wx_client::{Client, Contact};

use crate::error::{Candidate, Error};

/// Whom a name means. The kept contacts may not know somebody who is new, so
/// the server is asked before anybody is told that there is no such person.
pub(super) async fn resolve(client: &Client, name: &str) -> Result<UserName, Error> {
    match client.roster().await?.resolve(name) {
        Err(Unresolved::Nobody { .. }) => client.refresh_contacts().await?,
        answer => return answer.map_err(unresolved),
    }
    client.roster().await?.resolve(name).map_err(unresolved)
}

/// Whom each of several names means.
pub(super) async fn resolve_all(client: &Client, names: &[String]) -> Result<Vec<UserName>, Error> {
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        let id = resolve(client, name).await?;
        // Two names of one contact are no wish for two messages.
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// Which group a name means.
pub(super) async fn resolve_group(client: &Client, name: &str) -> Result<UserName, Error> {
    let id = resolve(client, name).await?;
    if id.is_room() {
        Ok(id)
    } else {
        Err(Error::NoGroup(name.to_owned()))
    }
}

/// Whom a name means among the members of a group: exactly a remark, a name in
/// the group, a nick name; else as everywhere.
pub(super) async fn resolve_member(
    client: &Client,
    group: &UserName,
    name: &str,
) -> Result<UserName, Error> {
    if name != "me" && !name.starts_with('@') {
        if let Some(id) = member(&*client.roster().await?, group, name)? {
            return Ok(id);
        }
        // People come, and change their names.
        client.fetch_contacts([group]).await?;
        if let Some(id) = member(&*client.roster().await?, group, name)? {
            return Ok(id);
        }
    }
    resolve(client, name).await
}

/// The contacts, with the members of a group by their names.
pub(super) async fn detailed(
    client: &Client,
    group: &UserName,
) -> Result<std::sync::Arc<Roster>, Error> {
    let is_named = |member: &Member| !member.nick_name.is_empty();
    let roster = client.roster().await?;
    if roster.members(group).iter().any(is_named) {
        return Ok(roster);
    }
    client.fetch_contacts([group]).await?;
    Ok(client.roster().await?)
}

fn member(roster: &Roster, group: &UserName, name: &str) -> Result<Option<UserName>, Error> {
    let remark = |member: &Member| roster.contact(&member.id).map(|contact| contact.remark);
    let members = roster.members(group);
    let tiers: [&dyn Fn(&Member) -> bool; 3] = [
        &|member| remark(member).is_some_and(|remark| remark == name),
        &|member| member.display_name == name,
        &|member| member.nick_name == name,
    ];
    for fits in tiers {
        let found: Vec<&Member> = members.iter().filter(|member| fits(member)).collect();
        match found[..] {
            [] => {}
            [member] => return Ok(Some(member.id.clone())),
            _ => {
                return Err(Error::Ambiguous {
                    name: name.to_owned(),
                    candidates: found.into_iter().cloned().map(Candidate::Member).collect(),
                });
            }
        }
    }
    Ok(None)
}

fn unresolved(unresolved: Unresolved) -> Error {
    let contact = |contact: Contact| Candidate::Contact(Box::new(contact));
    match unresolved {
        Unresolved::Several {
            name, candidates, ..
        } => Error::Ambiguous {
            name,
            candidates: candidates.into_iter().map(contact).collect(),
        },
        nobody => wx_client::Error::from(nobody).into(),
    }
}
