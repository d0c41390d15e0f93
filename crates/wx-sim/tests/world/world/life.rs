//! How processes begin, work and end.

use wx_proto::saved::Change;
use wx_proto::{Command, Input, SendText, State};
use wx_wire::id::UserName;

use super::{EPILOGUE_MS, Item, Phase, World};
use crate::process::{Birth, Process, Role};

/// Delays between the end of a process and the start of the next.
const RESTARTS_MS: [u64; 4] = [0, 10, 3000, 60_000];

/// What a session may have to store, in bytes: some hundred contacts that were
/// identified, messages and sends. None of it grows for ever.
const MOST_STORED: usize = 256 * 1024;

impl World {
    /// Lets a process do something, and does what it then wants done.
    pub(super) fn touch(
        &mut self,
        life: u32,
        timeout: bool,
        f: impl FnOnce(&mut Self, &mut Process),
    ) {
        let Some(mut p) = self.processes.remove(&life) else {
            return;
        };
        if !p.steps_on(self.now_ms, timeout) {
            let deadline = p.session.deadline();
            self.judge(Err(format!(
                "process {life} spins; its deadline is {deadline:?}"
            )));
        }
        f(self, &mut p);
        self.settle(p);
    }

    /// Does what a process wants done, until it wants nothing.
    fn settle(&mut self, mut p: Process) {
        while let Some(completion) = p.session.poll_completion() {
            self.completed(&mut p, &completion);
        }
        if p.begin_append() {
            self.maybe_kill(&mut p, "with records in hand");
            let delay = self.draw.below(self.shelf.delay_ms + 1);
            self.after(delay, Item::Stored(p.life));
        }
        if p.session.poll_others() {
            let delay = self.draw.below(self.shelf.delay_ms + 1);
            self.after(delay, Item::Others(p.life));
        }
        while let Some(transmit) = p.session.poll_transmit() {
            self.maybe_kill(&mut p, "with a request in hand");
            if p.killed {
                break;
            }
            self.transmit(&mut p, transmit);
        }
        if p.killed {
            return self.bury(p);
        }
        self.watch(&mut p);
        if p.session.has_event() && !p.taking && !p.closing && p.role == Role::Owner {
            p.taking = true;
            let delay = self.draw.below(self.plan.habits.take_ms + 1);
            self.after(delay, Item::Take(p.life));
        }
        if p.role == Role::Side && !p.closing && !self.oracle.outbound.has_open(p.life) {
            p.closing = true;
            p.session.close();
        }
        if self.is_done(&p) {
            self.finish(p);
        } else {
            self.processes.insert(p.life, p);
        }
    }

    /// What the state to watch says.
    fn watch(&mut self, p: &mut Process) {
        let online = matches!(p.session.state(), State::Online { .. });
        if online && !std::mem::replace(&mut p.was_online, true) {
            self.oracle.conduct.known(p.life);
        }
        // Two queues hold what a process was given: one for events, one for
        // messages in hand. A page that was asked for is let in whole.
        let most = self.plan.core.event_capacity + self.plan.service.page_size;
        let queued = self.oracle.inbound.queued(p.life);
        if queued > most {
            self.judge(Err(format!(
                "{queued} messages are queued, {most} at the most"
            )));
        }
    }

    fn is_done(&self, p: &Process) -> bool {
        let over = matches!(p.session.state(), State::Ended { .. } | State::Frozen {});
        let heard = p.closing || (over && !p.session.has_event() && p.handling.is_empty());
        heard && p.session.is_idle() && p.append.is_none()
    }

    /// A process ends in good order.
    fn finish(&mut self, p: Process) {
        let life = p.life;
        let over = matches!(p.session.state(), State::Ended { .. });
        self.trace.note(
            self.now_ms,
            life,
            format_args!("ends; its session is over: {over}"),
        );
        let verdict = self.oracle.outbound.ended(life);
        self.judge(verdict);
        if p.role == Role::Side || p.superseded {
            return;
        }
        self.tally.stops += 1;
        self.oracle.inbound.gone(life);
        self.oracle.inbound.durable(&p.acks);
        if over && !p.closing {
            let verdict = self.oracle.inbound.ended(life);
            self.judge(verdict);
        }
        if self.draw.odds(500) {
            self.disk.keep_roster(p.session.roster());
        }
        self.app.remember(p.session.roster());
        match self.phase {
            Phase::Stopping => {
                self.phase = Phase::Epilogue;
                self.after(0, Item::Boot);
                self.after(EPILOGUE_MS, Item::End);
            }
            _ => self.restart(),
        }
    }

