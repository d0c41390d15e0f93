//! What the deterministic crates pull in, at any depth: no I/O, no runtime, no clock,
//! no randomness, and as many crates as ARCHITECTURE.md says.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;

use crate::command::output;
use crate::tidy::Offence;
use crate::workspace::Workspace;

/// The crates whose whole closure is checked.
const PURE: [&str; 2] = ["wx-wire", "wx-proto"];

/// Names, and with a final `*` prefixes, of crates that do what the pure
/// crates must not.
const DENIED: [&str; 33] = [
    // Runtimes and I/O.
    "tokio*",
    "async-*",
    "smol",
    "futures-executor",
    "polling",
    "mio",
    "socket2",
    "hyper*",
    "h2",
    "reqwest",
    "ureq",
    "curl*",
    "rustls*",
    "ring",
    "aws-lc*",
    "openssl*",
    "native-tls",
    // Clocks.
    "chrono",
    "time",
    "jiff",
    "instant",
    "web-time",
    "quanta",
    "coarsetime",
    "minstant",
    // Randomness.
    "rand*",
    "getrandom",
    "fastrand",
    "oorandom",
    "nanorand",
    "uuid",
    "ahash",
    "tempfile",
];

/// The page that says how many crates there are.
const PAGE: &str = "ARCHITECTURE.md";

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<Vec<Offence>> {
    let mut offences = Vec::new();
    let mut counts = Vec::new();
    for name in PURE {
        let mut packages = workspace.packages.iter();
        let package = packages.find(|package| package.name == name);
        let package = package.with_context(|| format!("the workspace has no crate {name}"))?;
        // `cargo tree -p` resolves features for this package alone, unlike
        // `cargo metadata`, which mixes in what the other members ask for.
        let tree = output(
            workspace
                .cargo()
                .args(["tree", "--package", name, "--edges", "normal"])
                .args(["--all-features", "--target", "all"])
                .args(["--prefix", "none", "--format", "{p}"]),
        )?;
        let manifest = workspace.relative(&package.manifest_path);
        offences.extend(denied_in(&tree).into_iter().map(|found| {
            Offence::of_file(
                &manifest,
                format!("{name} pulls in {found}"),
                "find out by `cargo tree -p CRATE -e normal -i FOUND` why, and do without it",
            )
        }));
        counts.push((name, others_in(&tree)));
    }
    let text = std::fs::read_to_string(workspace.root.join(PAGE));
    let text = text.with_context(|| format!("cannot read {PAGE}"))?;
    offences.extend(check_counts(&text, &counts));
    Ok(offences)
}

/// How many crates in the output of `cargo tree` are not ours.
fn others_in(tree: &str) -> usize {
    let name_and_version = |line: &str| {
        let mut words = line.split_whitespace().map(str::to_owned);
        Some((words.next()?, words.next()?))
    };
    let others: BTreeSet<_> = tree
        .lines()
        .filter_map(name_and_version)
        .filter(|(name, _)| !name.starts_with("wx-"))
        .collect();
    others.len()
}

/// Checks that the page has a sentence on each of the crates, with the right count.
fn check_counts(text: &str, counts: &[(&str, usize)]) -> Vec<Offence> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    counts
        .iter()
        .map(|(name, count)| format!("`{name}` depends on {count} third-party crates"))
        .filter(|sentence| !text.contains(sentence))
        .map(|sentence| {
            Offence::of_file(
                Path::new(PAGE),
                format!("it does not say: {sentence}"),
                "correct the number, if the crate that was added is worth it",
            )
        })
        .collect()
}

/// The denied packages in the output of `cargo tree`, each once.
fn denied_in(tree: &str) -> Vec<&str> {
    let mut found: Vec<&str> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| is_denied(name))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn is_denied(name: &str) -> bool {
    DENIED.iter().any(|denied| match denied.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *denied,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denied_crates_are_found_at_any_depth() {
        let tree = "wx-proto v0.1.0 (/r/crates/wx-proto)\n\
                    http v1.4.0\n\
                    rand_core v0.10.1\n\
                    getrandom v0.4.3\n\
                    getrandom v0.4.3 (*)\n\
                    tokio-util v0.7.1\n";
        assert_eq!(denied_in(tree), ["getrandom", "rand_core", "tokio-util"]);
    }

    #[test]
    fn harmless_crates_pass() {
        let tree = "wx-wire v0.1.0\nnom v8.0.0\nmemchr v2.8.3\nhttp v1.5.0\ntracing v0.1.44\n";
        assert_eq!(denied_in(tree), [""; 0]);
    }

    #[test]
    fn others_are_counted_once_for_each_version() {
        let tree = "wx-proto v0.1.0 (/r/crates/wx-proto)\n\
                    wx-wire v0.1.0 (/r/crates/wx-wire)\n\
                    syn v2.0.119\n\
                    syn v3.0.9\n\
                    serde_derive v1.0.229 (proc-macro)\n\
                    syn v3.0.9 (*)\n";
        assert_eq!(others_in(tree), 3);
    }

    #[test]
    fn a_count_that_is_wrong_or_missing_fires() {
        let fires = |text: &str| {
            let offences = check_counts(text, &[("wx-wire", 20)]);
            offences.len()
        };
        assert_eq!(
            fires("So\n`wx-wire` depends on\n20 third-party crates, no more."),
            0
        );
        assert_eq!(fires("`wx-wire` depends on 21 third-party crates"), 1);
        assert_eq!(fires("`wx-proto` depends on 20 third-party crates"), 1);
        assert_eq!(fires(""), 1);
    }

    #[test]
    fn a_name_without_a_star_is_matched_whole() {
        assert!(is_denied("time"));
        assert!(!is_denied("timeago"));
        assert!(is_denied("hyper-util"));
    }
}
