//! `docs/interop.md`: what a run has shown, and nothing else.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Context;

use crate::interop::cell::{Outcome, Report};
use crate::interop::column::Column;
use crate::interop::mutate::Noticed;
use crate::workspace::Workspace;

/// The page's path from the root.
const PAGE: &str = "docs/interop.md";

const HEAD: &str = "\
# Clients of others against the simulator

The simulator judges this project's client, and the clients in this table judge the
simulator: they were written against the real service, by others, and run unmodified.
`cargo xtask interop` installs them, has each go through the same scenario with a
simulator of its own, and writes this page; nothing in it is written by hand.

A step counts when both sides agree: the client says that it is done, or has what was
sent to it, and the simulator's control interface shows the same. Files are compared
by their MD5. Where the client has a word of its own for a kind of message, the word
stands in the table. A number leads to the reason why a client cannot do it; that it
cannot is checked as well.

itchat-uos is served the login page of the desktop client, without a body, since it
takes its keys from the cookies. wxpy stands on itchat 1.2.32, which it asks for.

";

/// Where the second part of the page begins.
const PARTS: &str = "\n## What they live on\n";

const PARTS_HEAD: &str = "
`cargo xtask interop --mutate` leaves a part out of the simulator's answers, one at a
time, and a client that lives on it must fail: else the table above would prove little.
Without what nobody reads, every client goes through as ever. This is where they fail:

| left out | who fails | first at |
|---|---|---|
";

fn page_of(workspace: &Workspace) -> PathBuf {
    workspace.root.join(PAGE)
}

/// The two parts of the page as it is.
fn halves(workspace: &Workspace) -> anyhow::Result<(String, String)> {
    let page = page_of(workspace);
    if !page.exists() {
        return Ok((HEAD.to_owned(), String::new()));
    }
    let text = std::fs::read_to_string(&page)?;
    let at = text.find(PARTS).unwrap_or(text.len());
    let (steps, parts) = text.split_at(at);
    Ok((steps.to_owned(), parts.to_owned()))
}

fn write(workspace: &Workspace, text: String) -> anyhow::Result<()> {
    let page = page_of(workspace);
    std::fs::write(&page, text).with_context(|| format!("cannot write {}", page.display()))?;
    println!("{PAGE} is written");
    Ok(())
}

/// Writes what became of the steps.
///
/// # Errors
/// As [`steps`].
pub(super) fn write_steps(
    workspace: &Workspace,
    reports: &[(Column, Report)],
) -> anyhow::Result<()> {
    let (_, parts) = halves(workspace)?;
    write(workspace, steps(reports)? + &parts)
}

/// Writes what was noticed to be gone.
pub(super) fn write_parts(workspace: &Workspace, noticed: &[Noticed]) -> anyhow::Result<()> {
    let (steps, _) = halves(workspace)?;
    let mut text = steps + PARTS + PARTS_HEAD;
    for Noticed { part, peer, step } in noticed {
        writeln!(text, "| `{part}` | {} | {step} |", peer.name())?;
    }
    write(workspace, text)
}

/// The first part of the page.
///
/// # Errors
/// When a step failed, or the clients did not go through the same ones.
fn steps(reports: &[(Column, Report)]) -> anyhow::Result<String> {
    let mut text = HEAD.to_owned();
    let headings: Vec<String> = reports.iter().map(|(column, _)| column.heading()).collect();
    writeln!(text, "| step | {} |", headings.join(" | "))?;
    writeln!(text, "|---|{}", "---|".repeat(reports.len()))?;
    let mut reasons: Vec<String> = Vec::new();
    let count = reports.first().map(|(_, report)| report.rows.len());
    for at in 0..count.unwrap_or_default() {
        let mut line = None;
        for (column, report) in reports {
            let Some(row) = report.rows.get(at) else {
                anyhow::bail!("{}: it has fewer steps than the others", column.name());
            };
            let (title, cells) = line.get_or_insert_with(|| (row.title.clone(), Vec::new()));
            anyhow::ensure!(*title == row.title, "{}: another step", column.name());
            cells.push(match &row.outcome {
                Outcome::Yes(words) if words.is_empty() => "yes".to_owned(),
                Outcome::Yes(words) => words.clone(),
                Outcome::No(reason) => format!("no ({})", number(&mut reasons, reason)),
                Outcome::Failed(error) => anyhow::bail!("{}: {error}", row.title),
            });
        }
        let (title, cells) = line.unwrap_or_default();
        writeln!(text, "| {title} | {} |", cells.join(" | "))?;
    }
    text.push_str("\nThe reasons:\n\n");
    for (at, reason) in reasons.iter().enumerate() {
        writeln!(text, "{}. {reason}.", at + 1)?;
    }
    Ok(text)
}

