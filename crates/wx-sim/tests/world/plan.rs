//! What a seed stands for: settings, rates of faults, and a schedule of acts.

use std::num::NonZeroU32;
use std::sync::Arc;

use wx_proto::config::Pace;
use wx_sim::{AccountSpec, Family, LoginPage, StatusNotify, SyncCheckKey};

use crate::draw::Draw;

/// The theme of a world: which kind of trouble there is most of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    Calm,
    Lossy,
    Outages,
    Crashy,
    FullDisk,
    SlowApp,
    Ended,
    Restless,
    Stormy,
}

const PROFILES: [Profile; 9] = [
    Profile::Calm,
    Profile::Lossy,
    Profile::Outages,
    Profile::Crashy,
    Profile::FullDisk,
    Profile::SlowApp,
    Profile::Ended,
    Profile::Restless,
    Profile::Stormy,
];

/// Something that is to happen at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// Somebody writes, or many do.
    Push { count: u64 },
    /// The account's owner writes on the phone.
    OwnMessage,
    /// The owner writes on the phone what the application has just sent.
    SameMessage,
    /// Contacts, members or opened chats change on the phone.
    Change,
    /// The application sends.
    Send,
    /// It sends the same twice in a row.
    SendTwice,
    /// It sends with a key, or repeats a send that had one.
    SendKeyed,
    /// It sends a file.
    SendFile,
    /// It fetches what came with a message.
    Download,
    /// It changes a contact or a group, or takes a message back.
    Operate,
    /// It asks for something else.
    Ask,
    /// It gives its newest command up.
    Cancel,
    /// It logs out.
    LogOut,
    /// The user ends the session on the phone, or by another login.
    EndSession,
    /// The service gives an odd verdict.
    Verdict,
    /// The network is away.
    Outage { for_ms: u64 },
    /// Nothing can be stored.
    DiskFull { for_ms: u64 },
    /// Somebody sets the machine's wall clock.
    Clock { by_ms: i64 },
    /// The machine is suspended. Time passes, and its connections die.
    Suspend { for_ms: u64 },
    /// The application takes no events.
    Deaf { for_ms: u64 },
    /// The process is stopped cleanly.
    Stop,
    /// The process is killed.
    Crash,
    /// Another process sends on the same account.
    Side { sends: u64, logs_out: bool },
    /// The application and another process send the same to the same.
    Twins,
    /// Another process takes the account over from one that still runs.
    TakeOver,
}

impl Act {
    /// True if it takes place on the client's machine, which must be awake.
    pub(crate) fn needs_machine(self) -> bool {
        match self {
            Self::Push { .. }
            | Self::OwnMessage
            | Self::SameMessage
            | Self::Change
            | Self::EndSession
            | Self::Verdict
            | Self::Outage { .. } => false,
            Self::Send
            | Self::SendTwice
            | Self::SendKeyed
            | Self::SendFile
            | Self::Download
            | Self::Operate
            | Self::Ask
            | Self::Cancel
            | Self::LogOut
            | Self::DiskFull { .. }
            | Self::Clock { .. }
            | Self::Suspend { .. }
            | Self::Deaf { .. }
            | Self::Stop
            | Self::Crash
            | Self::Side { .. }
            | Self::Twins
            | Self::TakeOver => true,
        }
    }
}

/// Rates of the network's faults, in thousandths of all requests.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Link {
    pub(crate) latency_ms: u64,
    /// The connection cannot be opened.
    pub(crate) refused: u64,
    /// It breaks before the request arrives.
    pub(crate) unsent: u64,
    /// It breaks after the request was handled.
    pub(crate) unanswered: u64,
    /// It is alive, but nothing ever comes.
    pub(crate) silent: u64,
    /// The answer breaks off, or is of another making.
    pub(crate) spoilt: u64,
    /// A page has an item that makes no sense in part.
    pub(crate) odd: u64,
    /// A confirmed login leads to somebody else's host.
    pub(crate) led_astray: u64,
}

/// How the store behaves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shelf {
    pub(crate) delay_ms: u64,
    /// In thousandths of all appends.
    pub(crate) fails: u64,
    /// After so many thousandths of all appends a snapshot replaces them.
    pub(crate) compacts: u64,
}

/// How the application behaves: times, and rates in thousandths.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Habits {
    /// The longest that it takes for the next event.
    pub(crate) take_ms: u64,
    /// The longest that a handler runs.
    pub(crate) handle_ms: u64,
    /// Handlers that do not end at once.
    pub(crate) handles_late: u64,
    /// Acknowledgements that come twice.
    pub(crate) twice: u64,
    /// Stops that leave messages unacknowledged.
    pub(crate) leaves: u64,
    /// Texts that were sent before.
    pub(crate) same_text: u64,
    /// Handlers that fail for once, and messages that no handler survives.
    pub(crate) fails: u64,
    pub(crate) poison: u64,
}

