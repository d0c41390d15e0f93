//! What the examples share: where a bot gets its account from, and people who talk
//! to it.
//!
//! Each example is a bot and a scene. Without arguments it runs against a simulated
//! service inside the same process: the people of the scene write, the bot answers,
//! everything is printed, and the program ends.
//!
//! ```console
//! cargo run --example echo
//! ```
//!
//! With the name of a folder as its argument, the same bot logs in with a real
//! account (or at a running `wx sim`, if `WX_CONNECT_TO` and `WX_CA_FILE` point
//! there), keeps the account in that folder, and runs until it is interrupted. The
//! README says what a real account risks by that.
//!
//! ```console
//! cargo run --example echo -- my-account
//! ```

mod own;
mod scene;

pub use own::show;
pub use scene::Scene;

use wx_client::bot::Router;

/// Runs a bot through a scene, or with the account that the command line names.
///
/// # Errors
/// Whatever went wrong, or did not happen within 30 seconds.
pub async fn run<S: Send + Sync + 'static>(
    bot: Router<S>,
    scene: impl AsyncFnOnce(&mut Scene) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match std::env::args_os().nth(1) {
        Some(folder) => own::run(bot, folder.as_ref()).await,
        None => scene::run(bot, scene).await,
    }
}

#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
