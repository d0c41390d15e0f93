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

/// What the simulator does is seen by a client within this time, or never.
pub(super) const SOON: Duration = Duration::from_secs(8);
/// As long is waited for what is known not to come.
const MOMENT: Duration = Duration::from_secs(2);
/// The whole scenario takes a third of it on a busy machine.
const LONGEST: Duration = Duration::from_secs(120);
const GLANCE: Duration = Duration::from_millis(40);

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// Both sides agree that it is done; in the client's own words, where it
    /// has any.
    Yes(String),
    /// The client cannot do it: the reason.
    No(String),
    /// One of the sides saw something else than it had to.
    Failed(String),
}

/// A step by its title, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) title: String,
    pub(super) outcome: Outcome,
}

/// What a cell reports.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Report {
    pub(super) rows: Vec<Row>,
    /// Parts of answers that were left out, and how often.
    pub(super) omitted: Value,
}

/// What a cell is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub(super) column: String,
    /// Of the answers: see the simulator's setting of that name.
    pub(super) omit: Vec<String>,
    /// Files of the run.
    pub(super) folder: PathBuf,
}

/// The end of a run in which something was left out: it was noticed.
#[derive(Debug, thiserror::Error)]
#[error("it was noticed")]
pub(super) struct Noticed;

pub(super) struct Cell<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) column: Column,
    pub(super) service: Service,
    pub(super) driver: Driver,
    order: Order,
    rows: Vec<Row>,
    /// Starts of the client.
    starts: usize,
    /// The step that is being taken, and how long it may wait.
    title: String,
    patience: Duration,
}

impl<'a> Cell<'a> {
    /// Goes through the scenario.
    pub(super) async fn run(workspace: &'a Workspace, order: Order) -> anyhow::Result<Report> {
        let column = Column::named(&order.column).context("no such client")?;
        let wx = workspace.target.join("debug/wx");
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
            starts: 1,
            title: String::new(),
            patience: SOON,
        };
        match timeout(LONGEST, cell.scenario()).await {
            Ok(Err(error)) if !error.is::<Noticed>() => return Err(error),
            Ok(_) => {}
            Err(_) => {
                let words = format!("not through within {} s", LONGEST.as_secs());
                cell.put_down("the scenario".to_owned(), Outcome::Failed(words));
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

    /// Begins a step.
    pub(super) fn step(&mut self, title: impl Into<String>) {
        self.title = title.into();
        let is_known = known::defect(self.column, &self.title).is_some();
        self.patience = if is_known { MOMENT } else { SOON };
    }

    /// Puts down what became of it.
    ///
    /// # Errors
    /// [`Noticed`], if something was left out and this is what it did.
    pub(super) fn note(&mut self, went: anyhow::Result<String>) -> anyhow::Result<()> {
        let title = std::mem::take(&mut self.title);
        self.patience = SOON;
        let outcome = match (went, known::defect(self.column, &title)) {
            (Ok(words), None) => Outcome::Yes(words),
            (Ok(_), Some(_)) => Outcome::Failed("it is known that it cannot, and it can".into()),
            (Err(error), defect) => {
                let words = format!("{error:#}");
                match defect.filter(|defect| words.contains(defect.shows)) {
                    Some(defect) => Outcome::No(defect.reason.to_owned()),
                    None => Outcome::Failed(words),
                }
            }
        };
        let failed = matches!(outcome, Outcome::Failed(_));
        self.put_down(title, outcome);
        if failed && !self.order.omit.is_empty() {
            return Err(Noticed.into());
        }
        Ok(())
    }

    fn put_down(&mut self, title: String, outcome: Outcome) {
        self.rows.push(Row { title, outcome });
    }

    /// Ends the client without a word, and starts it again.
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

    /// A file to be sent.
    pub(super) fn file(&self, name: &str, bytes: &[u8]) -> anyhow::Result<PathBuf> {
        let path = self.order.folder.join(name);
        std::fs::write(&path, bytes)?;
        Ok(path)
    }

    /// The arguments of a login with what is saved.
    pub(super) fn login(&self) -> Value {
        match self.column {
            Column::Own => {
                let record = format!("trace-{}.ndjson", self.starts);
                json!({"saved": self.saved(), "record": self.order.folder.join(record)})
            }
            // The session of others is a file; the first start has none.
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

    /// Somebody does something on a phone.
    pub(super) async fn push(&self, body: Value) -> anyhow::Result<Value> {
        self.service.call("push", &body).await
    }

    /// Looks until there is something, for as long as it may take.
    pub(super) async fn until<T>(
        &mut self,
        what: &str,
        mut look: impl AsyncFnMut(&mut Self) -> anyhow::Result<Option<T>>,
    ) -> anyhow::Result<T> {
        let end = Instant::now() + self.patience;
        loop {
            if let Some(seen) = look(self).await? {
                return Ok(seen);
            }
            if Instant::now() > end {
                bail!("{what}: not within {} s", self.patience.as_secs());
            }
            sleep(GLANCE).await;
        }
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

/// A text of an answer; empty if there is none.
pub(super) fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// A list of an answer; empty if there is none.
pub(super) fn list<'a>(value: &'a Value, member: &str) -> &'a [Value] {
    let list = value.get(member).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

/// Fails with what was expected if it is not what there is.
pub(super) fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    there: T,
    expected: T,
) -> anyhow::Result<()> {
    if there != expected {
        bail!("{what}: {there:?}, and not {expected:?}");
    }
    Ok(())
}
