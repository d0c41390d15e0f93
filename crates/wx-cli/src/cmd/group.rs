//! `wx group`: makes groups and changes them.

use wx_client::roster::Roster;
use wx_client::{Client, Group as Made, Joining, MemberOutcome};

use super::names::{resolve_all, resolve_group, resolve_member};
use crate::app::App;
use crate::args::Group;
use crate::error::Error;
use crate::human;
use crate::terminal::escape;

/// What became of somebody who was asked in (protocol: MemberStatus).
const BLOCKED: i64 = 3;
const DELETED: i64 = 4;

pub(super) async fn run(app: &App, what: Group) -> Result<(), Error> {
    match what {
        Group::Create { topic, members } => create(app, topic, &members).await,
        Group::Rename { group, topic } => {
            let done = format!("{} is called {}", escape(&group), escape(&topic));
            app.beside(async |client| {
                let group = resolve_group(client, &group).await?;
                Ok(client.rename_group(group, topic).await?)
            })
            .await?;
            app.done(&done);
            Ok(())
        }
        Group::Add { group, members } => add(app, &group, &members).await,
        Group::Remove { group, members } => {
            app.beside(async |client| remove(client, &group, &members).await)
                .await?;
            app.done(&format!("out of {}: {}", escape(&group), list(&members)));
            Ok(())
        }
        Group::Quit { group } => {
            app.beside(async |client| {
                let group = resolve_group(client, &group).await?;
                Ok(client.quit_group(group).await?)
            })
            .await?;
            app.done(&format!("{} is left", escape(&group)));
            Ok(())
        }
    }
}

async fn create(app: &App, topic: String, members: &[String]) -> Result<(), Error> {
    let (group, roster) = app
        .beside(async |client| {
            let members = resolve_all(client, members).await?;
            let group = client.create_group(topic, members).await?;
            Ok((group, client.roster().await?))
        })
        .await?;
    app.output.value(&group, |group| {
        // Not everybody who is asked next has heard of its name.
        let id = escape(group.id.as_str());
        format!("{}\n  in this login it is {id}", made(group, &roster))
    })
}

/// A group that was made, for people.
pub(super) fn made(group: &Made, roster: &Roster) -> String {
    let name = match group.topic.as_str() {
        "" => group.id.as_str(),
        topic => topic,
    };
    let head = format!("the group {} is there", escape(name));
    with_members(head, &group.members, roster, "in it")
}

async fn add(app: &App, group: &str, members: &[String]) -> Result<(), Error> {
    let (added, roster) = app
        .beside(async |client| {
            let group = resolve_group(client, group).await?;
            let members = resolve_all(client, members).await?;
            let added = client.add_members(group, members).await?;
            Ok((added, client.roster().await?))
        })
        .await?;
    app.output.value(&added, |added| match added.how {
        Joining::Invited => {
            let head = format!("invited to {}; they must accept", escape(group));
            with_members(head, &added.members, &roster, "invited")
        }
        _ => {
            let head = format!("added to {}", escape(group));
            with_members(head, &added.members, &roster, "in it")
        }
    })
}

async fn remove(client: &Client, group: &str, names: &[String]) -> Result<(), Error> {
    let group = resolve_group(client, group).await?;
    let mut members = Vec::with_capacity(names.len());
    for name in names {
        members.push(resolve_member(client, &group, name).await?);
    }
    Ok(client.remove_members(group, members).await?)
}

/// What was done, and of each member what came of it.
fn with_members(head: String, members: &[MemberOutcome], roster: &Roster, done: &str) -> String {
    members.iter().fold(head, |mut text, member| {
        let name = human::chat(&member.id, Some(roster));
        let outcome = match member.status {
            0 => done.to_owned(),
            BLOCKED => "has blocked you".to_owned(),
            DELETED => "has deleted you".to_owned(),
            other => format!("did not come in (status {other})"),
        };
        text.push_str(&format!("\n  {name}: {outcome}"));
        text
    })
}

fn list(names: &[String]) -> String {
    escape(&names.join(", ")).into_owned()
}
