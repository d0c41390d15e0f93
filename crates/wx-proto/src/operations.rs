//! Commands that are one request and one answer: recalls, remarks, pins,
//! friends, groups (protocol: message and contact operations).
//!
//! None of them is repeated automatically: the server may already have done it,
//! and some of them notify people. The caller knows best whether to try again.

use std::collections::BTreeMap;

use wx_wire::DecodeError;
use wx_wire::code::Ret;
use wx_wire::contact::Member;
use wx_wire::endpoint::{
    BaseResponse, Endpoint, webwxcreatechatroom, webwxoplog, webwxrevokemsg, webwxsearchcontact,
    webwxstatusnotify, webwxupdatechatroom, webwxverifyuser,
};
use wx_wire::id::UserName;

use crate::command::{Command, CommandError, CommandId, Done, Joining, MemberOutcome, Rejected};
use crate::context::{Context, Purpose, Reply, read};
use crate::event::CloseReason;
use crate::message::decoded_name;
use crate::sabotage::breaks;
use crate::time::Now;

mod check;
mod request;

use check::check;
use request::encode;

/// The operations, told apart as far as their answers differ.
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

#[derive(Debug, Default)]
pub(crate) struct Operations {
    /// Times in a row that the server said "too often".
    throttled: u32,
    /// Remarks under way.
    remarks: BTreeMap<CommandId, (UserName, String)>,
}

impl Operations {
    /// Starts a command, if it is one of these.
    pub(crate) fn start(
        &mut self,
        command: &Command,
        cx: &mut Context,
        now: Now,
    ) -> Result<Option<CommandId>, Rejected> {
        check(command, cx, now)?;
        // Drawn here because the credentials are borrowed below.
        let fresh = match command {
            Command::Revoke { .. } => Some(cx.client_msg_id(now)),
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
        if let Command::SetRemark { to, remark } = command {
            self.remarks.insert(id, (to.clone(), remark.clone()));
        }
        if breaks!(cx.config, RepeatOperation) {
            cx.send(now, Purpose::Notify, operation.endpoint(), request.clone());
        }
        let purpose = Purpose::Operation(id, operation);
        cx.send(now, purpose, operation.endpoint(), request);
        Ok(Some(id))
    }

    /// The answer, or the failure to get one. Returns the server's verdict if
    /// that ends the session.
    pub(crate) fn reply(
        &mut self,
        command: CommandId,
        operation: Operation,
        reply: Reply,
        cx: &mut Context,
    ) -> Option<CloseReason> {
        let remark = self.remarks.remove(&command);
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
        // The page does not count this as a failure, but only of group
        // operations (protocol: Ret -2013).
        let passes = ret == Ret::GROUP_PARTLY
            && matches!(operation, Operation::CreateGroup | Operation::AddMembers(_));
        let is_there = !matches!(&done, Done::GroupCreated { id, .. } if id.is_empty());
        let result = if (ret.is_ok() || passes) && is_there {
            self.throttled = 0;
            if let Some((to, remark)) = remark {
                // The next pin must repeat it, and may come before the stream
                // reports it.
                cx.set_remark(&to, remark);
            }
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

/// The server's verdict, and the command's result if that is favourable.
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
                topic: decoded_name(&response.topic),
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
