//! The requests in flight, and those that the driver has not taken yet.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use http::header::{ACCEPT, HeaderValue, REFERER, USER_AGENT};
use wx_wire::endpoint::Endpoint;
use wx_wire::id::ClientMsgId;

use crate::command::CommandId;
use crate::io::{Body, Failure, Lane, Request, RequestId, Sink, Transmit};
use crate::operations::Operation;
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
    Send(ClientMsgId, Endpoint),
    Upload,
    Download,
    Operation(CommandId, Operation),
    Probe(CommandId),
    Logout(CommandId),
}

impl Purpose {
    /// The command that ends with the request. Commands of the outbox and the
    /// contacts outlive their requests.
    const fn command(&self) -> Option<CommandId> {
        match self {
            Self::Probe(command) | Self::Logout(command) | Self::Operation(command, _) => {
                Some(*command)
            }
            Self::Login
            | Self::Check
            | Self::Fetch
            | Self::ContactPage
            | Self::Details
            | Self::Notify
            | Self::Send(..)
            | Self::Upload
            | Self::Download => None,
        }
    }
}

/// How long an answer is waited for, and how large it may be.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    /// Counted from the request, or from when something of it last moved.
    timeout: Duration,
    max_response: usize,
}

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// A line of script, or a refusal in the place of a medium.
const MAX_LINE: usize = 64 * KIB;
/// A code and a few values. One of them may be the picture of whoever scans.
const MAX_RECEIPT: usize = MIB;
/// Our own account, and the chats that the phone shows.
const MAX_OPENING: usize = 16 * MIB;
/// A page of messages.
const MAX_PAGE: usize = 32 * MIB;
/// The address book, or fifty groups: with five hundred members each these are
/// nine megabytes.
const MAX_CONTACTS: usize = 64 * MIB;

impl Bounds {
    /// The page's own timeouts (protocol: endpoint table). The sizes leave an
    /// order of magnitude above anything that was seen.
    const fn of(endpoint: Endpoint) -> Self {
        let (seconds, max_response) = match endpoint {
            Endpoint::Jslogin | Endpoint::PushLoginUrl => (10, MAX_LINE),
            Endpoint::Login => (35, MAX_RECEIPT),
            Endpoint::NewLoginPage => (10, MAX_RECEIPT),
            Endpoint::SyncCheck => (35, MAX_LINE),
            Endpoint::Sync => (15, MAX_PAGE),
            Endpoint::GetContact | Endpoint::BatchGetContact => (60, MAX_CONTACTS),
            Endpoint::Init => (30, MAX_OPENING),
            // A piece of an upload counts as moving only once it goes out.
            Endpoint::UploadMedia => (60, MAX_RECEIPT),
            // Media themselves go to a sink; only a refusal comes back as a
            // body.
            Endpoint::GetMsgImg
            | Endpoint::GetVoice
            | Endpoint::GetVideo
            | Endpoint::GetMedia
            | Endpoint::GetIcon
            | Endpoint::GetHeadImg
            | Endpoint::GetPublicLinkImg
            | Endpoint::Preview => (30, MAX_LINE),
            _ => (15, MAX_RECEIPT),
        };
        Self {
            timeout: Duration::from_secs(seconds),
            max_response,
        }
    }
}

/// A request that is no longer in flight.
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
    /// When something of it last went out or came in.
    moved: Instant,
    timeout: Duration,
}

impl Pending {
    fn overdue_at(&self) -> Instant {
        self.moved + self.timeout
    }
}

/// What a request is sent with.
pub(crate) struct Launch {
    pub(crate) purpose: Purpose,
    pub(crate) endpoint: Endpoint,
    pub(crate) request: http::Request<Body>,
    pub(crate) sink: Option<Sink>,
}

#[derive(Debug, Default)]
pub(crate) struct Requests {
    transmits: VecDeque<Transmit>,
    /// Boxed, because a tree has room for many from the first on.
    in_flight: BTreeMap<RequestId, Box<Pending>>,
    last: u64,
}

impl Requests {
    pub(super) fn launch(
        &mut self,
        now: Instant,
        launch: Launch,
        agent: HeaderValue,
        referer: HeaderValue,
    ) -> RequestId {
        let Launch {
            purpose,
            endpoint,
            request,
            sink,
        } = launch;
        self.last += 1;
        let id = RequestId(self.last);
        let bounds = Bounds::of(endpoint);
        let (mut head, body) = request.into_parts();
        head.headers.insert(USER_AGENT, agent);
        head.headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        head.headers.entry(REFERER).or_insert(referer);
        let lane = match purpose {
            Purpose::Check => Lane::LongPoll,
            Purpose::Download => Lane::Media,
            Purpose::Upload if endpoint == Endpoint::UploadMedia => Lane::Media,
            // A login poll is held as well, but nothing else goes on then.
            _ => Lane::Control,
        };
        self.in_flight.insert(
            id,
            Box::new(Pending {
                purpose,
                started: now,
                moved: now,
                timeout: bounds.timeout,
            }),
        );
        self.transmits.push_back(Transmit::Send(Request {
            id,
            lane,
            head,
            body,
            max_response: bounds.max_response,
            sink,
        }));
        id
    }

    /// Takes an answered request out of flight. `None` if it was given up
    /// before.
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

    /// Something of a request went out or came in. Returns what it is for.
    pub(crate) fn moved(&mut self, id: RequestId, now: Instant) -> Option<&Purpose> {
        let pending = self.in_flight.get_mut(&id)?;
        pending.moved = now;
        Some(&pending.purpose)
    }

    /// Gives up one request.
    pub(crate) fn give_up(&mut self, id: RequestId) {
        if self.in_flight.remove(&id).is_some() {
            self.transmits.push_back(Transmit::Abort(id));
        }
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

    /// Gives up every request whose purpose fits. Returns the commands that
    /// would have ended with them, which the caller must end.
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
        let overdue = self.in_flight.values().map(|pending| pending.overdue_at());
        overdue.min()
    }

    pub(crate) fn poll(&mut self) -> Option<Transmit> {
        let next = self.transmits.pop_front();
        if next.is_none() {
            // A session at rest keeps no room for what it would send.
            self.transmits.shrink_to_fit();
        }
        next
    }
}
