//! The driver's side of the store: one job at a time, records before everything
//! else.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use wx_proto::saved::{Change, JarSnapshot};
use wx_proto::{Instant, Now, Record, RecordSeq, Session};
use wx_transport::{Chain, Jar};

use crate::record::Core;
use crate::store::{Position, SessionStore, StoreError};

/// Records of handled messages wait this long for more of their kind. A crash
/// within this time delivers the messages again.
const GATHER: Duration = Duration::from_millis(5);
/// A power loss may take the writes of this long.
const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// A roster that keeps changing is written at most this often.
const ROSTER_EVERY: Duration = Duration::from_secs(5);
/// A crash may lose the cookies of this long, if no record took them along.
const JAR_AFTER: Duration = Duration::from_secs(60);
/// Records of this many bytes are worth a snapshot.
const COMPACT_AT: usize = 256 * 1024;

/// The length of the usual record, that of a handled message.
const USUAL_RECORD: usize = 72;

type Store = Box<dyn SessionStore>;

enum Work {
    Idle(Store),
    Busy(BoxFuture<'static, (Store, Purpose, Result<Product, StoreError>)>),
    /// Between two states, and after a fence.
    Gone,
}

/// What the store has to do.
enum Job {
    Append(Vec<Bytes>),
    Compact(Bytes),
    KeepRoster(Bytes),
    Flush,
    ReadOthers,
}

/// The result of a job.
enum Product {
    /// The store is there now.
    At(Position),
    /// What others have stored.
    Others(Vec<Bytes>),
}

/// What a job is for.
#[derive(Clone, Copy, Debug)]
enum Purpose {
    /// The records up to this one, and this version of the jar.
    Records(RecordSeq, u64),
    /// A snapshot with this version of the jar.
    Snapshot(u64),
    /// This version of the roster.
    Roster(u64),
    Flush,
    Others,
}

/// What the session must know of a job's result.
#[derive(Debug)]
pub(crate) enum Kept {
    Records(RecordSeq),
    /// Records were not stored: the session offers them again.
    Failed(String),
    /// Something else was not stored.
    Trouble(String),
    Fenced,
    /// What other processes have stored, if that could be read.
    Others(Option<Vec<Record>>),
    Nothing,
}

pub(crate) struct Keeper {
    work: Work,
    position: Position,
    /// The store did not say whether it has written: it must be asked for its
    /// position before it writes again.
    doubtful: bool,
    /// Only the account's owner stores the jar and the roster.
    owner: bool,
    /// Whether this process makes snapshots.
    compacts: bool,
    /// Bytes of records since the last snapshot.
    appended: usize,
    /// The jar that is stored.
    jar_version: u64,
    /// When a jar that has changed is stored without a record.
    jar_at: Option<Instant>,
    roster_version: u64,
    roster_at: Instant,
    /// When what was handled is stored.
    records_at: Option<Instant>,
    unflushed: bool,
    flush_at: Instant,
    /// When to look again at what waits for its time.
    due: Option<Instant>,
    /// No more jobs will come after these.
    over: bool,
    /// Why the last attempt to store failed, until records are stored again.
    trouble: Option<String>,
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
            doubtful: false,
            owner,
            compacts: owner,
            // Compact at the start, so that what other processes have recorded
            // in the meantime becomes part of the snapshot, in the right order.
            appended: if any_records { COMPACT_AT } else { 0 },
            jar_version: jar.version(),
            jar_at: None,
            roster_version: 0,
            roster_at: Instant::default(),
            records_at: None,
            unflushed: false,
            flush_at: Instant::default(),
            due: None,
            over: false,
            trouble: None,
        }
    }

    /// True if nothing is being stored. After a [`start`](Self::start) with
    /// `over`, this means that everything is stored.
    pub(crate) fn is_idle(&self) -> bool {
        !matches!(self.work, Work::Busy(_))
    }

    /// Why the store could not be written last, if so.
    pub(crate) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Starts the next job, if there is one and none is running. With `over`,
    /// nothing more will come, so no job waits for its time.
    pub(crate) fn start(&mut self, session: &mut Core, jar: &Jar, now: Now, over: bool) {
        self.over = over;
        let mut store = match std::mem::replace(&mut self.work, Work::Gone) {
            Work::Idle(store) => store,
            other => {
                self.work = other;
                return;
            }
        };
        self.due = None;
        let Some((purpose, job)) = self.next_job(session, jar, now.mono) else {
            self.work = Work::Idle(store);
            return;
        };
        let (position, doubtful) = (self.position, self.doubtful);
        self.work = Work::Busy(Box::pin(async move {
            let result = perform(&mut store, job, position, doubtful).await;
            (store, purpose, result)
        }));
    }

    fn next_job(&mut self, session: &mut Core, jar: &Jar, now: Instant) -> Option<(Purpose, Job)> {
        if self.wants_records(session, now)
            && let Some(job) = self.records(session, jar)
        {
            return Some(job);
        }
        if session.poll_others() {
            return Some((Purpose::Others, Job::ReadOthers));
        }
        if self.compacts && (self.appended >= COMPACT_AT || self.wants_jar(session, jar, now)) {
            self.appended = 0;
            let snapshot = encode(&session.snapshot(snapshot(jar)));
            return Some((Purpose::Snapshot(jar.version()), Job::Compact(snapshot)));
        }
        let roster = session.roster_version();
        if self.owner && roster != self.roster_version && self.is_time(self.roster_at, now) {
            self.roster_at = now + ROSTER_EVERY;
            let job = Job::KeepRoster(encode(session.roster()));
            return Some((Purpose::Roster(roster), job));
        }
        if self.unflushed && self.is_time(self.flush_at, now) {
            self.unflushed = false;
            self.flush_at = now + FLUSH_EVERY;
            return Some((Purpose::Flush, Job::Flush));
        }
        None
    }

    /// True if there are records that something waits for, or that have waited
    /// long enough.
    fn wants_records(&mut self, session: &Session, now: Instant) -> bool {
        if !session.has_record() {
            self.records_at = None;
            return false;
        }
        let at = *self.records_at.get_or_insert(now + GATHER);
        session.awaits_record() || self.is_time(at, now)
    }

    /// The records to append. The jar goes with the first one if it changed:
    /// keys are worth nothing without the cookies that came with them.
    fn records(&mut self, session: &mut Core, jar: &Jar) -> Option<(Purpose, Job)> {
        let mut jar_version = self.jar_version;
        let mut batch: Vec<_> = std::iter::from_fn(|| session.poll_persist()).collect();
        let last = batch.last()?.seq;
        thin_out(&mut batch);
        if let Some(first) = batch.first_mut()
            && self.owner
            && jar_version != jar.version()
        {
            jar_version = jar.version();
            first.jar = snapshot(jar);
        }
        let records = encode_each(&batch);
        self.appended += records.iter().map(Bytes::len).sum::<usize>();
        self.records_at = None;
        self.unflushed = true;
        Some((Purpose::Records(last, jar_version), Job::Append(records)))
    }

    /// True if the jar has changed and has waited long enough for a record to
    /// take it along. Without keys a jar is useless.
    fn wants_jar(&mut self, session: &Core, jar: &Jar, now: Instant) -> bool {
        if jar.version() == self.jar_version || session.saved().credentials.is_none() {
            self.jar_at = None;
            return false;
        }
        let at = *self.jar_at.get_or_insert(now + JAR_AFTER);
        self.is_time(at, now)
    }

    fn is_time(&mut self, at: Instant, now: Instant) -> bool {
        let is_time = self.over || at <= now;
        if !is_time {
            self.due = self.due.into_iter().chain([at]).min();
        }
        is_time
    }

    /// When to [start](Self::start) again if nothing else happens.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.due.filter(|_| self.is_idle())
    }

    /// The end of the running job; without one, never.
    ///
    /// Cancel safe: a running job goes on.
    pub(crate) async fn next(&mut self) -> Kept {
        let Work::Busy(job) = &mut self.work else {
            return std::future::pending().await;
        };
        let (store, purpose, result) = job.await;
        self.work = Work::Idle(store);
        match result {
            Ok(Product::At(position)) => self.done(purpose, position),
            Ok(Product::Others(records)) => Kept::Others(decode(&records)),
            Err(error) => self.failed(purpose, error),
        }
    }

    fn done(&mut self, purpose: Purpose, position: Position) -> Kept {
        self.position = position;
        self.doubtful = false;
        match purpose {
            Purpose::Records(seq, jar) => {
                self.jar_version = jar;
                self.trouble = None;
                return Kept::Records(seq);
            }
            Purpose::Snapshot(jar) => {
                self.jar_version = jar;
                self.jar_at = None;
                self.unflushed = false;
            }
            Purpose::Roster(version) => self.roster_version = version,
            Purpose::Flush | Purpose::Others => {}
        }
        Kept::Nothing
    }

    fn failed(&mut self, purpose: Purpose, error: StoreError) -> Kept {
        let message = Chain(&error).to_string();
        match error {
            StoreError::Fenced(_) | StoreError::Locked(_) => {
                tracing::error!(message, "fenced");
                self.work = Work::Gone;
                return Kept::Fenced;
            }
            StoreError::Ambiguous(_) => {
                self.doubtful = true;
                // The position that the store then returns lies behind records
                // of other processes, which a snapshot by this one would lose.
                self.compacts = false;
            }
            _ => {}
        }
        self.trouble = Some(message.clone());
        match purpose {
            Purpose::Records(..) => return Kept::Failed(message),
            Purpose::Snapshot(jar) => {
                // Tried again after a while; at the end, not at all.
                self.jar_at = None;
                if self.over {
                    self.jar_version = jar;
                }
            }
            Purpose::Roster(version) => {
                // Not worth a second try: it changes again, or can be fetched.
                self.roster_version = version;
                tracing::warn!(message, "the contacts could not be saved");
                return Kept::Nothing;
            }
            // A disk that failed to flush may have dropped what it was given:
            // write everything again.
            Purpose::Flush => self.appended = COMPACT_AT,
            Purpose::Others => {
                tracing::warn!(message, "what other processes have sent is not known");
                return Kept::Others(None);
            }
        }
        Kept::Trouble(format!("the account's files cannot be written: {message}"))
    }
}

