//! The details of groups and people, in batches.
//!
//! ```text
//! Idle ──name──► Gather ──200 ms──► AwaitDetails ──► AwaitDetails | Idle
//!                   ▲                    │
//!                   └──failure, longer───┘
//! ```
//!
//! A batch that the server refuses is asked for again in smaller ones, down to
//! single names, and a name that is refused alone is given up (protocol:
//! webwxbatchgetcontact). A batch that the network lost is asked for again as
//! it was.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use wx_wire::code::Ret;
use wx_wire::contact::Contact as WireContact;
use wx_wire::endpoint::webwxbatchgetcontact::MAX_NAMES;
use wx_wire::endpoint::{Endpoint, webwxbatchgetcontact};
use wx_wire::id::UserName;

use super::fetchers::Fetchers;
use crate::backoff::OUTAGE;
use crate::command::{CommandError, CommandId};
use crate::context::{Context, Purpose, Reply, read};
use crate::event::CloseReason;
use crate::io::RequestId;
use crate::state::State as Watch;
use crate::time::{Instant, Now};

/// Names that come together are asked for together.
const GATHER: Duration = Duration::from_millis(200);
/// After this many failures in a row the waiting commands fail; the names are
/// still asked for.
const MAX_FAILURES: u32 = 5;
/// How often an answer for a single name may be nonsense before the name is
/// given up.
const MAX_NONSENSE: u32 = 3;

#[derive(Debug)]
enum State {
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
pub(super) struct Details {
    state: State,
    /// What is left of a batch that was refused.
    retry: VecDeque<UserName>,
    /// Asked for before `people`.
    groups: VecDeque<UserName>,
    people: VecDeque<UserName>,
    hopeless: BTreeSet<UserName>,
    /// Refusals in a row.
    refusals: u32,
    /// Lost or senseless answers in a row.
    failures: u32,
    throttled: u32,
    fetchers: Fetchers,
}

/// What a batch brought.
pub(super) enum Batch {
    Nothing,
    Contacts {
        asked: Vec<UserName>,
        contacts: Vec<WireContact>,
    },
    /// The server's verdict on the session.
    Over(CloseReason),
}

impl Details {
    pub(super) const fn new() -> Self {
        Self {
            state: State::Idle,
            retry: VecDeque::new(),
            groups: VecDeque::new(),
            people: VecDeque::new(),
            hopeless: BTreeSet::new(),
            refusals: 0,
            failures: 0,
            throttled: 0,
            fetchers: Fetchers::new(),
        }
    }

    pub(super) const fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    /// Asks for details for a command, even of names that were given up.
    pub(super) fn fetch(
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
        self.fetchers.wait(command, names, cx);
    }

    pub(super) fn want(&mut self, name: UserName, now: Now) {
        let asked =
            matches!(&self.state, State::AwaitDetails { names, .. } if names.contains(&name));
        let queue = if name.is_room() {
            &mut self.groups
        } else {
            &mut self.people
        };
        if asked
            || self.retry.contains(&name)
            || queue.contains(&name)
            || self.hopeless.contains(&name)
        {
            return;
        }
        queue.push_back(name);
        if self.is_idle() {
            self.state = State::Gather {
                until: now.mono + GATHER,
            };
        }
    }

    /// The next names to ask for.
    fn next_batch(&mut self) -> Vec<UserName> {
        if self.retry.is_empty() {
            self.refusals = 0;
        }
        let size = match self.retry.len() {
            0 => MAX_NAMES,
            _ if self.refusals > 2 => 1,
            40.. => 10,
            6.. => 5,
            _ => 1,
        };
        if !self.retry.is_empty() {
            return self.retry.drain(..size.min(self.retry.len())).collect();
        }
        let groups = size.min(self.groups.len());
        let people = (size - groups).min(self.people.len());
        self.groups
            .drain(..groups)
            .chain(self.people.drain(..people))
            .collect()
    }

    fn ask(&mut self, cx: &mut Context, now: Now) {
        let names = self.next_batch();
        let Some(credentials) = cx.credentials().filter(|_| !names.is_empty()) else {
            self.state = State::Idle;
            return;
        };
        let list: Vec<_> = names.iter().cloned().map(Into::into).collect();
        let request = webwxbatchgetcontact::Request {
            credentials,
            names: &list,
            unix_ms: now.unix_ms,
        }
        .encode();
        let request = cx.send(now, Purpose::Details, Endpoint::BatchGetContact, request);
        self.state = State::AwaitDetails { request, names };
    }

