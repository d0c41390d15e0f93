//! `wx status`: does the saved session still hold?

use jiff::Zoned;
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
    app.output
        .value(&status, |status| lines(status, &Zoned::now()))?;
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

/// How many of the sessions that are over are shown to people.
const SHOWN: usize = 5;

fn lines(status: &Status, now: &Zoned) -> String {
    let (Some(account), Some(host)) = (&status.account, &status.host) else {
        return "not logged in".to_owned();
    };
    let nick = escape(&account.nick_name);
    let held = status.since.map(|since| human::since(since, now));
    let ended = status.sessions.last().and_then(|last| last.cause);
    let mut text = match (status.online, ended) {
        (true, _) => format!("{nick} at {host}: online {}", held.unwrap_or_default()),
        (false, Some(cause)) => {
            format!("{nick} at {host}: not logged in ({})", human::cause(cause))
        }
        (false, None) => format!("{nick} at {host}: not logged in"),
    };
    let over = |stretch: &Stretch| {
        let until = stretch.until?;
        Some(human::stretch(stretch, until, now))
    };
    let mut sessions = status.sessions.iter().rev().filter_map(over);
    for session in sessions.by_ref().take(SHOWN) {
        text += &format!("\n    before: {session}");
    }
    match sessions.count() {
        0 => text,
        more => text + &format!("\n    and {more} more: see --json"),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;
    use serde_json::json;

    use super::*;

    const NOW: u64 = 1_520_927_383;

    fn status(online: bool, sessions: serde_json::Value) -> String {
        let sessions: Vec<Stretch> = serde_json::from_value(sessions).expect("stretches");
        let account = json!({"user_name": "@a", "nick_name": "Noa", "uin": "1"});
        let status = Status {
            account: Some(serde_json::from_value(account).expect("an account")),
            host: Some("wx2.qq.com".to_owned()),
            online,
            since: sessions.last().map(|last| last.since),
            sessions,
        };
        // 2018-03-13T07:49:43Z
        let now = Timestamp::from_second(NOW.try_into().expect("seconds")).expect("a time");
        lines(&status, &now.to_zoned(TimeZone::UTC))
    }

    #[test]
    fn a_session_is_told_with_its_length_and_with_those_before_it() {
        let sessions = json!([
            {"since": NOW - 200_000, "until": NOW - 90_000, "cause": "other_login"},
            {"since": NOW - 80_000, "until": NOW - 7_200},
            {"since": NOW - 4_000},
        ]);
        assert_eq!(
            status(true, sessions),
            "Noa at wx2.qq.com: online since 06:43, for 1 h 6 min\n    \
             before: 2018-03-12 09:36, for 20 h 13 min\n    \
             before: 2018-03-11 00:16, for 1 d 6 h: ended by another login"
        );
    }

    #[test]
    fn what_ended_the_last_session_comes_first() {
        let ended = json!([{"since": NOW - 60, "until": NOW, "cause": "logged_out_on_phone"}]);
        assert_eq!(
            status(false, ended),
            "Noa at wx2.qq.com: not logged in (ended on the phone)\n    \
             before: 07:48, for 1 min: ended on the phone"
        );
    }

    #[test]
    fn of_many_sessions_the_latest_are_shown() {
        let one = |n: u64| json!({"since": NOW - n, "until": NOW - n + 1});
        let many: Vec<_> = (0..9).map(|n| one(90 - 10 * n)).collect();
        let shown = status(true, json!(many));
        let (shown, rest) = shown.split_once("and ").expect("a rest");
        assert_eq!(shown.matches("before").count(), 5, "{shown}");
        assert_eq!(rest, "4 more: see --json");
    }
}
