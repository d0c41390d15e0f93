//! Chores of this workspace, run as `cargo xtask COMMAND`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the output of a development tool is its purpose"
)]

mod bench;
mod book;
mod cast;
mod chaos;
mod ci;
mod full;
mod fuzz;
mod interop;
mod packages;
mod paths;
mod peers;
mod service;
mod steps;
mod tidy;
mod workspace;
mod world;

use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::workspace::Workspace;

const USAGE: &str = "\
Usage: cargo xtask COMMAND

  tidy [-v]                 check what no compiler checks: layers, file sizes, forbidden
                            words, links; -v also lists files above the size to aim at
  ci                        everything a change must pass: format, clippy, rustdoc, tidy, tests
  full [--fuzz-seconds N]   ci, then what takes longer or needs more tools: ten thousand
                            worlds, every break, chaos, the oldest supported Rust, each
                            package with each feature alone, Miri, cargo-deny, mdBook, and
                            every fuzz target for N seconds (60)
  packages                  each package is built with each of its features alone, packed, and
                            built from what was packed
  cast                      record `wx demo` in a terminal, for the README
  fuzz [--seconds N] [TARGET…]
                            fuzz the named targets, or all, for N seconds each (60)
  world [--seed N | --seeds N] [--break NAME]
                            sessions against the simulated service in virtual time: N worlds
                            (1000), or one with its trace; --break breaks a promise on purpose,
                            which must fail; `all` breaks each in turn, and fails if one is
                            not seen
  chaos [--seconds N]       the real `wx listen` against `wx sim`, through a proxy that spoils
                            connections, killed again and again for N seconds (60)
  bench-e2e [OPTION…]       what clients spend on bursts and echoes, ours beside those of others,
                            against the simulated service: docs/performance.md
  bench-scale [--accounts N] [OPTION…]
                            what an account costs where one process holds 10 to N (10000) of
                            them; --svg FILE draws the curves
  interop [CLIENT…]         clients of others (itchat, itchat-uos, wxpy, wechat4u) and wx-client
                            go through one scenario with the simulator; all of them together
                            write docs/interop.md
  interop --mutate          parts are left out of the simulator's answers, and a client that
                            lives on them must fail
  peers                     install the clients of others that this one is measured by
                            (itchat, itchat-uos, wxpy, wechat4u) below the target folder
  book                      a step of `mdbook build docs`: links out of the book, to the repository
  bench [BEGINNING…]        the cases of benches/ whose names begin so, or all: ours and what one
                            would use instead, timed in turn; fails if a ratio is not reached
  counts [BRANCH]           instructions of the hot paths, by valgrind, beside those of the merge
                            base with BRANCH (main); fails if one takes 5 % more
  help                      this text
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[&str]) -> anyhow::Result<()> {
    match *args {
        ["tidy"] => tidy::run(&Workspace::load()?, tidy::Detail::Offences),
        ["tidy", "-v"] => tidy::run(&Workspace::load()?, tidy::Detail::Sizes),
        ["ci"] => ci::run(&Workspace::load()?),
        ["full"] => full::run(&Workspace::load()?, fuzz::DEFAULT_SECONDS),
        ["full", "--fuzz-seconds", seconds] => {
            full::run(&Workspace::load()?, parse_seconds(seconds)?)
        }
        ["fuzz", "--seconds", seconds, ref targets @ ..] => {
            fuzz::run(&Workspace::load()?, parse_seconds(seconds)?, targets)
        }
        ["fuzz", ref targets @ ..] if targets.iter().all(|target| !target.starts_with('-')) => {
            fuzz::run(&Workspace::load()?, fuzz::DEFAULT_SECONDS, targets)
        }
        ["world", ref options @ ..] => world::run(&Workspace::load()?, options),
        ["chaos"] => chaos::run(&Workspace::load()?, chaos::DEFAULT_SECONDS),
        ["chaos", "--seconds", seconds] => chaos::run(&Workspace::load()?, parse_seconds(seconds)?),
        ["bench-e2e", ref options @ ..] => bench::e2e(&Workspace::load()?, options),
        ["bench-scale", ref options @ ..] => bench::scale(&Workspace::load()?, options),
        ["interop", ref clients @ ..] => interop::run(&Workspace::load()?, clients),
        ["interop-cell", order] => interop::run_cell(&Workspace::load()?, order),
        ["bench", ref names @ ..] if names.iter().all(|name| !name.starts_with('-')) => {
            paths::run(&Workspace::load()?, names)
        }
        ["counts"] => paths::counts(&Workspace::load()?, paths::DEFAULT_BASE),
        ["counts", branch] if !branch.starts_with('-') => {
            paths::counts(&Workspace::load()?, branch)
        }
        ["cast"] => cast::run(&Workspace::load()?),
        ["packages"] => packages::run(&Workspace::load()?),
        ["peers"] => peers::install(&Workspace::load()?),
        // Asked first whether a renderer is supported; the answer is the status.
        ["book", "supports", _] => Ok(()),
        ["book"] => book::run(Workspace::load()?.repository()?),
        [] | ["help" | "-h" | "--help"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => bail!("cannot read `{}`\n\n{USAGE}", args.join(" ")),
    }
}

fn parse_seconds(text: &str) -> anyhow::Result<u32> {
    text.parse()
        .with_context(|| format!("`{text}` is not a number of seconds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_command_is_an_error_that_shows_the_usage() {
        let error = run(&["tidyy"]).unwrap_err().to_string();
        assert!(error.contains("`tidyy`"), "{error}");
        assert!(error.contains("Usage: cargo xtask"), "{error}");
    }

    #[test]
    fn a_misspelt_option_is_not_taken_for_a_fuzz_target() {
        assert!(run(&["fuzz", "--second", "5"]).is_err());
    }

    #[test]
    fn seconds_must_be_a_number() {
        assert_eq!(parse_seconds("90").unwrap(), 90);
        assert!(parse_seconds("-1").is_err());
        assert!(parse_seconds("1m").is_err());
    }
}
