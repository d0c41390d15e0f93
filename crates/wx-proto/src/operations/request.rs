//! The request of each operation.

use bytes::Bytes;
use wx_wire::Credentials;
use wx_wire::code::StatusNotifyCode;
use wx_wire::endpoint::webwxoplog::Op;
use wx_wire::endpoint::webwxupdatechatroom::Change;
use wx_wire::endpoint::webwxverifyuser::Opcode;
use wx_wire::endpoint::{
    webwxcreatechatroom, webwxoplog, webwxrevokemsg, webwxsearchcontact, webwxstatusnotify,
    webwxupdatechatroom, webwxverifyuser,
};
use wx_wire::id::{ClientMsgId, UserName};

use super::Operation;
use super::check::sent;
use crate::command::{Befriend, Command, GroupChange, Joining};
use crate::context::Context;
use crate::time::Now;

/// The size of a group from which on people are invited instead of added, if
/// the server did not give one (protocol: limits).
const INVITE_START: usize = 40;

type Encoded = (Operation, http::Request<Bytes>);

/// The request of a command, if it is an operation. `fresh` is a new message
/// number, for the operations that need one.
pub(super) fn encode(
    command: &Command,
    credentials: &Credentials,
    cx: &Context,
    now: Now,
    fresh: Option<&ClientMsgId>,
) -> Option<Encoded> {
    let unix_ms = now.unix_ms;
    Some(match command {
        Command::Revoke {
            msg_id,
            to,
            client_msg_id,
        } => {
            let remembered = || sent(msg_id, cx).map(|entry| &entry.client_msg_id);
            let client_msg_id = client_msg_id.as_ref().or_else(remembered).or(fresh)?;
            let request = webwxrevokemsg::Request {
                credentials,
                msg_id,
                to,
                client_msg_id,
            };
            (Operation::Revoke, request.encode())
        }
        Command::SetRemark { to, remark } => {
            let op = Op::Remark {
                remark_name: remark,
            };
            (Operation::Contact, oplog(credentials, to, op))
        }
        Command::Pin { to, pinned } => {
            // The server deletes the remark unless the request repeats it.
            let remark = cx.roster.contact(to).map(|contact| contact.remark);
            let op = Op::Pin {
                pinned: *pinned,
                remark_name: remark.as_deref().unwrap_or_default(),
            };
            (Operation::Contact, oplog(credentials, to, op))
        }
        Command::MarkRead { to } => {
            let request = webwxstatusnotify::Request {
                credentials,
                code: StatusNotifyCode::READ,
                from: cx.roster.own(),
                to,
                unix_ms,
            };
            (Operation::Notify, request.encode())
        }
        Command::Befriend(step) => (Operation::Verify, verify(credentials, step, unix_ms)),
        Command::SearchContacts { keyword } => {
            let request = webwxsearchcontact::Request {
                credentials,
                keyword,
            };
            (Operation::Search, request.encode())
        }
        Command::CreateGroup { topic, members } => {
            let members = others(members, cx);
            let request = webwxcreatechatroom::Request {
                credentials,
                topic,
                members: &members,
                unix_ms,
            };
            (Operation::CreateGroup, request.encode())
        }
        Command::ChangeGroup { group, change } => {
            let people = match change {
                GroupChange::Add { members } | GroupChange::Remove { members } => {
                    others(members, cx)
                }
                GroupChange::Rename { .. } | GroupChange::Quit {} => Vec::new(),
            };
            let members = people.as_slice();
            let (operation, change) = match change {
                GroupChange::Rename { topic } => (Operation::ChangeGroup, Change::Rename(topic)),
                GroupChange::Add { .. } => match joining(group, members, cx) {
                    Joining::Added => (Operation::AddMembers(Joining::Added), Change::Add(members)),
                    how => (Operation::AddMembers(how), Change::Invite(members)),
                },
                GroupChange::Remove { .. } => (Operation::ChangeGroup, Change::Remove(members)),
                GroupChange::Quit {} => (Operation::ChangeGroup, Change::Quit),
            };
            let request = webwxupdatechatroom::Request {
                credentials,
                group,
                change,
            };
            (operation, request.encode())
        }
        _ => return None,
    })
}

/// Each of these once, in their order, without our own account.
fn others(members: &[UserName], cx: &Context) -> Vec<UserName> {
    let mut others: Vec<UserName> = Vec::new();
    for id in members {
        if id != cx.roster.own() && !others.contains(id) {
            others.push(id.clone());
        }
    }
    others
}

/// People join a large group by invitation only (protocol: invitemember).
fn joining(group: &UserName, members: &[UserName], cx: &Context) -> Joining {
    let known = cx.roster.member_count(group);
    let told = cx.roster.contact(group).and_then(|c| c.member_count);
    let count = known.max(told.unwrap_or_default());
    let said = cx.journal.saved().invite_start;
    let said = said.and_then(|limit| usize::try_from(limit).ok());
    let limit = said.filter(|limit| *limit > 0).unwrap_or(INVITE_START);
    if count + members.len() >= limit {
        Joining::Invited
    } else {
        Joining::Added
    }
}

fn oplog(credentials: &Credentials, user_name: &UserName, op: Op<'_>) -> http::Request<Bytes> {
    webwxoplog::Request {
        credentials,
        user_name,
        op,
    }
    .encode()
}

fn verify(credentials: &Credentials, step: &Befriend, unix_ms: u64) -> http::Request<Bytes> {
    let (opcode, user_name, ticket, content) = match step {
        Befriend::Accept { user_name, ticket } => {
            (Opcode::VerifyOk, user_name, ticket.expose(), "")
        }
        Befriend::Ask { user_name, text } => (Opcode::SendRequest, user_name, "", text.as_str()),
        Befriend::Follow { user_name } => (Opcode::AddContact, user_name, "", ""),
    };
    webwxverifyuser::Request {
        credentials,
        opcode,
        user_name,
        ticket,
        content,
        unix_ms,
    }
    .encode()
}