/// Leaves out the positions that a later one in the batch replaces.
fn thin_out(batch: &mut Vec<Record>) {
    let is_position = |record: &Record| matches!(record.change, Change::Position(_));
    let last = batch.iter().rposition(is_position);
    let mut index = 0..;
    batch.retain(|record| index.next() == last || !is_position(record));
}

/// Has the store do a job. A batch that may have been written is written again,
/// which does no harm: a record states a fact, and stating it twice changes
/// nothing.
async fn perform(
    store: &mut Store,
    job: Job,
    position: Position,
    doubtful: bool,
) -> Result<Product, StoreError> {
    let position = if doubtful {
        store.load().await?.position
    } else {
        position
    };
    let position = match job {
        Job::Append(records) => store.append(records, position).await?,
        Job::Compact(snapshot) => store.compact(snapshot, position).await?,
        Job::KeepRoster(roster) => store.keep_roster(roster).await.map(|()| position)?,
        Job::Flush => store.flush().await.map(|()| position)?,
        Job::ReadOthers => return store.others().await.map(Product::Others),
    };
    Ok(Product::At(position))
}

/// The records; `None` if this version does not know one of them.
fn decode(records: &[Bytes]) -> Option<Vec<Record>> {
    let records = records.iter();
    records
        .map(|record| serde_json::from_slice(record).ok())
        .collect()
}

fn snapshot(jar: &Jar) -> Option<JarSnapshot> {
    String::from_utf8(jar.snapshot()).ok().map(JarSnapshot::new)
}

/// The stored form of each record, all of them slices of one allocation.
fn encode_each(batch: &[Record]) -> Vec<Bytes> {
    let mut text = Vec::with_capacity(batch.len() * USUAL_RECORD);
    let ends = batch.iter().map(|record| {
        // As below.
        let _ = serde_json::to_writer(&mut text, record);
        text.len()
    });
    let ends: Vec<usize> = ends.collect();
    let mut text = Bytes::from(text);
    let mut begun = 0;
    let records = ends.into_iter().map(|end| {
        let record = text.split_to(end - begun);
        begun = end;
        record
    });
    records.collect()
}

/// The stored form. Serialising our own types to memory does not fail.
fn encode(value: &impl serde::Serialize) -> Bytes {
    serde_json::to_vec(value).unwrap_or_default().into()
}

#[cfg(test)]
mod tests;
