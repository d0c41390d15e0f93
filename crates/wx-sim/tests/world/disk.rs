//! What survives a process: records as text, in the order they were appended,
//! or the snapshot that replaced them.
//!
//! As in the real store, the polling process keeps a journal of its own, and
//! processes that are attached to its session write to an outbox beside it.

use std::collections::BTreeSet;

use wx_proto::saved::{Change, Record, Saved};
use wx_wire::id::ClientMsgId;

#[derive(Debug, Default)]
pub(crate) struct Disk {
    snapshot: Option<String>,
    journal: Vec<String>,
    outbox: Vec<String>,
    /// How many entries of the outbox the snapshot has taken in.
    folded: usize,
    /// How many the polling process had read when it began.
    read: usize,
    /// Sends whose acceptance is stored.
    accepted: BTreeSet<ClientMsgId>,
    roster: Option<String>,
}

impl Disk {
    /// Everything that was stored. The polling process remembers how much of
    /// the outbox it has read.
    pub(crate) fn load(&mut self, polls: bool) -> Saved {
        let mut saved = match &self.snapshot {
            Some(text) => serde_json::from_str(text).expect("a snapshot reads back"),
            None => Saved::new(),
        };
        let entries = self.journal.iter().chain(&self.outbox[self.folded..]);
        for text in entries {
            saved.apply(serde_json::from_str(text).expect("a record reads back"));
        }
        if polls {
            self.read = self.outbox.len();
        }
        saved
    }

    /// What attached processes have stored, as the polling one may read it.
    pub(crate) fn others(&self) -> Vec<Record> {
        let texts = self.outbox.iter();
        texts
            .map(|text| serde_json::from_str(text).expect("a record reads back"))
            .collect()
    }

    /// Appends records of the polling process, or of an attached one.
    pub(crate) fn append(&mut self, records: &[Record], polls: bool) {
        for record in records {
            if let Change::SendAccepted(entry) = &record.change {
                self.accepted.insert(entry.client_msg_id.clone());
            }
            let text = serde_json::to_string(record).expect("a record serialises");
            if polls {
                self.journal.push(text);
            } else {
                self.outbox.push(text);
            }
        }
    }

    /// Replaces all that the polling process has read or written. Gives the
    /// snapshot's length.
    pub(crate) fn compact(&mut self, snapshot: &Saved) -> usize {
        let text = serde_json::to_string(snapshot).expect("a snapshot serialises");
        let size = text.len();
        self.snapshot = Some(text);
        self.journal.clear();
        self.folded = self.read;
        size
    }

    /// Whether the acceptance of a send is stored.
    pub(crate) fn has_accepted(&self, id: &ClientMsgId) -> bool {
        self.accepted.contains(id)
    }

    pub(crate) fn keep_roster(&mut self, roster: &wx_proto::Roster) {
        self.roster = Some(serde_json::to_string(roster).expect("a roster serialises"));
    }

    pub(crate) fn roster(&self) -> Option<wx_proto::Roster> {
        let text = self.roster.as_ref()?;
        Some(serde_json::from_str(text).expect("a roster reads back"))
    }
}
