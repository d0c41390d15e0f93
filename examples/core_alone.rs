//! The core by itself, with another HTTP library and no async: [`wx_proto`]
//! decides, [`ureq`] does the I/O.
//!
//! [`wx_proto::Session`] says what to send, what to store, what to tell the user,
//! and when to wake up again. Its driver only moves things back and forth: here
//! with a thread for each request in flight, a channel for their answers, and a
//! vector as the store. That is all it takes to log in and chat. A driver for real
//! use keeps the records, so that the next start needs no login, and aborts the
//! requests that the session gives up.

#![expect(clippy::print_stdout, reason = "a program talks to its user")]

use std::collections::HashMap;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use ureq::config::Config as HttpConfig;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, http::Uri};
use wx_proto::{
    Command, CommandError, CommandId, Config, Done, EventKind, Failure, FailureKind, Input, Now,
    Reached, Record, Request, Seed, SendText, Session, Transmit,
};
use wx_sim::{Push, Server};

/// The driver.
struct Driver {
    session: Session,
    http: Agent,
    answers: mpsc::Receiver<Input>,
    answer: mpsc::Sender<Input>,
    origin: Instant,
    stored: Vec<Record>,
    ended: HashMap<CommandId, Result<Done, CommandError>>,
}

impl Driver {
    fn new(http: Agent) -> Self {
        let (answer, answers) = mpsc::channel();
        let origin = Instant::now();
        Self {
            // In real use, take the seed from the system's random numbers.
            session: Session::new(Arc::new(Config::default()), Seed(1), now(origin)),
            http,
            answers,
            answer,
            origin,
            stored: Vec::new(),
            ended: HashMap::new(),
        }
    }

    /// Does everything that the session asks for.
    fn drain(&mut self) {
        loop {
            if let Some(transmit) = self.session.poll_transmit() {
                // Requests that the session gives up are answered all the same;
                // it ignores the answers.
                if let Transmit::Send(request) = transmit {
                    let (http, answer) = (self.http.clone(), self.answer.clone());
                    // The driver may have ended before the answer comes.
                    thread::spawn(move || answer.send(carry(&http, request)).ok());
                }
            } else if let Some(record) = self.session.poll_persist() {
                let stored = Input::Persisted(record.seq);
                self.stored.push(record);
                self.session.handle(now(self.origin), stored);
            } else if let Some(completion) = self.session.poll_completion() {
                self.ended.insert(completion.command, completion.result);
            } else {
                return;
            }
        }
    }

    /// Waits for an answer, or until the session wants to wake up.
    fn wait(&mut self) {
        let deadline = self.session.deadline();
        let left = deadline.map(|deadline| deadline.at.since(now(self.origin).mono));
        let input = match left {
            Some(left) => self.answers.recv_timeout(left).unwrap_or(Input::Timeout),
            None => self.answers.recv().unwrap_or(Input::Timeout),
        };
        self.session.handle(now(self.origin), input);
    }

    /// Runs until there is an event, and acknowledges it.
    fn event(&mut self) -> EventKind {
        loop {
            self.drain();
            if let Some(event) = self.session.poll_event(now(self.origin)) {
                self.session.ack(now(self.origin), event.id);
                return event.kind;
            }
            self.wait();
        }
    }

    /// Runs a command to its end.
    fn run(&mut self, command: Command) -> anyhow::Result<Done> {
        let id = self.session.command(now(self.origin), command)?;
        loop {
            self.drain();
            if let Some(result) = self.ended.remove(&id) {
                return Ok(result?);
            }
            self.wait();
        }
    }
}

/// The time since the start, for the session's timers, and the time of day, which
/// the protocol writes into requests.
fn now(origin: Instant) -> Now {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH);
    let unix = unix.unwrap_or_default().as_millis();
    Now {
        mono: wx_proto::Instant::new(origin.elapsed()),
        unix_ms: unix.try_into().unwrap_or(u64::MAX),
    }
}

/// Sends a request, and returns what the session is to know about it.
fn carry(http: &Agent, request: Request) -> Input {
    let id = request.id;
    match exchange(http, request) {
        Ok(response) => {
            let (head, body) = response.into_parts();
            let body = body.into();
            Input::Response { id, head, body }
        }
        Err(error) => {
            let reached = reached(&error);
            let failure = Failure::new(reached, FailureKind::Network, error.to_string());
            Input::Failed { id, failure }
        }
    }
}

fn exchange(http: &Agent, request: Request) -> Result<http::Response<Vec<u8>>, ureq::Error> {
    let max = request.max_response;
    let body = request.body.whole().cloned().unwrap_or_default();
    let response = if body.is_empty() {
        http.run(http::Request::from_parts(request.head, ()))?
    } else {
        http.run(http::Request::from_parts(request.head, &*body))?
    };
    let (head, mut body) = response.into_parts();
    let limit = u64::try_from(max).unwrap_or(u64::MAX);
    // A body above the limit is an error, and not cut off.
    let bytes = body.with_config().limit(limit).read_to_vec()?;
    Ok(http::Response::from_parts(head, bytes))
}

/// Whether the request may have reached the service. If so, the session does not
/// send a message again.
fn reached(error: &ureq::Error) -> Reached {
    match error {
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed | ureq::Error::BadUri(_) => {
            Reached::No
        }
        _ => Reached::Maybe,
    }
}

/// Resolves every name to the address of the simulated service.
#[derive(Debug)]
struct OneAddress(std::net::SocketAddr);

impl Resolver for OneAddress {
    fn resolve(
        &self,
        _: &Uri,
        _: &HttpConfig,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        addresses.push(self.0);
        Ok(addresses)
    }
}

/// An agent that keeps cookies, as the protocol requires, and leaves everything
/// else to the session: it follows no redirects, has no time limits, and treats
/// every status as an answer.
fn agent(server: &Server) -> anyhow::Result<Agent> {
    let authority = Certificate::from_pem(server.ca_pem().as_bytes())?;
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[authority]));
    let config = Agent::config_builder()
        .tls_config(tls.build())
        .max_redirects(0)
        .http_status_as_error(false)
        .build();
    let resolver = OneAddress(server.address());
    Ok(Agent::with_parts(config, DefaultConnector::new(), resolver))
}

fn main() -> anyhow::Result<()> {
    // Only the simulated service needs a runtime.
    let runtime = tokio::runtime::Runtime::new()?;
    let instant_login = wx_sim::Config::instant_login();
    let server = runtime.block_on(Server::start(instant_login.into()))?;
    let mut driver = Driver::new(agent(&server)?);

    let text = loop {
        match driver.event() {
            EventKind::Qr { .. } => println!("the code is scanned"),
            EventKind::Online { how, .. } => {
                println!("online: {how:?}");
                server.push(&Push::text("no async here?"))?;
            }
            EventKind::Message(message) => break message.text().map(str::to_owned),
            EventKind::LoggedOut { message, .. } => anyhow::bail!(message),
            _ => {}
        }
    };
    println!("received: {}", text.context("a text")?);

    driver.run(Command::SendText(SendText::new(
        "filehelper",
        "none at all",
    )))?;
    let sent = server.with(|service, _| service.sent().to_vec());
    println!("sent: {}", sent.first().context("nothing arrived")?.content);

    driver.run(Command::Logout {})?;
    while !matches!(driver.event(), EventKind::LoggedOut { .. }) {}
    driver.drain();
    anyhow::ensure!(driver.session.is_idle() && !driver.stored.is_empty());
    println!("logged out");
    Ok(())
}
