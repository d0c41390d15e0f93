//! Messages that come: nothing lost, nothing doubled, nothing out of order.
//!
//! * A message is owed if the service put it into the account's stream after
//!   the last login's session began. Each is delivered and acknowledged at
//!   least once by the end. What came before that, in a session that the
//!   service ended, nobody can fetch any more: of it is owed only what a
//!   process had already received when its session ended, provided that the
//!   process lived on.
//! * One process delivers a message once, and those of one chat in the
//!   service's order.
//! * A message whose acknowledgement is durable is never delivered again. It
//!   is so once a batch of records that was handed out after it is stored, or
//!   the process has stopped cleanly. A kill before that may bring it back.
//! * A message whose handler failed comes again, in the same process or in the
//!   next, after others of its chat if need be. When it has failed three times
//!   it does not, and that is reported, and not before.
//! * Own messages whose send was reported as sent are not delivered; those
//!   from the phone and from other processes are, like everybody's.

use std::collections::{BTreeMap, BTreeSet};

use wx_sim::Service;

use super::Verdict;

#[derive(Debug, Default)]
pub(crate) struct Inbound {
    /// In the service's order.
    messages: Vec<Message>,
    by_id: BTreeMap<u64, usize>,
    /// Kinds that no application is to see.
    hidden: BTreeSet<u64>,
    /// The last message of each chat that the process delivered.
    last: BTreeMap<(u32, String), usize>,
    /// Processes that another has taken the account over from.
    superseded: BTreeSet<u32>,
    /// Where the account's session began.
    start: usize,
}

#[derive(Debug)]
struct Message {
    id: u64,
    chat: String,
    shown: bool,
    delivered_in: Vec<u32>,
    received_in: Option<u32>,
    acknowledged: bool,
    durable: bool,
    /// Reported as sent by the process that sent it.
    sent_in: Option<u32>,
    /// How often its handler has failed in each process.
    failed_in: BTreeMap<u32, u32>,
    /// Reported as passed.
    parked: bool,
}

/// After so many failures a message is passed.
const MAX_FAILURES: u32 = 3;

impl Inbound {
    /// The message is of a kind that is not to be delivered.
    pub(crate) fn hide(&mut self, id: u64) {
        self.hidden.insert(id);
    }

    /// Takes over what the service's stream has got since the last time.
    pub(crate) fn learn(&mut self, service: &Service) {
        for item in service.delivered(0).skip(self.messages.len()) {
            self.by_id.insert(item.msg_id, self.messages.len());
            self.messages.push(Message {
                id: item.msg_id,
                chat: item.chat.to_owned(),
                shown: item.kind != "status_notify" && !self.hidden.contains(&item.msg_id),
                delivered_in: Vec::new(),
                received_in: None,
                acknowledged: false,
                durable: false,
                sent_in: None,
                failed_in: BTreeMap::new(),
                parked: false,
            });
        }
    }

    /// A login was completed: its session sees what comes from here on.
    pub(crate) fn session_begins(&mut self, service: &Service) {
        self.learn(service);
        self.start = self.messages.len();
    }

    /// A page with these messages reached a process that waited for it.
    pub(crate) fn received(&mut self, life: u32, body: &[u8]) {
        for id in ids(body) {
            if let Some(message) = self.get(id) {
                message.received_in = Some(life);
            }
        }
    }

    /// How many messages a process was given and has not passed on.
    pub(crate) fn queued(&self, life: u32) -> usize {
        let queued = |message: &&Message| {
            message.received_in == Some(life)
                && message.shown
                && !message.acknowledged
                && message.sent_in.is_none()
                && !message.failed_in.contains_key(&life)
                && !message.delivered_in.contains(&life)
        };
        self.messages.iter().filter(queued).count()
    }

    /// The application was given a message.
    pub(crate) fn delivered(&mut self, life: u32, id: u64) -> Verdict {
        let index = *self
            .by_id
            .get(&id)
            .ok_or(format!("delivered {id}, which nobody wrote"))?;
        let message = &mut self.messages[index];
        if !message.shown {
            return Err(format!(
                "delivered {id}, which is of a kind that is not to be shown"
            ));
        }
        if message.durable && !self.superseded.contains(&life) {
            return Err(format!("delivered {id} again, although it was handled"));
        }
        if message.delivered_in.contains(&life) {
            return Err(format!("delivered {id} twice in process {life}"));
        }
        let again = message.failed_in.contains_key(&life);
        if message.sent_in == Some(life) {
            return Err(format!(
                "delivered {id}, which process {life} itself has sent"
            ));
        }
        message.delivered_in.push(life);
        if again {
            // Those behind it have not waited.
            return Ok(());
        }
        let chat = (life, message.chat.clone());
        match self.last.insert(chat, index) {
            Some(before) if before > index => {
                let before = self.messages[before].id;
                Err(format!(
                    "delivered {id} after {before}, which follows it in its chat"
                ))
            }
            _ => Ok(()),
        }
    }

