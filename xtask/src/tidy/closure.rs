//! What the deterministic crates must not pull in, at any depth: I/O, a
//! runtime, a clock, randomness.

use crate::tidy::Offence;
use crate::workspace::{Workspace, cargo, output};

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

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<Vec<Offence>> {
    let mut offences = Vec::new();
    for name in PURE {
        let Some(package) = workspace.packages.iter().find(|p| p.name == name) else {
            continue;
        };
        // `cargo tree -p` resolves features for this package alone, unlike
        // `cargo metadata`, where the other members' wishes are mixed in.
        let tree = output(cargo().current_dir(&workspace.root).args([
            "tree",
            "--package",
            name,
            "--edges",
            "normal",
            "--all-features",
            "--target",
            "all",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]))?;
        let manifest = workspace.relative(&package.manifest_path);
        offences.extend(denied_in(&tree).into_iter().map(|found| {
            Offence::of_file(
                &manifest,
                format!("{name} pulls in {found}"),
                "ask `cargo tree -p CRATE -e normal -i FOUND` who does, and do without it",
            )
        }));
    }
    Ok(offences)
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
    fn a_name_without_a_star_is_matched_whole() {
        assert!(is_denied("time"));
        assert!(!is_denied("timeago"));
        assert!(is_denied("hyper-util"));
    }
}
