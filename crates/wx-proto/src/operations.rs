//! Commands that are one request and one answer: recalls, remarks, pins,
//! friends, groups (protocol: message and contact operations).
//!
//! None of them is repeated: the server may have done it, and some of them
//! tell people something. The caller knows best whether to ask again.

use wx_wire::Credentials;
use wx_wire::DecodeError;
use wx_wire::code::{Ret, StatusNotifyCode};
use wx_wire::contact::Member;
use wx_wire::endpoint::webwxoplog::Op;
use wx_wire::endpoint::webwxupdatechatroom::Change;
use wx_wire::endpoint::webwxverifyuser::Opcode;
use wx_wire::endpoint::{
    BaseResponse, Endpoint, webwxcreatechatroom, webwxoplog, webwxrevokemsg, webwxsearchcontact,
    webwxstatusnotify, webwxupdatechatroom, webwxverifyuser,
};
use wx_wire::id::{ClientMsgId, MsgId, UserName};

use crate::command::{
    Befriend, Command, CommandError, CommandId, Done, GroupChange, Joining, MAX_NAME,
    MemberOutcome, Rejected,
};
use crate::context::{Context, Purpose, Reply, read};
use crate::event::CloseReason;
use crate::outbox::Fate;
use crate::time::Now;

/// What is asked of the server, as far as its answer differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operation {
    Revoke,
    Contact,
    Notify,
    Verify,
    Search,
    CreateGroup,
    ChangeGroup,
    AddMembers(Joining),
}

impl Operation {
    const fn endpoint(self) -> Endpoint {
        match self {
            Self::Revoke => Endpoint::RevokeMsg,
            Self::Contact => Endpoint::OpLog,
            Self::Notify => Endpoint::StatusNotify,
            Self::Verify => Endpoint::VerifyUser,
            Self::Search => Endpoint::SearchContact,
            Self::CreateGroup => Endpoint::CreateChatRoom,
            Self::ChangeGroup | Self::AddMembers(_) => Endpoint::UpdateChatRoom,
        }
    }
}

/// From how many members on people are invited, if the server did not say
/// (protocol: limits).
const INVITE_START: usize = 40;

#[derive(Debug, Default)]
pub(crate) struct Operations {
    /// Times in a row that the server found us too busy.
    throttled: u32,
}

impl Operations {
    /// Starts a command, if it is one of these.
    pub(crate) fn start(
        command: &Command,
        cx: &mut Context,
        now: Now,
    ) -> Result<Option<CommandId>, Rejected> {
        check(command, cx, now)?;
        // Drawn before, for the credentials are borrowed.
        let fresh = match command {
            Command::Revoke { .. } | Command::MarkRead { .. } => Some(cx.client_msg_id(now)),
            _ => None,
        };
        let Some(credentials) = cx.credentials() else {
            return Err(Rejected::NotOnline {});
        };
        let encoded = encode(command, credentials, cx, now, fresh.as_ref());
        let Some((operation, request)) = encoded else {
            return Ok(None);
        };
        let id = cx.next_command();
        let purpose = Purpose::Operation(id, operation);
        cx.send(now, purpose, operation.endpoint(), request);
        Ok(Some(id))
    }

    /// The answer, or its lack. Gives the server's verdict if it ends the
    /// session.
    pub(crate) fn reply(
        &mut self,
        command: CommandId,
        operation: Operation,
        reply: Reply,
        cx: &mut Context,
    ) -> Option<CloseReason> {
        let endpoint = operation.endpoint();
        let (verdict, done) = match read(reply, endpoint, |answer| decode(operation, &answer.body))
        {
            Ok(read) => read,
            Err(useless) => {
                cx.complete(command, Err(useless.into()));
                return None;
            }
        };
        let BaseResponse {
            ret,
            err_msg: message,
            ..
        } = verdict;
        // The page takes this one for no failure, of groups alone (protocol:
        // Ret -2013).
        let passes = ret == Ret::GROUP_PARTLY
            && matches!(operation, Operation::CreateGroup | Operation::AddMembers(_));
        let result = if ret.is_ok() || passes {
            self.throttled = 0;
            Ok(done)
        } else if ret == Ret::TOO_OFTEN {
            let pause = cx.throttled(&mut self.throttled);
            Err(CommandError::throttled(message, pause))
        } else {
            let over = ret
                .ends_session()
                .then(|| CloseReason::by_server(ret, message.clone()));
            cx.complete(command, Err(CommandError::Refused { ret, message }));
            return over;
        };
        cx.complete(command, result);
        None
    }
}

