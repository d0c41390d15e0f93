//! A simulated service, a client of it, and what tests wait for.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinHandle;
use wx_client::event::{How, WarningKind};
use wx_client::id::UserName;
use wx_client::transport::{Config as Transport, Http};
use wx_client::{
    Builder, Client, Config, Delivery, EventKind, Events, FileStore, MemoryStore, Message,
};
use wx_sim::{AccountSpec, Options, Server};

mod faulty;
mod files;
mod gate;

pub(crate) use faulty::{Fault, Faulty};
pub(crate) use files::{bytes_of, hidden, md5_of, media};
pub(crate) use gate::Gate;

/// Far beyond what anything takes; a test that waits so long has failed.
const AT_MOST: Duration = Duration::from_secs(30);

/// Awaits something that must happen.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(AT_MOST, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: not within {} s", AT_MOST.as_secs()),
    }
}

/// The service, and the way to it.
pub(crate) struct Sim {
    pub(crate) server: Server,
    pub(crate) gate: Gate,
    pub(crate) http: Http,
}

impl Sim {
    /// A service with one account, whose phone does what [`log_in`] wants.
    pub(crate) async fn start() -> Self {
        Self::with(json!({}), 1).await
    }

    /// A service with these settings and so many accounts.
    pub(crate) async fn with(more: Value, accounts: usize) -> Self {
        let mut config = json!({"auto_scan_ms": null, "auto_confirm_ms": null});
        for (key, value) in more.as_object().expect("settings") {
            config[key] = value.clone();
        }
        let mut options = Options::default();
        options.config = serde_json::from_value(config).expect("settings");
        options.accounts = vec![AccountSpec::new(6, 2, 4, 1); accounts];
        let server = Server::start(options).await.expect("loopback");
        let gate = Gate::to(server.address()).await;
        let mut transport = Transport::default();
        transport.connect_to = Some(gate.address().to_string().parse().expect("an address"));
        let root = transport.add_roots_pem(server.ca_pem().as_bytes());
        root.expect("a certificate");
        let http = Http::new(transport).expect("a configuration");
        Self { server, gate, http }
    }

    /// A client of the service that keeps no pace.
    pub(crate) fn client(&self) -> Builder {
        let mut config = Config::default();
        config.pace = None;
        Client::builder().config(config).http(self.http.clone())
    }

    /// A control call, which must be right.
    pub(crate) async fn call(&self, call: &str, body: Value) -> Value {
        let answer = self.server.control(call, &body).await;
        answer.unwrap_or_else(|error| panic!("{call} {body}: {error}"))
    }

    /// A friend writes a text. Gives the message's number.
    pub(crate) async fn push(&self, text: &str) -> String {
        let body = json!({"kind": "text", "from": "friend:0", "content": text});
        let answer = self.call("push", body).await;
        answer["MsgId"].as_str().expect("a number").to_owned()
    }

    /// Somebody writes a text in a chat, which is `self` for a private one.
    pub(crate) async fn says(&self, from: &str, to: &str, text: &str) {
        let body = json!({"kind": "text", "from": from, "to": to, "content": text});
        self.call("push", body).await;
    }

    /// How many requests for an endpoint have arrived.
    pub(crate) fn asked(&self, endpoint: &str) -> usize {
        self.server.with(|service, _| {
            let log = service.log().iter();
            log.filter(|logged| logged.path.ends_with(endpoint)).count()
        })
    }

    /// Waits until so many requests for an endpoint have arrived.
    pub(crate) async fn until_asked(&self, endpoint: &str, count: usize) {
        let reached = async {
            while self.asked(endpoint) < count {
                tokio::task::yield_now().await;
            }
        };
        soon(endpoint, reached).await;
    }

    /// The texts that the service took, oldest first.
    pub(crate) fn taken(&self) -> Vec<String> {
        self.server.with(|service, _| {
            let sent = service.sent().iter();
            sent.map(|sent| sent.content.clone()).collect()
        })
    }

    /// The user name of a contact in the present login.
    pub(crate) fn user_name(&self, name: &str) -> String {
        self.server.with(|service, _| {
            let name = service.user_name(0, name);
            name.expect("a contact").to_owned()
        })
    }

    /// As [`user_name`](Self::user_name), as an id.
    pub(crate) fn id(&self, name: &str) -> UserName {
        self.user_name(name).into()
    }

