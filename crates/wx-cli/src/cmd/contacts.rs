//! `wx contacts`: everybody, from the roster saved beside the session.

use wx_client::{Contact, ContactKind, Roster};

use crate::app::App;
use crate::args::Kind;
use crate::error::Error;
use crate::human::word;
use crate::output::json;
use crate::table::Table;
use crate::terminal::Screen;

pub(super) async fn run(
    app: &App,
    kind: Option<Kind>,
    find: Option<&str>,
    refresh: bool,
) -> Result<(), Error> {
    let roster = app
        .beside(async |client| {
            let roster = client.roster().await?;
            if !refresh && roster.contact_count() > 0 {
                return Ok(roster);
            }
            client.refresh_contacts().await?;
            Ok(client.roster().await?)
        })
        .await?;
    let mut chosen: Vec<Contact> = match find {
        Some(text) => found(&roster, text),
        None => roster.contacts().collect(),
    };
    chosen.retain(|contact| kind.is_none_or(|kind| contact.kind == wanted(kind)));
    if app.output.json {
        for contact in chosen {
            app.output.line(&json(&contact))?;
        }
        return Ok(());
    }
    chosen.sort_by(|a, b| (a.kind, a.name()).cmp(&(b.kind, b.name())));
    let mut table = Table::new(["KIND", "NAME", "NICK NAME", "ID"]);
    for contact in &chosen {
        let name = contact.name().unwrap_or_default();
        let kind = word(&contact.kind);
        table.push([&kind, name, &contact.nick_name, contact.id.as_str()]);
    }
    let text = table.draw(Screen::of_stdout().columns);
    if text.is_empty() {
        app.output.note("no such contacts");
        return Ok(());
    }
    app.output.text(text.trim_end_matches('\n'))
}

fn wanted(kind: Kind) -> ContactKind {
    match kind {
        Kind::Friend => ContactKind::Friend,
        Kind::Group => ContactKind::Group,
        Kind::Official => ContactKind::Official,
        Kind::Special => ContactKind::Special,
    }
}

/// Those with a text in a name, or of this user name.
fn found(roster: &Roster, text: &str) -> Vec<Contact> {
    let mut found: Vec<Contact> = roster.find(text).collect();
    let exact = roster.contact(&text.into());
    if let Some(exact) = exact.filter(|exact| found.iter().all(|other| other.id != exact.id)) {
        found.push(exact);
    }
    found
}
