//! Random inputs in random order: no panic, no second poll, no spinning, each
//! command ends once, and the same seed and inputs give the same outputs.

use std::time::Duration;

use http::StatusCode;
use proptest::collection::vec;
use proptest::prelude::*;
use wx_proto::{Command, FailureKind, Input, Reached, SendText};

use crate::support::*;

#[derive(Clone, Debug)]
enum Step {
    /// Answer a request that is out with one of the bodies that fit it, or not.
    Answer {
        which: usize,
        body: usize,
    },
    Fail {
        which: usize,
        reached: bool,
        kind: usize,
    },
    /// An answer to a request that was given up.
    Stale {
        which: usize,
        body: usize,
    },
    Deadline,
    Wait {
        millis: u64,
    },
    Send {
        to: usize,
        text: usize,
        key: Option<usize>,
        expires: Option<u64>,
    },
    Ask(usize),
    Cancel {
        which: usize,
    },
    Take,
    Ack {
        which: usize,
    },
    Store,
    StoreFails,
    Close,
    Fence,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (any::<usize>(), any::<usize>()).prop_map(|(which, body)| Step::Answer { which, body }),
        3 => (any::<usize>(), any::<bool>(), 0..4usize)
            .prop_map(|(which, reached, kind)| Step::Fail { which, reached, kind }),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(which, body)| Step::Stale { which, body }),
        6 => Just(Step::Deadline),
        2 => (0..40_000u64).prop_map(|millis| Step::Wait { millis }),
        3 => (0..3usize, 0..2usize, proptest::option::of(0..3usize), proptest::option::of(any::<u64>()))
            .prop_map(|(to, text, key, expires)| Step::Send { to, text, key, expires }),
        2 => (0..3usize).prop_map(Step::Ask),
        1 => any::<usize>().prop_map(|which| Step::Cancel { which }),
        6 => Just(Step::Take),
        4 => any::<usize>().prop_map(|which| Step::Ack { which }),
        4 => Just(Step::Store),
        1 => Just(Step::StoreFails),
    ]
}

/// Mostly what the endpoint answers, sometimes what another one does.
fn body(name: &str, n: usize) -> String {
    let team = group(ROOM, "Team", &[(OWN, "Me"), (ANN, "Ann")]);
    let val = i64::try_from(n % 50).unwrap();
    let id = |k: usize| (900 + (n + k) % 40).to_string();
    let own = msg(&id(1), OWN, ANN, ["hi", "ho"][n % 2]);
    let chats = format!(",\n\"StatusNotifyCode\": 4,\n\"StatusNotifyUserName\": \"{ROOM2},{BOB}\"");
    let fitting: Vec<String> = match name {
        "jslogin" => vec![jslogin("a=="), "window.QRLogin.code = 400;".to_owned()],
        "login" => vec![
            login(408),
            scanned(),
            login(202),
            login(400),
            login(200),
            confirmed(REDIRECT),
            confirmed(REDIRECT),
            confirmed("http://x.example/"),
        ],
        "webwxnewloginpage" => vec![
            KEYS.to_owned(),
            KEYS.to_owned(),
            KEYS.to_owned(),
            refusal(1203, "no"),
        ],
        "webwxpushloginurl" => vec!["{\"ret\":\"0\",\"uuid\":\"p==\"}".to_owned()],
        "webwxinit" => vec![
            init(""),
            init(&team),
            init_with("", ROOM),
            init_refused(-1),
            init_refused(1205),
            init_refused(1101),
        ],
        "webwxgetcontact" => vec![
            contact_page(0, &[friend(ANN, "Ann")]),
            contact_page(val, &[team]),
            verdict(-1, ",\n\"MemberList\": []"),
        ],
        "webwxbatchgetcontact" => vec![
            batch(&[team]),
            batch(&[]),
            verdict(-1, ""),
            verdict(1205, ""),
        ],
        "synccheck" => vec![
            synccheck(0, 0),
            synccheck(0, 2),
            synccheck(0, 2),
            synccheck(0, 99),
            synccheck(1205, 0),
            synccheck(-14, 0),
            synccheck(-1, 0),
        ],
        "webwxsync" => vec![
            page(val).json(),
            page(val).texts(&[&id(0), &id(1)]).json(),
            page(val).msgs(&[own.clone(), text(&id(2))]).more().json(),
            page(val).no_key().msgs(&[own]).json(),
            page(val)
                .msgs(&[typed(51, &id(3), ANN, OWN, "", &chats)])
                .check(val)
                .json(),
            page(val)
                .mods(&[team, friend(BOB, "Bob")])
                .dels(&[ANN])
                .json(),
            page(val).ret(-1).no_key().json(),
            page(val).ret(1205).no_key().json(),
        ],
        "webwxsendmsg" => vec![
            sent(&id(1)),
            sent(&id(2)),
            send_refused(1204),
            send_refused(1205),
        ],
        _ => vec![String::new()],
    };
    let odd = [
        "",
        "<html></html>",
        "{}",
        "window.synccheck={retcode:\"1102\",selector:\"0\"}",
        "\u{1f31b}",
    ];
    if n.is_multiple_of(11) {
        odd[(n / 11) % odd.len()].to_owned()
    } else {
        fitting[(n / 11) % fitting.len()].clone()
    }
}

