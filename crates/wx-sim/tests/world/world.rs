//! A world: one clock, the service, the network, a disk, processes that come
//! and go, their application, and a phone. Everything happens on an agenda in
//! virtual time; everything that is open is drawn from the seed.

mod app;
mod files;
mod life;
mod operate;
mod phone;
mod wire;

use std::collections::BTreeMap;

use serde_json::json;
use wx_proto::state::LoginStep;
use wx_proto::{EventId, Input, State};
use wx_sim::Service;

use crate::disk::Disk;
use crate::draw::Draw;
use crate::net::{ExchangeId, Net};
use crate::oracle::{Oracle, Verdict};
use crate::plan::{Act, Plan, Shelf};
use crate::process::{Process, Role, START_MS};
use crate::secrets::Secrets;
use crate::trace::Trace;
use app::App;

/// How long a world may take to settle once all trouble is over: throttling
/// pauses for ten minutes at the most, and an outage's back-off for one.
const SETTLES_WITHIN_MS: u64 = 40 * 60_000;
/// How long the last process runs that is to deliver nothing again.
const EPILOGUE_MS: u64 = 60_000;

/// What is due.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Act(Act),
    /// A request arrives at the service.
    Reach(ExchangeId),
    /// An answer, or its lack, arrives at the process.
    Answer(ExchangeId),
    /// An append ends.
    Stored(u32),
    /// What others have stored was read.
    Others(u32),
    /// The application takes an event.
    Take(u32),
    /// A handler ends.
    Handled(u32, EventId),
    /// The phone does something with a login.
    Phone(String, &'static str),
    /// The polling process starts.
    Boot,
    /// An attached process is killed.
    KillSide(u32),
    NetworkBack,
    DiskBack,
    Heal,
    /// Is everything settled?
    Check,
    /// The end.
    End,
}

impl Item {
    /// True if it takes place on the client's machine, which must be awake.
    fn needs_machine(&self) -> bool {
        match self {
            Self::Act(act) => act.needs_machine(),
            Self::Reach(_) | Self::Phone(..) | Self::NetworkBack | Self::Check | Self::End => false,
            Self::Answer(_)
            | Self::Stored(_)
            | Self::Others(_)
            | Self::Take(_)
            | Self::Handled(..)
            | Self::Boot
            | Self::KillSide(_)
            | Self::DiskBack
            | Self::Heal => true,
        }
    }
}

/// What a world came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    /// Of everything that happened.
    pub(crate) hash: u64,
    pub(crate) lines: Vec<String>,
    pub(crate) tally: Tally,
}

/// How much happened: a world in which nothing does proves nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: usize,
    pub(crate) messages: usize,
    pub(crate) deliveries: usize,
    pub(crate) sends: usize,
    pub(crate) kills: usize,
    pub(crate) stops: usize,
    pub(crate) logins: usize,
    /// Messages that were passed.
    pub(crate) parked: usize,
    /// Files that were sent, and that were fetched.
    pub(crate) files: usize,
    pub(crate) downloads: usize,
    pub(crate) operations: usize,
}

/// How far a world has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Trouble,
    /// Trouble is over; since then.
    Healing(u64),
    /// The polling process stops for the last time but one.
    Stopping,
    /// Nothing is to be delivered any more.
    Epilogue,
    Over,
}

pub(crate) struct World {
    plan: Plan,
    draw: Draw,
    now_ms: u64,
    agenda: BTreeMap<(u64, u64), Item>,
    items: u64,
    service: Service,
    net: Net,
    disk: Disk,
    shelf: Shelf,
    disk_full: bool,
    /// The machine is suspended until then.
    wakes_ms: u64,
    processes: BTreeMap<u32, Process>,
    lives: u32,
    /// The keys of the account's session are on the disk.
    session_stored: bool,
    kills_left: u32,
    phase: Phase,
    app: App,
    oracle: Oracle,
    secrets: Secrets,
    verdict: Verdict,
    trace: Trace,
    tally: Tally,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.messages += other.messages;
        self.deliveries += other.deliveries;
        self.sends += other.sends;
        self.kills += other.kills;
        self.stops += other.stops;
        self.logins += other.logins;
        self.parked += other.parked;
        self.files += other.files;
        self.downloads += other.downloads;
        self.operations += other.operations;
    }
}

