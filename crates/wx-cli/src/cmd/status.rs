//! `wx status`: does the saved session still hold?

use serde::Serialize;
use wx_client::saved::{Account, Stretch};
use wx_client::{Error as ClientError, ErrorKind};

use crate::app::App;
use crate::error::Error;
use crate::terminal::escape;

#[derive(Serialize)]
struct Status {
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Account>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    online: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<u64>,
    sessions: Vec<Stretch>,
}

pub(super) async fn run(app: &App) -> Result<(), Error> {
    let client = app.attach_any().await?;
    let known = client.overview().await?;
    let verdict = match client.state() {
        wx_client::State::Ended { reason } => Err(ClientError::from(reason)),
        _ => client.probe().await,
    };
    client.shutdown().await;
    // An answer that nobody understood, or none, says nothing of the session.
    if let Err(error) = &verdict {
        if !matches!(
            error.kind(),
            ErrorKind::Ended | ErrorKind::NotLoggedIn | ErrorKind::Refused
        ) {
            return Err(verdict.err().map_or(Error::Closed, Error::from));
        }
    }
    let status = Status {
        since: known.sessions.last().map(|last| last.since),
        online: verdict.is_ok(),
        account: known.account,
        host: known.host,
        sessions: known.sessions,
    };
    app.output.value(&status, human)?;
    match verdict {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::Refused => Err(Error::LoggedOut {
            cause: wx_client::event::Cause::Cookie,
            ret: error.ret().map_or(0, |ret| ret.0),
            message: error.to_string(),
        }),
        Err(error) => Err(error.into()),
    }
}

fn human(status: &Status) -> String {
    match (&status.account, &status.host) {
        (Some(account), Some(host)) => format!(
            "{} at {host}: {}",
            escape(&account.nick_name),
            if status.online {
                "online"
            } else {
                "not logged in"
            }
        ),
        _ => "not logged in".to_owned(),
    }
}
