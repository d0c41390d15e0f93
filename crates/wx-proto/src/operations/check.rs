//! Refuses commands that make no sense before anything goes out.

use wx_wire::id::{MsgId, UserName};

use crate::command::{Command, GroupChange, MAX_NAME, Rejected};
use crate::context::Context;
use crate::outbox::{Entry, Fate};
use crate::time::Now;

pub(super) fn check(command: &Command, cx: &Context, now: Now) -> Result<(), Rejected> {
    let fits = |what: &str, text: &str| {
        if text.chars().count() <= MAX_NAME {
            return Ok(());
        }
        Err(Rejected::TooLong {
            what: what.to_owned(),
            limit: MAX_NAME,
        })
    };
    match command {
        Command::Revoke { msg_id, to, .. } => {
            Rejected::unless(!msg_id.is_empty(), "a number")?;
            Rejected::unless(!to.is_empty(), "a chat")?;
            in_time(msg_id, cx, now)
        }
        Command::SetRemark { to, remark } => {
            Rejected::unless(!to.is_empty(), "a contact")?;
            fits("a remark", remark)
        }
        Command::Pin { to, .. } | Command::MarkRead { to } => {
            Rejected::unless(!to.is_empty(), "a chat")
        }
        Command::SearchContacts { keyword } => Rejected::unless(!keyword.is_empty(), "a word"),
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
            Rejected::unless(!group.is_empty(), "a group")?;
            match change {
                GroupChange::Rename { topic } => {
                    Rejected::unless(!topic.is_empty(), "a name")?;
                    fits("a group's name", topic)
                }
                GroupChange::Add { members } | GroupChange::Remove { members } => {
                    let own = cx.roster.own();
                    Rejected::unless(members.iter().any(|id| id != own), "a member")
                }
                GroupChange::Quit {} => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// The age of a message is known if it is one of ours and still remembered. For
/// others, the server decides.
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

/// The entry of a message of ours, if it is still remembered.
pub(super) fn sent<'a>(msg_id: &MsgId, cx: &'a Context) -> Option<&'a Entry> {
    let is_it = |fate: &Fate| matches!(fate, Fate::Sent { msg_id: id } if id == msg_id);
    let mut entries = cx.journal.saved().outbox.values();
    entries.find(|entry| is_it(&entry.fate))
}
