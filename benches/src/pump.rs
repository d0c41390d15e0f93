//! A whole session without I/O: its service is a list of bodies, its store a vector,
//! and its clock stands still.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use bytes::Bytes;
use wx_proto::event::EventKind;
use wx_proto::{Config, Input, Instant, Now, Record, RequestId, Seed, Session, Transmit};

use crate::{
    Amount, Case,
    inputs::{self, contacts, page},
};

/// How many messages a run handles.
const MESSAGES: u64 = 20_000;
/// How many contacts change in a page, and how many such pages there are.
const CHANGED: usize = 20;
const CHANGES: usize = 100;
/// How many members the changing groups have.
const MEMBERS: usize = 400;

pub(super) fn pages_of_10() -> Vec<Case> {
    vec![pages("session/pages of 10", 10)]
}

pub(super) fn pages_of_200() -> Vec<Case> {
    vec![pages("session/pages of 200", 200).reaching(500_000.0)]
}

fn pages(name: &'static str, at_once: u64) -> Case {
    let pages: Vec<Bytes> = (0..MESSAGES / at_once)
        .map(|number| {
            let messages = page::Messages {
                first: 1 + number * at_once,
                count: at_once,
            };
            Bytes::from(page::texts(messages))
        })
        .collect();
    let count = usize::try_from(MESSAGES).expect("a small number");
    Case::new(name, Amount::Messages(count), move || {
        assert_eq!(Pump::new(pages.clone()).run(), count);
    })
}

/// Pages that all change the same contacts, and groups whose members come and go.
pub(super) fn roster() -> Vec<Case> {
    let pages: Vec<Bytes> = (0..CHANGES)
        .map(|number| {
            let mark = number.to_string();
            let mut changed: Vec<String> = (0..CHANGED)
                .map(|who| contacts::contact(who, &mark))
                .collect();
            changed.push(contacts::group(number % 5, MEMBERS - number % 2, &mark));
            Bytes::from(page::changes(&changed, 1 + number as u64))
        })
        .collect();
    let bytes = pages.iter().map(Bytes::len).sum();
    vec![Case::new(
        "roster/updates",
        Amount::Bytes(bytes),
        move || Pump::new(pages.clone()).run(),
    )]
}

/// A session, and the service that answers it.
pub struct Pump {
    session: Session,
    now: Now,
    pages: VecDeque<Bytes>,
    store: Vec<Record>,
    handled: usize,
}

impl Pump {
    /// A session with an address book of 50 people and 10 groups, which will receive these
    /// pages.
    #[must_use]
    pub fn new(pages: impl Into<VecDeque<Bytes>>) -> Self {
        let mut config = Config::default();
        config.notify_phone = false;
        let now = Now {
            mono: Instant::new(Duration::from_secs(1000)),
            unix_ms: 1_520_927_383_000,
        };
        Self {
            session: Session::new(Arc::new(config), Seed(1), now),
            now,
            pages: pages.into(),
            store: Vec::new(),
            handled: 0,
        }
    }

    /// Logs in, handles messages until there are no more pages, and returns how many messages
    /// there were.
    pub fn run(mut self) -> usize {
        while self.step() {}
        self.handled
    }

    /// One round of a driver. Returns false when there are no more pages.
    fn step(&mut self) -> bool {
        let mut answers = Vec::new();
        while let Some(transmit) = self.session.poll_transmit() {
            if let Transmit::Send(request) = transmit {
                let Some(body) = self.answer(request.head.uri.path()) else {
                    return false;
                };
                answers.push((request.id, body));
            }
        }
        assert!(!answers.is_empty(), "the session waits for nothing");
        for (id, body) in answers {
            self.session.handle(self.now, response(id, body));
            self.drain();
        }
        true
    }

    /// Stores records and handles events until there are none.
    fn drain(&mut self) {
        loop {
            let mut last = None;
            while let Some(record) = self.session.poll_persist() {
                last = Some(record.seq);
                self.store.push(record);
            }
            if let Some(seq) = last {
                self.session.handle(self.now, Input::Persisted(seq));
            }
            // As if a snapshot had replaced them.
            if self.store.len() > 4096 {
                self.store.clear();
            }
            let Some(event) = self.session.poll_event(self.now) else {
                return;
            };
            if let EventKind::Message(message) = &event.kind {
                self.handled += usize::from(message.text().is_some());
                self.session.ack(self.now, event.id);
            }
        }
    }

    fn answer(&mut self, path: &str) -> Option<Bytes> {
        Some(match path.rsplit('/').next()? {
            "jslogin" => Bytes::from_static(inputs::JSLOGIN.as_bytes()),
            "login" => Bytes::from_static(inputs::CONFIRMED.as_bytes()),
            "webwxnewloginpage" => Bytes::from_static(inputs::LOGIN.as_bytes()),
            "webwxinit" => inputs::init().into(),
            "webwxgetcontact" => contacts::address_book(50).into(),
            "webwxbatchgetcontact" => contacts::details(0..10, 50).into(),
            "synccheck" => Bytes::from_static(inputs::SYNC_CHECK.as_bytes()),
            "webwxsync" => self.pages.pop_front()?,
            other => panic!("a request for {other}"),
        })
    }
}

fn response(id: RequestId, body: Bytes) -> Input {
    let (head, ()) = http::Response::new(()).into_parts();
    Input::Response { id, head, body }
}
