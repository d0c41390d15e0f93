//! Whether the account can use web login: its session is asked about, or a
//! login is tried, for the service says it at no other time.

use std::time::Duration;

use wx_client::{Chain, Error as ClientError, ErrorKind, EventKind, Events, Ladder, State};

use super::Check;
use crate::app::App;
use crate::cmd::login::draw;
use crate::error::Error;
use crate::human;
use crate::qr::Choice;
use crate::terminal::{Screen, escape};

/// The base host of the saved session, if there is one.
pub(super) async fn host(app: &App) -> Result<Option<String>, Error> {
    app.beside_any(async |client| Ok(client.overview().await?.host))
        .await
}

pub(super) async fn check(app: &App, timeout: u64) -> Result<Check, Error> {
    let saved = app
        .beside_any(async |client| {
            Ok(match client.state() {
                State::Ended { reason, .. } => Err(ClientError::from(reason)),
                _ => match client.probe().await {
                    Ok(()) => Ok(client.overview().await?),
                    Err(error) => Err(error),
                },
            })
        })
        .await?;
    let outcome = match saved {
        Ok(known) => {
            let nick_name = known.account.map(|account| account.nick_name);
            let nick_name = nick_name.unwrap_or_default();
            Ok(format!("logged in as {nick_name}; the session holds"))
        }
        Err(error) if error.kind() == ErrorKind::NotLoggedIn && timeout > 0 => {
            log_in(app, timeout).await?
        }
        Err(error) => Err(Chain(&error).to_string()),
    };
    Ok(Check::new("account", outcome))
}

/// Tries a login, and stays logged in if it succeeds.
async fn log_in(app: &App, timeout: u64) -> Result<Result<String, String>, Error> {
    let (client, mut events) = match app.own(Ladder::default()).await {
        Err(Error::Client(error)) if error.kind() == ErrorKind::Locked => {
            return Ok(Err(format!("not logged in yet: {}", Chain(&error))));
        }
        owned => owned?,
    };
    let outcome = tokio::select! {
        outcome = outcome(app, &mut events) => outcome,
        () = tokio::time::sleep(Duration::from_secs(timeout)) => Ok(Err(format!(
            "not logged in, and nobody confirmed a login within {timeout} s"
        ))),
        signal = app.interrupted() => Err(Error::Interrupted(signal)),
    };
    app.stop(&client, outcome).await
}

async fn outcome(app: &App, events: &mut Events) -> Result<Result<String, String>, Error> {
    let mut nick_name = String::new();
    while let Some(event) = events.next().await {
        let (kind, _unacknowledged) = event.defer();
        match &kind {
            EventKind::Qr { url, .. } => {
                app.note("scan this code to see whether the account may log in here:");
                app.note(&escape(url));
                if !app.output.json && !app.output.quiet && Screen::of_stderr().is_terminal {
                    draw(url, &Choice::Auto)?;
                }
            }
            EventKind::Scanned { .. } | EventKind::PushLogin { .. } => {
                app.note(&human::event(&kind));
            }
            EventKind::Online { account, .. } => nick_name.clone_from(&account.nick_name),
            EventKind::ContactsLoaded { .. } => {
                return Ok(Ok(format!(
                    "{nick_name} can log in, and is logged in here now"
                )));
            }
            EventKind::LoggedOut { message, .. } => return Ok(Err(message.clone())),
            _ => {}
        }
    }
    Ok(Err("the client stopped before it was logged in".to_owned()))
}
