//! Logs on stderr. The libraries below write no secrets into them.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts logging: warnings, and more with each `-v`; `RUST_LOG` says
/// otherwise.
pub fn start(quiet: bool, verbose: u8) {
    let level = match (quiet, verbose) {
        (true, _) => "off",
        (false, 0) => "wx_cli=warn,wx_client=error",
        (false, 1) => "info",
        (false, 2) => "debug",
        (false, _) => "trace",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    // A second call, as in tests, finds logging on its way already.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .try_init();
}
