//! `GET base host /cgi-bin/mmwebwx-bin/webwxgeticon` and `webwxgetheadimg`: the
//! picture of a person, and of a group.
//!
//! Each contact has a picture of its own, which changes when `seq` moves.
//! Strangers are shown to those who met them: in a group (`chatroomid`), by a
//! card or by a request (`msgid`), which the service here does not check.

use bytes::Bytes;
use http::Response;

use super::serving;
use crate::account::contact::Contact;
use crate::media::draw;
use crate::reply;
use crate::request::Incoming;
use crate::service::{Claim, Door, Service};

/// The length of the picture that `type=big` asks for.
const BIG: usize = 4 * 1024;

pub(super) fn of_people(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    answer(service, request, |contact| !contact.is_group())
}

pub(super) fn of_groups(service: &mut Service, request: &Incoming) -> Response<Bytes> {
    answer(service, request, Contact::is_group)
}

fn answer(
    service: &mut Service,
    request: &Incoming,
    is_meant: fn(&Contact) -> bool,
) -> Response<Bytes> {
    let claim = Claim::from_picture(request);
    let index = match service.authorize(request, &claim, Door::Base) {
        Ok(index) => index,
        Err(ret) => return reply::ret(ret),
    };
    // ItChat writes userName.
    let user_name = request.param_in_any_case("username").unwrap_or_default();
    let account = service.accounts.get(index);
    let contact = account.and_then(|account| {
        let contact = account.contact(account.by_user_name(user_name)?);
        is_meant(contact).then_some(contact)
    });
    let Some(contact) = contact else {
        return serving::nothing();
    };
    let len = if request.param("type") == Some("big") {
        BIG
    } else {
        0
    };
    let comment = format!("picture {} of {}", contact.head_seq, contact.real_id);
    serving::serve(service, request, &draw::jpeg(&comment, len))
}
