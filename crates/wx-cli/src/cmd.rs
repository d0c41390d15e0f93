//! The commands, each in a file of its own.

mod contacts;
mod decode;
mod demo;
mod listen;
mod login;
mod logout;
mod members;
mod send;
mod sim;
mod status;

use crate::app::App;
use crate::args::{Cli, Command};
use crate::error::Error;

/// Does what the command line asks for.
///
/// # Errors
/// As the command has it; see [`Error::status`].
pub async fn run(cli: Cli) -> Result<(), Error> {
    let app = App::new(cli.global);
    match cli.command {
        Command::Login { qr, timeout, fresh } => login::run(&app, &qr, timeout, fresh).await,
        Command::Status => status::run(&app).await,
        Command::Listen(options) => listen::run(&app, options).await,
        Command::Send(what) => send::run(&app, what).await,
        Command::Contacts {
            kind,
            find,
            refresh,
        } => contacts::run(&app, kind, find.as_deref(), refresh).await,
        Command::Members { group } => members::run(&app, &group).await,
        Command::Logout => logout::run(&app).await,
        Command::Sim {
            listen,
            script,
            seed,
        } => sim::run(&app, listen, script, seed).await,
        Command::Demo => demo::run(&app).await,
        Command::Decode {
            kind,
            context,
            file,
        } => decode::run(&app, &kind, &context, &file),
    }
}
