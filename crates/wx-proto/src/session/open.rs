//! Opening a session: the result of a login becomes the durable state, the
//! first requests, and the sync machine.

use wx_wire::code::StatusNotifyCode;
use wx_wire::contact::Contact as WireContact;
use wx_wire::endpoint::{Endpoint, webwxinit, webwxstatusnotify};

use super::{Phase, Session};
use crate::context::Purpose;
use crate::event::{EventKind, How};
use crate::login::Opened;
use crate::message::decoded_name;
use crate::publication::Publication;
use crate::roster::Roster;
use crate::sabotage::breaks;
use crate::saved::{Account, Change, Login, Position};
use crate::state::State;
use crate::sync::Sync;
use crate::time::Now;

impl Session {
    /// The session is open: fetches contacts, tells the phone, and polls.
    pub(super) fn open(&mut self, opened: Opened, now: Now) {
        let Opened {
            credentials,
            data_ticket,
            how,
            init,
        } = opened;
        let account = Account {
            user_name: init.user.user_name.clone(),
            nick_name: decoded_name(&init.user.nick_name),
            uin: credentials.uin.to_string(),
        };
        let position = self.start_of(&init, how);
        let host = credentials.hosts.base().to_owned();
        let record = self.cx.journal.write(Change::Online(Box::new(Login {
            credentials,
            data_ticket,
            account: account.clone(),
            how,
            position: position.clone(),
            at: now.unix(),
            invite_start: Some(init.invite_start_count),
        })));
        self.opened = Some(record);
        let stretch = self.cx.journal.saved().stretches.last();
        let since = stretch.map_or(now.unix(), |stretch| stretch.since);
        self.cx.set_state(State::Online {
            account: account.clone(),
            host: host.clone(),
            how,
            since,
            outage: None,
        });
        self.cx.event(EventKind::Online { account, host, how });
        self.meet(init, now);
        if self.cx.config.notify_phone {
            self.notify_phone(now);
        }
        self.phase = Phase::Online(Sync::start(position, now));
    }

    /// A saved session continues where it was: webwxinit's position would skip
    /// what came in between.
    fn start_of(&self, init: &webwxinit::Response, how: How) -> Position {
        let saved = &self.cx.journal.saved().position;
        let goes_on = how == How::Saved && !breaks!(self.cx.config, SkipMissed);
        if goes_on && !saved.sync_key.is_empty() {
            saved.clone()
        } else {
            Position {
                sync_key: init.sync_key.clone(),
                sync_check_key: None,
            }
        }
    }

    /// Takes over the contacts that webwxinit names, and asks for the rest.
    fn meet(&mut self, init: webwxinit::Response, now: Now) {
        if *self.cx.roster.own() != init.user.user_name {
            self.cx.roster = Roster::new(init.user.user_name.clone());
        }
        let published = &init.mp_subscribe_msg_list;
        self.publications = published.iter().map(Publication::of).collect();
        self.contacts.start(&mut self.cx, now);
        let own = WireContact::renamed(
            init.user.user_name.clone(),
            init.user.nick_name.clone(),
            init.user.head_img_url.clone(),
        );
        self.contacts.merge(&own, &mut self.cx);
        for name in init.chat_set() {
            self.contacts.want_group(&self.cx.roster, &name, now);
        }
        for mut contact in init.contact_list {
            // These members come without names.
            contact.member_list = None;
            self.contacts.merge(&contact, &mut self.cx);
            self.contacts
                .want_group(&self.cx.roster, &contact.user_name, now);
        }
    }

    fn notify_phone(&mut self, now: Now) {
        let Some(credentials) = self.cx.credentials() else {
            return;
        };
        let own = self.cx.roster.own();
        let request = webwxstatusnotify::Request {
            credentials,
            code: StatusNotifyCode::INITED,
            from: own,
            to: own,
            unix_ms: now.unix_ms,
        }
        .encode();
        self.cx
            .send(now, Purpose::Notify, Endpoint::StatusNotify, request);
    }
}
