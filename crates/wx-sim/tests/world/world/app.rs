//! The application: takes events at its own pace, handles and acknowledges
//! them, and asks for things.

use std::collections::BTreeSet;

use wx_proto::event::WarningKind;
use wx_proto::roster::ContactKind;
use wx_proto::{
    Command, CommandId, Completion, Done, Event, EventId, EventKind, MediaRef, Message, Roster,
    SendText, State,
};
use wx_wire::id::UserName;

use super::{Item, Phase, World, operate};
use crate::draw::Draw;
use crate::plan::Act;
use crate::process::{Handling, Process};

/// Texts that a careless codec mangles.
const DECORATIONS: [&str; 6] = [
    "ok",
    "a < b && c > \"d\"",
    "two\nlines",
    "&lt;br/&gt; &amp;amp;",
    "@Ann\u{2005}晚上好 🌛",
    "  <span class=\"emoji emoji1f31b\"></span> ",
];

#[derive(Debug, Default)]
pub(crate) struct App {
    /// Whom it can write to, in the newest login it knows.
    pub(super) names: Vec<UserName>,
    texts: u64,
    pub(crate) last: Option<(UserName, String)>,
    /// Sends with a key, by key.
    keyed: Vec<(UserName, String)>,
    newest: Option<(u32, CommandId)>,
    /// What came with messages, by their numbers.
    pub(super) media: Vec<(u64, MediaRef)>,
    /// Messages of its own, to take back.
    pub(super) sent: Vec<(u64, UserName)>,
    /// Messages that no handler survives.
    poison: BTreeSet<u64>,
    /// It takes no events before.
    pub(crate) deaf_until_ms: u64,
}

impl App {
    /// Takes over the names of a login.
    pub(crate) fn remember(&mut self, roster: &Roster) {
        self.names = (roster.contacts())
            .filter(|contact| matches!(contact.kind, ContactKind::Friend | ContactKind::Group))
            .map(|contact| contact.id)
            .collect();
    }

    /// One of those it can write to.
    pub(super) fn receiver(&self, draw: &mut Draw) -> UserName {
        match draw.count(0, self.names.len()) {
            0 => UserName::from(UserName::FILE_HELPER),
            number => self.names[number - 1].clone(),
        }
    }

    /// A number that was not used before.
    pub(super) fn number(&mut self) -> u64 {
        self.texts += 1;
        self.texts
    }

    /// A receiver and a text: mostly one that was never sent before.
    pub(crate) fn compose(&mut self, draw: &mut Draw, same: u64) -> (UserName, String) {
        if let Some(last) = self.last.clone().filter(|_| draw.odds(same)) {
            return last;
        }
        let to = self.receiver(draw);
        let text = format!("{} {}", draw.pick(&DECORATIONS), self.number());
        self.last = Some((to.clone(), text.clone()));
        (to, text)
    }
}

impl World {
    /// The application takes an event, or all there are.
    pub(super) fn take(&mut self, life: u32) {
        if self.now_ms < self.app.deaf_until_ms {
            return self.at(self.app.deaf_until_ms, Item::Take(life));
        }
        let most = if self.draw.odds(200) { usize::MAX } else { 1 };
        self.touch(life, false, |world, p| {
            p.taking = false;
            if p.closing {
                return;
            }
            let mut taken = 0;
            while taken < most {
                if taken > world.most_events() {
                    world.judge(Err(format!("process {life} had {taken} events queued")));
                }
                let Some(event) = p.session.poll_event(p.now(world.now_ms)) else {
                    break;
                };
                taken += 1;
                world.event(p, event);
                world.maybe_kill(p, "with a message in its application's hands");
                if p.killed {
                    break;
                }
            }
        });
    }

    /// How many events may be queued: what the settings allow, a page, of
    /// which each entry may tell of a contact and of its members, and what a
    /// batch of contacts' details tells. Trouble tells of itself once.
    fn most_events(&self) -> usize {
        let account = self.plan.account;
        let contacts = account.contacts + account.groups + account.mps + 8;
        let failing = self.oracle.inbound.failed_at_all();
        self.plan.core.event_capacity + 3 * self.plan.service.page_size + 2 * contacts + failing + 8
    }

