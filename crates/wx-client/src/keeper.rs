//! The driver's side of the store: one job at a time, records before all else.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use wx_proto::saved::JarSnapshot;
use wx_proto::{Instant, Now, RecordSeq, Session};
use wx_transport::Jar;

use crate::store::{Position, SessionStore, StoreError};

/// Power loss may take this much of what was stored.
const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// A roster that changes all the time is written this often.
const ROSTER_EVERY: Duration = Duration::from_secs(5);
/// Records of this many bytes are worth a snapshot.
const COMPACT_AT: usize = 256 * 1024;

type Store = Box<dyn SessionStore>;

enum Work {
    Idle(Store),
    Busy(BoxFuture<'static, (Store, Outcome)>),
    /// Between two states, and after a fence.
    Gone,
}

enum Outcome {
    Appended(RecordSeq, Result<Position, StoreError>),
    Compacted(Result<Position, StoreError>),
    RosterKept(u64, Result<(), StoreError>),
    Flushed(Result<(), StoreError>),
}

/// What came of a job, as far as the session must know.
#[derive(Debug)]
pub(crate) enum Kept {
    Records(RecordSeq),
    Failed(String),
    Fenced,
    Nothing,
}

pub(crate) struct Keeper {
    work: Work,
    position: Position,
    /// Only the account's owner compacts and keeps the roster.
    owner: bool,
    /// Bytes of records since the last snapshot.
    appended: usize,
    /// The jar that is stored, or on its way; none if that went wrong.
    jar_version: Option<u64>,
    roster_version: u64,
    unflushed: bool,
    flush_at: Instant,
    roster_at: Instant,
    over: bool,
}

impl Keeper {
    pub(crate) fn new(
        store: Store,
        owner: bool,
        position: Position,
        any_records: bool,
        jar: &Jar,
    ) -> Self {
        Self {
            work: Work::Idle(store),
            position,
            owner,
            // A start is the time to tidy up: what other processes have recorded
            // meanwhile becomes part of the snapshot, in its place.
            appended: if any_records { COMPACT_AT } else { 0 },
            jar_version: Some(jar.version()),
            roster_version: 0,
            unflushed: false,
            flush_at: Instant::default(),
            roster_at: Instant::default(),
            over: false,
        }
    }

    /// True if nothing is being stored, and nothing has to be before a stop.
    pub(crate) fn is_idle(&self) -> bool {
        match self.work {
            Work::Idle(_) => !self.unflushed,
            Work::Busy(_) => false,
            Work::Gone => true,
        }
    }

    /// Starts the next job, if there is one and none is running. `over` means
    /// that nothing more will come, so nothing waits for its time.
    pub(crate) fn start(&mut self, session: &mut Session, jar: &Jar, now: Now, over: bool) {
        self.over = over;
        let mut store = match std::mem::replace(&mut self.work, Work::Gone) {
            Work::Idle(store) => store,
            other => {
                self.work = other;
                return;
            }
        };
        let position = self.position;
        let roster_due = self.owner
            && session.roster_version() != self.roster_version
            && (over || self.roster_at <= now.mono);
        self.work = if let Some((seq, records)) = self.records(session, jar) {
            self.appended += records.iter().map(Bytes::len).sum::<usize>();
            self.unflushed = true;
            Work::Busy(Box::pin(async move {
                let result = store.append(records, position).await;
                (store, Outcome::Appended(seq, result))
            }))
        } else if self.owner && self.appended >= COMPACT_AT {
            self.appended = 0;
            let snapshot = session.snapshot(snapshot(jar));
            Work::Busy(Box::pin(async move {
                let result = store.compact(encode(&snapshot), position).await;
                (store, Outcome::Compacted(result))
            }))
        } else if roster_due {
            let version = session.roster_version();
            self.roster_at = now.mono + ROSTER_EVERY;
            let roster = encode(session.roster());
            Work::Busy(Box::pin(async move {
                let result = store.keep_roster(roster).await;
                (store, Outcome::RosterKept(version, result))
            }))
        } else if self.unflushed && (over || self.flush_at <= now.mono) {
            self.unflushed = false;
            self.flush_at = now.mono + FLUSH_EVERY;
            Work::Busy(Box::pin(async move {
                let result = store.flush().await;
                (store, Outcome::Flushed(result))
            }))
        } else {
            Work::Idle(store)
        };
    }

    /// The records to append. The jar goes with the first one if it changed:
    /// keys are worth nothing without the cookies that came with them.
    fn records(&mut self, session: &mut Session, jar: &Jar) -> Option<(RecordSeq, Vec<Bytes>)> {
        let mut last = None;
        let mut records = Vec::new();
        while let Some(mut record) = session.poll_persist() {
            if self.owner && self.jar_version != Some(jar.version()) {
                self.jar_version = Some(jar.version());
                record.jar = snapshot(jar);
            }
            last = Some(record.seq);
            records.push(encode(&record));
        }
        last.map(|seq| (seq, records))
    }

    /// The end of the running job; without one, the time of the next, if any.
    ///
    /// Cancel safe: a job that is under way stays so.
    pub(crate) async fn next(&mut self, now: Now) -> Kept {
        match &mut self.work {
            Work::Busy(job) => {
                let (store, outcome) = job.await;
                self.work = Work::Idle(store);
                self.ended(outcome)
            }
            // Whatever waits for its time is looked at again then.
            Work::Idle(_) if self.unflushed => {
                tokio::time::sleep(self.flush_at.since(now.mono)).await;
                Kept::Nothing
            }
            Work::Idle(_) | Work::Gone => std::future::pending().await,
        }
    }

    fn ended(&mut self, outcome: Outcome) -> Kept {
        let result = match outcome {
            Outcome::Appended(seq, result) => result.map(|position| {
                self.position = position;
                Kept::Records(seq)
            }),
            Outcome::Compacted(result) => result.map(|position| {
                self.position = position;
                self.unflushed = false;
                Kept::Nothing
            }),
            Outcome::RosterKept(version, result) => {
                // One that cannot be kept now is not worth a second try: it
                // changes again, or can be fetched.
                self.roster_version = version;
                if let Err(error) = result {
                    tracing::warn!(%error, "the contacts could not be kept");
                }
                return Kept::Nothing;
            }
            Outcome::Flushed(result) => result.map(|()| Kept::Nothing),
        };
        match result {
            Ok(kept) => kept,
            Err(StoreError::Fenced(why)) => {
                tracing::error!(why, "fenced");
                self.work = Work::Gone;
                Kept::Fenced
            }
            Err(error) => {
                // The records come again, and need the jar that went with them.
                self.jar_version = None;
                // Nothing more will come, and the disk will not either.
                self.unflushed &= !self.over;
                Kept::Failed(error.to_string())
            }
        }
    }
}

fn snapshot(jar: &Jar) -> Option<JarSnapshot> {
    String::from_utf8(jar.snapshot()).ok().map(JarSnapshot::new)
}

/// The stored form. Serialising our own types to memory does not fail.
fn encode(value: &impl serde::Serialize) -> Bytes {
    serde_json::to_vec(value).unwrap_or_default().into()
}
