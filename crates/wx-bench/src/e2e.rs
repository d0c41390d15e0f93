//! One account: bursts, echoes, memory at rest and the time of a start. The clients run
//! one after another, each against a service of its own.

use std::path::PathBuf;

use clap::Args;

mod burst;
mod echo;
mod peer;
mod rest;

pub(crate) use peer::Peer;

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The program `wx`
    #[arg(long)]
    wx: PathBuf,
    /// How many messages a burst has
    #[arg(long, default_value_t = 20_000)]
    messages: usize,
    /// How often each of our programs takes the burst, in turn: the medians are shown
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// How many messages are echoed
    #[arg(long, default_value_t = 1_000)]
    echoes: usize,
    /// Have the service compress its answers
    #[arg(long)]
    gzip: bool,
    /// Where the service listens
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: std::net::SocketAddr,
    /// Another client, as NAME=COMMAND
    #[arg(long = "peer")]
    peers: Vec<Peer>,
}

/// Measures, and prints tables.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    for page_size in [10, 200] {
        burst::compare(&options, page_size).await?;
    }
    echo::compare(&options).await?;
    rest::measure(&options).await
}

/// A client to measure.
enum Contestant<'a> {
    Floor,
    InProcess,
    Wx,
    Peer(&'a Peer),
}

impl Contestant<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Floor => "floor",
            Self::InProcess => "wx-client",
            Self::Wx => "wx listen --json",
            Self::Peer(peer) => &peer.name,
        }
    }
}