    fn event(&mut self, p: &mut Process, event: Event) {
        if let EventKind::Message(message) = &event.kind {
            let id = message.msg_id.as_str();
            self.trace.note(
                self.now_ms,
                p.life,
                format_args!("event {}: message {id}", event.id),
            );
            self.trace.bytes(&message.raw);
            self.tally.deliveries += 1;
            let id = id.parse().unwrap_or_default();
            let verdict = self.oracle.inbound.delivered(p.life, id);
            self.judge(verdict);
            self.meet(id, message);
            return self.handle_message(p, Handling { event, id });
        }
        let Event { id, kind, .. } = event;
        let shown = format!("event {id}: {kind:?}");
        self.show(p.life, &shown);
        match kind {
            EventKind::Qr { uuid, .. } | EventKind::PushLogin { uuid, .. } => {
                self.pick_up_phone(uuid.as_str());
            }
            EventKind::LoggedOut { message, .. } => {
                let verdict = self.oracle.conduct.logged_out(p.life, &message);
                self.judge(verdict);
            }
            EventKind::Warning {
                kind: WarningKind::Parked,
                message,
                ..
            } => self.parked(p, &message),
            _ => {}
        }
    }

    /// Notes something that anybody may print.
    fn show(&mut self, life: u32, text: &str) {
        let verdict = self.secrets.judge(text);
        self.judge(verdict);
        self.trace.note(self.now_ms, life, format_args!("{text}"));
    }

    /// A message is seen for the first time, or once more.
    fn meet(&mut self, id: u64, message: &Message) {
        if let Ok(media) = message.media() {
            self.app.media.push((id, media));
        }
        if self.draw.odds(self.plan.habits.poison) {
            self.app.poison.insert(id);
        }
    }

    /// Handlers run side by side, so that acknowledgements come in any order.
    fn handle_message(&mut self, p: &mut Process, handling: Handling) {
        let habits = self.plan.habits;
        if self.draw.odds(habits.handles_late) {
            let event = handling.event.id;
            p.handling.insert(event, handling);
            let delay = self.draw.below(habits.handle_ms);
            self.after(delay, Item::Handled(p.life, event));
        } else {
            self.end_handler(p, handling);
        }
    }

    /// A handler has ended.
    pub(super) fn handled(&mut self, life: u32, event: EventId) {
        self.touch(life, false, |world, p| {
            if let Some(handling) = p.handling.remove(&event) {
                world.end_handler(p, handling);
            }
        });
    }

    pub(super) fn end_handler(&mut self, p: &mut Process, handling: Handling) {
        let Handling { event, id } = handling;
        let fails = self.phase == Phase::Trouble && self.draw.odds(self.plan.habits.fails);
        if !fails && !self.app.poison.contains(&id) {
            return self.acknowledge(p, event.id, id);
        }
        self.trace
            .note(self.now_ms, p.life, format_args!("cannot handle {id}"));
        let verdict = self.oracle.inbound.failed(p.life, id);
        self.judge(verdict);
        p.session
            .fail(p.now(self.now_ms), event, "a fault in its handler");
    }

    /// A message was passed: its report names it by its key.
    fn parked(&mut self, p: &mut Process, report: &str) {
        let mut numbers = report.split(|c: char| !c.is_ascii_digit());
        let id =
            numbers.find_map(|number| number.parse().ok().filter(|n| *n > u64::from(u32::MAX)));
        let id = id.unwrap_or_default();
        self.tally.parked += 1;
        if p.superseded {
            return;
        }
        let verdict = self.oracle.inbound.parked(id);
        self.judge(verdict);
        p.acks.push(id);
    }

    pub(super) fn acknowledge(&mut self, p: &mut Process, event: EventId, id: u64) {
        self.trace
            .note(self.now_ms, p.life, format_args!("ack {event}"));
        p.session.ack(p.now(self.now_ms), event);
        if self.draw.odds(self.plan.habits.twice) {
            p.session.ack(p.now(self.now_ms), event);
        }
        p.acks.push(id);
        if !p.superseded {
            self.oracle.inbound.acknowledged(id);
        }
    }

    /// A command has ended.
    pub(super) fn completed(&mut self, p: &mut Process, completion: &Completion) {
        let (command, result) = (completion.command, &completion.result);
        let shown = format!("command {command}: {result:?}");
        self.show(p.life, &shown);
        let sent = self
            .oracle
            .outbound
            .completed(p.life, completion, &self.service);
        match sent {
            Ok(Some(id)) if p.role == crate::process::Role::Owner => {
                let verdict = self.oracle.inbound.sent(p.life, id);
                self.judge(verdict);
                p.acks.push(id);
            }
            Ok(_) => {}
            Err(broken) => self.judge(Err(broken)),
        }
        if let Ok(done) = result {
            if let Done::Sent { msg_id, to, .. } = done {
                let id = msg_id.as_str().parse().unwrap_or_default();
                self.app.sent.push((id, to.clone()));
            }
            let verdict = self.downloaded(p, command, done);
            self.judge(verdict);
        }
    }

