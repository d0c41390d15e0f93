//! What makes no sense is refused before anything goes out.

use wx_wire::id::{MsgId, UserName};

use crate::command::{Command, GroupChange, MAX_NAME, Rejected};
use crate::context::Context;
use crate::outbox::{Entry, Fate};
use crate::time::Now;

pub(super) fn check(command: &Command, cx: &Context, now: Now) -> Result<(), Rejected> {
    let wants = |what: &str, there: bool| match there {
        true => Ok(()),
        false => Err(Rejected::Empty {
            what: what.to_owned(),
        }),
    };
    let fits = |what: &str, text: &str| match text.chars().count() > MAX_NAME {
        true => Err(Rejected::TooLong {
            what: what.to_owned(),
            limit: MAX_NAME,
        }),
        false => Ok(()),
    };
    match command {
        Command::Revoke { msg_id, to, .. } => {
            wants("a number", !msg_id.is_empty())?;
            wants("a chat", !to.is_empty())?;
            in_time(msg_id, cx, now)
        }
        Command::SetRemark { to, remark } => {
            wants("a contact", !to.is_empty())?;
            fits("a remark", remark)
        }
        Command::Pin { to, .. } | Command::MarkRead { to } => wants("a chat", !to.is_empty()),
        Command::SearchContacts { keyword } => wants("a word", !keyword.is_empty()),
        Command::CreateGroup { topic, members } => {
            fits("a group's name", topic)?;
            let own = cx.roster.own();
            let mut others: Vec<&UserName> = members.iter().filter(|id| *id != own).collect();
            others.sort_unstable();
            others.dedup();
            if others.len() < 2 {
                return Err(Rejected::TooFew {});
            }
            Ok(())
        }
        Command::ChangeGroup { group, change } => {
            wants("a group", !group.is_empty())?;
            match change {
                GroupChange::Rename { topic } => {
                    wants("a name", !topic.is_empty())?;
                    fits("a group's name", topic)
                }
                GroupChange::Add { members } | GroupChange::Remove { members } => {
                    let own = cx.roster.own();
                    wants("a member", members.iter().any(|id| id != own))
                }
                GroupChange::Quit {} => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Messages of ours that are remembered say how old they are; of others the
/// server knows.
fn in_time(msg_id: &MsgId, cx: &Context, now: Now) -> Result<(), Rejected> {
    let Some(entry) = sent(msg_id, cx) else {
        return Ok(());
    };
    let sent_ms = entry.sent_ms.unwrap_or(entry.accepted_ms);
    let age_s = now.unix_ms.saturating_sub(sent_ms) / 1000;
    let limit_s = cx.config.recall_window.as_secs();
    if age_s > limit_s {
        return Err(Rejected::TooLate { age_s, limit_s });
    }
    Ok(())
}

/// A message of ours that is remembered.
pub(super) fn sent<'a>(msg_id: &MsgId, cx: &'a Context) -> Option<&'a Entry> {
    let is_it = |fate: &Fate| matches!(fate, Fate::Sent { msg_id: id } if id == msg_id);
    let mut entries = cx.journal.saved().outbox.values();
    entries.find(|entry| is_it(&entry.fate))
}
