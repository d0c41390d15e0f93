//! One client with a simulator of its own, in an enclosure: the scenario from
//! the first code to the last logout.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::interop::column::Column;
use crate::interop::driver::Driver;
use crate::interop::known;
use crate::peers::enclosure;
use crate::service::Service;
use crate::workspace::Workspace;

/// A client that has not seen within this time what the simulator did never will.
pub(super) const SOON: Duration = Duration::from_secs(8);
/// How long to wait for what a known defect keeps from coming.
const MOMENT: Duration = Duration::from_secs(2);
/// How long the whole scenario may take: three times what it takes on a busy machine.
const LONGEST: Duration = Duration::from_secs(120);
/// How long to pause before looking again.
const GLANCE: Duration = Duration::from_millis(40);

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// The client and the simulator agree that it is done. Holds the client's own word for
    /// it, if it has one.
    Yes(String),
    /// The client cannot do it, for this reason.
    No(String),
    /// The client or the simulator saw something unexpected.
    Failed(String),
}

/// A part of the scenario, which does not depend on timing as the step does at which a
/// client notices that something is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Section {
    Login,
    Contacts,
    Receiving,
    Downloading,
    Sending,
    Changing,
    Returning,
}

impl Section {
    /// What a client does there, in words.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Login => "logging in",
            Self::Contacts => "reading contacts",
            Self::Receiving => "receiving",
            Self::Downloading => "downloading",
            Self::Sending => "sending",
            Self::Changing => "changing contacts and groups",
            Self::Returning => "coming back",
        }
    }
}

/// A step and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) section: Section,
    pub(super) title: String,
    pub(super) outcome: Outcome,
}

/// The outcome of a run.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Report {
    pub(super) rows: Vec<Row>,
    /// How often each part of the answers was left out.
    pub(super) omitted: Value,
}

/// What to run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) column: Column,
    /// The parts of the answers to leave out, as the simulator's setting `omit` names them.
    pub(super) omit: Vec<String>,
    /// The folder for the files of the run.
    pub(super) folder: PathBuf,
}

/// A client noticed that something was left out, which ends the run.
#[derive(Debug, thiserror::Error)]
#[error("the client noticed that something was left out")]
pub(super) struct Noticed;

pub(super) struct Cell<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) column: Column,
    pub(super) service: Service,
    pub(super) driver: Driver,
    order: Order,
    rows: Vec<Row>,
    /// The section of the current step.
    pub(super) section: Section,
    /// How often the client was started.
    starts: usize,
    /// How long the current step waits for something.
    patience: Duration,
}

impl<'a> Cell<'a> {
    /// Goes through the scenario.
    pub(super) async fn run(workspace: &'a Workspace, order: Order) -> anyhow::Result<Report> {
        let column = order.column;
        let wx = workspace.built("debug", "wx");
        let service = Service::start(&wx, 17, enclosure::ADDRESS).await?;
        let config = json!({
            "auto_scan_ms": null,
            "auto_confirm_ms": null,
            "hold_ms": 3000,
            "login_hold_ms": 1000,
            "login_page": column.login_page(),
            "omit": order.omit,
        });
        let accounts = json!([{"contacts": 8, "groups": 3, "members": 5, "mps": 2}]);
        let reset = json!({"config": config, "accounts": accounts});
        service.call("reset", &reset).await?;
        let driver = start(workspace, column, &service, &order, 1)?;
        let mut cell = Self {
            workspace,
            column,
            service,
            driver,
            order,
            rows: Vec::new(),
            section: Section::Login,
            starts: 1,
            patience: SOON,
        };
        match timeout(LONGEST, cell.scenario()).await {
            Ok(Err(error)) if !error.is::<Noticed>() => return Err(error),
            Ok(_) => {}
            Err(_) => {
                let words = format!("not done after {} s", LONGEST.as_secs());
                cell.rows.push(Row {
                    section: cell.section,
                    title: "the scenario".to_owned(),
                    outcome: Outcome::Failed(words),
                });
            }
        }
        let state = cell.state().await?;
        Ok(Report {
            rows: cell.rows,
            omitted: state.get("omitted").cloned().unwrap_or_default(),
        })
    }

    async fn scenario(&mut self) -> anyhow::Result<()> {
        self.first_login().await?;
        self.people().await?;
        self.receiving().await?;
        self.sending().await?;
        self.changes().await?;
        self.coming_back().await
    }

    /// Takes a step that has nothing to say but that it succeeded.
    ///
    /// # Errors
    /// As for [`step_with_word`](Self::step_with_word).
    pub(super) async fn step(
        &mut self,
        title: impl Into<String>,
        act: impl AsyncFnOnce(&mut Self) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let act = async |cell: &mut Self| act(cell).await.map(|()| String::new());
        self.step_with_word(title, act).await
    }

