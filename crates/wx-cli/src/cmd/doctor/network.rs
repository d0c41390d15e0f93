//! Names, connections, the clock, and which hosts answer.

use std::time::{Duration, Instant, SystemTime};

use http::header::DATE;
use http::{HeaderMap, Request};
use tokio::task::JoinSet;
use wx_client::Chain;
use wx_client::transport::{Body, Error as TransportError, Http, Phase};
use wx_wire::host::{Hosts, LOGIN_HOST, QR_HOST};

use super::Check;
use crate::app::App;
use crate::error::Error;

/// How long one host may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// Cookies and certificates have times in them: a clock that is this far off
/// breaks some.
const MAX_SKEW: Duration = Duration::from_secs(300);

/// What the checks came to.
pub(super) struct Network {
    /// The hosts that matter answer.
    pub(super) is_reachable: bool,
    /// The clock is right, as far as is known.
    pub(super) is_on_time: bool,
}

/// A host that was asked for its first page.
struct Answer {
    host: String,
    took: Duration,
    outcome: Result<(u16, HeaderMap), String>,
    /// The step that failed, if one did.
    phase: Option<Phase>,
}

impl Answer {
    fn is_there(&self) -> bool {
        told(self).is_ok()
    }

    /// What is wrong with it, without its name.
    fn reason(&self) -> Option<String> {
        let why = told(self).err()?;
        Some(why.replace(&self.host, ""))
    }
}

/// Checks everything up to the service's front doors. `family` is the base
/// host of the saved session: the hosts that go with it must answer, and
/// without it those of any one family.
pub(super) async fn check(app: &App, family: Option<&str>) -> Result<Network, Error> {
    let transport = app.transport()?;
    let address = match &transport.connect_to {
        Some(address) => address.to_string(),
        None => format!("{LOGIN_HOST}:443"),
    };
    let proxied = app.global.proxy.is_some() || (transport.connect_to.is_none() && is_proxied());
    let dns = if proxied {
        Ok("left to the proxy".to_owned())
    } else {
        resolve(&address).await
    };
    let dns = Check::new("dns", dns);
    dns.tell(app.output)?;
    let http = Http::new(transport).map_err(wx_client::Error::from)?;
    let answers = ask_all(&http, hosts()).await;
    let Some((login, others)) = answers.split_first() else {
        return Err(Error::Failed("no host was asked".to_owned()));
    };
    Check::new("tls", tls(login)).tell(app.output)?;
    let clock = clock(&answers);
    if let Some(clock) = &clock {
        clock.tell(app.output)?;
    }
    let is_whole = |family: Hosts| {
        let family = family_of(&family);
        answers
            .iter()
            .filter(|answer| family.contains(&answer.host))
            .all(Answer::is_there)
    };
    let is_enough = match family {
        Some(base) => is_whole(Hosts::custom(base)),
        None => Hosts::known().any(is_whole),
    };
    let mut before = None;
    for answer in [login].into_iter().chain(others) {
        let check = Check::new("host", told(answer));
        let why = answer.reason();
        match why.is_some() && why == before {
            true => check.tell_as(app.output, &format!("{}: the same", answer.host))?,
            false => check.tell(app.output)?,
        }
        before = why;
    }
    let doors = [LOGIN_HOST, QR_HOST];
    let is_open = answers
        .iter()
        .filter(|answer| doors.contains(&&*answer.host))
        .all(Answer::is_there);
    Ok(Network {
        is_reachable: dns.ok && is_open && is_enough,
        is_on_time: clock.is_none_or(|clock| clock.ok),
    })
}

fn is_proxied() -> bool {
    ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .into_iter()
        .any(|name| std::env::var(name).is_ok_and(|value| !value.is_empty()))
}

/// The hosts to ask: the doors, then each family's.
fn hosts() -> Vec<String> {
    let doors = [LOGIN_HOST, QR_HOST].map(str::to_owned);
    let families = Hosts::known().flat_map(|family| family_of(&family));
    doors.into_iter().chain(families).collect()
}

fn family_of(hosts: &Hosts) -> [String; 3] {
    [hosts.base().to_owned(), hosts.file(), hosts.push()]
}

async fn resolve(address: &str) -> Result<String, String> {
    let found = tokio::time::timeout(PATIENCE, tokio::net::lookup_host(address)).await;
    let found = match found {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => return Err(format!("{address} is not found: {error}")),
        Err(_) => return Err(format!("{address}: no answer in {} s", PATIENCE.as_secs())),
    };
    let mut ips: Vec<String> = found.map(|address| address.ip().to_string()).collect();
    ips.dedup();
    Ok(format!("{address} is {}", ips.join(", ")))
}

