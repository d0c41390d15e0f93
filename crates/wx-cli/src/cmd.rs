//! The commands, each in a file of its own.

mod chat;
mod contacts;
mod decode;
mod demo;
mod doctor;
mod download;
mod forward;
mod friend;
mod group;
mod listen;
mod login;
mod logout;
mod manual;
mod members;
mod names;
mod replay;
mod send;
mod sim;
mod status;
mod stdin;

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
        Command::Forward { to } => forward::run(&app, &to).await,
        Command::Revoke {
            msg_id,
            to,
            client_msg_id,
        } => chat::revoke(&app, &msg_id, &to, client_msg_id.as_deref()).await,
        Command::Contacts {
            kind,
            find,
            refresh,
        } => contacts::run(&app, kind, find.as_deref(), refresh).await,
        Command::Members { group } => members::run(&app, &group).await,
        Command::Remark { to, text } => chat::remark(&app, &to, &text).await,
        Command::Pin { to } => chat::pin(&app, &to).await,
        Command::Unpin { to } => chat::unpin(&app, &to).await,
        Command::Read { to } => chat::read(&app, &to).await,
        Command::Friend(what) => friend::run(&app, what).await,
        Command::Group(what) => group::run(&app, what).await,
        Command::Download { target } => download::run(&app, target).await,
        Command::Avatar { to, group, target } => {
            download::avatar(&app, &to, group.as_deref(), target).await
        }
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
        } => decode::run(&app, kind, context, file).await,
        Command::Replay { file } => replay::run(&app, file).await,
        Command::Doctor { timeout } => doctor::run(&app, timeout).await,
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { dir } => manual::man(dir.as_deref()),
    }
}
