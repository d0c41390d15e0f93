//! Starting and cancelling commands, and those that the session itself answers.

use wx_wire::code::Ret;
use wx_wire::endpoint::{Endpoint, webwxbatchgetcontact, webwxlogout};
use wx_wire::id::UserName;

use super::{Phase, Session};
use crate::command::{Command, CommandError, CommandId, Done, Rejected};
use crate::context::{Purpose, Reply, read};
use crate::event::{Cause, CloseReason};
use crate::identity::{self, StableKey};
use crate::time::Now;

impl Session {
    pub(super) fn start_command(
        &mut self,
        now: Now,
        command: Command,
    ) -> Result<CommandId, Rejected> {
        if let Some(id) = self.operations.start(&command, &mut self.cx, now)? {
            return Ok(id);
        }
        match command {
            Command::SendText(send) => self.outbox.accept(&mut self.cx, now, send),
            Command::SendContent(send) => self.outbox.accept_content(&mut self.cx, now, send),
            Command::Upload { to, file } => self.outbox.upload(&mut self.cx, now, to, file),
            Command::Identify { id, key } => self.identify(&id, &key),
            other => self.start_own(now, other),
        }
    }

    fn start_own(&mut self, now: Now, command: Command) -> Result<CommandId, Rejected> {
        let id = self.cx.next_command();
        match command {
            Command::Download { media, from } => self.downloads.start(id, media, from),
            Command::FetchContacts { names } => {
                self.contacts.fetch(id, names, &mut self.cx, now);
            }
            Command::RefreshContacts {} => self.contacts.refresh(id, &mut self.cx, now),
            Command::Probe {} => self.probe(id, now),
            Command::Logout {} => self.log_out(id, now),
            _ => return Err(Rejected::NoSuchCommand {}),
        }
        Ok(id)
    }

    pub(super) fn cancel(&mut self, now: Now, target: CommandId) -> Result<CommandId, Rejected> {
        let found = self.outbox.cancel(&mut self.cx, target, now)
            || self.downloads.cancel(target, &mut self.cx)
            || self.contacts.cancel(target, &mut self.cx);
        if !found {
            return Err(Rejected::NoSuchCommand {});
        }
        let id = self.cx.next_command();
        self.cx.complete(id, Ok(Done::Cancelled {}));
        Ok(id)
    }

    /// Only the polling process may identify people: it alone writes such
    /// records.
    fn identify(&mut self, id: &UserName, key: &StableKey) -> Result<CommandId, Rejected> {
        if !matches!(self.phase, Phase::Online(_)) {
            return Err(Rejected::NotOnline {});
        }
        identity::manual(&mut self.cx, id, key)?;
        let command = self.cx.next_command();
        self.cx.complete(command, Ok(Done::Identified {}));
        Ok(command)
    }

    /// The cheapest question that the server answers with its verdict on the
    /// session: who am I.
    fn probe(&mut self, command: CommandId, now: Now) {
        let names = [self.cx.own().into()];
        let Some(credentials) = self.cx.credentials() else {
            return self.no_session(command);
        };
        let request = webwxbatchgetcontact::Request {
            credentials,
            names: &names,
            unix_ms: now.unix_ms,
        }
        .encode();
        let purpose = Purpose::Probe(command);
        self.cx
            .send(now, purpose, Endpoint::BatchGetContact, request);
    }

    pub(super) fn probed(&mut self, command: CommandId, reply: Reply) {
        let answer = read(reply, Endpoint::BatchGetContact, |answer| {
            webwxbatchgetcontact::Response::decode(&answer.body)
        });
        let result = match answer.map(|response| response.base_response()) {
            Ok(verdict) if verdict.ret.is_ok() => Ok(Done::Holds {}),
            Ok(verdict) => Err(CommandError::Refused {
                ret: verdict.ret,
                message: verdict.err_msg,
            }),
            Err(useless) => Err(useless.into()),
        };
        self.cx.complete(command, result);
    }

    fn log_out(&mut self, command: CommandId, now: Now) {
        let Some(credentials) = self.cx.credentials() else {
            return self.no_session(command);
        };
        let request = webwxlogout::Request {
            credentials,
            // The page sends other types for sessions that ended in other ways.
            // Known clients send 0 or 1 here; either logs out (protocol:
            // webwxlogout).
            kind: 0,
        }
        .encode();
        let purpose = Purpose::Logout(command);
        self.cx.send(now, purpose, Endpoint::Logout, request);
        if let Phase::Online(sync) = &mut self.phase {
            sync.stop();
            let error = CommandError::stopped("logging out");
            let fits = |purpose: &Purpose| matches!(purpose, Purpose::Check | Purpose::Fetch);
            self.cx.abort(fits, &error);
        }
    }

    fn no_session(&mut self, command: CommandId) {
        let reason = CloseReason::new(Cause::NoSession, Ret::OK, "");
        self.cx
            .complete(command, Err(CommandError::Ended { reason }));
    }

    /// The answer of webwxlogout says nothing; its arrival is enough.
    pub(super) fn logged_out(&mut self, command: CommandId, reply: Reply, now: Now) {
        match read(reply, Endpoint::Logout, |_| Ok(())) {
            Ok(()) => {
                self.cx.complete(command, Ok(Done::LoggedOut {}));
                self.end(CloseReason::new(Cause::Own, Ret::OK, ""), now);
            }
            Err(useless) => {
                self.cx.complete(command, Err(useless.into()));
                if let Phase::Online(sync) = &mut self.phase {
                    // Still logged in as far as anybody knows.
                    sync.go_on(now);
                }
            }
        }
    }
}