    pub(super) fn reply(
        &mut self,
        id: RequestId,
        reply: Reply,
        cx: &mut Context,
        now: Now,
    ) -> Batch {
        let names = match std::mem::replace(&mut self.state, State::Idle) {
            State::AwaitDetails { request, names } if request == id => names,
            other => {
                self.state = other;
                return Batch::Nothing;
            }
        };
        let answer = read(reply, Endpoint::BatchGetContact, |answer| {
            webwxbatchgetcontact::Response::decode(&answer.body)
        });
        match answer {
            Ok(batch) => {
                let verdict = batch.base_response();
                if !verdict.ret.is_ok() {
                    return self.refused(names, verdict.ret, verdict.err_msg, cx, now);
                }
                self.refusals = 0;
                self.failures = 0;
                self.throttled = 0;
                self.fetchers.answered(&names, cx);
                self.ask(cx, now);
                Batch::Contacts {
                    asked: names,
                    contacts: batch.into_contacts(),
                }
            }
            Err(useless) => {
                let attempt = self.failures;
                self.failures = self.failures.saturating_add(1);
                if !useless.is_nonsense() {
                    self.put_back(names);
                } else if names.len() > 1 || self.failures >= MAX_NONSENSE {
                    self.split(names, cx);
                } else {
                    self.retry.extend(names);
                }
                if self.failures >= MAX_FAILURES {
                    self.give_up(&useless.into(), cx);
                }
                self.pause(OUTAGE.delay(attempt, &mut cx.rng), now);
                Batch::Nothing
            }
        }
    }

    /// The server refused to give the details.
    fn refused(
        &mut self,
        names: Vec<UserName>,
        ret: Ret,
        message: String,
        cx: &mut Context,
        now: Now,
    ) -> Batch {
        if ret.ends_session() {
            let error = CommandError::Refused {
                ret,
                message: message.clone(),
            };
            self.end(&error, cx);
            return Batch::Over(CloseReason::by_server(ret, message));
        }
        let pause = if ret == Ret::TOO_OFTEN {
            self.put_back(names);
            cx.throttled(&mut self.throttled)
        } else {
            self.split(names, cx);
            OUTAGE.delay(0, &mut cx.rng)
        };
        self.pause(pause, now);
        Batch::Nothing
    }

    /// Asks for the names of a batch in smaller batches, and gives up a single
    /// name.
    fn split(&mut self, names: Vec<UserName>, cx: &mut Context) {
        self.refusals = self.refusals.saturating_add(1);
        if let [name] = names.as_slice() {
            tracing::debug!("a contact's details are refused for good");
            self.hopeless.insert(name.clone());
            self.failures = 0;
            self.fetchers.answered(&names, cx);
        } else {
            self.first_again(names);
        }
    }

    fn first_again(&mut self, names: Vec<UserName>) {
        for name in names.into_iter().rev() {
            self.retry.push_front(name);
        }
    }

    fn put_back(&mut self, names: Vec<UserName>) {
        if !self.retry.is_empty() || self.refusals > 0 {
            return self.first_again(names);
        }
        for name in names.into_iter().rev() {
            if name.is_room() {
                self.groups.push_front(name);
            } else {
                self.people.push_front(name);
            }
        }
    }

    fn pause(&mut self, pause: Duration, now: Now) {
        let nobody = self.retry.is_empty() && self.groups.is_empty() && self.people.is_empty();
        self.state = if nobody {
            State::Idle
        } else {
            State::Gather {
                until: now.mono + pause,
            }
        };
    }

    /// The commands have waited long enough. An attached session needs the
    /// names only for its commands, so it drops them too.
    fn give_up(&mut self, error: &CommandError, cx: &mut Context) {
        self.fetchers.fail(error, cx);
        if matches!(cx.state(), Watch::Attached {}) {
            self.clear();
        }
    }

    fn clear(&mut self) {
        self.retry.clear();
        self.groups.clear();
        self.people.clear();
        self.state = State::Idle;
    }

    pub(super) fn end(&mut self, error: &CommandError, cx: &mut Context) {
        self.fetchers.fail(error, cx);
        self.clear();
    }

    /// True if the command waited here. Its names are still asked for.
    pub(super) fn cancel(&mut self, command: CommandId) -> bool {
        self.fetchers.cancel(command)
    }

    pub(super) const fn deadline(&self) -> Option<Instant> {
        match self.state {
            State::Gather { until } => Some(until),
            State::Idle | State::AwaitDetails { .. } => None,
        }
    }

    pub(super) fn wake(&mut self, cx: &mut Context, now: Now) {
        if let State::Gather { until } = self.state
            && until <= now.mono
        {
            self.ask(cx, now);
        }
    }
}
