//! A bot with an account of one's own.

#![expect(
    clippy::print_stdout,
    reason = "somebody has to see the code to scan it"
)]

use std::path::Path;

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use wx_client::bot::{self, Notice, Router};
use wx_client::{Client, EventKind, FileStore};

pub(crate) async fn run<S: Send + Sync + 'static>(
    bot: Router<S>,
    folder: &Path,
) -> anyhow::Result<()> {
    let store = FileStore::open(folder)?;
    let (client, events) = Client::from_env()?.store(store).spawn().await?;
    bot.on_event(show)
        .run(client, events, bot::interrupted())
        .await?;
    Ok(())
}

/// Shows what its owner should know: the code to be scanned above all.
///
/// # Errors
/// If there is no QR code for what is to be in it.
pub async fn show<S>(notice: Notice<S>) -> anyhow::Result<()> {
    match notice.event() {
        EventKind::Qr { url, .. } => {
            let code = QrCode::new(url)?.render::<Dense1x2>().build();
            for line in code.lines() {
                // Black on white, whatever the terminal's colours are.
                println!("\u{1b}[30;107m{line}\u{1b}[0m");
            }
            println!("scan this with the phone");
        }
        EventKind::PushLogin { .. } => println!("confirm the login on the phone"),
        EventKind::Online { account, .. } => println!("logged in as {}", account.nick_name),
        EventKind::Offline {
            reason,
            retry_in_ms,
        } => println!("offline: {reason}; trying again in {retry_in_ms} ms"),
        EventKind::BackOnline { .. } => println!("online again"),
        EventKind::Warning { message, .. } => println!("warning: {message}"),
        _ => {}
    }
    Ok(())
}
