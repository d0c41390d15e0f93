//! Messages that go: none sent twice, none reported as what it is not.
//!
//! * Every accepted command ends exactly once in the life of its process.
//! * `Sent` means: the service has that message under that ClientMsgId and
//!   that MsgId, to that receiver and with that text. Every other outcome but
//!   `Unknown` means that it has none.
//! * A request for a ClientMsgId goes out once, unless the one before was
//!   reported as not having reached the service; and never before the record
//!   of the acceptance is stored.
//! * A key stands for one message at the most, over all processes.
//! * An operation is one request at the most.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use wx_proto::{CommandError, CommandId, Completion, Done, RequestId};
use wx_sim::{Sent, Service};
use wx_wire::id::{ClientMsgId, UserName};

use super::Verdict;
use crate::disk::Disk;

/// Endpoints that send a message.
pub(crate) const SENDS: [&str; 5] = [
    "webwxsendmsg",
    "webwxsendmsgimg",
    "webwxsendvideomsg",
    "webwxsendappmsg",
    "webwxsendemoticon",
];

#[derive(Debug, Default)]
pub(crate) struct Outbound {
    /// Commands without an end, by process; those that send with their text.
    open: BTreeMap<(u32, CommandId), Option<(UserName, String)>>,
    /// By receiver and text.
    texts: BTreeMap<(UserName, String), Tally>,
    /// By ClientMsgId.
    attempts: BTreeMap<ClientMsgId, Attempt>,
    /// Texts that were sent with a key of their own.
    keyed: BTreeSet<String>,
    /// Messages that somebody else wrote in the same words to the same chat:
    /// where the answer to a send was lost, nobody can tell them from it.
    alike: BTreeSet<u64>,
    /// Requests that a process may still send, by endpoint.
    operations: BTreeMap<(u32, String), usize>,
}

/// What is known of all sends of one text to one receiver.
#[derive(Debug, Default)]
struct Tally {
    sent: BTreeSet<ClientMsgId>,
    unknown: BTreeSet<ClientMsgId>,
    /// Sends whose process was killed.
    cut_short: usize,
}

#[derive(Debug)]
struct Attempt {
    life: u32,
    request: RequestId,
    /// The last one was reported as not having reached the service.
    unsent: bool,
    ended: bool,
}

/// What a message carries: its text, or the name of its file.
fn carried(sent: &Sent, service: &Service) -> String {
    if sent.endpoint == "webwxsendmsg" {
        return sent.content.clone();
    }
    let named = |id: &str| sent.content.contains(id) || sent.msg["MediaId"] == id;
    let uploads = service.uploads().iter();
    let mut files = uploads.filter(|upload| !upload.media_id.is_empty() && named(&upload.media_id));
    files.next().map_or_else(
        || "a file that was never uploaded".to_owned(),
        |upload| format!("file {}", upload.name),
    )
}

impl Outbound {
    pub(crate) fn accepted(
        &mut self,
        life: u32,
        command: CommandId,
        send: Option<(UserName, String)>,
    ) {
        self.open.insert((life, command), send);
    }

    pub(crate) fn keyed(&mut self, text: &str) {
        self.keyed.insert(text.to_owned());
    }

    pub(crate) fn alike(&mut self, msg_id: u64) {
        self.alike.insert(msg_id);
    }

    /// A command has ended. Gives the message's number if it is one that this
    /// process has sent.
    pub(crate) fn completed(
        &mut self,
        life: u32,
        completion: &Completion,
        service: &Service,
    ) -> Verdict<Option<u64>> {
        let command = completion.command;
        let send = (self.open.remove(&(life, command)))
            .ok_or(format!("command {command} of process {life} ended twice"))?;
        let Some(send) = send else { return Ok(None) };
        let tally = self.texts.entry(send.clone()).or_default();
        match &completion.result {
            Ok(Done::Sent {
                msg_id,
                client_msg_id,
                to,
                ..
            }) => {
                let number = msg_id.as_str().parse().unwrap_or_default();
                if self.alike.contains(&number) {
                    tally.unknown.insert(client_msg_id.clone());
                    return Ok(Some(number));
                }
                tally.sent.insert(client_msg_id.clone());
                let mut taken = (service.sent().iter())
                    .filter(|sent| sent.client_msg_id == client_msg_id.as_str());
                let found = taken.next().filter(|sent| {
                    sent.msg_id.to_string() == msg_id.as_str()
                        && sent.to_user_name == to.as_str()
                        && *to == send.0
                        && carried(sent, service) == send.1
                });
                let found = found.ok_or(format!(
                    "reported {client_msg_id} as sent as {msg_id}, which the service does not know"
                ))?;
                if taken.next().is_some() {
                    return Err(format!("{client_msg_id} was taken twice"));
                }
                let attempt = self.attempts.get_mut(client_msg_id);
                let first = attempt.is_some_and(|attempt| {
                    attempt.life == life && !std::mem::replace(&mut attempt.ended, true)
                });
                Ok(first.then_some(found.msg_id))
            }
            Err(CommandError::Unknown { client_msg_id, .. }) => {
                tally.unknown.insert(client_msg_id.clone());
                if let Some(attempt) = self.attempts.get_mut(client_msg_id) {
                    attempt.ended = true;
                }
                Ok(None)
            }
            Err(
                CommandError::Refused { .. }
                | CommandError::Throttled { .. }
                | CommandError::NotSent { .. }
                | CommandError::NotStored { .. }
                | CommandError::Cancelled {}
                | CommandError::Ended { .. },
            ) => Ok(None),
            other => Err(format!("a send ended as {other:?}")),
        }
    }

