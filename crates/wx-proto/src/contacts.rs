//! Fetching contacts: the pages of the address book, and the details of groups
//! and people in batches.
//!
//! ```text
//! Pages:   Idle ──► AwaitPage ──Seq──► AwaitPage … ──0──► Idle
//!                       └─failure─► Pause ─► AwaitPage
//! Details: Idle ──name──► Gather ──200 ms──► AwaitDetails ──► Gather | Idle
//!                                                └─failure─► Pause ─► AwaitDetails
//! ```
//!
//! A batch that the server refuses is asked for again in smaller ones, down to
//! single names; a name that fails alone is not asked for again (protocol:
//! webwxbatchgetcontact).

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use wx_wire::code::Ret;
use wx_wire::contact::Contact as WireContact;
use wx_wire::endpoint::webwxbatchgetcontact::MAX_NAMES;
use wx_wire::endpoint::{Endpoint, webwxbatchgetcontact, webwxgetcontact};
use wx_wire::id::UserName;

use crate::backoff::{OUTAGE, THROTTLE};
use crate::command::{CommandError, CommandId, Done};
use crate::context::{Context, Purpose, Reply, millis};
use crate::event::{ContactChange, EventKind, WarningKind};
use crate::io::RequestId;
use crate::roster::{ContactKind, Merged, Roster};
use crate::time::{Instant, Now};

/// Names that come together are asked for together.
const GATHER: Duration = Duration::from_millis(200);
/// Pages after the first (protocol: webwxgetcontact).
const MAX_PAGES: u32 = 16;
/// After so many failures in a row the address book is left as it is.
const MAX_FAILURES: u32 = 5;

#[derive(Debug)]
enum Pages {
    Idle,
    AwaitPage { request: RequestId, seq: i64 },
    Pause { until: Instant, seq: i64 },
}

#[derive(Debug)]
enum Details {
    Idle,
    Gather {
        until: Instant,
    },
    AwaitDetails {
        request: RequestId,
        names: Vec<UserName>,
    },
}

#[derive(Debug)]
pub(crate) struct Contacts {
    pages: Pages,
    page_count: u32,
    page_failures: u32,
    refreshers: Vec<CommandId>,
    details: Details,
    /// Groups before people.
    groups: VecDeque<UserName>,
    people: VecDeque<UserName>,
    hopeless: BTreeSet<UserName>,
    refusals: u32,
    failures: u32,
    throttled: u32,
    fetchers: Vec<(CommandId, BTreeSet<UserName>)>,
    /// Before the first round has ended, what comes is no news.
    first_round: bool,
}

impl Contacts {
    pub(crate) fn new() -> Self {
        Self {
            pages: Pages::Idle,
            page_count: 0,
            page_failures: 0,
            refreshers: Vec::new(),
            details: Details::Idle,
            groups: VecDeque::new(),
            people: VecDeque::new(),
            hopeless: BTreeSet::new(),
            refusals: 0,
            failures: 0,
            throttled: 0,
            fetchers: Vec::new(),
            first_round: false,
        }
    }

    /// Starts the first round of a session.
    pub(crate) fn start(&mut self, cx: &mut Context, now: Now) {
        self.first_round = true;
        self.ask_page(0, cx, now);
    }

    /// True until the address book and the groups known at the start are in.
    pub(crate) fn is_first_round(&self) -> bool {
        self.first_round
    }

    /// Fetches the whole address book anew for a command.
    pub(crate) fn refresh(&mut self, command: CommandId, cx: &mut Context, now: Now) {
        self.refreshers.push(command);
        if matches!(self.pages, Pages::Idle) {
            self.page_count = 0;
            self.page_failures = 0;
            self.ask_page(0, cx, now);
        }
    }

