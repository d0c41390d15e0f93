//! A store that fails as a test wants it to.

use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use wx_client::store::{Loaded, Position, StoreFuture};
use wx_client::{MemoryStore, SessionStore, StoreError};

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing is written, for example because the disk is full.
    Full,
    /// It does not say whether it has written, and it has.
    Written,
    /// It does not say whether it has written, and it has not.
    Unwritten,
    /// It never answers.
    Silent,
}

/// Every `call` fails so, as often as said.
#[derive(Clone, Copy, Debug)]
struct Plan {
    call: &'static str,
    fault: Fault,
    times: usize,
}

#[derive(Default)]
struct Record {
    plan: Option<Plan>,
    calls: Vec<&'static str>,
}

/// A store in memory with faults. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Faulty {
    pub(crate) inner: MemoryStore,
    record: Arc<Mutex<Record>>,
}

impl Faulty {
    /// From now on, until it was done `times` times.
    pub(crate) fn fail(&self, call: &'static str, fault: Fault, times: usize) {
        self.record().plan = Some(Plan { call, fault, times });
    }

    /// The calls so far.
    pub(crate) fn calls(&self) -> Vec<&'static str> {
        self.record().calls.clone()
    }

    /// How many calls of a kind there were so far.
    pub(crate) fn count(&self, call: &str) -> usize {
        self.calls().iter().filter(|made| **made == call).count()
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn strikes(&self, call: &'static str) -> Option<Fault> {
        let mut record = self.record();
        record.calls.push(call);
        let plan = record.plan.as_mut().filter(|plan| plan.call == call)?;
        plan.times = plan.times.checked_sub(1)?;
        Some(plan.fault)
    }

    async fn spoil<T>(
        fault: Option<Fault>,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        match fault {
            None => call.await,
            Some(Fault::Full) => Err(StoreError::Transient {
                message: "the disk is full".to_owned(),
                source: None,
            }),
            Some(Fault::Written) => {
                call.await?;
                Err(StoreError::Ambiguous("timed out".to_owned()))
            }
            Some(Fault::Unwritten) => Err(StoreError::Ambiguous("timed out".to_owned())),
            Some(Fault::Silent) => pending().await,
        }
    }
}

impl SessionStore for Faulty {
    fn load(&mut self) -> StoreFuture<'_, Loaded> {
        let fault = self.strikes("load");
        Box::pin(Self::spoil(fault, self.inner.load()))
    }

    fn append(&mut self, records: Vec<Bytes>, expected: Position) -> StoreFuture<'_, Position> {
        let fault = self.strikes("append");
        // The inner store writes when it is called, so it must not be called
        // before it is known that it is to write.
        Box::pin(Self::spoil(fault, async move {
            self.inner.append(records, expected).await
        }))
    }

    fn compact(&mut self, snapshot: Bytes, expected: Position) -> StoreFuture<'_, Position> {
        let fault = self.strikes("compact");
        Box::pin(Self::spoil(fault, async move {
            self.inner.compact(snapshot, expected).await
        }))
    }

    fn flush(&mut self) -> StoreFuture<'_, ()> {
        let fault = self.strikes("flush");
        Box::pin(Self::spoil(fault, self.inner.flush()))
    }

    fn keep_roster(&mut self, roster: Bytes) -> StoreFuture<'_, ()> {
        let fault = self.strikes("keep_roster");
        Box::pin(Self::spoil(fault, async move {
            self.inner.keep_roster(roster).await
        }))
    }

    fn roster(&mut self) -> StoreFuture<'_, Option<Bytes>> {
        self.inner.roster()
    }
}
