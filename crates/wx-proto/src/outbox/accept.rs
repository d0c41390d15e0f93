//! Accepting messages: what cannot be sent is refused before anything of it is
//! stored or goes out.

use std::time::Duration;

use wx_wire::id::UserName;

use super::outgoing::{Outgoing, Waiting};
use super::parcel::{Packed, Parcel, content_digest};
use super::uploads::{Reason, Wanted};
use super::{Entry, Fate, MAX_QUEUED, Outbox, echo, shown};
use crate::command::{CommandId, Content, IdempotencyKey, Rejected, SendContent, SendText};
use crate::context::Context;
use crate::forward::Forward;
use crate::media::LocalFile;
use crate::message::mention;
use crate::sabotage::breaks;
use crate::saved::{Change, RecordSeq};
use crate::state::State;
use crate::time::Now;

/// What all messages have, whatever they carry.
struct Label {
    to: UserName,
    digest: u64,
    shown: Option<u64>,
    key: Option<IdempotencyKey>,
    expires_ms: Option<u64>,
}

impl Outbox {
    /// Accepts a text.
    pub(crate) fn accept(
        &mut self,
        cx: &mut Context,
        now: Now,
        send: SendText,
    ) -> Result<CommandId, Rejected> {
        Rejected::unless(!send.text.is_empty(), "a text")?;
        Rejected::unless(!send.to.is_empty(), "a receiver")?;
        let text = mention::with_names(&cx.roster, &send)?;
        let label = Label {
            digest: echo::digest(&send.to, &text),
            shown: None,
            to: send.to,
            key: send.key,
            expires_ms: send.expires_ms,
        };
        let parcel = Parcel::Text {
            text,
            mentions: send.mentions,
        };
        self.take(cx, now, label, Packed::Ready(parcel))
    }

    /// Accepts anything else.
    pub(crate) fn accept_content(
        &mut self,
        cx: &mut Context,
        now: Now,
        send: SendContent,
    ) -> Result<CommandId, Rejected> {
        Rejected::unless(!send.to.is_empty(), "a receiver")?;
        check(cx, &send.content)?;
        let label = Label {
            digest: content_digest(&send.to, &send.content),
            shown: shown::of_content(&send.to, &send.content),
            to: send.to,
            key: send.key,
            expires_ms: send.expires_ms,
        };
        self.take(cx, now, label, send.content.into())
    }

    /// Uploads a file for a command of its own.
    pub(crate) fn upload(
        &mut self,
        cx: &mut Context,
        now: Now,
        to: UserName,
        file: LocalFile,
    ) -> Result<CommandId, Rejected> {
        Rejected::unless(!to.is_empty(), "a receiver")?;
        check_file(cx, &file)?;
        self.check_room()?;
        let command = cx.next_command();
        let wanted = Wanted {
            reason: Reason::Command(command),
            source: command,
            to,
            file,
            // No message is promised, so nothing has to be remembered.
            record: RecordSeq::default(),
            expires: None,
        };
        self.uploads.start(wanted, cx, now);
        Ok(command)
    }

    fn take(
        &mut self,
        cx: &mut Context,
        now: Now,
        label: Label,
        packed: Packed,
    ) -> Result<CommandId, Rejected> {
        if let Some(key) = &label.key
            && !breaks!(cx.config, ForgetKey)
            && let Some(entry) = cx.journal.saved().keyed(key)
        {
            if entry.digest != label.digest {
                return Err(Rejected::KeyReused { key: key.clone() });
            }
            let entry = entry.clone();
            return Ok(self.repeat(cx, &entry));
        }
        self.check_room()?;
        let command = cx.next_command();
        let client_msg_id = cx.client_msg_id(now);
        let wait = |at: u64| now.mono + Duration::from_millis(at.saturating_sub(now.unix_ms));
        let expires = label.expires_ms.map(wait);
        let record = cx.journal.write(Change::SendAccepted(Box::new(Entry {
            client_msg_id: client_msg_id.clone(),
            to: label.to.clone(),
            digest: label.digest,
            shown: label.shown,
            key: label.key,
            attached: matches!(cx.state(), State::Attached {}),
            accepted_ms: now.unix_ms,
            sent_ms: None,
            fate: Fate::Pending {},
        })));
        let record = if breaks!(cx.config, SendBeforeStored) {
            RecordSeq::default()
        } else {
            record
        };
        let waiting = Waiting {
            commands: vec![command],
            to: label.to,
            likeness: label.shown.unwrap_or(label.digest),
            client_msg_id,
            record,
            expires,
        };
        match packed {
            Packed::Ready(parcel) => self.enqueue(waiting, parcel, cx, now),
            Packed::Lacks(file) => {
                let wanted = Wanted {
                    reason: Reason::Message(waiting.client_msg_id.clone()),
                    source: command,
                    to: waiting.to.clone(),
                    file,
                    record: waiting.record,
                    expires,
                };
                self.uploads.start(wanted, cx, now);
                self.waiting.insert(waiting.client_msg_id.clone(), waiting);
            }
        }
        Ok(command)
    }

    pub(super) fn enqueue(&mut self, waiting: Waiting, parcel: Parcel, cx: &Context, now: Now) {
        let expires = now.mono + cx.config.send_expiry;
        self.queue.push_back(waiting.into_outgoing(parcel, expires));
    }

    fn check_room(&self) -> Result<(), Rejected> {
        if self.queue.len() + self.uploads.len() >= MAX_QUEUED {
            return Err(Rejected::Full { limit: MAX_QUEUED });
        }
        Ok(())
    }

    /// The same key again: the first outcome, or a wait for it.
    fn repeat(&mut self, cx: &mut Context, entry: &Entry) -> CommandId {
        let command = cx.next_command();
        let same = |outgoing: &&mut Outgoing| outgoing.client_msg_id == entry.client_msg_id;
        let commands = match self.waiting.get_mut(&entry.client_msg_id) {
            Some(waiting) => Some(&mut waiting.commands),
            None => (self.queue.iter_mut().chain(self.active.values_mut()))
                .find(same)
                .map(|outgoing| &mut outgoing.commands),
        };
        match commands {
            Some(commands) => commands.push(command),
            None => cx.complete(command, entry.outcome()),
        }
        command
    }
}

fn check(cx: &Context, content: &Content) -> Result<(), Rejected> {
    match content {
        Content::File(file) => check_file(cx, file),
        Content::Uploaded(uploaded) => Rejected::unless(!uploaded.media_id.is_empty(), "a MediaId"),
        Content::Emoticon { md5 } => Rejected::unless(!md5.is_empty(), "an MD5"),
        Content::Card { user_name, .. } => {
            Rejected::unless(!user_name.is_empty(), "somebody on the card")
        }
        Content::Forward(Forward::Text { text }) => Rejected::unless(!text.is_empty(), "a text"),
        Content::Raw { .. } | Content::Forward(_) => Ok(()),
    }
}

/// The same limits as the official page's (protocol: limits).
fn check_file(cx: &Context, file: &LocalFile) -> Result<(), Rejected> {
    let LocalFile { kind, facts } = file;
    Rejected::unless(facts.size > 0, "a file with something in it")?;
    Rejected::unless(!facts.name.is_empty(), "a file with a name")?;
    cx.config.limits.check(*kind, &facts.name, facts.size)
}
