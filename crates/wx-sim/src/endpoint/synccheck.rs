//! `GET push host /cgi-bin/mmwebwx-bin/synccheck`: the long poll.
//!
//! It is answered at once when anything lies past the position that `synckey`
//! spells, and held otherwise. The answer is a script without a semicolon,
//! its keys unquoted, both values strings.

use bytes::Bytes;
use http::Response;

use super::Answer;
use crate::codes::{Ret, selector};
use crate::config::SyncCheckKey;
use crate::reply;
use crate::request::Incoming;
use crate::service::{Claim, Door, Service, Wait};
use crate::session::Form;

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Answer {
    if let Some(forced) = forced(service) {
        return forced.into();
    }
    let claim = Claim::from_query(request);
    let index = match service.authorize(request, &claim, Door::Push) {
        Ok(index) => index,
        Err(retcode) => return refusal(retcode).into(),
    };
    service.began_polling(index);
    let sync_key = parse(request.param("synckey").unwrap_or_default());
    let located = service.accounts.get(index).and_then(|account| {
        let session = account.session.as_ref()?;
        session
            .keys
            .locate(&sync_key, session.start, account.feed.len())
    });
    // A key that the service did not give out, or that it gave out for
    // webwxsync, can never agree with what it has: there is always news.
    let position = match located {
        Some((_, Form::Sync)) if service.config.sync_check_key == SyncCheckKey::Differs => None,
        Some((position, _)) => Some(position),
        None => None,
    };
    let Some(position) = position else {
        return answer_with(Ret::OK, selector::MESSAGE).into();
    };
    match ready(service, index, position) {
        Some(response) => response.into(),
        None => Answer::Later(Wait::Check {
            account: index,
            position,
        }),
    }
}

/// What there is to tell a client that has read up to `position`, if anything.
pub(crate) fn ready(service: &Service, index: usize, position: usize) -> Option<Response<Bytes>> {
    let change = service.accounts.get(index)?.feed.get(position)?;
    Some(answer_with(Ret::OK, change.selector()))
}

/// An answer that a test wants to see whatever the truth.
pub(crate) fn forced(service: &mut Service) -> Option<Response<Bytes>> {
    let next = service.forced_checks.front_mut()?;
    let answer = (next.count > 0).then(|| answer_with(Ret(next.retcode), next.selector));
    next.count = next.count.saturating_sub(1);
    if next.count == 0 {
        service.forced_checks.pop_front();
    }
    answer
}

/// The answer when a poll was held long enough.
pub(crate) fn nothing_yet() -> Response<Bytes> {
    answer_with(Ret::OK, selector::NOTHING)
}

pub(crate) fn refusal(retcode: Ret) -> Response<Bytes> {
    answer_with(retcode, selector::NOTHING)
}

fn answer_with(retcode: Ret, selector: i32) -> Response<Bytes> {
    reply::script(format!(
        "window.synccheck={{retcode:\"{retcode}\",selector:\"{selector}\"}}"
    ))
}

/// `1_635705559|2_635705677`; entries that are no pair of numbers make the
/// list one that was never given out.
fn parse(synckey: &str) -> Vec<(u64, u64)> {
    let pair = |entry: &str| {
        let (key, val) = entry.split_once('_')?;
        Some((key.parse().ok()?, val.parse().ok()?))
    };
    let pairs: Option<Vec<_>> = synckey.split('|').map(pair).collect();
    pairs.unwrap_or_default()
}
