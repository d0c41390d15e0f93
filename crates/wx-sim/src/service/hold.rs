//! Long polls: held requests, released by time, by news, or by a newer poll.

use bytes::Bytes;
use http::Response;

use super::{RequestId, Service};
use crate::codes::Ret;
use crate::endpoint::{login, synccheck};
use crate::fault::Fault;
use crate::reply::Reply;
use crate::timers::{Timer, TimerKey};

/// What a held request waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Something to happen on the phone with this login.
    Login {
        uuid: String,
        /// Whether a 201 is to carry the avatar.
        icon: bool,
    },
    /// An entry in the account's feed at this position.
    Check { account: usize, position: usize },
}

#[derive(Debug)]
pub(super) struct Held {
    wait: Wait,
    timer: TimerKey,
    /// What is to happen to the answer.
    fault: Option<Fault>,
}

impl Service {
    pub(super) fn hold(&mut self, id: RequestId, wait: Wait, fault: Option<Fault>) {
        let hold_ms = match &wait {
            Wait::Login { uuid, .. } => {
                if let Some(login) = self.logins.get_mut(uuid) {
                    login.held.push(id);
                }
                self.config.login_hold_ms
            }
            Wait::Check { account, .. } => {
                // A newer poll of a session ends the older one's hold.
                let slot = self
                    .accounts
                    .get_mut(*account)
                    .map(|account| &mut account.held);
                if let Some(older) = slot.and_then(|slot| slot.replace(id)) {
                    self.reply_held(older, synccheck::nothing_yet());
                }
                self.config.hold_ms
            }
        };
        let timer = self.set_timer(hold_ms, Timer::Release(id));
        self.held.insert(id, Held { wait, timer, fault });
    }

    /// The hold is over and nothing happened.
    pub(super) fn release(&mut self, id: RequestId) {
        let response = match self.held.get(&id).map(|held| &held.wait) {
            Some(Wait::Login { .. }) => login::nothing_yet(),
            Some(Wait::Check { .. }) => synccheck::nothing_yet(),
            None => return,
        };
        self.reply_held(id, response);
    }

    /// Answers the account's held `synccheck` if there is something to say.
    pub(crate) fn wake_account(&mut self, index: usize) {
        let Some(account) = self.accounts.get(index) else {
            return;
        };
        let Some(id) = account.held else { return };
        let Some(Held {
            wait: Wait::Check { position, .. },
            ..
        }) = self.held.get(&id)
        else {
            return;
        };
        let position = *position;
        if let Some(response) = synccheck::ready(self, index, position) {
            self.reply_held(id, response);
        }
    }

    /// Answers the account's held `synccheck` with what a test ordered.
    pub(crate) fn force_account(&mut self, index: usize) {
        if let Some(id) = self.accounts.get(index).and_then(|account| account.held)
            && let Some(response) = synccheck::forced(self)
        {
            self.reply_held(id, response);
        }
    }

    /// Answers the account's held `synccheck` with `retcode`, news or not.
    pub(super) fn dismiss_account(&mut self, index: usize, retcode: Ret) {
        if let Some(id) = self.accounts.get(index).and_then(|account| account.held) {
            self.reply_held(id, synccheck::refusal(retcode));
        }
    }

    /// Answers the login's held polls if there is something to say.
    pub(super) fn wake_login(&mut self, uuid: &str) {
        let Some(login) = self.logins.get(uuid) else {
            return;
        };
        for id in login.held.clone() {
            let icon = match self.held.get(&id).map(|held| &held.wait) {
                Some(Wait::Login { icon, .. }) => *icon,
                Some(Wait::Check { .. }) | None => continue,
            };
            if let Some(response) = login::news(self, uuid, icon) {
                self.reply_held(id, response);
            }
        }
    }

    /// Starts over with a fresh service. Held requests wait for things that are
    /// gone, so their connections are reset.
    pub(crate) fn replace_with(&mut self, mut fresh: Self) {
        let mut ids: Vec<_> = self.held.keys().copied().collect();
        ids.sort_unstable();
        fresh.now = self.now;
        fresh.replies = std::mem::take(&mut self.replies);
        fresh
            .replies
            .extend(ids.into_iter().map(|id| (id, Reply::Reset)));
        *self = fresh;
    }

    pub(super) fn drop_held(&mut self, id: RequestId) -> Option<Held> {
        let held = self.held.remove(&id)?;
        self.timers.unset(held.timer);
        match &held.wait {
            Wait::Login { uuid, .. } => {
                if let Some(login) = self.logins.get_mut(uuid) {
                    login.held.retain(|of| *of != id);
                }
            }
            Wait::Check { account, .. } => {
                if let Some(account) = self.accounts.get_mut(*account) {
                    account.held.take_if(|of| *of == id);
                }
            }
        }
        Some(held)
    }

    fn reply_held(&mut self, id: RequestId, response: Response<Bytes>) {
        if let Some(held) = self.drop_held(id) {
            let endpoint = match held.wait {
                Wait::Login { .. } => "login",
                Wait::Check { .. } => "synccheck",
            };
            self.reply(id, endpoint, held.fault.as_ref(), response);
        }
    }
}
