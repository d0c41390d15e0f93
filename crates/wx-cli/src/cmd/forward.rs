//! `wx forward`: a message that came, to others.

use serde::Serialize;
use wx_client::id::UserName;
use wx_client::{Roster, Sent};

use super::names::resolve_all;
use super::stdin;
use crate::app::App;
use crate::error::{Error, Report};
use crate::human;
use crate::terminal::escape;

/// A receiver whom the message did not reach, as far as is known.
#[derive(Serialize)]
struct Failed<'a> {
    to: &'a UserName,
    error: Report<'a>,
}

pub(super) async fn run(app: &App, to: &[String]) -> Result<(), Error> {
    let message = stdin::message(app).await?;
    let forward = message
        .forward()
        .map_err(|error| Error::Stdin(error.to_string()))?;
    app.beside(async |client| {
        let to = resolve_all(client, to).await?;
        let is_alone = to.len() == 1;
        let roster = client.roster().await?;
        let mut sends = client.forward(&forward, to)?;
        let mut worst: Option<Error> = None;
        while let Some((to, sent)) = sends.next().await {
            let Err(error) = tell(app, &roster, &to, sent, is_alone)? else {
                continue;
            };
            let is_worse = |worst: &Error| error.status() > worst.status();
            if worst.as_ref().is_none_or(is_worse) {
                worst = Some(error);
            }
        }
        worst.map_or(Ok(()), Err)
    })
    .await
}

/// Prints what became of the message to one receiver, and passes that on.
fn tell(
    app: &App,
    roster: &Roster,
    to: &UserName,
    sent: Result<Sent, wx_client::Error>,
    is_alone: bool,
) -> Result<Result<(), Error>, Error> {
    match sent {
        Ok(sent) => (app.output)
            .value(&sent, |sent| human::sent(sent, Some(roster)))
            .map(Ok),
        Err(error) => {
            let error = Error::from(error);
            let report = error.report();
            app.output
                .value(&Failed { to, error: report }, |_| match is_alone {
                    // The error that the command ends with says it.
                    true => String::new(),
                    false => {
                        let to = human::chat(to, Some(roster));
                        format!("not sent to {to}: {}", escape(&error.message()))
                    }
                })?;
            Ok(Err(error))
        }
    }
}
