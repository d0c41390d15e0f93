//! `GET file host /cgi-bin/mmwebwx-bin/webwxgetmedia`: a file that was sent or
//! received.
//!
//! Since the end of 2017 the official page names it by `encryfilename`, and
//! then a request without the page's Referer gets an empty body. Older clients
//! say `filename` and send no Referer, and work. (protocol: received media)

use bytes::Bytes;
use http::Response;

use super::serving;
use crate::account::Account;
use crate::config::Strictness;
use crate::escape;
use crate::reply;
use crate::request::Incoming;
use crate::service::{Claim, Door, Service};

pub(super) fn answer(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    let claim = Claim::from_cookies(request);
    let index = match service.authorize(request, &claim, Door::File) {
        Ok(index) => index,
        Err(ret) => return reply::ret(ret),
    };
    let strict = service.config.strictness == Strictness::Strict;
    let account = service.accounts.get(index);
    match account.and_then(|account| wanted(account, request, strict)) {
        Some(bytes) => serving::serve(service, request, bytes),
        None => serving::nothing(),
    }
}

fn wanted<'a>(account: &'a Account, request: &Incoming, strict: bool) -> Option<&'a Bytes> {
    let session = account.session.as_ref()?;
    let ticket = request.param("webwx_data_ticket");
    let message = account.message_with(request.param("mediaid")?)?;
    let name = &message.item.file_name;
    let named = match (request.param("encryfilename"), request.param("filename")) {
        // Pasted into the address as it came, it is decoded once too often.
        (Some(encrypted), _) => {
            encrypted == escape::encry_file_name(name) || encrypted == name.as_str()
        }
        (None, plain) => plain == Some(name),
    };
    let from_page = request.comes_from(session.family.base_host());
    let must_be_from_page = strict || request.param("encryfilename").is_some();
    let uin = account.uin.to_string();
    let from_user = request
        .param("fromuser")
        .is_some_and(|user| user == uin || (!strict && user == account.user_name(account.me())));
    let allowed = ticket == Some(session.data_ticket.as_str())
        && ticket == request.cookie("webwx_data_ticket")
        && request.param("sender") == Some(account.user_name(message.from))
        && (from_page || !must_be_from_page)
        && from_user
        && named;
    let media = message.item.media.as_ref()?;
    allowed.then_some(&media.bytes)
}
