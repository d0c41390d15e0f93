//! The cookies of a session: `Set-Cookie` lines as the service writes them.
//!
//! Dates are in the old form with dashes; webwx_data_ticket is shared by the
//! family's hosts, the others belong to the base host and its subdomains.
//! (protocol: webwxnewloginpage, webwxsync)

use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::header::SET_COOKIE;
use http::{HeaderValue, Response};

use crate::account::Account;
use crate::now::Now;
use crate::session::Session;

const HALF_A_DAY_S: u64 = 12 * 60 * 60;
const TEN_YEARS_S: u64 = 10 * 365 * 24 * 60 * 60;
/// The last second of the year 9999, beyond which such dates do not go.
const LAST_S: u64 = 253_402_300_799;

/// What `webwxnewloginpage` sets.
pub(super) fn set_at_login(
    response: &mut Response<Bytes>,
    account: &Account,
    session: &Session,
    now: Now,
) {
    set_session(response, account, session, now);
    let host = session.family.base_host();
    let load_time = session.load_time.to_string();
    let mut set = |name, value: &str, life_s| set(response, name, value, host, now, life_s);
    set("wxloadtime", &load_time, HALF_A_DAY_S);
    set("mm_lang", "zh_CN", HALF_A_DAY_S);
    if let Some((uvid, auth_ticket)) = account.push_tickets.last() {
        set("webwxuvid", uvid, TEN_YEARS_S);
        set("webwx_auth_ticket", auth_ticket, TEN_YEARS_S);
    }
}

/// What `webwxsync` sets anew.
pub(super) fn set_at_sync(
    response: &mut Response<Bytes>,
    account: &Account,
    session: &Session,
    now: Now,
) {
    set_session(response, account, session, now);
    let host = session.family.base_host();
    let load_time = session.load_time;
    let mut set = |name, value: &str| set(response, name, value, host, now, HALF_A_DAY_S);
    set("wxloadtime", &format!("{load_time}_expired"));
    set("wxpluginkey", &load_time.to_string());
}

fn set_session(response: &mut Response<Bytes>, account: &Account, session: &Session, now: Now) {
    let family = session.family;
    let uin = account.uin.to_string();
    for (name, value, domain) in [
        ("wxuin", uin.as_str(), family.base_host()),
        ("wxsid", &session.sid, family.base_host()),
        (
            "webwx_data_ticket",
            &session.data_ticket,
            family.shared_domain(),
        ),
    ] {
        set(response, name, value, domain, now, HALF_A_DAY_S);
    }
}

fn set(
    response: &mut Response<Bytes>,
    name: &str,
    value: &str,
    domain: &str,
    now: Now,
    life_s: u64,
) {
    let expires = date(now.unix_s() + life_s);
    let line = format!("{name}={value}; Domain={domain}; Path=/; Expires={expires}");
    // Names and values are drawn from header-safe alphabets.
    if let Ok(line) = HeaderValue::from_str(&line) {
        response.headers_mut().append(SET_COOKIE, line);
    }
}

/// `Mon, 31-Dec-2018 11:12:21 GMT`
fn date(unix_s: u64) -> String {
    let standard = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(unix_s.min(LAST_S)));
    let mut parts = standard.splitn(4, ' ');
    let mut part = || parts.next().unwrap_or_default();
    let (weekday, day, month, rest) = (part(), part(), part(), part());
    format!("{weekday} {day}-{month}-{rest}")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn dates_are_in_the_old_form() {
        assert_eq!(date(1_546_254_741), "Mon, 31-Dec-2018 11:12:21 GMT");
    }
}