/// Everything that is drawn before a world begins.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) profile: Profile,
    pub(crate) service: wx_sim::Config,
    pub(crate) account: AccountSpec,
    pub(crate) core: Arc<wx_proto::Config>,
    pub(crate) link: Link,
    pub(crate) shelf: Shelf,
    pub(crate) habits: Habits,
    /// How many times a process may be killed at a delicate point, and the
    /// odds of it at each such point.
    pub(crate) kills: u32,
    pub(crate) kill_odds: u64,
    pub(crate) acts: Vec<(u64, Act)>,
    /// How far the machine's wall clock is off at first.
    pub(crate) skew_ms: i64,
    /// When the trouble is over.
    pub(crate) heals_ms: u64,
}

impl Plan {
    pub(crate) fn new(seed: u64) -> Self {
        let mut draw = Draw::new(seed, "plan");
        let profile = draw.pick(&PROFILES);
        let heals_ms = draw.between(60_000, 400_000);
        let mut plan = Self {
            seed,
            profile,
            service: service(&mut draw),
            account: AccountSpec::new(draw.count(1, 4), draw.count(1, 3), 3, draw.count(0, 1)),
            core: Arc::new(core(profile, &mut draw)),
            link: link(profile, &mut draw),
            shelf: shelf(profile, &mut draw),
            habits: habits(profile, &mut draw),
            kills: 0,
            kill_odds: 0,
            acts: Vec::new(),
            skew_ms: draw.pick(&[0, 0, 1500, -90_000, 30_000_000, -30_000_000]),
            heals_ms,
        };
        if matches!(
            profile,
            Profile::Crashy | Profile::Stormy | Profile::FullDisk
        ) {
            plan.kills = 8;
            plan.kill_odds = draw.between(5, 60);
        }
        plan.schedule(&mut draw);
        plan
    }

    /// Leaves nothing of the trouble but what the acts bring.
    pub(crate) fn calm_down(&mut self) {
        self.link = Link {
            latency_ms: self.link.latency_ms,
            ..Link::default()
        };
        self.shelf.fails = 0;
        self.habits.fails = 0;
        self.habits.poison = 0;
        self.kills = 0;
        self.skew_ms = 0;
        self.acts.clear();
    }

    /// Draws the acts: what every world has, then what its profile adds.
    fn schedule(&mut self, draw: &mut Draw) {
        use Profile::{Crashy, Ended, FullDisk, Lossy, Outages, Restless, SlowApp, Stormy};
        let profile = self.profile;
        let is = |profiles: &[Profile]| profiles.contains(&profile);
        let mut add = |draw: &mut Draw, count: usize, act: fn(&mut Draw) -> Act| {
            for _ in 0..count {
                let at_ms = draw.between(1, self.heals_ms);
                let act = act(draw);
                self.acts.push((at_ms, act));
            }
        };
        let mut some = |draw: &mut Draw, low: usize, high: usize, act: fn(&mut Draw) -> Act| {
            let count = draw.count(low, high);
            add(draw, count, act);
        };
        some(draw, 10, 30, |_| Act::Push { count: 1 });
        some(draw, 0, 2, |draw| Act::Push {
            count: draw.between(5, 25),
        });
        some(draw, 1, 5, |_| Act::OwnMessage);
        some(draw, 0, 2, |_| Act::SameMessage);
        some(draw, 0, 5, |_| Act::Change);
        some(draw, 2, 12, |_| Act::Send);
        some(draw, 0, 6, |_| Act::SendKeyed);
        some(draw, 0, 3, |_| Act::SendFile);
        some(draw, 0, 4, |_| Act::Download);
        some(draw, 0, 4, |_| Act::Operate);
        some(draw, 0, 3, |_| Act::Ask);
        some(draw, 0, 2, |_| Act::Cancel);
        some(draw, 0, 2, |_| Act::SendTwice);
        some(draw, 0, 2, |draw| Act::Side {
            sends: draw.between(1, 3),
            logs_out: false,
        });
        if is(&[Crashy, Stormy]) {
            some(draw, 1, 5, |_| Act::Crash);
        }
        if is(&[Restless, Stormy, SlowApp]) {
            some(draw, 1, 4, |_| Act::Stop);
        }
        if is(&[Outages, Stormy]) {
            some(draw, 1, 4, |draw| {
                let longest = draw.pick(&[5_000, 60_000, 900_000]);
                Act::Outage {
                    for_ms: draw.between(500, longest),
                }
            });
        }
        if is(&[Outages, SlowApp]) {
            some(draw, 0, 2, |draw| Act::Deaf {
                for_ms: draw.between(10_000, 900_000),
            });
        }
        if is(&[Restless, Stormy]) {
            some(draw, 0, 2, |draw| Act::Clock {
                by_ms: draw.pick(&[-3_600_000, -500, 500, 3_600_000]),
            });
        }
        if is(&[Restless, Outages, Stormy]) {
            some(draw, 0, 2, |draw| {
                let longest = draw.pick(&[5_000, 60_000, 8 * 3_600_000]);
                Act::Suspend {
                    for_ms: draw.between(500, longest),
                }
            });
        }
        if is(&[Restless, Crashy]) {
            some(draw, 0, 2, |_| Act::TakeOver);
        }
        if is(&[FullDisk, Stormy]) {
            some(draw, 1, 3, |draw| Act::DiskFull {
                for_ms: draw.between(500, 90_000),
            });
        }
        if is(&[Ended, Stormy]) {
            some(draw, 1, 3, |_| Act::EndSession);
            some(draw, 0, 1, |_| Act::LogOut);
            some(draw, 0, 1, |_| Act::Side {
                sends: 1,
                logs_out: true,
            });
        }
        if is(&[Ended, Restless, Lossy]) {
            some(draw, 1, 6, |_| Act::Verdict);
        }
        if is(&[Ended, Outages]) {
            some(draw, 0, 1, |_| Act::Crash);
        }
        if is(&[Lossy, Stormy]) {
            some(draw, 2, 10, |_| Act::Twins);
        }
    }
}