    fn restart(&mut self) {
        let longest = self.draw.pick(&RESTARTS_MS);
        let delay = self.draw.below(longest + 1);
        self.after(delay, Item::Boot);
    }

    /// A process is killed: of what it was storing, a part may be there.
    fn bury(&mut self, mut p: Process) {
        let life = p.life;
        // A session withholds records while the store fails.
        let fails = self.disk_full || self.shelf.fails > 0;
        let mut lost = fails || p.session.poll_persist().is_some();
        if let Some(append) = p.append.as_ref().filter(|_| !p.superseded) {
            let kept = self.draw.count(0, append.records.len());
            self.write(&append.records[..kept], p.role);
            lost |= kept < append.records.len();
        }
        self.trace.note(self.now_ms, life, format_args!("killed"));
        self.tally.kills += 1;
        self.oracle.outbound.killed(life);
        self.oracle.inbound.gone(life);
        let exchanges: Vec<u64> = (self.net.exchanges.iter())
            .filter(|(_, exchange)| exchange.life == life && !exchange.deaf)
            .map(|(number, _)| *number)
            .collect();
        for number in exchanges {
            self.abandon(number);
        }
        if p.role == Role::Owner && !p.superseded {
            self.oracle.conduct.killed(life, self.session_stored, lost);
            self.app.remember(p.session.roster());
            self.restart();
        }
    }

    pub(super) fn maybe_kill(&mut self, p: &mut Process, point: &str) {
        if self.kills_left > 0 && self.draw.odds(self.plan.kill_odds) {
            self.kills_left -= 1;
            self.trace
                .note(self.now_ms, p.life, format_args!("to be killed {point}"));
            p.killed = true;
        }
    }

    /// The polling process starts.
    pub(super) fn boot(&mut self) {
        if self.owner().is_some() {
            return;
        }
        self.start_owner();
    }

    /// Another process takes the account over, while the one that had it
    /// still runs and does not know.
    pub(super) fn take_over(&mut self) {
        let Some(life) = self.owner() else { return };
        if let Some(p) = self.processes.get_mut(&life) {
            p.superseded = true;
        }
        self.oracle.inbound.superseded(life);
        self.oracle.conduct.superseded(life, self.session_stored);
        self.start_owner();
    }

    fn start_owner(&mut self) {
        let saved = self.disk.load(true);
        let life = self.begin(Role::Owner, saved);
        if self.draw.odds(500)
            && let Some(roster) = self.disk.roster()
        {
            self.touch(life, false, |_, p| p.session.adopt_roster(roster));
        }
        self.touch(life, false, |_, _| {});
    }

    /// A process that sends beside the one that polls.
    pub(super) fn start_side(&mut self, sends: u64, logs_out: bool) {
        self.beside(|world, p| {
            for _ in 0..sends {
                if world.draw.odds(250) {
                    let (send, known_by) = world.compose_file();
                    world.command(p, Command::SendContent(send), Some(known_by));
                    continue;
                }
                let same = world.plan.habits.same_text;
                let sent = world.app.compose(&mut world.draw, same);
                world.send_text(p, sent);
            }
            if logs_out {
                world.oracle.conduct.over();
                world.command(p, Command::Logout {}, None);
            }
        });
    }

    /// The application sends, and another process the same at that moment.
    pub(super) fn send_twins(&mut self) {
        self.send(false);
        let Some(same) = self.app.last.clone() else {
            return;
        };
        self.beside(|world, p| world.send_text(p, same));
    }

    fn send_text(&mut self, p: &mut Process, (to, text): (UserName, String)) {
        let send = SendText::new(to.clone(), text.clone());
        self.command(p, Command::SendText(send), Some((to, text)));
    }

