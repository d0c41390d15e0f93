//! The command `wx`.

use std::process::ExitCode;

use clap::Parser;
use wx_cli::args::Cli;
use wx_cli::error::Error;
use wx_cli::output::{Output, say};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(wx_cli::answer_usage(&error)),
    };
    let output = Output::new(cli.global.json, cli.global.quiet);
    wx_cli::start_logs(cli.global.quiet, cli.global.verbose);
    // One thread for the session beside the one that writes to stdout, which
    // may have to wait for whoever reads that.
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
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
        // Whoever asked for it knows; and a closed pipe is no fault.
        Err(error @ (Error::Interrupted(_) | Error::GivenUp(_) | Error::Closed)) => {
            ExitCode::from(error.status())
        }
        Err(error) => {
            output.complain(&error);
            ExitCode::from(error.status())
        }
    }
}
