//! Measures whole clients against the simulated service. `cargo xtask bench-e2e` and
//! `cargo xtask bench-scale` build and start this program.
//!
//! This process runs the service. Each client is a process of its own, whose processor
//! time and memory are read from `/proc`, which only Linux has.
#![expect(
    clippy::print_stdout,
    reason = "the output of a measuring tool is its purpose"
)]

mod client;
mod e2e;
mod limits;
mod process;
mod quantile;
mod scale;
mod stage;

use clap::Parser;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures whole clients against the simulated service.
#[derive(Debug, Parser)]
enum Command {
    /// Measures bursts and echoes of several clients.
    E2e(e2e::Options),
    /// Measures many accounts in one process.
    Scale(scale::Options),
    /// Runs as a client to measure: the other commands start this.
    #[command(subcommand)]
    Client(client::Client),
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::E2e(options) => measuring()?.block_on(e2e::run(options)),
        Command::Scale(options) => measuring()?.block_on(scale::run(options)),
        Command::Client(client) => client::run(client),
    }
}

/// The runtime for measuring, and for the service.
fn measuring() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
}