    /// Fetches details for a command.
    pub(crate) fn fetch(
        &mut self,
        command: CommandId,
        names: Vec<UserName>,
        cx: &mut Context,
        now: Now,
    ) {
        let names: BTreeSet<UserName> = names.into_iter().filter(|n| !n.is_empty()).collect();
        for name in &names {
            self.hopeless.remove(name);
            self.want(name.clone(), now);
        }
        self.fetchers.push((command, names));
        self.complete(cx);
    }

    /// Details of somebody are wanted, some time.
    pub(crate) fn want(&mut self, name: UserName, now: Now) {
        let asked =
            matches!(&self.details, Details::AwaitDetails { names, .. } if names.contains(&name));
        let queue = if name.is_room() {
            &mut self.groups
        } else {
            &mut self.people
        };
        if asked || queue.contains(&name) || self.hopeless.contains(&name) {
            return;
        }
        queue.push_back(name);
        if matches!(self.details, Details::Idle) {
            self.details = Details::Gather {
                until: now.mono + GATHER,
            };
        }
    }

    /// Details of a group are wanted unless they are there.
    pub(crate) fn want_group(&mut self, roster: &Roster, name: &UserName, now: Now) {
        if name.is_room() && !roster.is_detailed(name) {
            self.want(name.clone(), now);
        }
    }

    fn ask_page(&mut self, seq: i64, cx: &mut Context, now: Now) {
        let Some(credentials) = cx.credentials() else {
            return;
        };
        let request = webwxgetcontact::Request {
            credentials,
            seq,
            unix_ms: now.unix_ms,
        }
        .encode();
        let request = cx.send(now, Purpose::ContactPage, Endpoint::GetContact, request);
        self.pages = Pages::AwaitPage { request, seq };
    }

    pub(crate) fn page_reply(&mut self, id: RequestId, reply: Reply, cx: &mut Context, now: Now) {
        let Pages::AwaitPage { request, seq } = self.pages else {
            return;
        };
        if request != id {
            return;
        }
        let answer = reply.and_then(|answer| {
            let body = answer.ok(Endpoint::GetContact)?;
            Ok(webwxgetcontact::Response::decode(body))
        });
        let failure = match answer {
            Ok(Ok(page)) if page.base_response().ret.is_ok() => {
                let next = page.seq;
                self.take_page(page.into_contacts(), cx, now);
                self.page_failures = 0;
                self.page_count += 1;
                // A number that comes again would lead round in circles.
                if next != 0 && next != seq && self.page_count <= MAX_PAGES {
                    self.ask_page(next, cx, now);
                } else {
                    self.end_pages(Ok(Done::Fetched {}), cx);
                }
                return;
            }
            Ok(Ok(page)) => {
                let verdict = page.base_response();
                CommandError::Refused {
                    ret: verdict.ret,
                    message: verdict.err_msg,
                    retry_after_ms: None,
                }
            }
            Ok(Err(decode)) => decode.into(),
            Err(failure) => CommandError::Failed {
                reached: failure.reached,
                message: failure.message,
            },
        };
        self.page_failures += 1;
        if self.page_failures >= MAX_FAILURES {
            let message = format!("the address book could not be fetched: {failure}");
            cx.warn(WarningKind::Contacts, message);
            return self.end_pages(Err(failure), cx);
        }
        let pause = self.pause(&failure, self.page_failures - 1, cx);
        self.pages = Pages::Pause {
            until: now.mono + pause,
            seq,
        };
    }

    fn take_page(&mut self, contacts: Vec<WireContact>, cx: &mut Context, now: Now) {
        for contact in contacts {
            self.merge(&contact, cx);
            self.want_group(&cx.roster, &contact.user_name, now);
        }
    }

    fn end_pages(&mut self, result: Result<Done, CommandError>, cx: &mut Context) {
        self.pages = Pages::Idle;
        for command in std::mem::take(&mut self.refreshers) {
            cx.complete(command, result.clone());
        }
        self.end_first_round(cx);
    }

