//! What the phone does with a login, and the session that comes of it.

use std::collections::HashSet;

use super::Service;
use crate::codes::Ret;
use crate::login::{Login, LoginAction, Stage};
use crate::session::{Ended, Session};
use crate::timers::Timer;

impl Service {
    /// Begins a login and returns its uuid.
    pub(crate) fn begin_login(&mut self, account: usize, push: bool, lang: &str) -> String {
        let uuid = format!("{}==", self.rng.base64_url(10));
        let login = Login {
            account,
            push,
            lang: lang.to_owned(),
            stage: Stage::Waiting,
            polled: false,
            told_scanned: false,
            held: Vec::new(),
        };
        self.set_timer(self.config.qr_life_ms, Timer::Expire(uuid.clone()));
        self.uuids.push(uuid.clone());
        self.logins.insert(uuid.clone(), login);
        uuid
    }

    /// The account that scans the next QR code: the first that is neither
    /// logged in nor about to be, else the first.
    pub(crate) fn next_account(&self) -> usize {
        let pending: HashSet<usize> = (self.logins.values())
            .filter(|login| login.is_open())
            .map(|login| login.account)
            .collect();
        (self.accounts.iter().enumerate())
            .find(|(index, account)| account.session.is_none() && !pending.contains(index))
            .map_or(0, |(index, _)| index)
    }

    /// Counts a poll of a login: with the first one the phone picks it up.
    pub(crate) fn login_polled(&mut self, uuid: &str) {
        let Some(login) = self.logins.get_mut(uuid) else {
            return;
        };
        if std::mem::replace(&mut login.polled, true) {
            return;
        }
        if login.push {
            self.confirm_later(uuid);
        } else if let Some(delay) = self.config.auto_scan_ms {
            self.set_timer(delay, Timer::Scan(uuid.to_owned()));
        }
    }

    /// Carries out what a test wants the phone to do.
    pub(crate) fn phone(&mut self, uuid: &str, action: LoginAction) {
        match action {
            LoginAction::Scan => self.phone_scans(uuid),
            LoginAction::Confirm => self.phone_confirms(uuid),
            LoginAction::Cancel => self.set_stage(uuid, Stage::Cancelled),
            LoginAction::Expire => self.phone_drops(uuid),
        }
    }

    pub(super) fn phone_scans(&mut self, uuid: &str) {
        if self
            .logins
            .get(uuid)
            .is_some_and(|login| login.stage == Stage::Waiting)
        {
            self.set_stage(uuid, Stage::Scanned);
            self.confirm_later(uuid);
        }
    }

    pub(super) fn phone_confirms(&mut self, uuid: &str) {
        let Some(login) = self.logins.get(uuid) else {
            return;
        };
        if matches!(login.stage, Stage::Waiting | Stage::Scanned) {
            let ticket = format!("A{}@qrticket_0", self.rng.base64_url(23));
            let unix_s = self.now.unix_s();
            self.set_stage(uuid, Stage::Confirmed { ticket, unix_s });
            self.was_confirmed();
        }
    }

    /// The code is too old. One that was confirmed in time stays good.
    pub(super) fn phone_drops(&mut self, uuid: &str) {
        let stage = self.logins.get(uuid).map(|login| &login.stage);
        if matches!(stage, Some(Stage::Waiting | Stage::Scanned)) {
            self.set_stage(uuid, Stage::Dead);
        }
    }

    fn confirm_later(&mut self, uuid: &str) {
        if let Some(delay) = self.config.auto_confirm_ms {
            self.set_timer(delay, Timer::Confirm(uuid.to_owned()));
        }
    }

    fn set_stage(&mut self, uuid: &str, stage: Stage) {
        if let Some(login) = self.logins.get_mut(uuid) {
            login.stage = stage;
            self.wake_login(uuid);
        }
    }

    /// Trades a ticket for a session of its account. A live session of the
    /// account ends with 1101; all user names are issued anew.
    pub(crate) fn trade_ticket(&mut self, uuid: &str, ticket: &str) -> Option<usize> {
        let login = self.logins.get_mut(uuid)?;
        match &login.stage {
            Stage::Confirmed { ticket: issued, .. } if issued == ticket => {}
            _ => return None,
        }
        login.stage = Stage::Dead;
        let index = login.account;
        self.end_session(index, Ret::REPLACED);
        let (family, unix_s) = (self.config.family, self.now.unix_s());
        let account = self.accounts.get_mut(index)?;
        account.begin_login();
        let start = account.feed.len();
        let session = Session::new(&mut account.rng, family, start, unix_s);
        let tickets = (account.rng.hex(32), account.rng.base64(84) + "==");
        account.push_tickets.push(tickets);
        account.session = Some(session);
        Some(index)
    }

    /// Ends an account's session, if it has one; what it asks from then on is
    /// answered with `ret`.
    pub(crate) fn end_session(&mut self, index: usize, ret: Ret) {
        let Some(account) = self.accounts.get_mut(index) else {
            return;
        };
        if let Some(session) = account.session.take() {
            account.ended.push(Ended {
                sid: session.sid,
                ret,
            });
            self.dismiss_account(index, ret);
        }
    }

    /// The user logs the web session out on the phone.
    pub(crate) fn phone_logs_out(&mut self, index: usize) {
        self.end_session(index, Ret::LOGGED_OUT);
    }

    /// The account is used on another computer.
    pub(crate) fn kick(&mut self, index: usize) {
        self.end_session(index, Ret::REPLACED);
    }
}
