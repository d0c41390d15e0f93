//! `cargo xtask interop`: clients that others wrote against the real service,
//! and this project's own, go through one scenario with the simulator.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, anyhow, bail, ensure};

use crate::interop::cell::{Cell, Order, Outcome, Report};
use crate::interop::column::Column;
use crate::peers::enclosure;
use crate::workspace::{Workspace, cargo};

mod cell;
mod column;
mod driver;
mod known;
mod mutate;
mod scenario;
mod table;

/// Runs the named clients through the scenario, or all of them; a run of all
/// writes the page.
pub(crate) fn run(workspace: &Workspace, names: &[&str]) -> anyhow::Result<()> {
    if names == ["--mutate"] {
        return mutate::run(workspace);
    }
    let columns = match names {
        [] => Column::all().collect(),
        names => names
            .iter()
            .map(|name| Column::named(name).with_context(|| format!("no client `{name}`")))
            .collect::<anyhow::Result<Vec<_>>>()?,
    };
    prepare(workspace)?;
    let went = std::thread::scope(|scope| {
        let runs: Vec<_> = columns
            .iter()
            .map(|column| scope.spawn(move || cell(workspace, *column, "all", &[])))
            .collect();
        let reports = runs.into_iter().map(|run| {
            let panicked = || anyhow!("the run of a client panicked");
            run.join().unwrap_or_else(|_| Err(panicked()))
        });
        reports.collect::<anyhow::Result<Vec<Report>>>()
    });
    let reports: Vec<(Column, Report)> = columns.into_iter().zip(went?).collect();
    for (column, report) in &reports {
        println!("{}", summary(*column, report));
    }
    let failed = (reports.iter())
        .flat_map(|(_, report)| &report.rows)
        .any(|row| matches!(row.outcome, Outcome::Failed(_)));
    ensure!(!failed, "not everything went as it must");
    if names.is_empty() {
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

/// Installs and builds what takes part.
fn prepare(workspace: &Workspace) -> anyhow::Result<()> {
    for peer in crate::peers::Peer::ALL {
        peer.install(workspace)?;
    }
    for what in [
        ["wx-cli", "--bins"].as_slice(),
        &["wx-client", "--example", "driven"],
    ] {
        let status = cargo()
            .current_dir(&workspace.root)
            .args(["build", "--quiet", "--package"])
            .args(what)
            .status()?;
        if !status.success() {
            bail!("{what:?} does not build");
        }
    }
    Ok(())
}

/// Runs one client, in an enclosure of its own.
fn cell(
    workspace: &Workspace,
    column: Column,
    name: &str,
    omit: &[String],
) -> anyhow::Result<Report> {
    let folder = workspace
        .target
        .join("interop")
        .join(name)
        .join(column.name());
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let hosts = folder.join("hosts");
    enclosure::write_hosts(&hosts)?;
    let order = Order {
        column: column.name().to_owned(),
        omit: omit.to_vec(),
        folder,
    };
    let output = enclosure::command(&hosts, std::env::current_exe()?)
        .arg("interop-cell")
        .arg(serde_json::to_string(&order)?)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start unshare")?;
    if !output.status.success() {
        bail!("{}: {}", column.name(), output.status);
    }
    serde_json::from_slice(&output.stdout).context("the report of a cell")
}

/// What runs in the enclosure: the report goes to the standard output.
pub(crate) fn run_cell(workspace: &Workspace, order: &str) -> anyhow::Result<()> {
    let order: Order = serde_json::from_str(order)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(Cell::run(workspace, order))?;
    println!("{}", serde_json::to_string(&report)?);
    Ok(())
}

/// Why it cannot run here, if it cannot.
pub(crate) fn obstacle(workspace: &Workspace) -> anyhow::Result<Option<String>> {
    let folder: &Path = &workspace.target.join("interop");
    std::fs::create_dir_all(folder)?;
    let hosts = folder.join("hosts");
    enclosure::write_hosts(&hosts)?;
    Ok(enclosure::obstacle(&hosts))
}
