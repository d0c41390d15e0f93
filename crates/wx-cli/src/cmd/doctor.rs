//! `wx doctor`: what stands in the way of a login or a session, check by
//! check.

use serde::Serialize;

use crate::app::App;
use crate::error::Error;
use crate::output::Output;
use crate::terminal::escape;

mod account;
mod network;

/// What one check came to.
#[derive(Debug, Serialize)]
struct Check {
    check: &'static str,
    ok: bool,
    detail: String,
}

impl Check {
    fn new(check: &'static str, outcome: Result<String, String>) -> Self {
        Self {
            check,
            ok: outcome.is_ok(),
            detail: outcome.unwrap_or_else(|detail| detail),
        }
    }

    fn tell(&self, output: Output) -> Result<(), Error> {
        self.tell_as(output, &self.detail)
    }

    /// Tells people this in the place of the details.
    fn tell_as(&self, output: Output, detail: &str) -> Result<(), Error> {
        output.value(self, |check| {
            let mark = if check.ok { '✓' } else { '✗' };
            format!("{mark} {:<8}{}", check.check, escape(detail))
        })
    }
}

pub(super) async fn run(app: &App, timeout: u64) -> Result<(), Error> {
    let family = account::host(app).await?;
    let network = tokio::select! {
        result = network::check(app, family.as_deref()) => result?,
        signal = app.interrupted() => return Err(Error::Interrupted(signal)),
    };
    if !network.is_reachable {
        let unasked = "not asked: the service cannot be reached".to_owned();
        Check::new("account", Err(unasked)).tell(app.output)?;
        let words = "the service cannot be reached as it should be";
        return Err(Error::Unreachable(words.to_owned()));
    }
    let account = account::check(app, timeout).await?;
    account.tell(app.output)?;
    match (account.ok, network.is_on_time) {
        (true, true) => Ok(()),
        (true, false) => Err(Error::Unwell("the clock is wrong")),
        (false, _) => Err(Error::Unwell("the account cannot be used as it is")),
    }
}