    fn end_first_round(&mut self, cx: &mut Context) {
        let idle = matches!(self.pages, Pages::Idle) && matches!(self.details, Details::Idle);
        if !self.first_round || !idle {
            return;
        }
        self.first_round = false;
        let groups = cx
            .roster
            .contacts()
            .filter(|c| c.kind == ContactKind::Group);
        let groups = groups.count();
        let contacts = cx.roster.contacts().count() - groups;
        cx.event(EventKind::ContactsLoaded { contacts, groups });
    }

    /// Merges what the server said about somebody, and tells of it as news.
    pub(crate) fn merge(&mut self, contact: &WireContact, cx: &mut Context) {
        let Merged {
            change,
            joined,
            left,
        } = cx.roster.merge(contact);
        let id = &contact.user_name;
        let change = if cx.roster.is_shadow(id) {
            cx.roster.remove(id);
            None
        } else {
            change
        };
        if change.is_some() {
            cx.roster_version += 1;
        }
        if self.first_round {
            return;
        }
        if let (Some(change), Some(contact)) = (change, cx.roster.contact(id).cloned()) {
            cx.event(EventKind::Contact {
                change,
                contact: Box::new(contact),
            });
        }
        if !joined.is_empty() || !left.is_empty() {
            cx.roster_version += 1;
            cx.event(EventKind::Members {
                group: id.clone(),
                joined,
                left,
            });
        }
    }

    /// A contact is gone.
    pub(crate) fn remove(&mut self, id: &UserName, cx: &mut Context) {
        if let Some(contact) = cx.roster.remove(id) {
            cx.roster_version += 1;
            cx.event(EventKind::Contact {
                change: ContactChange::Removed,
                contact: Box::new(contact),
            });
        }
    }

    /// How many names the next request may hold, after what was refused.
    fn batch_size(&self) -> usize {
        let left = self.groups.len() + self.people.len();
        match self.refusals {
            0 => MAX_NAMES,
            1 | 2 if left >= 40 => 10,
            1 | 2 if left >= 6 => 5,
            _ => 1,
        }
    }

    fn ask_details(&mut self, cx: &mut Context, now: Now) {
        let size = self.batch_size();
        let mut names: Vec<UserName> = Vec::with_capacity(size);
        while names.len() < size {
            let next = self.groups.pop_front().or_else(|| self.people.pop_front());
            match next {
                Some(name) => names.push(name),
                None => break,
            }
        }
        let Some(credentials) = cx.credentials().filter(|_| !names.is_empty()) else {
            self.details = Details::Idle;
            return self.end_first_round(cx);
        };
        let list: Vec<_> = names.iter().cloned().map(Into::into).collect();
        let request = webwxbatchgetcontact::Request {
            credentials,
            names: &list,
            unix_ms: now.unix_ms,
        }
        .encode();
        let request = cx.send(now, Purpose::Details, Endpoint::BatchGetContact, request);
        self.details = Details::AwaitDetails { request, names };
    }