#[derive(Default)]
struct Run {
    stale: Vec<wx_proto::RequestId>,
    commands: Vec<wx_proto::CommandId>,
    delivered: Vec<(wx_proto::EventId, String)>,
    log: String,
}

impl Run {
    fn apply(&mut self, s: &mut Scenario, step: &Step) {
        match step {
            Step::Answer { which, body: n } if !s.out.is_empty() => {
                let request = &s.out[which % s.out.len()];
                let name = path(request).to_owned();
                let text = body(&name, *n);
                self.stale.push(s.request(&name).id);
                s.answer(&name, &text);
            }
            Step::Fail {
                which,
                reached,
                kind,
            } if !s.out.is_empty() => {
                let name = path(&s.out[which % s.out.len()]).to_owned();
                let reached = if *reached {
                    Reached::Maybe
                } else {
                    Reached::No
                };
                let kinds = [
                    FailureKind::Network,
                    FailureKind::BadHead,
                    FailureKind::BadBody,
                    FailureKind::Timeout,
                ];
                s.fail(&name, reached, kinds[*kind]);
            }
            Step::Stale { which, body: n } if !self.stale.is_empty() => {
                let id = self.stale[which % self.stale.len()];
                let text = body("webwxsync", *n);
                s.input(response(id, StatusCode::OK, &[], text.as_bytes()));
            }
            Step::Deadline if s.session.deadline().is_some() => {
                let at = s.session.deadline().unwrap().at;
                s.advance(at.since(s.now.mono));
            }
            Step::Wait { millis } => s.advance(Duration::from_millis(*millis)),
            Step::Send {
                to,
                text,
                key,
                expires,
            } => {
                let mut send = SendText::new([ANN, BOB, ROOM][*to], ["hi", "ho"][*text]);
                if let Some(key) = key {
                    send = send.with_key(["k0", "k1", "k2"][*key]);
                }
                send.expires_ms = *expires;
                self.command(s, Command::SendText(send));
            }
            Step::Ask(what) => {
                let names = vec![ROOM.into(), BOB.into()];
                let commands = [
                    Command::RefreshContacts {},
                    Command::FetchContacts { names },
                    Command::Probe {},
                ];
                if let Some(command) = commands.into_iter().nth(*what) {
                    self.command(s, command);
                }
            }
            Step::Cancel { which } if !self.commands.is_empty() => {
                let id = self.commands[which % self.commands.len()];
                self.command(s, Command::Cancel { id });
            }
            Step::Take => {
                if let Some(event) = s.next_event() {
                    self.log += &format!("{:?}\n", event);
                    if let wx_proto::EventKind::Message(message) = event.kind {
                        let id = message.msg_id.to_string();
                        assert!(!id.is_empty());
                        let again = self.delivered.iter().any(|(_, seen)| *seen == id);
                        assert!(!again, "{id} was delivered twice");
                        self.delivered.push((event.id, id));
                    }
                }
            }
            Step::Ack { which } if !self.delivered.is_empty() => {
                let (event, _) = self.delivered[which % self.delivered.len()];
                s.ack(event);
            }
            Step::Store => s.store_all(),
            Step::StoreFails => {
                s.unconfirmed.clear();
                let message = "full".to_owned();
                s.input(Input::StoreFailed { message });
            }
            Step::Close => {
                s.session.close();
                s.drain();
            }
            Step::Fence => s.input(Input::Fenced),
            _ => {}
        }
        self.log += &format!(
            "{:?} {:?} {:?}\n",
            s.paths(),
            s.session.deadline(),
            s.session.state()
        );
    }