impl World {
    pub(crate) fn new(plan: Plan, readable: bool) -> Self {
        let seed = plan.seed;
        let service = Service::new(plan.service.clone(), &[plan.account], seed);
        let mut world = Self {
            draw: Draw::new(seed, "world"),
            now_ms: 0,
            agenda: BTreeMap::new(),
            items: 0,
            service,
            net: Net::new(plan.link, Draw::new(seed, "net")),
            disk: Disk::default(),
            shelf: plan.shelf,
            disk_full: false,
            wakes_ms: 0,
            processes: BTreeMap::new(),
            lives: 0,
            session_stored: false,
            kills_left: plan.kills,
            phase: Phase::Trouble,
            app: App::default(),
            oracle: Oracle::new(&plan.service),
            secrets: Secrets::default(),
            verdict: Ok(()),
            trace: Trace::new(readable),
            tally: Tally::default(),
            plan,
        };
        world.trace.note(0, 0, format_args!("{:?}", world.plan));
        for (at_ms, act) in world.plan.acts.clone() {
            world.at(at_ms, Item::Act(act));
        }
        world.at(0, Item::Boot);
        world.at(world.plan.heals_ms, Item::Heal);
        world
    }

    /// Lets it all happen.
    pub(crate) fn run(mut self) -> Outcome {
        while self.verdict.is_ok() && self.phase != Phase::Over {
            self.step();
            let verdict = self.secrets.judge_log();
            self.judge(verdict);
        }
        if self.verdict.is_ok() {
            let end = self.oracle.outbound.finish(&self.service);
            self.judge(end);
            self.judge_uploads();
        }
        if let Err(broken) = &self.verdict {
            self.trace
                .note(self.now_ms, 0, format_args!("BROKEN: {broken}"));
        }
        self.tally.messages = self.oracle.inbound.count();
        Outcome {
            verdict: self.verdict,
            hash: self.trace.hash(),
            lines: self.trace.lines(),
            tally: self.tally,
        }
    }

    /// Goes to the next moment at which something is due, and does one thing.
    fn step(&mut self) {
        let woken = self
            .processes
            .iter()
            .filter_map(|(life, p)| Some((p.wakes_ms()?.max(self.wakes_ms), *life)));
        let woken = woken.min();
        let due = self.agenda.keys().next().copied();
        let served = self
            .service
            .deadline()
            .map(|at| at.unix_ms.saturating_sub(START_MS));
        let moments = [woken.map(|(at, _)| at), due.map(|(at, _)| at), served];
        let Some(next) = moments.into_iter().flatten().min() else {
            return self.judge(Err("nothing is due any more".to_owned()));
        };
        self.now_ms = self.now_ms.max(next);
        if served == Some(next) {
            self.drain_service();
            return;
        }
        if let Some((_, life)) = woken.filter(|(at, _)| *at == next) {
            return self.touch(life, true, |world, p| {
                p.session.handle(p.now(world.now_ms), Input::Timeout)
            });
        }
        if let Some((_, item)) = self.agenda.pop_first() {
            if self.now_ms < self.wakes_ms && item.needs_machine() {
                return self.at(self.wakes_ms, item);
            }
            self.run_item(item);
        }
    }

    fn run_item(&mut self, item: Item) {
        match item {
            Item::Act(act) => self.act(act),
            Item::Reach(number) => self.reach(number),
            Item::Answer(number) => self.answer(number),
            Item::Stored(life) => self.stored(life),
            Item::Others(life) => self.others(life),
            Item::Take(life) => self.take(life),
            Item::Handled(life, event) => self.handled(life, event),
            Item::Phone(uuid, action) => self.phone(&uuid, action),
            Item::Boot => self.boot(),
            Item::KillSide(life) => self.touch(life, false, |_, p| p.killed = true),
            Item::NetworkBack => self.net.outage = None,
            Item::DiskBack => self.disk_full = false,
            Item::Heal => self.heal(),
            Item::Check => self.check(),
            Item::End => self.end(),
        }
    }

    fn act(&mut self, act: Act) {
        self.trace.note(self.now_ms, 0, format_args!("{act:?}"));
        match act {
            Act::Push { count } => self.push(count),
            Act::OwnMessage => self.push_own(),
            Act::SameMessage => self.push_same(),
            Act::Change => self.change(),
            Act::Send => self.send(false),
            Act::SendTwice => self.send_twice(),
            Act::SendKeyed => self.send(true),
            Act::SendFile => self.send_file(),
            Act::Download => self.download(),
            Act::Operate => self.operate(),
            Act::Ask => self.ask(),
            Act::Cancel => self.cancel(),
            Act::LogOut => self.log_out(),
            Act::EndSession => self.end_session(),
            Act::Verdict => self.give_verdict(),
            Act::Outage { for_ms } => self.begin_outage(for_ms),
            Act::DiskFull { for_ms } => {
                self.disk_full = true;
                self.after(for_ms, Item::DiskBack);
            }
            Act::Stop => self.stop(),
            Act::Crash => {
                if let Some(life) = self.owner() {
                    self.touch(life, false, |_, p| p.killed = true);
                }
            }
            Act::Clock { by_ms } => self.set_clock(by_ms),
            Act::Suspend { for_ms } => self.suspend(for_ms),
            Act::Deaf { for_ms } => self.app.deaf_until_ms = self.now_ms + for_ms,
            Act::Side { sends, logs_out } => self.start_side(sends, logs_out),
            Act::Twins => self.send_twins(),
            Act::TakeOver => self.take_over(),
        }
    }

