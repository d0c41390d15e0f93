//! `wx login`: saved session, push login, QR code.

use std::path::Path;
use std::time::Duration;

use wx_client::{Client, EventKind, Events, Ladder};

use crate::app::{App, interrupted};
use crate::error::Error;
use crate::human;
use crate::output::say;
use crate::qr::{self, Choice, Picture};
use crate::terminal::Screen;

/// Groups that the phone tells of come right after the login; when nothing has
/// come for this long, they are all there.
const SETTLED: Duration = Duration::from_millis(700);
/// The longest that they are waited for.
const SETTLE_AT_MOST: Duration = Duration::from_secs(5);

pub(super) async fn run(
    app: &App,
    choice: &Choice,
    timeout: u64,
    fresh: bool,
) -> Result<(), Error> {
    let ladder = if fresh {
        Ladder::qr_only()
    } else {
        Ladder::default()
    };
    let (client, mut events) = app.own(ladder).await?;
    let result = tokio::select! {
        result = log_in(app, choice, &mut events) => result,
        () = tokio::time::sleep(Duration::from_secs(timeout)) => {
            Err(Error::TimedOut(format!("not logged in within {timeout} s")))
        }
        signal = interrupted() => Err(Error::Interrupted(signal)),
    };
    if result.is_ok() {
        settle(&client, &mut events).await;
    }
    client.shutdown().await;
    result
}

/// Shows what happens until the contacts are there.
pub(super) async fn log_in(app: &App, choice: &Choice, events: &mut Events) -> Result<(), Error> {
    while let Some(event) = events.next().await {
        // What comes in belongs to whoever listens: it is left unacknowledged.
        let (mut kind, _unacknowledged) = event.defer();
        if let EventKind::Message(_) = kind {
            continue;
        }
        if let EventKind::Scanned { avatar, picture } = &mut kind {
            *avatar = picture
                .as_ref()
                .and_then(|picture| keep_avatar(app, picture));
        }
        app.output.value(&kind, human::event)?;
        match kind {
            EventKind::Qr { url, .. } => draw(&url, choice)?,
            EventKind::ContactsLoaded { .. } => return Ok(()),
            EventKind::LoggedOut {
                cause,
                ret,
                message,
            } => {
                return Err(Error::LoggedOut {
                    cause,
                    ret: ret.0,
                    message,
                });
            }
            _ => {}
        }
    }
    Err(Error::Failed(
        "the client stopped before it was logged in".to_owned(),
    ))
}

async fn settle(client: &Client, events: &mut Events) {
    let quiet = async {
        while let Ok(Some(event)) = tokio::time::timeout(SETTLED, events.next()).await {
            drop(event.defer());
        }
    };
    // Messages that are not taken would hold up the groups behind them.
    let _ = tokio::time::timeout(SETTLE_AT_MOST, quiet).await;
    tracing::debug!(state = ?client.state(), "settled");
}

/// Draws the code, or writes it, or neither.
pub(super) fn draw(url: &str, choice: &Choice) -> Result<(), Error> {
    let picture = qr::render(url, choice, &Screen::of_stderr())
        .map_err(|error| Error::Failed(error.to_string()))?;
    match picture {
        Picture::Text(text) => say(text.trim_end_matches('\n')),
        Picture::Png { path, bytes } => {
            std::fs::write(&path, bytes)
                .map_err(|error| Error::io(path.display().to_string(), error))?;
            say(&format!("the code is in {}", path.display()));
        }
        _ => {}
    }
    Ok(())
}

/// Keeps the scanning account's picture beside the account.
fn keep_avatar(app: &App, picture: &[u8]) -> Option<String> {
    let ending = if picture.starts_with(b"\x89PNG") {
        "png"
    } else {
        "jpg"
    };
    let path = app.folder().ok()?.join(format!("scan-avatar.{ending}"));
    match write_private(&path, picture) {
        Ok(()) => Some(path.display().to_string()),
        Err(error) => {
            tracing::warn!(%error, "the picture could not be kept");
            None
        }
    }
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}
