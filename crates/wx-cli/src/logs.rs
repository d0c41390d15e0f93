//! Logs on stderr. The libraries below write no secrets into them.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::terminal::Screen;

/// Starts logging: warnings, and more with each `-v`; `RUST_LOG` says
/// otherwise, as `LEVEL` or `TARGET=LEVEL,…`.
pub fn start(quiet: bool, verbose: u8) {
    let logs = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(Screen::of_stderr().colour);
    let wanted = std::env::var("RUST_LOG").ok();
    let filter = wanted
        .as_deref()
        .and_then(|wanted| wanted.parse().ok())
        .unwrap_or_else(|| of_options(quiet, verbose));
    // A second call, as in tests, finds logging on its way already.
    let _ = tracing_subscriber::registry()
        .with(logs)
        .with(filter)
        .try_init();
}

fn of_options(quiet: bool, verbose: u8) -> Targets {
    let all = |level| Targets::new().with_default(level);
    match (quiet, verbose) {
        (true, _) => Targets::new(),
        (false, 0) => Targets::new()
            .with_target("wx_cli", LevelFilter::WARN)
            .with_target("wx_client", LevelFilter::ERROR),
        (false, 1) => all(LevelFilter::INFO),
        (false, 2) => all(LevelFilter::DEBUG),
        (false, _) => all(LevelFilter::TRACE),
    }
}
