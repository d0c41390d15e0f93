//! Chores of this workspace, run as `cargo xtask COMMAND`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the output of a development tool is its purpose"
)]

mod book;
mod cast;
mod chaos;
mod ci;
mod command;
mod full;
mod fuzz;
mod hot_paths;
mod interop;
mod packages;
mod peers;
mod service;
mod steps;
mod tidy;
mod whole_clients;
mod workspace;
mod world;

use std::process::ExitCode;

use clap::Parser;

use crate::workspace::Workspace;

/// Checks and chores of this workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100)]
enum Task {
    /// Check what no compiler checks: layers, file sizes, forbidden words, links
    Tidy {
        /// List the files above the recommended size as well
        #[arg(short, long)]
        verbose: bool,
    },
    /// Check everything that a change must pass: format, clippy, rustdoc, tidy, tests
    Ci,
    /// Run `ci`, then what takes longer or needs more tools
    ///
    /// Ten thousand worlds, every promise broken on purpose, chaos, the oldest supported Rust,
    /// each package with each feature alone, Miri, cargo-deny, mdBook, other people's clients,
    /// and every fuzz target. A step whose tool is missing is skipped and reported.
    Full(full::Options),
    /// Build each package with each of its features alone, pack it, and build what was packed
    Packages,
    /// Record `wx demo` in a terminal, for the README
    Cast,
    /// Fuzz the named targets, or all of them
    Fuzz {
        /// How long each target runs
        #[arg(long, value_name = "SECONDS", default_value_t = fuzz::DEFAULT_SECONDS)]
        seconds: u32,
        /// The targets; `fuzz/fuzz_targets` has a file for each
        targets: Vec<String>,
    },
    /// Run sessions against the simulated service in virtual time, with faults drawn from a seed
    World(world::World),
    /// Run the real `wx listen` against `wx sim` over bad connections, killing it again and again
    Chaos {
        /// How long it goes on: longer, if the machine is so busy that too little happens
        #[arg(long, value_name = "SECONDS", default_value_t = chaos::DEFAULT_SECONDS)]
        seconds: u32,
    },
    /// Measure bursts and echoes, ours beside other people's clients: see docs/performance.md
    BenchE2e(whole_clients::Options),
    /// Measure what an account costs where one process holds many: see docs/performance.md
    BenchScale(whole_clients::Options),
    /// Take other people's clients and wx-client through one scenario with the simulator
    ///
    /// A run of all clients writes docs/interop.md, and so does a run with --mutate.
    Interop(interop::Options),
    /// Run one client in its enclosure: `interop` starts this
    #[command(hide = true)]
    InteropCell {
        /// What to do, as JSON
        order: String,
    },
    /// Install other people's clients, which ours is compared with, below the target folder
    Peers,
    /// Point the links that leave the book to the repository: `mdbook build docs` starts this
    Book {
        #[command(subcommand)]
        question: Option<book::Question>,
    },
    /// Time the cases of benches/ beside what one would use instead
    ///
    /// Fails if ours is not as many times faster as it has to be.
    Bench {
        /// Only cases whose names begin like this
        beginnings: Vec<String>,
    },
    /// Count the instructions of the hot paths with valgrind, here and at a merge base
    ///
    /// Fails if one of them takes 5 % more than before.
    Counts {
        /// The branch whose merge base with this one is compared
        #[arg(default_value = "main")]
        branch: String,
    },
}

fn main() -> ExitCode {
    match run(Task::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> anyhow::Result<()> {
    let workspace = Workspace::load()?;
    match task {
        Task::Tidy { verbose } => tidy::run(&workspace, verbose),
        Task::Ci => ci::run(&workspace),
        Task::Full(options) => full::run(&workspace, options),
        Task::Packages => packages::run(&workspace),
        Task::Cast => cast::run(&workspace),
        Task::Fuzz { seconds, targets } => fuzz::run(&workspace, seconds, &targets),
        Task::World(world) => world::run(&workspace, &world),
        Task::Chaos { seconds } => chaos::run(&workspace, seconds),
        Task::BenchE2e(options) => whole_clients::e2e(&workspace, &options),
        Task::BenchScale(options) => whole_clients::scale(&workspace, &options),
        Task::Interop(options) => interop::run(&workspace, &options),
        Task::InteropCell { order } => interop::run_cell(&workspace, &order),
        Task::Peers => peers::install(&workspace),
        Task::Book { question: Some(_) } => Ok(()),
        Task::Book { question: None } => book::run(workspace.repository()?),
        Task::Bench { beginnings } => hot_paths::time(&workspace, &beginnings),
        Task::Counts { branch } => hot_paths::count(&workspace, &branch),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn refused(args: &[&str]) -> String {
        let words = std::iter::once(&"xtask").chain(args);
        Task::try_parse_from(words).unwrap_err().to_string()
    }

    #[test]
    fn the_definition_of_the_options_is_sound() {
        Task::command().debug_assert();
    }

    #[test]
    fn a_misspelt_command_is_an_error_that_names_the_right_one() {
        let error = refused(&["tidyy"]);
        assert!(error.contains("'tidy'"), "{error}");
    }

    #[test]
    fn a_misspelt_option_is_not_taken_for_a_target_or_a_client() {
        assert!(refused(&["fuzz", "--second", "5"]).contains("'--seconds'"));
        assert!(refused(&["interop", "--mutat"]).contains("'--mutate'"));
    }

    #[test]
    fn options_of_wx_bench_are_passed_on() {
        let task = Task::try_parse_from(["xtask", "bench-e2e", "--messages", "2000"]).unwrap();
        let Task::BenchE2e(options) = task else {
            panic!("{task:?}");
        };
        assert_eq!(options.passed_on, ["--messages", "2000"]);
    }

    #[test]
    fn seconds_must_be_a_number() {
        assert!(refused(&["chaos", "--seconds", "1m"]).contains("'1m'"));
        assert!(refused(&["full", "--fuzz-seconds=-1"]).contains("'-1'"));
    }
}