    pub(crate) fn details_reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        cx: &mut Context,
        now: Now,
    ) {
        match &self.details {
            Details::AwaitDetails { request, .. } if *request == id => {}
            _ => return,
        }
        let Details::AwaitDetails { names, .. } =
            std::mem::replace(&mut self.details, Details::Idle)
        else {
            return;
        };
        let answer = reply.and_then(|answer| {
            let body = answer.ok(Endpoint::BatchGetContact)?;
            Ok(webwxbatchgetcontact::Response::decode(body))
        });
        let pause = match answer {
            Ok(Ok(batch)) if batch.base_response().ret.is_ok() => {
                self.refusals = 0;
                self.failures = 0;
                self.throttled = 0;
                for contact in batch.into_contacts() {
                    self.merge(&contact, cx);
                }
                self.answered(&names, cx);
                Duration::ZERO
            }
            Ok(Ok(batch)) => {
                let verdict = batch.base_response();
                self.refused(names, cx);
                let error = CommandError::Refused {
                    ret: verdict.ret,
                    message: verdict.err_msg,
                    retry_after_ms: None,
                };
                self.pause(&error, 0, cx)
            }
            Ok(Err(decode)) => {
                self.refused(names, cx);
                self.pause(&decode.into(), 0, cx)
            }
            Err(failure) => {
                self.put_back(names);
                self.failures += 1;
                let error = CommandError::Failed {
                    reached: failure.reached,
                    message: failure.message,
                };
                self.pause(&error, self.failures - 1, cx)
            }
        };
        if self.groups.is_empty() && self.people.is_empty() {
            self.details = Details::Idle;
            self.end_first_round(cx);
        } else {
            self.details = Details::Gather {
                until: now.mono + pause,
            };
            if pause.is_zero() {
                self.ask_details(cx, now);
            }
        }
    }

    fn put_back(&mut self, names: Vec<UserName>) {
        for name in names.into_iter().rev() {
            if name.is_room() {
                self.groups.push_front(name);
            } else {
                self.people.push_front(name);
            }
        }
    }

    fn refused(&mut self, names: Vec<UserName>, cx: &mut Context) {
        self.refusals += 1;
        if let [name] = names.as_slice() {
            tracing::debug!("a contact's details are refused for good");
            self.hopeless.insert(name.clone());
            self.answered(&names, cx);
        } else {
            self.put_back(names);
        }
    }

    fn answered(&mut self, names: &[UserName], cx: &mut Context) {
        for (_, missing) in &mut self.fetchers {
            for name in names {
                missing.remove(name);
            }
        }
        self.complete(cx);
    }

    fn complete(&mut self, cx: &mut Context) {
        self.fetchers.retain(|(command, missing)| {
            if missing.is_empty() {
                cx.complete(*command, Ok(Done::Fetched {}));
            }
            !missing.is_empty()
        });
    }

    /// How long to wait after a failure.
    fn pause(&mut self, failure: &CommandError, attempt: u32, cx: &mut Context) -> Duration {
        match failure {
            CommandError::Refused {
                ret: Ret::TOO_OFTEN,
                ..
            } => {
                let pause = THROTTLE.full(self.throttled);
                self.throttled += 1;
                cx.event(EventKind::Throttled {
                    for_ms: millis(pause),
                });
                pause
            }
            _ => OUTAGE.delay(attempt, &mut cx.rng),
        }
    }

    /// The session is over, or stops.
    pub(crate) fn end(&mut self, error: &CommandError, cx: &mut Context) {
        let fetchers = std::mem::take(&mut self.fetchers);
        let commands = fetchers.into_iter().map(|(command, _)| command);
        for command in commands.chain(std::mem::take(&mut self.refreshers)) {
            cx.complete(command, Err(error.clone()));
        }
        *self = Self::new();
    }

    pub(crate) fn cancel(&mut self, command: CommandId, cx: &mut Context) -> bool {
        let before = self.fetchers.len() + self.refreshers.len();
        self.fetchers.retain(|(id, _)| *id != command);
        self.refreshers.retain(|id| *id != command);
        let found = self.fetchers.len() + self.refreshers.len() < before;
        if found {
            cx.complete(command, Err(CommandError::Cancelled {}));
        }
        found
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        let pages = match self.pages {
            Pages::Pause { until, .. } => Some(until),
            Pages::Idle | Pages::AwaitPage { .. } => None,
        };
        let details = match self.details {
            Details::Gather { until } => Some(until),
            Details::Idle | Details::AwaitDetails { .. } => None,
        };
        pages.into_iter().chain(details).min()
    }

    pub(crate) fn wake(&mut self, cx: &mut Context, now: Now) {
        if let Pages::Pause { until, seq } = self.pages {
            if until <= now.mono {
                self.ask_page(seq, cx, now);
            }
        }
        if let Details::Gather { until } = self.details {
            if until <= now.mono {
                self.ask_details(cx, now);
            }
        }
    }
}
