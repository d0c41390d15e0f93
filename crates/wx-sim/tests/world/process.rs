//! One life of one process: a session, its jar, the append under way, and what
//! its application has not yet done.

use std::collections::BTreeMap;
use std::time::Duration;

use wx_proto::saved::{Record, Saved};
use wx_proto::{CommandId, Event, EventId, Instant, Now, RecordSeq, Seed, Session};

use crate::jar::Jar;
use crate::plan::Plan;

/// Unix time at which worlds begin.
pub(crate) const START_MS: u64 = 1_600_000_000_000;

/// What a process does on the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Polls, and has the application.
    Owner,
    /// Sends beside it.
    Side,
}

pub(crate) struct Process {
    /// Counts from 1, over all processes of a world.
    pub(crate) life: u32,
    pub(crate) role: Role,
    pub(crate) session: Session,
    pub(crate) jar: Jar,
    pub(crate) append: Option<Append>,
    /// The jar's version that was last stored.
    jar_stored: u64,
    /// Messages that were acknowledged since the last append began.
    pub(crate) acks: Vec<u64>,
    /// Messages whose handlers run.
    pub(crate) handling: BTreeMap<EventId, Handling>,
    /// Where the bytes of downloads go, by command.
    pub(crate) places: BTreeMap<CommandId, Place>,
    /// Whether the application is about to take an event.
    pub(crate) taking: bool,
    /// Whether it takes no more.
    pub(crate) closing: bool,
    pub(crate) was_online: bool,
    /// How far the machine's wall clock is off.
    pub(crate) skew_ms: i64,
    /// Another process owns the account by now.
    pub(crate) superseded: bool,
    /// It does nothing more, wherever it stands.
    pub(crate) killed: bool,
    /// Calls at this moment, and timeouts among them: a session must not spin.
    pub(crate) steps: Steps,
}

/// The circumstances in which a process begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Birth {
    pub(crate) life: u32,
    /// Of its session's random numbers.
    pub(crate) seed: u64,
    pub(crate) now_ms: u64,
    pub(crate) skew_ms: i64,
}

/// A message whose handler runs.
#[derive(Debug)]
pub(crate) struct Handling {
    pub(crate) event: Event,
    pub(crate) id: u64,
}

/// A file that is being fetched: of which message, and what is there of it.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) msg_id: u64,
    pub(crate) bytes: Vec<u8>,
}

/// Records on their way to the disk.
#[derive(Debug)]
pub(crate) struct Append {
    pub(crate) records: Vec<Record>,
    pub(crate) last: RecordSeq,
    /// Acknowledgements that these records make durable.
    pub(crate) acks: Vec<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Steps {
    at_ms: u64,
    calls: u32,
    timeouts: u32,
}

impl Process {
    pub(crate) fn new(birth: Birth, role: Role, saved: Saved, plan: &Plan) -> Self {
        let Birth {
            life,
            seed,
            now_ms,
            skew_ms,
        } = birth;
        let now = moment(now_ms, skew_ms);
        let jar = Jar::restore(saved.jar.as_ref());
        let config = plan.core.clone();
        let session = match role {
            Role::Owner => Session::resume(config, saved, Seed(seed), now),
            Role::Side => Session::attach(config, saved, Seed(seed)),
        };
        Self {
            life,
            role,
            session,
            jar_stored: jar.version(),
            jar,
            append: None,
            acks: Vec::new(),
            handling: BTreeMap::new(),
            places: BTreeMap::new(),
            taking: false,
            closing: false,
            was_online: false,
            skew_ms,
            superseded: false,
            killed: false,
            steps: Steps::default(),
        }
    }

    /// What its clocks show.
    pub(crate) fn now(&self, now_ms: u64) -> Now {
        moment(now_ms, self.skew_ms)
    }

    /// Takes the records that are to be stored, unless an append is under way.
    /// The jar goes with the first of its owner's records if it changed, as in
    /// the real driver.
    pub(crate) fn begin_append(&mut self) -> bool {
        if self.append.is_some() {
            return false;
        }
        let mut records = Vec::new();
        while let Some(mut record) = self.session.poll_persist() {
            let changed = self.jar_stored != self.jar.version();
            if changed && self.role == Role::Owner && !record.change.is_outbox() {
                self.jar_stored = self.jar.version();
                record.jar = Some(self.jar.snapshot());
            }
            records.push(record);
        }
        let Some(last) = records.last().map(|record| record.seq) else {
            return false;
        };
        let acks = std::mem::take(&mut self.acks);
        self.append = Some(Append {
            records,
            last,
            acks,
        });
        true
    }

    /// An append came to nothing: its records will be offered again, and the
    /// jar must be too.
    pub(crate) fn append_failed(&mut self, append: Append) {
        self.acks.extend(append.acks);
        self.jar_stored = u64::MAX;
    }

    /// When the session wants to be called, in whole milliseconds.
    pub(crate) fn wakes_ms(&self) -> Option<u64> {
        let at = self.session.deadline()?.at.since_origin();
        Some(u64::try_from(at.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX))
    }

    /// Counts a call; false if there are too many at one moment.
    pub(crate) fn steps_on(&mut self, now_ms: u64, timeout: bool) -> bool {
        if self.steps.at_ms != now_ms {
            self.steps = Steps {
                at_ms: now_ms,
                ..Steps::default()
            };
        }
        self.steps.calls += 1;
        self.steps.timeouts += u32::from(timeout);
        self.steps.timeouts <= 20 && self.steps.calls <= 2000
    }
}

/// The moment `now_ms` after the beginning: the steady clock is right, the
/// wall clock is off.
fn moment(now_ms: u64, skew_ms: i64) -> Now {
    Now {
        mono: Instant::new(Duration::from_millis(now_ms)),
        unix_ms: (START_MS + now_ms).saturating_add_signed(skew_ms),
    }
}