/// Refuses what makes no sense, before anything goes out.
fn check(command: &Command, cx: &Context, now: Now) -> Result<(), Rejected> {
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
                    wants("a member", !members.is_empty())
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
    let age_s = now.unix_ms.saturating_sub(entry.accepted_ms) / 1000;
    let limit_s = cx.config.recall_window.as_secs();
    if age_s > limit_s {
        return Err(Rejected::TooLate { age_s, limit_s });
    }
    Ok(())
}

fn sent<'a>(msg_id: &MsgId, cx: &'a Context) -> Option<&'a crate::outbox::Entry> {
    let is_it = |fate: &Fate| matches!(fate, Fate::Sent { msg_id: id } if id == msg_id);
    let mut entries = cx.journal.saved().outbox.values();
    entries.find(|entry| is_it(&entry.fate))
}

type Encoded = (Operation, http::Request<bytes::Bytes>);

fn encode(
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
            // Without the remark, the server takes it away.
            let contact = cx.roster.contact(to);
            let op = Op::Pin {
                pinned: *pinned,
                remark_name: contact.map_or("", |contact| &contact.remark),
            };
            (Operation::Contact, oplog(credentials, to, op))
        }
        Command::MarkRead { to } => {
            let request = webwxstatusnotify::Request {
                credentials,
                code: StatusNotifyCode::READ,
                from: cx.roster.own(),
                to,
                client_msg_id: fresh?,
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
            let own = cx.roster.own();
            let members: Vec<UserName> = members.iter().filter(|id| *id != own).cloned().collect();
            let request = webwxcreatechatroom::Request {
                credentials,
                topic,
                members: &members,
                unix_ms,
            };
            (Operation::CreateGroup, request.encode())
        }
        Command::ChangeGroup { group, change } => {
            let (operation, change) = match change {
                GroupChange::Rename { topic } => (Operation::ChangeGroup, Change::Rename(topic)),
                GroupChange::Add { members } => match joining(group, members, cx) {
                    Joining::Added => (Operation::AddMembers(Joining::Added), Change::Add(members)),
                    how => (Operation::AddMembers(how), Change::Invite(members)),
                },
                GroupChange::Remove { members } => {
                    (Operation::ChangeGroup, Change::Remove(members))
                }
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

/// A large group is joined by invitation only (protocol: invitemember).
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

fn oplog(
    credentials: &Credentials,
    user_name: &UserName,
    op: Op<'_>,
) -> http::Request<bytes::Bytes> {
    webwxoplog::Request {
        credentials,
        user_name,
        op,
    }
    .encode()
}

fn verify(credentials: &Credentials, step: &Befriend, unix_ms: u64) -> http::Request<bytes::Bytes> {
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

/// The server's verdict, and what is done if it is a good one.
fn decode(operation: Operation, body: &[u8]) -> Result<(BaseResponse, Done), DecodeError> {
    Ok(match operation {
        Operation::Revoke => {
            let response = webwxrevokemsg::Response::decode(body)?;
            (response.base_response(), Done::Revoked {})
        }
        Operation::Contact => {
            let response = webwxoplog::Response::decode(body)?;
            (response.base_response(), Done::Changed {})
        }
        Operation::Notify => {
            let response = webwxstatusnotify::Response::decode(body)?;
            (response.base_response(), Done::Changed {})
        }
        Operation::Verify => {
            let response = webwxverifyuser::Response::decode(body)?;
            (response.base_response(), Done::Changed {})
        }
        Operation::Search => {
            let response = webwxsearchcontact::Response::decode(body)?;
            let verdict = response.base_response();
            let names = response
                .list
                .into_iter()
                .map(|found| found.encry_user_name)
                .collect();
            (verdict, Done::Found { names })
        }
        Operation::CreateGroup => {
            let response = webwxcreatechatroom::Response::decode(body)?;
            let done = Done::GroupCreated {
                members: outcomes(&response.member_list),
                topic: response.topic.clone(),
                id: response.chat_room_name.clone(),
            };
            (response.base_response(), done)
        }
        Operation::ChangeGroup => {
            let response = webwxupdatechatroom::Response::decode(body)?;
            (response.base_response(), Done::Changed {})
        }
        Operation::AddMembers(how) => {
            let response = webwxupdatechatroom::Response::decode(body)?;
            let members = outcomes(&response.member_list);
            (
                response.base_response(),
                Done::MembersAdded { how, members },
            )
        }
    })
}

fn outcomes(members: &[Member]) -> Vec<MemberOutcome> {
    let outcome = |member: &Member| MemberOutcome {
        id: member.user_name.clone(),
        status: member.member_status,
    };
    members.iter().map(outcome).collect()
}