    /// Has the polling process do something, if it is there and online.
    pub(super) fn ask_owner(&mut self, f: impl FnOnce(&mut Self, &mut Process)) {
        let Some(life) = self.owner() else { return };
        self.touch(life, false, |world, p| {
            if matches!(p.session.state(), State::Online { .. }) {
                world.app.remember(p.session.roster());
                f(world, p);
            }
        });
    }

    /// Accepted or not, a command has no other effect before it ends.
    pub(super) fn command(
        &mut self,
        p: &mut Process,
        command: Command,
        send: Option<(UserName, String)>,
    ) -> Option<CommandId> {
        match p.session.command(p.now(self.now_ms), command.clone()) {
            Ok(id) => {
                if let Some(endpoint) = operate::endpoint(&command) {
                    self.oracle.outbound.may_operate(p.life, endpoint);
                }
                self.trace
                    .note(self.now_ms, p.life, format_args!("{id}: {command:?}"));
                self.app.newest = Some((p.life, id));
                self.oracle.outbound.accepted(p.life, id, send);
                Some(id)
            }
            Err(rejected) => {
                self.trace
                    .note(self.now_ms, p.life, format_args!("{rejected}: {command:?}"));
                None
            }
        }
    }

    pub(super) fn send(&mut self, keyed: bool) {
        self.ask_owner(|world, p| {
            let again = keyed && !world.app.keyed.is_empty() && world.draw.odds(500);
            let (to, text) = if again {
                let number = world.draw.count(0, world.app.keyed.len() - 1);
                world.app.keyed[number].clone()
            } else {
                let same = if keyed {
                    0
                } else {
                    world.plan.habits.same_text
                };
                world.app.compose(&mut world.draw, same)
            };
            let mut send = SendText::new(to.clone(), text.clone());
            if keyed {
                // The text is as good a key as any.
                send = send.with_key(text.as_str());
                world.oracle.outbound.keyed(&text);
                if !again {
                    world.app.last = None;
                    world.app.keyed.push((to.clone(), text.clone()));
                }
            }
            world.tally.sends += 1;
            world.command(p, Command::SendText(send), Some((to, text)));
            if world.draw.odds(150) {
                let delay = world.draw.below(2 * world.net.link.latency_ms);
                world.after(delay, Item::Act(Act::SameMessage));
            }
        });
    }

    /// An impatient user.
    pub(super) fn send_twice(&mut self) {
        self.ask_owner(|world, p| {
            let (to, text) = world.app.compose(&mut world.draw, 0);
            for _ in 0..2 {
                let send = SendText::new(to.clone(), text.clone());
                world.tally.sends += 1;
                world.command(p, Command::SendText(send), Some((to.clone(), text.clone())));
            }
        });
    }

    pub(super) fn ask(&mut self) {
        self.ask_owner(|world, p| {
            let names = world.app.names.clone();
            let command = match world.draw.below(3) {
                0 => Command::Probe {},
                1 => Command::RefreshContacts {},
                _ => Command::FetchContacts { names },
            };
            world.command(p, command, None);
        });
    }

    pub(super) fn cancel(&mut self) {
        self.ask_owner(|world, p| {
            let newest = world.app.newest.filter(|(life, _)| *life == p.life);
            if let Some((_, id)) = newest {
                world.command(p, Command::Cancel { id }, None);
            }
        });
    }

    pub(super) fn log_out(&mut self) {
        self.ask_owner(|world, p| {
            // Whether the request arrives is not known yet.
            world.oracle.conduct.over();
            world.command(p, Command::Logout {}, None);
        });
    }

    /// Somebody sees that the phone is asked for, and does this or that.
    fn pick_up_phone(&mut self, uuid: &str) {
        let soon = self.draw.between(500, 8000);
        let later = soon + self.draw.between(500, 8000);
        let actions: &[(u64, &'static str)] = match self.draw.below(10) {
            _ if self.phase != Phase::Trouble => &[(soon, "confirm")],
            0 => &[(soon, "scan"), (later, "cancel")],
            1 => &[(soon, "expire")],
            2 => &[],
            _ => &[(soon, "scan"), (later, "confirm")],
        };
        for (delay, action) in actions {
            self.after(*delay, Item::Phone(uuid.to_owned(), action));
        }
    }
}
