//! Structs that borrow from the body: those that the floor of `bench-e2e` uses.

use super::Shown;

#[path = "../../../crates/wx-bench/src/client/floor/page.rs"]
mod page;

use page::Page;

pub(super) fn read(body: &[u8]) -> Page<'_> {
    serde_json::from_slice(body).expect("a page")
}

pub(super) fn read_with_sonic(body: &[u8]) -> Page<'_> {
    sonic_rs::from_slice(body).expect("a page")
}

pub(super) fn shown(body: &[u8]) -> Shown {
    read(body)
        .add_msg_list
        .into_iter()
        .map(|msg| {
            (
                msg.msg_id.into_owned(),
                msg.from_user_name.into_owned(),
                msg.to_user_name.into_owned(),
                msg.msg_type,
                msg.content.into_owned(),
            )
        })
        .collect()
}
