//! A simulated service, a home for accounts, and the binary as its user runs
//! it.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;
use wx_sim::{Options, Server};

mod child;
#[cfg(unix)]
pub(crate) mod terminal;

pub(crate) use child::{Ended, Running};

/// Far beyond what anything here takes; what waits so long has failed.
pub(crate) const AT_MOST: Duration = Duration::from_secs(30);

/// Awaits something that must happen.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(AT_MOST, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what}: not within {} s", AT_MOST.as_secs()),
    }
}

/// The binary, with nothing of this process's environment that could lead it
/// elsewhere.
pub(crate) fn wx(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wx"));
    command.args(arguments).kill_on_drop(true);
    for name in [
        "WX_HOME",
        "WX_ACCOUNT",
        "WX_CONNECT_TO",
        "WX_CA_FILE",
        "WX_PROFILE",
        "WX_PACE",
        "WX_RECORD",
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
        "RUST_LOG",
        "COLUMNS",
        "LC_ALL",
        "LC_CTYPE",
        "LANG",
    ] {
        command.env_remove(name);
    }
    command.env("TZ", "UTC");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs a command to its end.
pub(crate) async fn run(command: Command) -> Ended {
    Running::start(command).end().await
}

/// Runs it with something on its stdin.
pub(crate) async fn run_with(mut command: Command, input: impl AsRef<[u8]>) -> Ended {
    command.stdin(Stdio::piped());
    let mut running = Running::start(command);
    running.feed(input.as_ref()).await;
    running.end().await
}

/// A service of one account, and an empty home on this machine.
pub(crate) struct World {
    pub(crate) server: Server,
    folder: TempDir,
}

impl World {
    /// A service whose phone scans and confirms at once.
    pub(crate) async fn start() -> Self {
        Self::with(json!({"auto_scan_ms": 0, "auto_confirm_ms": 0})).await
    }

    /// A service with these settings.
    pub(crate) async fn with(config: Value) -> Self {
        let folder = TempDir::new().expect("a folder");
        let mut options = Options::default();
        options.config = serde_json::from_value(config).expect("settings");
        options.ca_dir = Some(folder.path().to_owned());
        let server = Server::start(options).await.expect("loopback");
        Self { server, folder }
    }

    /// A service in which somebody is logged in. Its phone confirms at once,
    /// and scans when [`scan`](Self::scan) makes it.
    pub(crate) async fn logged_in() -> Self {
        let world = Self::with(json!({"auto_scan_ms": null, "auto_confirm_ms": 0})).await;
        let login = world.scan(&["login", "--json"]).await;
        assert_eq!(login.code, 0, "{login:?}");
        world
    }

    /// Runs a login whose code the phone scans and confirms in one go, which
    /// spares the pause that the client makes between the two.
    pub(crate) async fn scan(&self, login: &[&str]) -> Ended {
        let mut login = self.spawn(login);
        login.event("qr").await;
        self.call("login", json!({"action": "confirm"})).await;
        login.end().await
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The default account's folder.
    pub(crate) fn account(&self) -> PathBuf {
        self.home().join("default")
    }

    /// A file of the test's own.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("a plain path").to_owned()
    }

    /// A file of the test's own, with these bytes.
    pub(crate) fn bytes(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        path.to_str().expect("a plain path").to_owned()
    }

    /// An empty folder of the test's own.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::create_dir(&path).expect("a folder");
        path
    }

    /// The binary with the service and the home in its environment.
    pub(crate) fn wx(&self, arguments: &[&str]) -> Command {
        let mut command = wx(arguments);
        command
            .env("WX_HOME", self.home())
            .env("WX_CONNECT_TO", self.server.address().to_string())
            .env("WX_CA_FILE", self.folder.path().join("ca.pem"));
        command
    }

    pub(crate) fn spawn(&self, arguments: &[&str]) -> Running {
        Running::start(self.wx(arguments))
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        run(self.wx(arguments)).await
    }

    /// A control call, which must be right.
    pub(crate) async fn call(&self, call: &str, body: Value) -> Value {
        let answer = soon(call, self.server.control(call, &body)).await;
        answer.unwrap_or_else(|error| panic!("{call} {body}: {error}"))
    }

    /// A friend writes a text. Gives the message's number.
    pub(crate) async fn push(&self, text: &str) -> String {
        let body = json!({"kind": "text", "from": "friend:0", "content": text});
        let answer = self.call("push", body).await;
        answer["MsgId"].as_str().expect("a number").to_owned()
    }

    /// Waits until a client polls. Let it be online first: the service may not
    /// have noticed yet that the one before has hung up.
    pub(crate) async fn polled(&self) {
        let answer = self.call("wait_session", json!({})).await;
        assert_eq!(answer["polling"], true);
    }

    /// How many requests came whose path ends so.
    pub(crate) async fn requests(&self, path: &str) -> usize {
        self.log(path).await.len()
    }

    /// The requests whose path ends so.
    pub(crate) async fn log(&self, path: &str) -> Vec<Value> {
        let Value::Array(mut log) = self.call("log", json!({})).await else {
            panic!("no list");
        };
        log.retain(|request| request["path"].as_str().expect("a path").ends_with(path));
        log
    }

    /// The last request whose path ends so, with its JSON body read.
    pub(crate) async fn last(&self, path: &str) -> Value {
        let mut request = self.log(path).await.pop().expect("a request");
        let body = request["body"].as_str().expect("a body");
        if let Ok(body) = serde_json::from_str(body) {
            request["body"] = body;
        }
        request
    }

    /// A message comes in: the line that `listen --json --raw` prints of it, and
    /// what the push was answered.
    pub(crate) async fn receive(&self, push: Value) -> (String, Value) {
        let mut received = self.receive_all([push]).await;
        received.remove(0)
    }

    /// Several messages come in, each told of as [`receive`](Self::receive)
    /// does.
    pub(crate) async fn receive_all(
        &self,
        pushes: impl IntoIterator<Item = Value>,
    ) -> Vec<(String, Value)> {
        let mut received = Vec::new();
        for push in pushes {
            received.push((String::new(), self.call("push", push).await));
        }
        let mut listen = self.spawn(&["listen", "--json", "--raw"]);
        while received.iter().any(|(line, _)| line.is_empty()) {
            let line = listen.line().await;
            let event: Value = serde_json::from_str(&line).expect("JSON");
            let is_it = |(_, pushed): &&mut (_, Value)| event["msg_id"] == pushed["MsgId"];
            if let Some((place, _)) = received.iter_mut().find(is_it) {
                *place = line;
            }
        }
        listen.signal("INT").await;
        assert_eq!(listen.end().await.code, 130);
        received
    }

    /// Runs a command with something on its stdin.
    pub(crate) async fn pipe(&self, input: impl AsRef<[u8]>, arguments: &[&str]) -> Ended {
        run_with(self.wx(arguments), input).await
    }

    /// The name of a contact in this login.
    pub(crate) async fn user_name(&self, name: &str) -> String {
        let contact = self.contact(name).await;
        contact["user_name"].as_str().expect("a name").to_owned()
    }

    /// Waits until so many requests came whose path ends so.
    pub(crate) async fn requested(&self, path: &str, count: usize) {
        let wait = async {
            while self.requests(path).await < count {
                tokio::task::yield_now().await;
            }
        };
        soon(path, wait).await;
    }

    /// What the service was sent: the receiver and the text of each message.
    pub(crate) async fn sent(&self) -> Vec<(String, String)> {
        let sent = self.call("sent", json!({})).await;
        let text = |message: &Value, key: &str| message[key].as_str().unwrap_or("?").to_owned();
        sent.as_array()
            .expect("a list")
            .iter()
            .map(|message| (text(message, "ToUserName"), text(message, "Content")))
            .collect()
    }

    /// A contact as the service knows it, by the name of the control calls.
    pub(crate) async fn contact(&self, name: &str) -> Value {
        let state = self.call("state", json!({})).await;
        let contacts = state["accounts"][0]["contacts"].as_array().expect("a list");
        let found = contacts.iter().find(|contact| contact["name"] == name);
        found.unwrap_or_else(|| panic!("no {name}")).clone()
    }
}