    /// A new session on the store, polling.
    pub(crate) async fn online(&self, store: &MemoryStore) -> Running {
        let mut running = Running::start(self.client().store(store.clone())).await;
        running.log_in(self).await;
        soon("polling", self.call("wait_session", json!({}))).await;
        running
    }

    /// The owner of the account in this folder, polling.
    pub(crate) async fn owner(&self, folder: &Path) -> Running {
        let store = FileStore::open(folder).expect("nobody else owns it");
        let mut running = Running::start(self.client().store(store)).await;
        running.log_in(self).await;
        soon("polling", self.call("wait_session", json!({}))).await;
        running
    }

    /// A client beside the owner of the account in this folder.
    pub(crate) async fn beside(&self, folder: &Path) -> Client {
        let store = FileStore::attach(folder);
        let spawned = self.client().store(store).attach().spawn().await;
        spawned.expect("a client").0
    }

    /// The session that the store has, which must still hold.
    pub(crate) async fn resumed(&self, store: &MemoryStore) -> Running {
        let mut running = Running::start(self.client().store(store.clone())).await;
        assert_eq!(running.log_in(self).await, How::Saved);
        running
    }
}

/// A client at work.
pub(crate) struct Running {
    pub(crate) client: Client,
    pub(crate) events: Events,
    pub(crate) runner: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start(builder: Builder) -> Self {
        let (client, events, runner) = builder.build().await.expect("a client");
        Self {
            client,
            events,
            runner: tokio::spawn(runner.into_future()),
        }
    }

    /// The next event, which must come.
    pub(crate) async fn next(&mut self) -> Delivery {
        let next = soon("an event", self.events.next()).await;
        next.expect("the session is not over")
    }

    /// The first event that is of use, all before it passed.
    pub(crate) async fn find<T>(&mut self, wanted: impl Fn(&EventKind) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(self.next().await.kind()) {
                return found;
            }
        }
    }

    /// Has the phone confirm what needs to be, until the session is there.
    pub(crate) async fn log_in(&mut self, sim: &Sim) -> How {
        loop {
            match self.next().await.kind() {
                EventKind::Qr { uuid, .. } | EventKind::PushLogin { uuid, .. } => {
                    let body = json!({"uuid": uuid.as_str(), "action": "confirm"});
                    sim.call("login", body).await;
                }
                EventKind::Online { how, .. } => return *how,
                EventKind::LoggedOut { message, .. } => panic!("no login: {message}"),
                _ => {}
            }
        }
    }

    /// The next message; other events are passed.
    pub(crate) async fn message(&mut self) -> (Message, Delivery) {
        loop {
            let delivery = self.next().await;
            if let EventKind::Message(message) = delivery.kind() {
                return (Message::clone(message), delivery);
            }
        }
    }

    /// The next message's text, acknowledged.
    pub(crate) async fn text(&mut self) -> String {
        let (message, delivery) = self.message().await;
        delivery.ack();
        message.text().expect("a text").to_owned()
    }

    /// A warning of a kind.
    pub(crate) async fn warning(&mut self, wanted: WarningKind) -> String {
        self.find(|event| match event {
            EventKind::Warning { kind, message, .. } if *kind == wanted => Some(message.clone()),
            _ => None,
        })
        .await
    }

    /// All texts that are still to come before the end of the session.
    pub(crate) async fn texts_to_the_end(&mut self) -> Vec<String> {
        let mut texts = Vec::new();
        while let Some(delivery) = soon("the end", self.events.next()).await {
            if let EventKind::Message(message) = delivery.kind() {
                texts.push(message.text().expect("a text").to_owned());
            }
        }
        texts
    }

    /// Waits until all that is known so far is stored: before that, nothing is
    /// sent.
    pub(crate) async fn stored(&self) {
        let sent = self.client.send_text("filehelper", "stored").await;
        sent.expect("it is online");
    }

    /// Ends as a process that stops.
    pub(crate) async fn stop(self) {
        soon("the stop", self.client.shutdown())
            .await
            .expect("all is stored");
    }

    /// Ends as a process that is killed.
    pub(crate) async fn kill(self) {
        self.runner.abort();
        let ended = self.runner.await.expect_err("it was at work");
        assert!(ended.is_cancelled(), "{ended}");
    }
}
