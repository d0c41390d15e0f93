//! The command `wx`.

use std::process::ExitCode;

use clap::Parser;
use wx_cli::args::Cli;
use wx_cli::error::Error;
use wx_cli::output::say;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let json = cli.global.json;
    wx_cli::start_logs(cli.global.quiet, cli.global.verbose);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&format!("wx: no threads to be had: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(wx_cli::run(cli));
    // Something that still reads stdin must not hold the process.
    runtime.shutdown_background();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error, json);
            ExitCode::from(error.status())
        }
    }
}

fn report(error: &Error, json: bool) {
    match error {
        // Whoever asked for it knows; and a closed pipe is no fault.
        Error::Interrupted(_) | Error::Closed => {}
        _ if json => say(&error.json()),
        _ => {
            say(&format!(
                "wx: {}",
                wx_cli::terminal::escape(&error.to_string())
            ));
            if let Some(advice) = error.advice() {
                say(&format!("    {advice}"));
            }
        }
    }
}
