//! The login's XML, beside `quick-xml`.

use std::hint::black_box;

use quick_xml::{Reader, events::Event};
use wx_wire::endpoint::webwxnewloginpage::Response;

use crate::{Amount, Case, inputs};

pub(super) fn cases() -> Vec<Case> {
    let body = inputs::LOGIN;
    let shown = |answer: &Response| Keys {
        ret: Some(answer.ret.0),
        message: answer.message.clone(),
        skey: answer.skey.as_ref().map(|skey| skey.expose().to_owned()),
        wxsid: answer.wxsid.as_ref().map(|sid| sid.expose().to_owned()),
        wxuin: answer.wxuin.map(|uin| uin.0),
        pass_ticket: (answer.pass_ticket.as_ref()).map(|ticket| ticket.expose().to_owned()),
        is_gray_scale: answer.is_gray_scale.clone(),
    };
    let ours = Response::decode(body.as_bytes()).expect("XML");
    vec![
        Case::new("xml/login", Amount::Bytes(body.len()), move || {
            Response::decode(black_box(body.as_bytes())).expect("XML")
        })
        .beside(
            "quick-xml",
            Some(1.0),
            move || with_quick_xml(black_box(body.as_bytes())),
            (shown(&ours), with_quick_xml(body.as_bytes())),
        ),
    ]
}

/// The members of the answer that both sides read.
#[derive(Debug, Default, PartialEq)]
struct Keys {
    ret: Option<i64>,
    message: String,
    skey: Option<String>,
    wxsid: Option<String>,
    wxuin: Option<u64>,
    pass_ticket: Option<String>,
    is_gray_scale: Option<String>,
}

fn with_quick_xml(body: &[u8]) -> Keys {
    let text = std::str::from_utf8(body).expect("UTF-8");
    let mut reader = Reader::from_str(text);
    let mut keys = Keys::default();
    let mut name = String::new();
    let mut value = String::new();
    loop {
        match reader.read_event().expect("an event") {
            Event::Start(tag) => {
                name.clear();
                name.push_str(tag.name().as_ref());
                value.clear();
            }
            Event::Text(text) => value.push_str(&text),
            Event::GeneralRef(reference) => {
                let resolved = match &*reference {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    other => panic!("an entity {other}"),
                };
                value.push_str(resolved);
            }
            Event::End(_) => {
                let text = || Some(value.clone());
                match name.as_str() {
                    "ret" => keys.ret = value.parse().ok(),
                    "message" => keys.message.clone_from(&value),
                    "skey" => keys.skey = text(),
                    "wxsid" => keys.wxsid = text(),
                    "wxuin" => keys.wxuin = value.parse().ok(),
                    "pass_ticket" => keys.pass_ticket = text(),
                    "isgrayscale" => keys.is_gray_scale = text(),
                    _ => {}
                }
                name.clear();
            }
            Event::Eof => return keys,
            _ => {}
        }
    }
}
