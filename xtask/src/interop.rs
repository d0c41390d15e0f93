//! `cargo xtask interop`: clients that other people wrote for the real service, and
//! this project's own, go through one scenario with the simulator.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, anyhow, bail, ensure};
use clap::Args;

use crate::command::{self, missing};
use crate::interop::cell::{Cell, Order, Outcome, Report};
use crate::interop::column::Column;
use crate::peers::{Peer, enclosure};
use crate::workspace::Workspace;

mod cell;
mod column;
mod driver;
mod known;
mod mutate;
mod scenario;
mod table;

/// What to run.
#[derive(Debug, Default, Args)]
pub(crate) struct Options {
    /// The clients to run; all of them if none is named
    #[arg(value_name = "CLIENT", conflicts_with = "mutate")]
    clients: Vec<Column>,
    /// Leave parts out of the simulator's answers, which a client that needs them has to notice
    #[arg(long)]
    mutate: bool,
}

/// Runs the clients through the scenario; a run of all of them writes the page.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    if let Some(why) = obstacle(workspace)? {
        bail!("{why}");
    }
    prepare(workspace)?;
    if options.mutate {
        return mutate::run(workspace);
    }
    let columns = match options.clients.as_slice() {
        [] => &Column::ALL,
        named => named,
    };
    let reports = std::thread::scope(|scope| {
        let runs: Vec<_> = (columns.iter())
            .map(|column| scope.spawn(|| cell(workspace, *column, "all", &[])))
            .collect();
        let reports = runs.into_iter().map(|run| {
            let panicked = || anyhow!("the run of a client panicked");
            run.join().unwrap_or_else(|_| Err(panicked()))
        });
        reports.collect::<anyhow::Result<Vec<Report>>>()
    })?;
    let reports: Vec<(Column, Report)> = columns.iter().copied().zip(reports).collect();
    for (column, report) in &reports {
        println!("{}", summary(*column, report));
    }
    let failed = (reports.iter())
        .flat_map(|(_, report)| &report.rows)
        .any(|row| matches!(row.outcome, Outcome::Failed(_)));
    ensure!(!failed, "a step failed, see above");
    if options.clients.is_empty() {
        table::write_steps(workspace, &reports)?;
    }
    Ok(())
}

fn summary(column: Column, report: &Report) -> String {
    let (mut yes, mut no, mut failed) = (0, 0, String::new());
    for row in &report.rows {
        match &row.outcome {
            Outcome::Yes(_) => yes += 1,
            Outcome::No(_) => no += 1,
            Outcome::Failed(error) => failed.push_str(&format!("\n  {}: {error}", row.title)),
        }
    }
    format!("{:20} yes {yes:2}, no {no}{failed}", column.heading())
}

/// Installs the peers, and builds the simulator and the driver of our own client.
fn prepare(workspace: &Workspace) -> anyhow::Result<()> {
    for peer in Peer::ALL {
        peer.install(workspace)?;
    }
    workspace.build_wx()?;
    let mut driver = workspace.cargo();
    driver.args(["build", "--quiet", "--package", "wx-client"]);
    command::run(driver.args(["--example", "driven"]))?;
    // Somebody may build another xtask in the meantime, and then this one has no name.
    std::fs::copy("/proc/self/exe", itself(workspace)).context("cannot copy xtask")?;
    Ok(())
}

/// The copy of this program that runs in the enclosures.
fn itself(workspace: &Workspace) -> PathBuf {
    workspace.target.join("interop/xtask")
}

/// Runs one client in an enclosure of its own.
fn cell(
    workspace: &Workspace,
    column: Column,
    name: &str,
    omit: &[String],
) -> anyhow::Result<Report> {
    let folder = Path::new("interop").join(name).join(column.name());
    let folder = workspace.empty_folder(folder)?;
    let hosts = folder.join("hosts");
    enclosure::write_hosts(&hosts)?;
    let order = Order {
        column,
        omit: omit.to_vec(),
        folder,
    };
    let output = enclosure::command(&hosts, itself(workspace))
        .arg("interop-cell")
        .arg(serde_json::to_string(&order)?)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start the enclosure")?;
    if !output.status.success() {
        bail!("{}: {}", column.name(), output.status);
    }
    serde_json::from_slice(&output.stdout).context("cannot read the report of a client's run")
}

/// Runs in the enclosure, and prints the report as JSON.
pub(crate) fn run_cell(workspace: &Workspace, order: &str) -> anyhow::Result<()> {
    let order: Order = serde_json::from_str(order)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(Cell::run(workspace, order))?;
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}

/// Why the clients cannot run on this machine, if they cannot.
pub(crate) fn obstacle(workspace: &Workspace) -> anyhow::Result<Option<String>> {
    let folder = workspace.empty_folder("interop/obstacle")?;
    let hosts = folder.join("hosts");
    enclosure::write_hosts(&hosts)?;
    Ok(missing(&["python3", "node", "npm"]).or_else(|| enclosure::obstacle(&hosts)))
}