    /// A request to send goes out.
    pub(crate) fn requested(
        &mut self,
        life: u32,
        request: RequestId,
        body: &[u8],
        disk: &Disk,
    ) -> Verdict {
        let body: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let id = body["Msg"]["ClientMsgId"].as_str().unwrap_or_default();
        let id = ClientMsgId::from(id);
        if !disk.has_accepted(&id) {
            return Err(format!(
                "a request for {id} left before its record was stored"
            ));
        }
        let attempt = Attempt {
            life,
            request,
            unsent: false,
            ended: false,
        };
        match self.attempts.insert(id.clone(), attempt) {
            Some(before) if !before.unsent => Err(format!("{id} was sent again")),
            Some(before) if before.life != life => Err(format!("{id} was sent by two processes")),
            _ => Ok(()),
        }
    }

    /// A command was accepted that is one request.
    pub(crate) fn may_operate(&mut self, life: u32, endpoint: &str) {
        let key = (life, endpoint.to_owned());
        *self.operations.entry(key).or_default() += 1;
    }

    /// A request of an operation goes out.
    pub(crate) fn operates(&mut self, life: u32, endpoint: &str) -> Verdict {
        let left = self.operations.get_mut(&(life, endpoint.to_owned()));
        let left = left.filter(|left| **left > 0);
        *left.ok_or(format!("{endpoint} was asked unasked"))? -= 1;
        Ok(())
    }

    /// A process was told that its request did not reach the service.
    pub(crate) fn unsent(&mut self, life: u32, request: RequestId) {
        let attempt = (self.attempts.values_mut())
            .find(|attempt| attempt.life == life && attempt.request == request);
        if let Some(attempt) = attempt {
            attempt.unsent = true;
        }
    }

    /// A process was killed: its commands end with it.
    pub(crate) fn killed(&mut self, life: u32) {
        for (_, send) in self.take(life) {
            if let Some(send) = send {
                self.texts.entry(send).or_default().cut_short += 1;
            }
        }
    }

    /// A process has stopped, or its session is over.
    pub(crate) fn ended(&mut self, life: u32) -> Verdict {
        match self.take(life).into_keys().next() {
            Some((_, command)) => Err(format!("command {command} of process {life} never ended")),
            None => Ok(()),
        }
    }

    pub(crate) fn has_open(&self, life: u32) -> bool {
        self.open.keys().any(|(of, _)| *of == life)
    }

    /// The end of the world: counts what the service took.
    pub(crate) fn finish(&self, service: &Service) -> Verdict {
        let mut taken: BTreeMap<(&str, String), usize> = BTreeMap::new();
        for sent in service.sent() {
            let key = (sent.to_user_name.as_str(), carried(sent, service));
            *taken.entry(key).or_default() += 1;
        }
        let nothing = Tally::default();
        for ((to, text), count) in &taken {
            let key = (UserName::from(*to), text.clone());
            let tally = self.texts.get(&key).unwrap_or(&nothing);
            let most = tally.sent.union(&tally.unknown).count() + tally.cut_short;
            if *count > most {
                return Err(format!(
                    "{text:?} was taken {count} times, and reported so {most} times"
                ));
            }
            if *count > 1 && self.keyed.contains(text) {
                return Err(format!(
                    "{text:?} was taken {count} times in spite of its key"
                ));
            }
        }
        Ok(())
    }

    fn take(&mut self, life: u32) -> BTreeMap<(u32, CommandId), Option<(UserName, String)>> {
        let (of_life, others) = std::mem::take(&mut self.open)
            .into_iter()
            .partition(|((of, _), _)| *of == life);
        self.open = others;
        of_life
    }
}
