//! `wx login`: saved session, push login, QR code.

use std::path::Path;
use std::time::Duration;

use wx_client::event::Cause;
use wx_client::{EventKind, Events, Ladder};

use crate::app::App;
use crate::error::Error;
use crate::human;
use crate::output::say;
use crate::qr::{self, Choice, Picture};
use crate::terminal::Screen;

/// Groups that the phone tells of come right after the login; when nothing has
/// come for this long, they are all there.
const SETTLED: Duration = Duration::from_millis(500);
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
    let choice = choose(choice, app.output.json, &Screen::of_stderr());
    let (client, mut events) = app.own(ladder).await?;
    let mut outage = None;
    let result = tokio::select! {
        result = log_in(app, &choice, &mut events, &mut outage) => result,
        () = tokio::time::sleep(Duration::from_secs(timeout)) => Err(match outage.take() {
            None => Error::TimedOut(format!("not logged in within {timeout} s")),
            Some(why) => Error::Unreachable(format!("not logged in within {timeout} s: {why}")),
        }),
        signal = app.interrupted() => Err(Error::Interrupted(signal)),
    };
    app.stop(&client, result).await
}

/// A program that reads events has the address from them, and errors alone on
/// stderr: it is shown no code unless it asks for one, or a terminal is there.
fn choose(choice: &Choice, json: bool, screen: &Screen) -> Choice {
    match choice {
        Choice::Auto if json && !screen.is_terminal => Choice::None,
        choice => choice.clone(),
    }
}

async fn log_in(
    app: &App,
    choice: &Choice,
    events: &mut Events,
    outage: &mut Option<String>,
) -> Result<(), Error> {
    show(app, choice, events, outage).await?;
    // Messages that are not taken would hold up the groups behind them.
    let settled = tokio::time::timeout(SETTLE_AT_MOST, settle(app, events)).await;
    settled.unwrap_or(Ok(()))
}

/// Shows what happens until the contacts are there; `outage` is why the
/// service cannot be reached, while it cannot.
pub(super) async fn show(
    app: &App,
    choice: &Choice,
    events: &mut Events,
    outage: &mut Option<String>,
) -> Result<(), Error> {
    while let Some(event) = events.next().await {
        // What comes in belongs to whoever listens: it is left unacknowledged.
        let (mut kind, _unacknowledged) = event.defer();
        match &mut kind {
            EventKind::Message(_) => continue,
            EventKind::LoggedOut { .. } => return Err(over(app, kind, events, line).await),
            EventKind::Scanned {
                avatar, picture, ..
            } => {
                *avatar = picture
                    .as_ref()
                    .and_then(|picture| keep_avatar(app, picture.bytes()));
            }
            EventKind::Offline { reason, .. } => *outage = Some(reason.clone()),
            EventKind::BackOnline { .. } => *outage = None,
            _ => {}
        }
        app.output.value(&kind, line)?;
        match kind {
            EventKind::Qr { url, .. } => draw(&url, choice)?,
            EventKind::ContactsLoaded { .. } => return Ok(()),
            _ => {}
        }
    }
    Err(stopped())
}

/// Waits until nothing more comes for a while.
async fn settle(app: &App, events: &mut Events) -> Result<(), Error> {
    while let Ok(event) = tokio::time::timeout(SETTLED, events.next()).await {
        let event = event.ok_or_else(stopped)?;
        let (kind, _unacknowledged) = event.defer();
        if let EventKind::LoggedOut { .. } = kind {
            return Err(over(app, kind, events, line).await);
        }
    }
    Ok(())
}

/// An event for people. Of an end the error tells.
fn line(event: &EventKind) -> String {
    match event {
        EventKind::LoggedOut { .. } => String::new(),
        event => human::event(event),
    }
}

fn stopped() -> Error {
    Error::Failed("the client stopped before it was logged in".to_owned())
}

/// Tells of an end, and of what came behind it. A login that came to nothing
/// has ended no session: the error alone tells of it. `human` makes the lines for
/// people.
pub(super) async fn over(
    app: &App,
    end: EventKind,
    events: &mut Events,
    human: fn(&EventKind) -> String,
) -> Error {
    let EventKind::LoggedOut {
        cause,
        ret,
        message,
        ..
    } = &end
    else {
        return stopped();
    };
    let (ret, message) = (ret.0, message.clone());
    let error = match cause {
        Cause::NoSession => Error::NotLoggedIn {
            message,
            again: true,
        },
        Cause::NotScanned => Error::TimedOut(message),
        Cause::Refused if ret != 0 => Error::Refused { ret, message },
        _ => Error::Ended { ret, message },
    };
    let shown = match error {
        Error::NotLoggedIn { .. } | Error::TimedOut(_) => Ok(()),
        _ => app.output.value(&end, human),
    };
    let mut shown = shown;
    while let Some(event) = events.next().await {
        let (kind, _unacknowledged) = event.defer();
        if !matches!(kind, EventKind::Message(_)) {
            shown = shown.and_then(|()| app.output.value(&kind, human));
        }
    }
    shown.err().unwrap_or(error)
}

/// Draws the code, or writes it, or neither.
pub(super) fn draw(url: &str, choice: &Choice) -> Result<(), Error> {
    let screen = Screen::of_stderr();
    let picture = qr::render(url, choice, &screen).map_err(|error| Error::failed(&error))?;
    match picture {
        Picture::Text(text) => {
            say(text.trim_end_matches('\n'));
            if let Some(tip) = qr::tip(url, choice, &text, &screen) {
                say(tip);
            }
        }
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