    fn command(&mut self, s: &mut Scenario, command: Command) {
        if let Ok(id) = s.session.command(s.now, command) {
            self.commands.push(id);
        }
        s.drain();
    }
}

fn start(online: bool) -> Scenario {
    let mut config = quiet();
    config.event_capacity = 6;
    config.in_hand_capacity = 8;
    config.notify_phone = true;
    config.pace = wx_proto::Config::default().pace;
    let mut s = if online {
        Scenario::resume(config, Scenario::online(quiet()).stored)
    } else {
        Scenario::login(config)
    };
    s.stores = false;
    s
}

fn run(steps: &[Step], online: bool, last: &Step) -> (Scenario, Run) {
    let mut s = start(online);
    let mut run = Run::default();
    for step in steps {
        run.apply(&mut s, step);
    }
    run.apply(&mut s, last);
    (s, run)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_every_command_ends_and_nothing_spins(
        steps in vec(step(), 0..150),
        online in any::<bool>(),
        fence in any::<bool>(),
    ) {
        let last = if fence { Step::Fence } else { Step::Close };
        let (mut s, run) = run(&steps, online, &last);
        // The last answers do not come; the store works again.
        s.stores = true;
        s.advance(Duration::from_secs(120));
        s.store_all();
        prop_assert!(s.session.is_idle(), "{:?}", s.session.state());
        prop_assert!(s.out.is_empty());
        prop_assert_eq!(s.session.deadline(), None);
        for command in run.commands {
            prop_assert!(s.end_of(command).is_some(), "{} has not ended", command);
        }
    }

    #[test]
    fn the_same_inputs_give_the_same_outputs(
        steps in vec(step(), 0..80),
        online in any::<bool>(),
    ) {
        let (first, second) = (run(&steps, online, &Step::Close), run(&steps, online, &Step::Close));
        prop_assert_eq!(first.1.log, second.1.log);
        let bytes = |s: &Scenario| serde_json::to_string(&s.records).unwrap();
        prop_assert_eq!(bytes(&first.0), bytes(&second.0));
    }

    #[test]
    fn what_a_kill_brings_back_was_not_acknowledged(
        steps in vec(step(), 0..150),
    ) {
        let mut s = start(true);
        s.stores = true;
        let mut run = Run::default();
        let mut acked: Vec<String> = Vec::new();
        // An acknowledgement that a full disk did not take is none.
        let steps = steps.iter().filter(|step| !matches!(step, Step::StoreFails));
        for step in steps {
            if let Step::Ack { which } = step && !run.delivered.is_empty() {
                acked.push(run.delivered[which % run.delivered.len()].1.clone());
            }
            run.apply(&mut s, step);
        }
        let mut next = Scenario::resume(quiet(), s.stored.clone());
        if next.has("webwxinit") {
            next.answer("webwxinit", &init(""));
            next.answer("webwxgetcontact", &contact_page(0, &[]));
            let all: Vec<String> = (900..940).map(|n| text(&n.to_string())).collect();
            next.answer("webwxsync", &page(99).msgs(&all).json());
            for id in next.handle_messages() {
                prop_assert!(!acked.contains(&id), "{} came back", id);
            }
        }
    }
}