    /// The application has handled a message.
    pub(crate) fn acknowledged(&mut self, id: u64) {
        if let Some(message) = self.get(id) {
            message.acknowledged = true;
        }
    }

    /// The application could not handle a message.
    pub(crate) fn failed(&mut self, life: u32, id: u64) -> Verdict {
        let Some(message) = self.get(id) else {
            return Ok(());
        };
        let failures = message.failed_in.entry(life).or_default();
        *failures += 1;
        message.delivered_in.retain(|of| *of != life);
        if *failures > MAX_FAILURES {
            return Err(format!("delivered {id} after it had failed three times"));
        }
        Ok(())
    }

    /// How many messages had a handler that failed: those come again, however
    /// full the queue is.
    pub(crate) fn failed_at_all(&self) -> usize {
        self.messages.iter().filter(|m| m.failures() > 0).count()
    }

    /// A process has reported that a message was passed.
    pub(crate) fn parked(&mut self, id: u64) -> Verdict {
        let message = self
            .get(id)
            .ok_or(format!("{id} was passed, and is none"))?;
        let failures = message.failures();
        if failures < MAX_FAILURES {
            return Err(format!("{id} was passed after {failures} failures"));
        }
        if std::mem::replace(&mut message.parked, true) && message.durable {
            return Err(format!("{id} was passed twice"));
        }
        message.acknowledged = true;
        Ok(())
    }

    /// A process has ended: of what it has passed, its report may be lost.
    pub(crate) fn gone(&mut self, life: u32) {
        for message in &mut self.messages {
            message.acknowledged |=
                message.failed_in.contains_key(&life) && message.failures() >= MAX_FAILURES;
        }
    }

    /// Another process has taken over: what both deliver is not doubled, as
    /// the older one can store nothing any more.
    pub(crate) fn superseded(&mut self, life: u32) {
        self.superseded.insert(life);
    }

    /// What makes a message handled is stored.
    pub(crate) fn durable(&mut self, ids: &[u64]) {
        for id in ids {
            if let Some(message) = self.get(*id) {
                message.durable = true;
            }
        }
    }

    /// A process was told that its send became this message.
    pub(crate) fn sent(&mut self, life: u32, id: u64) -> Verdict {
        let message = self
            .get(id)
            .ok_or(format!("sent as {id}, which is unknown"))?;
        message.sent_in = Some(life);
        if message.delivered_in.contains(&life) {
            return Err(format!("delivered {id} before it was reported as sent"));
        }
        Ok(())
    }

    /// The service ended a process's session, and the process has passed on
    /// what it had.
    pub(crate) fn ended(&self, life: u32) -> Verdict {
        let kept_back = self.messages.iter().find(|message| {
            message.received_in == Some(life)
                && message.is_owed()
                && !message.delivered_in.contains(&life)
        });
        kept_back.map_or(Ok(()), |message| {
            Err(format!("received {} and never delivered it", message.id))
        })
    }

    /// The first message that is still owed.
    pub(crate) fn owed(&self) -> Option<u64> {
        self.messages[self.start..]
            .iter()
            .find(|message| message.is_owed())
            .map(|message| message.id)
    }

    pub(crate) fn count(&self) -> usize {
        self.messages.len()
    }

    fn get(&mut self, id: u64) -> Option<&mut Message> {
        self.messages.get_mut(*self.by_id.get(&id)?)
    }
}

impl Message {
    /// How often its handler has failed, in all processes.
    fn failures(&self) -> u32 {
        self.failed_in.values().sum()
    }

    fn is_owed(&self) -> bool {
        self.shown && !self.acknowledged && self.sent_in.is_none()
    }
}

/// The numbers of a page's messages, found by their member's name. Inside of
/// texts the quotes would be escaped.
fn ids(body: &[u8]) -> impl Iterator<Item = u64> {
    let text = String::from_utf8_lossy(body).into_owned();
    let ids: Vec<u64> = text
        .split("\"MsgId\": \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next()?.parse().ok())
        .collect();
    ids.into_iter()
}
