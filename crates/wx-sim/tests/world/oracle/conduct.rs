//! How processes behave: where they send to, how often, and what they take for
//! the end of a session.
//!
//! * At most one synccheck or webwxsync is in flight. A page that says that
//!   more remains is followed by the next, not by a long poll.
//! * The newest Skey that a process was given is in its next request.
//! * Requests go to the hosts of the session's family, each to its own; those
//!   of a login to the login host.
//! * A session ends, and another login is begun, only upon the service's word.
//!   No outage, no crash and no nonsense ends one.
//! * A process that is attached sends, and does nothing else. One that was told
//!   that it is superseded does nothing at all.
//! * A poll that fails is tried again after a pause, and after a longer one.

use std::collections::{BTreeMap, BTreeSet};

use wx_proto::RequestId;

use super::Verdict;
use super::outbound::SENDS;
use crate::process::Role;

/// So many polls that fail in a row take at least so long: the pauses between
/// them are at least 0.5, 1, 2 and 4 s, and one of them may be left out, for a
/// poll's answer that makes no sense is followed by a page at once.
const FAILS_IN_A_ROW: u32 = 6;
const BACKS_OFF_WITHIN_MS: u64 = 5000;
/// Where a login begins.
const FIRST_LOGIN_HOST: &str = "login.wx.qq.com";

#[derive(Debug)]
pub(crate) struct Conduct {
    base: String,
    push: String,
    polls: BTreeMap<u32, RequestId>,
    /// The newest Skey that each process was given.
    skeys: BTreeMap<u32, String>,
    /// Processes that were told that more remains.
    more: BTreeSet<u32>,
    /// Processes that another has taken the account over from: what they hold
    /// for true is out of date.
    superseded: BTreeSet<u32>,
    /// Those of them that know.
    fenced: BTreeSet<u32>,
    /// Since when the polls of a process fail, and how many have since.
    failing: BTreeMap<u32, (u64, u32)>,
    session: Option<ServerSession>,
    rotates_skey: bool,
    /// The service gives verdicts that may end any session.
    moody: bool,
}

/// The account's session as the service sees it.
#[derive(Clone, Copy, Debug)]
struct ServerSession {
    /// The client has stored its keys, or holds them.
    known: bool,
    /// The service has ended it, or has given a verdict that may mean so.
    over: bool,
}

impl Conduct {
    pub(crate) fn new(config: &wx_sim::Config) -> Self {
        Self {
            base: config.family.base_host().to_owned(),
            push: config.family.push_host(),
            polls: BTreeMap::new(),
            skeys: BTreeMap::new(),
            more: BTreeSet::new(),
            superseded: BTreeSet::new(),
            fenced: BTreeSet::new(),
            failing: BTreeMap::new(),
            session: None,
            rotates_skey: config.rotate_skey_every > 0,
            moody: false,
        }
    }

    /// A request goes out.
    pub(crate) fn requested(
        &mut self,
        life: u32,
        role: Role,
        request: RequestId,
        host: &str,
        endpoint: &str,
    ) -> Verdict {
        let right = match endpoint {
            // Before the family is known, any login host serves.
            "jslogin" => host == FIRST_LOGIN_HOST,
            "login" => host == FIRST_LOGIN_HOST || host.strip_prefix("login.") == Some(&self.base),
            "synccheck" => host == self.push,
            "webwxuploadmedia" | "webwxgetmedia" => host == format!("file.{}", self.base),
            _ => host == self.base,
        };
        if !right {
            return Err(format!("{endpoint} was asked of {host}"));
        }
        if self.fenced.contains(&life) {
            return Err(format!("{endpoint} was asked by an owner that was fenced"));
        }
        let also_allowed = [
            "webwxuploadmedia",
            "webwxbatchgetcontact",
            "webwxgetcontact",
            "webwxlogout",
        ];
        let allowed = SENDS.contains(&endpoint) || also_allowed.contains(&endpoint);
        if role == Role::Side && !allowed {
            return Err(format!("an attached process asked for {endpoint}"));
        }
        match endpoint {
            "synccheck" if self.more.contains(&life) => {
                Err("a long poll was asked although more remains".to_owned())
            }
            "synccheck" | "webwxsync" => match self.polls.insert(life, request) {
                Some(other) => Err(format!(
                    "{endpoint} {request} was asked while {other} was out"
                )),
                None => Ok(()),
            },
            "jslogin" | "webwxpushloginurl" if self.holds() && !self.superseded.contains(&life) => {
                Err(format!("{endpoint} was asked although the session holds"))
            }
            _ => Ok(()),
        }
    }