    /// Takes a step, and records how it ended: a failure of a client goes into the report,
    /// and the scenario goes on. `act` returns the client's own word for what it did.
    ///
    /// # Errors
    /// [`Noticed`], if the step failed in a run in which something was left out.
    pub(super) async fn step_with_word(
        &mut self,
        title: impl Into<String>,
        act: impl AsyncFnOnce(&mut Self) -> anyhow::Result<String>,
    ) -> anyhow::Result<()> {
        let title = title.into();
        let defect = known::defect(self.column, &title);
        self.patience = if defect.is_some() { MOMENT } else { SOON };
        let outcome = match (act(self).await, defect) {
            (Ok(word), None) => Outcome::Yes(word),
            (Ok(_), Some(_)) => Outcome::Failed("it succeeded, but is listed as a defect".into()),
            (Err(error), defect) => {
                let words = format!("{error:#}");
                match defect.filter(|defect| words.contains(defect.shows)) {
                    Some(defect) => Outcome::No(defect.reason.to_owned()),
                    None => Outcome::Failed(words),
                }
            }
        };
        self.patience = SOON;
        let failed = matches!(outcome, Outcome::Failed(_));
        let section = self.section;
        self.rows.push(Row {
            section,
            title,
            outcome,
        });
        if failed && !self.order.omit.is_empty() {
            return Err(Noticed.into());
        }
        Ok(())
    }

    /// Kills the client, and starts it again.
    pub(super) async fn restart(&mut self) -> anyhow::Result<()> {
        self.starts += 1;
        let next = start(
            self.workspace,
            self.column,
            &self.service,
            &self.order,
            self.starts,
        )?;
        std::mem::replace(&mut self.driver, next).kill().await
    }

    /// Where the client keeps its session.
    pub(super) fn saved(&self) -> PathBuf {
        self.order.folder.join("session")
    }

    /// Writes a file for the client to send.
    pub(super) fn file(&self, name: &str, bytes: &[u8]) -> anyhow::Result<PathBuf> {
        let path = self.order.folder.join(name);
        std::fs::write(&path, bytes)?;
        Ok(path)
    }

    /// The arguments of a login that may use the saved session.
    pub(super) fn login(&self) -> Value {
        match self.column {
            Column::Own => {
                let record = format!("trace-{}.ndjson", self.starts);
                json!({"saved": self.saved(), "record": self.order.folder.join(record)})
            }
            Column::Peer(_) => json!({"saved": self.saved()}),
        }
    }

    pub(super) async fn state(&self) -> anyhow::Result<Value> {
        self.service.call("state", &json!({})).await
    }

    /// What the simulator says of its only account.
    pub(super) async fn account(&self) -> anyhow::Result<Value> {
        let mut state = self.state().await?;
        let account = state.pointer_mut("/accounts/0").map(Value::take);
        account.context("state: no account")
    }

    /// What the simulator says of a contact, by its short name or user name.
    pub(super) async fn contact(&self, name: &str) -> anyhow::Result<Value> {
        let account = self.account().await?;
        let contacts = list(&account, "contacts").iter();
        let mut found = contacts.filter(|contact| {
            ["name", "user_name"]
                .iter()
                .any(|member| text(contact, member) == name)
        });
        let found = found.next().cloned();
        found.with_context(|| format!("the simulator has no contact {name}"))
    }

    pub(super) async fn user_name(&self, name: &str) -> anyhow::Result<String> {
        Ok(text(&self.contact(name).await?, "user_name").to_owned())
    }

    /// Has somebody send the account a message.
    pub(super) async fn push(&self, body: Value) -> anyhow::Result<Value> {
        self.service.call("push", &body).await
    }

    /// Looks again and again until there is something to see.
    ///
    /// # Errors
    /// If that takes longer than the current step may wait.
    pub(super) async fn until<T>(
        &mut self,
        what: &str,
        mut look: impl AsyncFnMut(&mut Self) -> anyhow::Result<Option<T>>,
    ) -> anyhow::Result<T> {
        within(self.patience, what, async || look(self).await).await
    }
}

/// Looks again and again until there is something to see.
///
/// # Errors
/// If that takes longer than `patience`.
pub(super) async fn within<T>(
    patience: Duration,
    what: &str,
    mut look: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let end = Instant::now() + patience;
    loop {
        if let Some(seen) = look().await? {
            return Ok(seen);
        }
        if Instant::now() > end {
            bail!("{what}: not within {} s", patience.as_secs());
        }
        sleep(GLANCE).await;
    }
}

fn start(
    workspace: &Workspace,
    column: Column,
    service: &Service,
    order: &Order,
    number: usize,
) -> anyhow::Result<Driver> {
    let command = column.start(workspace, &service.ca_file)?;
    let log = order.folder.join(format!("client-{number}.log"));
    Driver::start(command, &log)
}

/// The text in a member of an answer; empty if there is none.
pub(super) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The list in a member of an answer; empty if there is none.
pub(super) fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    let list = value.get(member).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

/// Fails unless `there` is what was expected.
pub(super) fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    there: T,
    expected: T,
) -> anyhow::Result<()> {
    if there != expected {
        bail!("{what}: {there:?} instead of {expected:?}");
    }
    Ok(())
}