    /// Another process begins, with this to do, if none is there yet.
    fn beside(&mut self, work: impl FnOnce(&mut Self, &mut Process)) {
        let saved = self.disk.load(false);
        let busy = self.processes.values().any(|p| p.role == Role::Side);
        if busy || !saved.is_live() {
            return;
        }
        let life = self.begin(Role::Side, saved);
        if self.draw.odds(200) {
            let delay = self.draw.below(3000);
            if self.phase == Phase::Trouble {
                self.after(delay, Item::KillSide(life));
            }
        }
        self.touch(life, false, work);
    }

    fn begin(&mut self, role: Role, saved: wx_proto::Saved) -> u32 {
        self.lives += 1;
        let life = self.lives;
        self.trace
            .note(self.now_ms, life, format_args!("begins as {role:?}"));
        let birth = Birth {
            life,
            seed: self.draw.next(),
            now_ms: self.now_ms,
            skew_ms: self.plan.skew_ms,
        };
        let p = Process::new(birth, role, saved, &self.plan);
        self.processes.insert(life, p);
        life
    }

    /// Somebody sets the wall clock of the machine that all processes run on.
    pub(super) fn set_clock(&mut self, by_ms: i64) {
        self.plan.skew_ms += by_ms;
        for p in self.processes.values_mut() {
            p.skew_ms = self.plan.skew_ms;
        }
    }

    /// Stops the polling process cleanly.
    pub(super) fn stop(&mut self) {
        let Some(life) = self.owner() else { return };
        let leaves = self.phase == Phase::Trouble && self.draw.odds(self.plan.habits.leaves);
        let before = self.draw.odds(500);
        self.touch(life, false, |world, p| {
            world
                .trace
                .note(world.now_ms, life, format_args!("is stopped"));
            let handling = std::mem::take(&mut p.handling);
            p.closing = true;
            if !before {
                p.session.close();
            }
            if !leaves {
                for handling in handling.into_values() {
                    world.end_handler(p, handling);
                }
            }
            if before {
                p.session.close();
            }
        });
    }

    /// An append ends, one way or the other.
    pub(super) fn stored(&mut self, life: u32) {
        let fails = self.disk_full || self.draw.odds(self.shelf.fails);
        self.touch(life, false, |world, p| {
            let Some(append) = p.append.take() else {
                return;
            };
            if p.superseded {
                world
                    .trace
                    .note(world.now_ms, life, format_args!("is fenced"));
                world.oracle.conduct.fenced(life);
                return p.session.handle(p.now(world.now_ms), Input::Fenced);
            }
            if fails {
                world
                    .trace
                    .note(world.now_ms, life, format_args!("cannot store"));
                p.append_failed(append);
                let message = "no space left".to_owned();
                p.session
                    .handle(p.now(world.now_ms), Input::StoreFailed { message });
                return;
            }
            world.write(&append.records, p.role);
            world.trace.note(
                world.now_ms,
                life,
                format_args!("stored {}", append.records.len()),
            );
            world.oracle.inbound.durable(&append.acks);
            world.maybe_kill(p, "with its records stored");
            if p.killed {
                return;
            }
            p.session
                .handle(p.now(world.now_ms), Input::Persisted(append.last));
            if p.role == Role::Owner && world.draw.odds(world.shelf.compacts) {
                let size = world
                    .disk
                    .compact(&p.session.snapshot(Some(p.jar.snapshot())));
                if size > MOST_STORED {
                    world.judge(Err(format!("{size} bytes are to be stored")));
                }
            }
        });
    }

    /// The polling process has read what others have stored, or could not.
    pub(super) fn others(&mut self, life: u32) {
        let fails = self.draw.odds(self.shelf.fails);
        self.touch(life, false, |world, p| {
            let records = (!fails).then(|| world.disk.others());
            p.session
                .handle(p.now(world.now_ms), Input::Others(records));
        });
    }

    fn write(&mut self, records: &[wx_proto::Record], role: Role) {
        // Apart from its outbox, it may record the end of a session: it can log out.
        let foreign =
            |change: &Change| !change.is_outbox() && !matches!(change, Change::Ended { .. });
        if role == Role::Side && records.iter().any(|record| foreign(&record.change)) {
            self.judge(Err(
                "an attached process wrote what it does not own".to_owned()
            ));
        }
        if records
            .iter()
            .any(|record| matches!(record.change, Change::Online { .. }))
        {
            self.session_stored = true;
        }
        self.disk.append(records, role == Role::Owner);
    }
}
