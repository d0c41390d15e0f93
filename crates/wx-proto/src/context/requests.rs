//! The requests in flight, and those that the driver is still to be told of.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, HeaderValue, USER_AGENT};
use wx_wire::endpoint::Endpoint;
use wx_wire::id::ClientMsgId;

use crate::command::CommandId;
use crate::io::{Failure, Lane, Request, RequestId, Transmit};
use crate::time::Instant;

/// What a request in flight is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Login,
    Check,
    Fetch,
    ContactPage,
    Details,
    /// Nobody waits for the answer.
    Notify,
    Send(ClientMsgId),
    Probe(CommandId),
    Logout(CommandId),
}

impl Purpose {
    /// The command that ends with the request. Commands of the outbox and of
    /// the contacts outlive theirs.
    const fn command(&self) -> Option<CommandId> {
        match self {
            Self::Probe(command) | Self::Logout(command) => Some(*command),
            Self::Login
            | Self::Check
            | Self::Fetch
            | Self::ContactPage
            | Self::Details
            | Self::Notify
            | Self::Send(_) => None,
        }
    }
}

/// How long an answer is waited for, and how large it may be.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    timeout: Duration,
    max_response: usize,
}

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

impl Bounds {
    /// The page's own limits (protocol: timeouts in the endpoint table); sizes
    /// leave an order of magnitude above what was ever seen.
    const fn of(endpoint: Endpoint) -> Self {
        let (seconds, max_response) = match endpoint {
            Endpoint::Jslogin | Endpoint::PushLoginUrl => (10, 64 * KIB),
            Endpoint::Login => (35, MIB),
            Endpoint::NewLoginPage => (10, MIB),
            Endpoint::SyncCheck => (35, 64 * KIB),
            Endpoint::Sync => (15, 32 * MIB),
            // Fifty groups of five hundred members are nine megabytes.
            Endpoint::GetContact | Endpoint::BatchGetContact => (60, 64 * MIB),
            Endpoint::Init => (30, 16 * MIB),
            _ => (15, MIB),
        };
        Self {
            timeout: Duration::from_secs(seconds),
            max_response,
        }
    }
}

/// A request out of flight.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) id: RequestId,
    pub(crate) purpose: Purpose,
    pub(crate) started: Instant,
}

#[derive(Debug)]
struct Pending {
    purpose: Purpose,
    started: Instant,
    timeout: Duration,
}

impl Pending {
    fn overdue_at(&self) -> Instant {
        self.started + self.timeout
    }
}

#[derive(Debug, Default)]
pub(crate) struct Requests {
    transmits: VecDeque<Transmit>,
    in_flight: BTreeMap<RequestId, Pending>,
    last: u64,
}

impl Requests {
    pub(super) fn launch(
        &mut self,
        now: Instant,
        purpose: Purpose,
        endpoint: Endpoint,
        request: http::Request<Bytes>,
        agent: HeaderValue,
    ) -> RequestId {
        self.last += 1;
        let id = RequestId(self.last);
        let bounds = Bounds::of(endpoint);
        let (mut head, body) = request.into_parts();
        head.headers.insert(USER_AGENT, agent);
        head.headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        let lane = match purpose {
            Purpose::Check => Lane::LongPoll,
            // A login poll is held as well, but nothing else goes on then.
            _ => Lane::Control,
        };
        self.in_flight.insert(
            id,
            Pending {
                purpose,
                started: now,
                timeout: bounds.timeout,
            },
        );
        self.transmits.push_back(Transmit::Send(Request {
            id,
            lane,
            head,
            body,
            max_response: bounds.max_response,
        }));
        id
    }

    /// Takes an answered request out of flight. Answers to requests that were
    /// given up are nobody's.
    pub(crate) fn settle(&mut self, id: RequestId) -> Option<Settled> {
        let Some(pending) = self.in_flight.remove(&id) else {
            tracing::debug!(request = %id, "an answer that nobody waits for");
            return None;
        };
        Some(Settled {
            id,
            purpose: pending.purpose,
            started: pending.started,
        })
    }

    /// Takes one overdue request out of flight and aborts it.
    pub(crate) fn expire(&mut self, now: Instant) -> Option<(Settled, Failure)> {
        let overdue = self
            .in_flight
            .iter()
            .find(|(_, pending)| pending.overdue_at() <= now);
        let (id, failure) = overdue.map(|(id, p)| (*id, Failure::timeout(p.timeout)))?;
        self.transmits.push_back(Transmit::Abort(id));
        self.settle(id).map(|settled| (settled, failure))
    }

    /// Gives up every request whose purpose fits. The commands that were to
    /// end with them are returned, for somebody must end them.
    #[must_use]
    pub(crate) fn abort(&mut self, fits: impl Fn(&Purpose) -> bool) -> Vec<CommandId> {
        let mut commands = Vec::new();
        let transmits = &mut self.transmits;
        self.in_flight.retain(|id, pending| {
            let given_up = fits(&pending.purpose);
            if given_up {
                transmits.push_back(Transmit::Abort(*id));
                commands.extend(pending.purpose.command());
            }
            !given_up
        });
        commands
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.in_flight.is_empty()
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.in_flight.values().map(Pending::overdue_at).min()
    }

    pub(crate) fn poll(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }
}