fn service(draw: &mut Draw) -> wx_sim::Config {
    let mut config = wx_sim::Config::default();
    config.family = draw.pick(&Family::ALL);
    // Otherwise the phone does it when it pleases.
    let delay = [Some(draw.between(0, 5000)), Some(500), None];
    config.auto_scan_ms = draw.pick(&delay);
    config.auto_confirm_ms = draw.pick(&delay);
    config.hold_ms = draw.pick(&[25_000, 25_000, 4000]);
    config.page_size = draw.count(1, 10);
    config.contact_page = draw.pick(&[0, 0, 3]);
    config.sync_check_key = draw.pick(&[SyncCheckKey::Same, SyncCheckKey::Differs]);
    config.rotate_skey_every = draw.pick(&[0, 0, 1, 3]);
    config.status_notify = draw.pick(&[StatusNotify::Xml, StatusNotify::Empty]);
    config.login_page = draw.pick(&[LoginPage::Xml, LoginPage::Moved, LoginPage::CookiesOnly]);
    config.send_limit = draw.pick(&[None, None, Some((3, 20))]);
    config.no_range = draw.odds(200);
    config
}

fn core(profile: Profile, draw: &mut Draw) -> wx_proto::Config {
    let mut config = wx_proto::Config::default();
    if profile == Profile::SlowApp || draw.odds(300) {
        config.event_capacity = draw.count(1, 24);
        config.in_hand_capacity = draw.count(1, 24);
    }
    let five = NonZeroU32::new(5).expect("not zero");
    config.pace = draw.pick(&[
        None,
        Some(Pace::default()),
        Some(Pace::per_second(five, NonZeroU32::MIN)),
    ]);
    config.qr_renewals = 50;
    config.shared = true;
    config
}

fn link(profile: Profile, draw: &mut Draw) -> Link {
    let latency_ms = draw.pick(&[20, 200, 2000]);
    let calm = Link {
        latency_ms,
        ..Link::default()
    };
    match profile {
        Profile::Lossy | Profile::Stormy => Link {
            latency_ms,
            refused: draw.between(0, 100),
            unsent: draw.between(0, 80),
            unanswered: draw.between(10, 120),
            silent: draw.between(0, 30),
            spoilt: draw.between(0, 100),
            odd: draw.pick(&[0, 50]),
            led_astray: draw.pick(&[0, 100]),
        },
        Profile::Crashy | Profile::Ended | Profile::FullDisk => Link {
            unanswered: draw.pick(&[0, 30]),
            spoilt: draw.pick(&[0, 30]),
            odd: draw.pick(&[0, 50]),
            led_astray: draw.pick(&[0, 300]),
            ..calm
        },
        Profile::Calm | Profile::Outages | Profile::SlowApp | Profile::Restless => calm,
    }
}

fn shelf(profile: Profile, draw: &mut Draw) -> Shelf {
    Shelf {
        delay_ms: draw.pick(&[0, 5, 50, 3000]),
        fails: match profile {
            Profile::FullDisk => 100,
            Profile::Stormy => 30,
            _ => 0,
        },
        compacts: draw.pick(&[0, 50, 300]),
    }
}

fn habits(profile: Profile, draw: &mut Draw) -> Habits {
    let slow = profile == Profile::SlowApp;
    Habits {
        take_ms: if slow { 8000 } else { draw.pick(&[0, 10, 300]) },
        handle_ms: draw.pick(&[100, 5000, 60_000]),
        handles_late: draw.pick(&[0, 200, 800]),
        twice: draw.pick(&[0, 100]),
        leaves: draw.pick(&[0, 300]),
        same_text: draw.pick(&[0, 0, 400]),
        fails: draw.pick(&[0, 0, 100]),
        poison: draw.pick(&[0, 0, 50]),
    }
}