/// All at once, in the order of the hosts.
async fn ask_all(http: &Http, hosts: Vec<String>) -> Vec<Answer> {
    let mut asked = JoinSet::new();
    for (place, host) in hosts.into_iter().enumerate() {
        let http = http.clone();
        asked.spawn(async move { (place, ask(&http, host).await) });
    }
    let mut answers = asked.join_all().await;
    answers.sort_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

async fn ask(http: &Http, host: String) -> Answer {
    let started = Instant::now();
    let (outcome, phase) = match tokio::time::timeout(PATIENCE, first_page(http, &host)).await {
        Ok(Ok(head)) => (Ok(head), None),
        Ok(Err(error)) => (Err(Chain(&error).to_string()), Some(error.phase())),
        Err(_) => {
            let words = format!("{host}: no answer in {} s", PATIENCE.as_secs());
            (Err(words), Some(Phase::Head))
        }
    };
    Answer {
        host,
        took: started.elapsed(),
        outcome,
        phase,
    }
}

/// The status and the headers; nobody needs the page.
async fn first_page(http: &Http, host: &str) -> Result<(u16, HeaderMap), TransportError> {
    let mut request = Request::new(Body::default());
    if let Ok(uri) = format!("https://{host}/").parse() {
        *request.uri_mut() = uri;
    }
    let answer = http.pool().open(request).await?;
    Ok((answer.status().as_u16(), answer.headers().clone()))
}

/// Whether a connection to the login host comes to be and is encrypted.
fn tls(login: &Answer) -> Result<String, String> {
    match (&login.outcome, login.phase) {
        (Ok(_), _) => Ok(format!("{} has a certificate that is trusted", login.host)),
        // It was encrypted, and then something else failed.
        (Err(_), Some(Phase::Send | Phase::Head | Phase::Body | Phase::Decode)) => {
            Ok(format!("{} has a certificate that is trusted", login.host))
        }
        (Err(why), _) => Err(why.clone()),
    }
}

/// How far this machine's clock is from the service's, which tells whole
/// seconds.
fn clock(answers: &[Answer]) -> Option<Check> {
    let told = answers.iter().find_map(|answer| {
        let (_, headers) = answer.outcome.as_ref().ok()?;
        httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
    })?;
    let now = SystemTime::now();
    let (skew, side) = match now.duration_since(told) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    let words = format!("{} s {side} the service's", skew.as_secs());
    let outcome = if skew <= MAX_SKEW {
        Ok(words)
    } else {
        Err(words)
    };
    Some(Check::new("clock", outcome))
}

fn told(answer: &Answer) -> Result<String, String> {
    match &answer.outcome {
        Ok((status @ 500.., _)) => Err(format!("{} answers with {status}", answer.host)),
        Ok(_) => {
            let took = answer.took.as_millis();
            Ok(format!("{} answers in {took} ms", answer.host))
        }
        Err(why) if why.contains(&answer.host) => Err(why.clone()),
        Err(why) => Err(format!("{}: {why}", answer.host)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_doors_and_three_hosts_of_each_family_are_asked() {
        let hosts = hosts();
        assert_eq!(hosts.len(), 2 + 3 * 5);
        for host in [
            "login.weixin.qq.com",
            "wx8.qq.com",
            "webpush.web2.wechat.com",
        ] {
            assert!(hosts.iter().any(|asked| asked == host), "{host}");
        }
    }

    fn of_time(date: SystemTime) -> Answer {
        let mut headers = HeaderMap::new();
        let date = httpdate::fmt_http_date(date).parse().unwrap();
        headers.insert(DATE, date);
        Answer {
            host: LOGIN_HOST.to_owned(),
            took: Duration::ZERO,
            outcome: Ok((200, headers)),
            phase: None,
        }
    }

    #[test]
    fn a_clock_is_compared_with_the_services() {
        let hour = Duration::from_secs(3600);
        let right = clock(&[of_time(SystemTime::now())]).unwrap();
        assert!(right.ok, "{right:?}");
        let ahead = clock(&[of_time(SystemTime::now() - hour)]).unwrap();
        assert!(!ahead.ok && ahead.detail.contains("ahead"), "{ahead:?}");
        let behind = clock(&[of_time(SystemTime::now() + hour)]).unwrap();
        assert!(!behind.ok && behind.detail.contains("behind"), "{behind:?}");
    }
}
