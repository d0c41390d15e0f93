//! `docs/interop.md`: what runs have shown, and nothing else.

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
# Other people's clients against the simulator

The simulator judges this project's client, and the clients in this table judge the
simulator: other people wrote them for the real service, and they run unmodified.
`cargo xtask interop` installs them, takes each through the same scenario with a
simulator of its own, and writes this page. Nothing in it is written by hand.

A step counts when both sides agree: the client says that it is done, or holds what was
sent to it, and the simulator's control interface shows the same. Files are compared by
their MD5. Where a client has a word of its own for a kind of message, the table shows that
word. A number points to the reason why a client cannot do something; the run also checks
that it cannot.

itchat-uos takes its keys from cookies, so the simulator serves it the login page of the
desktop client, which has no body. wxpy runs on itchat 1.2.32, the version that it requires.

";

/// Where the second half of the page begins.
const PARTS: &str = "\n## What they need\n";

const PARTS_HEAD: &str = "
`cargo xtask interop --mutate` leaves one part at a time out of the simulator's answers, and
a client that needs the part has to fail. If it did not, the table above would prove little.
Without a part that nobody reads, every client goes through as before.

| left out | who fails | while |
|---|---|---|
";

fn page_of(workspace: &Workspace) -> PathBuf {
    workspace.root.join(PAGE)
}

/// The two halves of the page as it is: the steps, and what the clients need.
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

/// Writes the first half of the page.
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

/// Writes the second half of the page.
pub(super) fn write_parts(workspace: &Workspace, noticed: &[Noticed]) -> anyhow::Result<()> {
    let (steps, _) = halves(workspace)?;
    let mut text = steps + PARTS + PARTS_HEAD;
    for noticed in noticed {
        let (peer, section) = (noticed.peer.name(), noticed.section.name());
        writeln!(text, "| `{}` | {peer} | {section} |", noticed.part)?;
    }
    write(workspace, text)
}

/// The first half of the page.
///
/// # Errors
/// If a step failed, or the clients did not take the same steps.
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
                anyhow::bail!("{} took fewer steps than the others", column.name());
            };
            let (title, cells) = line.get_or_insert_with(|| (row.title.clone(), Vec::new()));
            anyhow::ensure!(*title == row.title, "{} took another step", column.name());
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
    use crate::interop::cell::{Row, Section};
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

    /// The page is what a run with these clients and these known defects writes: after a
    /// change to them, `cargo xtask interop` has to run again.
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
        let columns: Vec<Column> = Column::ALL.to_vec();
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
                section: Section::Returning,
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
