//! Judges what happened by the service's own records and the application's
//! log. It knows the promises, and nothing of how the core keeps them.
//!
//! What each part checks stands at its head: [`inbound`] for messages that
//! come, [`outbound`] for messages that go, [`conduct`] for the rest.

pub(crate) mod conduct;
pub(crate) mod inbound;
pub(crate) mod outbound;

use conduct::Conduct;
use inbound::Inbound;
use outbound::Outbound;

/// A broken promise, for people.
pub(crate) type Verdict<T = ()> = Result<T, String>;

#[derive(Debug)]
pub(crate) struct Oracle {
    pub(crate) inbound: Inbound,
    pub(crate) outbound: Outbound,
    pub(crate) conduct: Conduct,
}

impl Oracle {
    pub(crate) fn new(service: &wx_sim::Config) -> Self {
        Self {
            inbound: Inbound::default(),
            outbound: Outbound::default(),
            conduct: Conduct::new(service),
        }
    }
}
