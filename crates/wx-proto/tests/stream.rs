//! A service with one consistent stream, whose answers get lost, whose client
//! is killed: nothing is lost, nothing doubled, nothing out of order.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use wx_proto::{CommandId, Done, EventId, FailureKind, Reached};

use crate::support::*;

#[derive(Clone, Debug)]
enum Step {
    /// Somebody writes.
    Write {
        chat: usize,
    },
    /// The phone sends what the client may be sending as well.
    Phone,
    /// Answer what is out, pages with so many messages at the most.
    Serve {
        size: usize,
    },
    /// Handle what is out, and lose the answer.
    Lose,
    /// Lose what is out before it arrives.
    Cut,
    Wait {
        millis: u64,
    },
    Take,
    /// Acknowledge one that was taken.
    Ack {
        which: usize,
    },
    Send,
    Kill,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..3usize).prop_map(|chat| Step::Write { chat }),
        1 => Just(Step::Phone),
        10 => (1..5usize).prop_map(|size| Step::Serve { size }),
        2 => Just(Step::Lose),
        2 => Just(Step::Cut),
        3 => (0..20_000u64).prop_map(|millis| Step::Wait { millis }),
        8 => Just(Step::Take),
        6 => any::<usize>().prop_map(|which| Step::Ack { which }),
        2 => Just(Step::Send),
        1 => Just(Step::Kill),
    ]
}

/// The service: all messages there are, by their place in the stream.
#[derive(Default)]
struct Service {
    stream: Vec<Item>,
}

struct Item {
    id: String,
    json: String,
    chat: &'static str,
    /// Sent by the client, under this number.
    client_msg_id: Option<String>,
}

impl Service {
    fn add(&mut self, chat: &'static str, own: bool, client_msg_id: Option<String>) -> String {
        let id = (9000 + self.stream.len()).to_string();
        let json = if own {
            msg(&id, OWN, chat, "same")
        } else {
            msg(&id, chat, OWN, "same")
        };
        self.stream.push(Item {
            id: id.clone(),
            json,
            chat,
            client_msg_id,
        });
        id
    }

    /// What the oldest request that is out is answered with. The poll comes
    /// last, for it is held.
    fn answer(&mut self, s: &Scenario, size: usize) -> Option<(String, String)> {
        let paths = s.paths();
        let short = paths.iter().find(|path| **path != "synccheck");
        let name = (*short.or(paths.first())?).to_owned();
        let body = match name.as_str() {
            "synccheck" => {
                let query = s.query("synccheck");
                let at = query.find("synckey=1_").unwrap() + "synckey=1_".len();
                let digits: String = query[at..]
                    .chars()
                    .take_while(char::is_ascii_digit)
                    .collect();
                let seen: usize = digits.parse().unwrap();
                synccheck(0, if seen <= self.stream.len() { 2 } else { 0 })
            }
            "webwxsync" => {
                let body: serde_json::Value = serde_json::from_str(&s.body("webwxsync")).unwrap();
                // The first position is 1.
                let from = body["SyncKey"]["List"][0]["Val"].as_u64().unwrap() - 1;
                let from = usize::try_from(from).unwrap();
                let to = (from + size).min(self.stream.len());
                let items: Vec<String> = self.stream[from..to]
                    .iter()
                    .map(|item| item.json.clone())
                    .collect();
                page(i64::try_from(to + 1).unwrap()).msgs(&items).json()
            }
            "webwxsendmsg" => {
                let body: serde_json::Value = serde_json::from_str(&s.body(&name)).unwrap();
                let number = body["Msg"]["ClientMsgId"].as_str().unwrap().to_owned();
                sent(&self.add(ANN, true, Some(number)))
            }
            "webwxinit" => init(""),
            "webwxbatchgetcontact" => batch(&[]),
            "webwxgetcontact" => contact_page(0, &[friend(ANN, "Ann")]),
            other => panic!("{other}"),
        };
        Some((name, body))
    }
}

#[derive(Default)]
struct Application {
    in_hand: Vec<(EventId, String)>,
    /// How often each message was handled.
    handled: BTreeMap<String, usize>,
    /// Those that were in hand when the client was killed.
    excused: BTreeSet<String>,
    /// In the order of their first delivery, by chat.
    order: BTreeMap<String, Vec<String>>,
    sends: Vec<CommandId>,
    /// Numbers that the client was told it has sent.
    sent: BTreeSet<String>,
}

