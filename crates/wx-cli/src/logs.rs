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
        // What the client logs as an error is one that the command ends with. It has to
        // be named, since a target is the beginning of others.
        (false, 0) => Targets::new()
            .with_target("wx_cli", LevelFilter::WARN)
            .with_target("wx_client", LevelFilter::OFF),
        (false, 1) => all(LevelFilter::INFO),
        (false, 2) => all(LevelFilter::DEBUG),
        (false, _) => all(LevelFilter::TRACE),
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn an_error_that_a_command_ends_with_is_told_once() {
        for (verbose, logged) in [(0, false), (1, true)] {
            let filter = of_options(false, verbose);
            assert_eq!(
                filter.would_enable("wx_client::driver", &Level::ERROR),
                logged
            );
            assert!(filter.would_enable("wx_cli::output", &Level::WARN));
        }
        assert!(!of_options(true, 3).would_enable("wx_cli::output", &Level::ERROR));
    }
}
