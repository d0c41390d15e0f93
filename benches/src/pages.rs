//! Pages of changes, beside the values of serde_json and sonic-rs, and structs with the
//! same fields as one would write them by hand.

use std::hint::black_box;

use bytes::Bytes;
use serde_json::Value;
use sonic_rs::{JsonContainerTrait, JsonValueTrait};
use wx_wire::endpoint::webwxsync::Response;

use crate::{Amount, Case, inputs::page};

mod borrowed;
mod owned;

/// Of each message: its number, sender, receiver, type and content.
type Shown = Vec<(String, String, String, i64, String)>;

pub(super) fn cases() -> Vec<Case> {
    vec![
        compared("page/10", 10, [None, None]),
        compared("page/200", 200, [Some(2.5), Some(0.8)]),
    ]
}

fn compared(name: &'static str, count: u64, [of_value, of_borrowed]: [Option<f64>; 2]) -> Case {
    let body = Bytes::from(page::mixed(page::Messages { first: 1, count }));
    let messages = usize::try_from(count).expect("a small number");
    let shown = ours(&body);
    let [one, two, three, four, five] = std::array::from_fn(|_| body.clone());
    Case::new(name, Amount::Messages(messages), {
        let body = body.clone();
        move || {
            drop(black_box(
                Response::decode(black_box(&body)).expect("a page"),
            ))
        }
    })
    .beside(
        "serde_json::Value",
        of_value,
        move || serde_json::from_slice::<Value>(black_box(&one)).expect("JSON"),
        (&shown, &with_value(&body)),
    )
    .beside(
        "borrowed structs",
        of_borrowed,
        move || drop(black_box(borrowed::read(black_box(&two)))),
        (&shown, &borrowed::shown(&body)),
    )
    .beside(
        "owned structs",
        None,
        move || owned::read(black_box(&three)),
        (&shown, &owned::shown(&body)),
    )
    .beside(
        "sonic_rs::Value",
        None,
        move || sonic_rs::from_slice::<sonic_rs::Value>(black_box(&four)).expect("JSON"),
        (&shown, &with_sonic_value(&body)),
    )
    .beside(
        "sonic-rs, borrowed structs",
        None,
        move || drop(black_box(borrowed::read_with_sonic(black_box(&five)))),
        (&shown, &borrowed::shown(&body)),
    )
}

fn ours(body: &Bytes) -> Shown {
    let page = Response::decode(body).expect("a page");
    page.add_msg_list
        .iter()
        .map(|item| {
            let msg = &item.msg;
            let raw: Value = serde_json::from_str(item.raw).expect("the item as it came");
            assert_eq!(raw["MsgId"].as_str(), Some(msg.msg_id.as_str()));
            (
                msg.msg_id.to_string(),
                msg.from_user_name.to_string(),
                msg.to_user_name.to_string(),
                msg.msg_type.0,
                msg.content.to_string(),
            )
        })
        .collect()
}

fn with_value(body: &[u8]) -> Shown {
    let page: Value = serde_json::from_slice(body).expect("JSON");
    let list = page["AddMsgList"].as_array().expect("a list");
    list.iter()
        .map(|item| {
            let text = |name: &str| item[name].as_str().expect("a text").to_owned();
            (
                text("MsgId"),
                text("FromUserName"),
                text("ToUserName"),
                item["MsgType"].as_i64().expect("a number"),
                text("Content"),
            )
        })
        .collect()
}

fn with_sonic_value(body: &[u8]) -> Shown {
    let page: sonic_rs::Value = sonic_rs::from_slice(body).expect("JSON");
    let list = page["AddMsgList"].as_array().expect("a list");
    list.iter()
        .map(|item| {
            let text = |name: &str| item[name].as_str().expect("a text").to_owned();
            (
                text("MsgId"),
                text("FromUserName"),
                text("ToUserName"),
                item["MsgType"].as_i64().expect("a number"),
                text("Content"),
            )
        })
        .collect()
}
