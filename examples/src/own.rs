//! A bot with an account of your own.

#![expect(
    clippy::print_stdout,
    reason = "the code is there to be seen and scanned"
)]

use std::path::Path;

use wx_client::bot::{self, Notice, Router};
use wx_client::{Client, EventKind, FileStore, qr};

pub(crate) async fn run<S: Send + Sync + 'static>(
    bot: Router<S>,
    folder: &Path,
) -> anyhow::Result<()> {
    let store = FileStore::open(folder)?;
    let (client, events) = Client::builder().env()?.store(store).spawn().await?;
    bot.on_event(show)
        .run(client, events, bot::interrupted())
        .await?;
    Ok(())
}

/// Prints what the owner of the bot should know, above all the code to scan.
///
/// # Errors
/// If the address does not fit into a QR code.
pub async fn show<S>(notice: Notice<S>) -> anyhow::Result<()> {
    match notice.event() {
        EventKind::Qr { url, .. } => println!("{}scan this with the phone", qr::terminal(url)),
        EventKind::PushLogin { .. } => println!("confirm the login on the phone"),
        EventKind::Online { account, .. } => println!("logged in as {}", account.nick_name),
        EventKind::Offline {
            reason,
            retry_in_ms,
            ..
        } => println!("offline: {reason}; trying again in {retry_in_ms} ms"),
        EventKind::BackOnline { .. } => println!("online again"),
        EventKind::Warning { message, .. } => println!("warning: {message}"),
        _ => {}
    }
    Ok(())
}