impl Application {
    fn take(&mut self, s: &mut Scenario) {
        for (event, message) in s.messages() {
            let id = message.msg_id.to_string();
            let chat = self.order.entry(message.chat.id.to_string()).or_default();
            let again = chat.contains(&id);
            assert!(
                !again || self.excused.contains(&id),
                "{id} was delivered twice"
            );
            if !again {
                chat.push(id.clone());
            }
            self.in_hand.push((event, id));
        }
    }

    fn ack(&mut self, s: &mut Scenario, which: usize) {
        if self.in_hand.is_empty() {
            return;
        }
        let (event, id) = self.in_hand.remove(which % self.in_hand.len());
        s.ack(event);
        *self.handled.entry(id).or_default() += 1;
    }

    fn note_sends(&mut self, s: &Scenario) {
        for command in &self.sends {
            if let Some(Ok(Done::Sent { msg_id, .. })) = s.end_of(*command) {
                self.sent.insert(msg_id.to_string());
            }
        }
    }

    fn killed(&mut self, s: &mut Scenario) {
        self.note_sends(s);
        self.sends.clear();
        self.excused
            .extend(self.in_hand.drain(..).map(|(_, id)| id));
    }
}

fn apply(step: &Step, s: &mut Scenario, service: &mut Service, app: &mut Application) {
    match step {
        Step::Write { chat } => drop(service.add([ANN, BOB, ROOM][*chat], false, None)),
        Step::Phone => drop(service.add(ANN, true, None)),
        Step::Serve { size } => {
            if let Some((name, body)) = service.answer(s, *size) {
                s.answer(&name, &body);
            }
        }
        Step::Lose => {
            if let Some((name, _)) = service.answer(s, 3) {
                s.fail(&name, Reached::Maybe, FailureKind::Network);
            }
        }
        Step::Cut => {
            if let Some(name) = s.out.front().map(|request| path(request).to_owned()) {
                s.cut(&name);
            }
        }
        Step::Wait { millis } => s.advance(Duration::from_millis(*millis)),
        Step::Take => app.take(s),
        Step::Ack { which } => app.ack(s, *which),
        Step::Send => {
            let send = wx_proto::SendText::new(ANN, "same");
            if let Ok(command) = s.session.command(s.now, wx_proto::Command::SendText(send)) {
                s.drain();
                app.sends.push(command);
            }
        }
        Step::Kill => {
            app.killed(s);
            let (stored, now) = (s.stored.clone(), s.now);
            *s = Scenario::resume(small(), stored);
            s.now.unix_ms = now.unix_ms;
        }
    }
}

fn small() -> wx_proto::Config {
    let mut config = quiet();
    config.event_capacity = 5;
    config.in_hand_capacity = 7;
    config
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_doubled_or_out_of_order(steps in vec(step(), 0..250)) {
        let mut s = Scenario::ready(small());
        let (mut service, mut app) = (Service::default(), Application::default());
        for step in &steps {
            apply(step, &mut s, &mut service, &mut app);
        }
        // All is well from here on, until nothing is left.
        for _ in 0..2000 {
            app.take(&mut s);
            app.ack(&mut s, 0);
            let served = service.answer(&s, 3);
            match served {
                Some((name, body)) if name != "synccheck" || body.contains("\"2\"") => {
                    s.answer(&name, &body);
                }
                Some(_) if app.in_hand.is_empty() => break,
                Some(_) => {}
                None => s.advance(Duration::from_secs(1)),
            }
        }
        app.note_sends(&s);

        let position = s.stored.position.sync_key.list[0].val;
        prop_assert_eq!(usize::try_from(position).unwrap(), service.stream.len() + 1);
        let mut numbers = BTreeSet::new();
        for item in &service.stream {
            // By a receipt, or by the stream: whose of two equal texts a lost
            // receipt was for, nobody can tell, but each is told of once.
            let received = usize::from(app.sent.contains(&item.id));
            let times = app.handled.get(&item.id).copied().unwrap_or_default() + received;
            if app.excused.contains(&item.id) {
                prop_assert!(times >= 1, "{} was lost", item.id);
            } else {
                prop_assert_eq!(times, 1, "{}", item.id);
            }
            if let Some(number) = &item.client_msg_id {
                prop_assert!(numbers.insert(number.clone()), "{} was sent twice", number);
            }
        }
        for (chat, order) in &app.order {
            let service_order: Vec<&str> = service
                .stream
                .iter()
                .filter(|item| item.chat == chat && order.contains(&item.id))
                .map(|item| item.id.as_str())
                .collect();
            prop_assert_eq!(order, &service_order);
        }
    }
}
