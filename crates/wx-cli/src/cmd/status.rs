//! `wx status`: does the saved session still hold?

use serde::Serialize;
use wx_client::saved::{Account, Stretch};
use wx_client::{Error as ClientError, ErrorKind, State};

use crate::app::App;
use crate::error::Error;
use crate::human;
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
    let (known, verdict) = app
        .beside_any(async |client| {
            let known = client.overview().await?;
            let verdict = match client.state() {
                State::Ended { reason, .. } => Err(ClientError::from(reason)),
                _ => client.probe().await,
            };
            Ok((known, verdict))
        })
        .await?;
    // An answer that nobody understood, or none, says nothing of the session.
    let verdict = match verdict {
        Err(error)
            if !matches!(
                error.kind(),
                ErrorKind::Ended | ErrorKind::NotLoggedIn | ErrorKind::Refused
            ) =>
        {
            return Err(error.into());
        }
        verdict => verdict,
    };
    let status = Status {
        since: known.sessions.last().map(|last| last.since),
        online: verdict.is_ok(),
        account: known.account,
        host: known.host,
        sessions: known.sessions,
    };
    app.output.value(&status, line)?;
    match verdict {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::Refused => Err(Error::Ended {
            ret: error.ret().map_or(0, |ret| ret.0),
            message: error.to_string(),
        }),
        Err(error) if error.kind() == ErrorKind::NotLoggedIn => Err(Error::NotLoggedIn {
            message: error.to_string(),
            again: !status.sessions.is_empty(),
        }),
        Err(error) => Err(error.into()),
    }
}

fn line(status: &Status) -> String {
    let (Some(account), Some(host)) = (&status.account, &status.host) else {
        return "not logged in".to_owned();
    };
    let nick = escape(&account.nick_name);
    let ended = status.sessions.last().and_then(|last| last.cause);
    match (status.online, ended) {
        (true, _) => format!("{nick} at {host}: online"),
        (false, Some(cause)) => {
            format!("{nick} at {host}: not logged in ({})", human::cause(cause))
        }
        (false, None) => format!("{nick} at {host}: not logged in"),
    }
}