    /// The trouble is over: whatever was promised for the end is due.
    fn heal(&mut self) {
        self.trace.note(self.now_ms, 0, format_args!("healed"));
        self.phase = Phase::Healing(self.now_ms);
        self.kills_left = 0;
        self.net.heal();
        self.shelf.fails = 0;
        self.app.deaf_until_ms = 0;
        self.disk_full = false;
        let superseded: Vec<u32> = (self.processes.values())
            .filter(|p| p.superseded)
            .map(|p| p.life)
            .collect();
        for life in superseded {
            self.touch(life, false, |_, p| p.killed = true);
        }
        self.after(1000, Item::Check);
    }

    fn check(&mut self) {
        let Phase::Healing(since) = self.phase else {
            return;
        };
        let Some(why) = self.unsettled() else {
            self.phase = Phase::Stopping;
            self.trace.note(self.now_ms, 0, format_args!("settled"));
            return self.stop();
        };
        if self.now_ms > since + SETTLES_WITHIN_MS {
            return self.judge(Err(format!("not settled: {why}")));
        }
        self.confirm_logins();
        self.after(1000, Item::Check);
    }

    /// What is still open, if anything.
    fn unsettled(&self) -> Option<String> {
        let owner = self.owner().and_then(|life| self.processes.get(&life));
        let Some(owner) = owner else {
            return Some("no process polls".to_owned());
        };
        match owner.session.state() {
            State::Online { outage: None, .. } => {}
            state => return Some(format!("{state:?}")),
        }
        if let Some(id) = self.oracle.inbound.owed() {
            return Some(format!("message {id} is owed"));
        }
        if self.processes.len() > 1 {
            return Some("an attached process is at work".to_owned());
        }
        if self.oracle.outbound.has_open(owner.life) {
            return Some("a command has not ended".to_owned());
        }
        let open = owner.session.unacknowledged() + owner.handling.len();
        (open > 0).then(|| format!("{open} messages are not acknowledged"))
    }

    /// Logins that wait for the phone do not wait for long.
    fn confirm_logins(&mut self) {
        let waiting = self
            .processes
            .values()
            .find_map(|p| match p.session.state() {
                State::LoggingIn {
                    step: LoginStep::AwaitScan { uuid, .. } | LoginStep::AwaitConfirm { uuid, .. },
                    ..
                } => Some(uuid.to_string()),
                _ => None,
            });
        if let Some(uuid) = waiting {
            self.phone(&uuid, "confirm");
        }
    }

    /// Nothing was delivered twice: the world is over.
    fn end(&mut self) {
        self.phase = Phase::Over;
        if let Some(id) = self.oracle.inbound.owed() {
            self.judge(Err(format!("message {id} is owed at the end")));
        }
    }

    fn judge(&mut self, verdict: Verdict) {
        if self.verdict.is_ok() {
            self.verdict = verdict;
        }
    }

    fn at(&mut self, at_ms: u64, item: Item) {
        self.items += 1;
        self.agenda.insert((at_ms, self.items), item);
    }

    fn after(&mut self, delay_ms: u64, item: Item) {
        self.at(self.now_ms + delay_ms, item);
    }

    fn service_now(&self) -> wx_sim::Now {
        wx_sim::Now::from_unix_ms(START_MS + self.now_ms)
    }

    /// The process that polls and owns the account, if there is one.
    fn owner(&self) -> Option<u32> {
        self.processes
            .values()
            .rfind(|p| p.role == Role::Owner && !p.superseded)
            .map(|p| p.life)
    }

    fn phone(&mut self, uuid: &str, action: &str) {
        self.trace
            .note(self.now_ms, 0, format_args!("phone: {action} {uuid}"));
        let body = json!({"uuid": uuid, "action": action});
        let done = self.service.control(self.service_now(), "login", &body);
        self.judge(done.map(|_| ()).map_err(|error| error.to_string()));
    }
}
