//! `wx members`: who is in a group.

use serde::Serialize;
use wx_client::Contact;
use wx_client::id::UserName;
use wx_client::roster::Member;

use super::names::{detailed, resolve_group};
use crate::app::App;
use crate::error::Error;
use crate::output::json;
use crate::table::Table;
use crate::terminal::Screen;

#[derive(Serialize)]
struct Line<'a> {
    id: &'a UserName,
    nick_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    display_name: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    owner: bool,
}

pub(super) async fn run(app: &App, group: &str) -> Result<(), Error> {
    let (id, roster) = app
        .beside(async |client| {
            let id = resolve_group(client, group).await?;
            let roster = detailed(client, &id).await?;
            Ok((id, roster))
        })
        .await?;
    let members = roster.members(&id);
    if members.is_empty() {
        return Err(Error::NoGroup(group.to_owned()));
    }
    let contact = roster.contact(&id);
    let lines = members.iter().map(|member| Line {
        id: &member.id,
        nick_name: &member.nick_name,
        display_name: &member.display_name,
        owner: (contact.as_ref()).is_some_and(|group| owns(group, member, roster.own())),
    });
    if app.output.json {
        for line in lines {
            app.output.line(&json(&line))?;
        }
        return Ok(());
    }
    let mut table = Table::new(["NICK NAME", "NAME IN THE GROUP", "", "ID"]);
    for line in lines {
        let owner = if line.owner { "owner" } else { "" };
        table.push([line.nick_name, line.display_name, owner, line.id.as_str()]);
    }
    let text = table.draw(Screen::of_stdout().columns);
    app.output.text(text.trim_end_matches('\n'))
}

fn owns(group: &Contact, member: &Member, own: &UserName) -> bool {
    match &group.owner {
        Some(owner) => *owner == member.id,
        None => group.own == Some(true) && member.id == *own,
    }
}