    /// What a request carries: the Skey is in its query or in its body.
    pub(crate) fn carries(&self, life: u32, endpoint: &str, texts: [&str; 2]) -> Verdict {
        // Files are named by other keys (protocol: received media).
        let without = [
            "jslogin",
            "login",
            "webwxnewloginpage",
            "webwxpushloginurl",
            "webwxgetmedia",
        ];
        let skey = self
            .skeys
            .get(&life)
            .filter(|_| !without.contains(&endpoint));
        match skey {
            Some(skey) if !texts.iter().any(|text| text.contains(skey)) => {
                Err(format!("{endpoint} does not carry the newest Skey"))
            }
            _ => Ok(()),
        }
    }

    /// A process was given an Skey. Its first character is one that queries
    /// encode.
    pub(crate) fn skey(&mut self, life: u32, skey: &str) {
        self.skeys
            .insert(life, skey.trim_start_matches('@').to_owned());
    }

    /// A page reached a process.
    pub(crate) fn page(&mut self, life: u32, more_remains: bool) {
        if more_remains {
            self.more.insert(life);
        } else {
            self.more.remove(&life);
        }
    }

    /// A request has ended for the process that sent it.
    pub(crate) fn answered(&mut self, life: u32, request: RequestId) {
        if self.polls.get(&life) == Some(&request) {
            self.polls.remove(&life);
        }
    }

    /// The service began a session, which nobody knows of yet.
    ///
    /// One that a superseded process began ends the owner's, and is of no use.
    pub(crate) fn session_begins(&mut self, life: u32) {
        self.session = Some(ServerSession {
            known: false,
            over: self.superseded.contains(&life),
        });
    }

    /// A process got to know the session.
    pub(crate) fn known(&mut self, life: u32) {
        if let Some(session) = self
            .session
            .as_mut()
            .filter(|_| !self.superseded.contains(&life))
        {
            session.known = true;
        }
    }

    /// From here on the service may refuse any session without a reason.
    pub(crate) fn moody(&mut self) {
        self.moody = true;
    }

    /// The service has given a word that ends the session, or that may.
    pub(crate) fn over(&mut self) {
        if let Some(session) = &mut self.session {
            session.over = true;
        }
    }

    /// A process was told, by its own core, that the session is over.
    pub(crate) fn logged_out(&self, life: u32, message: &str) -> Verdict {
        if self.holds() && !self.superseded.contains(&life) {
            return Err(format!(
                "the session was given up although it holds: {message}"
            ));
        }
        Ok(())
    }

    /// A process was told that another has taken the account over.
    pub(crate) fn fenced(&mut self, life: u32) {
        self.fenced.insert(life);
    }

    /// A poll has ended, with an answer that can be read or without. Each
    /// failure doubles the pause, so a few in a row take their time.
    pub(crate) fn polled(&mut self, life: u32, now_ms: u64, works: bool) -> Verdict {
        if works {
            self.failing.remove(&life);
            return Ok(());
        }
        let (since, count) = self.failing.entry(life).or_insert((now_ms, 0));
        *count += 1;
        let (took, least) = (now_ms - *since, BACKS_OFF_WITHIN_MS);
        if *count >= FAILS_IN_A_ROW && took < least {
            return Err(format!("{count} polls have failed within {took} ms"));
        }
        Ok(())
    }

    /// Another process takes over what is stored.
    pub(crate) fn superseded(&mut self, life: u32, stored: bool) {
        self.superseded.insert(life);
        self.forgotten(stored, true);
    }

    /// A process was killed. `stored`: the session's keys are on the disk;
    /// `lost`: records were not.
    pub(crate) fn killed(&mut self, life: u32, stored: bool, lost: bool) {
        self.polls.remove(&life);
        self.forgotten(stored, lost);
    }

    fn forgotten(&mut self, stored: bool, lost: bool) {
        if let Some(session) = &mut self.session {
            session.known &= stored;
            // The newest Skey may have been among what was lost, and the
            // service takes only that and the one before it.
            session.over |= lost && self.rotates_skey;
        }
    }

    fn holds(&self) -> bool {
        !self.moody
            && self
                .session
                .is_some_and(|session| session.known && !session.over)
    }
}
