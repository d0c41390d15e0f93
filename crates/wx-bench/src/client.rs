//! The clients that are measured: the floor, and programs that use `wx-client`.

use clap::Subcommand;

mod bot;
mod floor;
mod many;

pub(crate) use many::Store;

/// Which client to be. `WX_CONNECT_TO` and `WX_CA_FILE` say where the service is; files go to
/// `WX_HOME`.
#[derive(Debug, Subcommand)]
pub(crate) enum Client {
    /// hyper and serde, and nothing else that is not needed to fetch the same pages.
    Floor {
        /// How many messages to receive.
        messages: usize,
    },
    /// `wx-client` with a handler that counts.
    Count {
        /// How many messages to receive.
        messages: usize,
    },
    /// `wx-client` with a handler that answers.
    Echo,
    /// Many sessions that wait for messages.
    Many(many::Options),
}

/// Runs as a client.
pub(crate) fn run(client: Client) -> anyhow::Result<()> {
    let one = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
    };
    match client {
        Client::Floor { messages } => one()?.block_on(floor::run(messages)),
        Client::Count { messages } => one()?.block_on(bot::count(messages)),
        Client::Echo => one()?.block_on(bot::echo()),
        Client::Many(options) => many::run(&options),
    }
}