/// The number of a reason: the same one for all clients that share it.
fn number(reasons: &mut Vec<String>, reason: &str) -> usize {
    let known = reasons.iter().position(|known| known == reason);
    known.unwrap_or_else(|| {
        reasons.push(reason.to_owned());
        reasons.len() - 1
    }) + 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interop::cell::Row;
    use crate::interop::{known, mutate};
    use crate::peers::Peer;

    fn page() -> String {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        std::fs::read_to_string(root.join(PAGE)).unwrap()
    }

    fn cells(line: &str) -> Vec<&str> {
        let line = line.trim_start_matches("| ").trim_end_matches(" |");
        line.split(" | ").collect()
    }

    /// The page says what a run with these clients and these known defects
    /// writes: one that is new or gone asks for a run.
    #[test]
    fn the_page_is_of_the_clients_and_defects_that_are_known() {
        let page = page();
        let (steps, parts) = page.split_once(PARTS).unwrap();
        let rest = steps.strip_prefix(HEAD).unwrap();
        let (table, reasons) = rest.split_once("\nThe reasons:\n\n").unwrap();
        let reasons: Vec<&str> = reasons
            .lines()
            .map(|line| line.split_once(". ").unwrap().1.trim_end_matches('.'))
            .collect();
        let mut lines = table.lines();
        let columns: Vec<Column> = Column::all().collect();
        let headings: Vec<String> = columns.iter().map(|column| column.heading()).collect();
        assert_eq!(cells(lines.next().unwrap())[1..], headings);
        let mut noes = 0;
        for line in lines.skip(1) {
            let cells = cells(line);
            assert_eq!(cells.len(), columns.len() + 1, "{line}");
            for (column, cell) in columns.iter().zip(&cells[1..]) {
                let number = cell
                    .strip_prefix("no (")
                    .map(|rest| rest.trim_end_matches(')'));
                let reason = number.map(|number| reasons[number.parse::<usize>().unwrap() - 1]);
                let defect = known::defect(*column, cells[0]);
                assert_eq!(reason, defect.map(|defect| defect.reason), "{line}");
                noes += usize::from(reason.is_some());
            }
        }
        assert_eq!(noes, known::count());
        let left_out: Vec<(&str, &str)> = parts
            .strip_prefix(PARTS_HEAD)
            .unwrap()
            .lines()
            .map(|line| (cells(line)[0].trim_matches('`'), cells(line)[1]))
            .collect();
        assert_eq!(
            left_out,
            mutate::PARTS.map(|(part, peer)| (part, peer.name()))
        );
    }

    #[test]
    fn a_step_that_failed_makes_no_page() {
        let report = |outcome| Report {
            rows: vec![Row {
                title: "logout".to_owned(),
                outcome,
            }],
            ..Report::default()
        };
        let column = Column::Peer(Peer::Wxpy);
        let yes = report(Outcome::Yes(String::new()));
        let text = steps(&[(column, yes)]).unwrap();
        assert!(text.contains("| logout | yes |"), "{text}");
        let failed = report(Outcome::Failed("no answer".to_owned()));
        assert!(steps(&[(column, failed)]).is_err());
    }
}
