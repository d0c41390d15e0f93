//! Structs that borrow from the body, as one would write them for speed alone:
//! every member has to be there, of the type that it has mostly.

#![expect(dead_code, reason = "reading it is what is measured")]

use std::borrow::Cow;

use serde::Deserialize;

use super::{Base, Shown, SyncKey};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Page<'a> {
    base_response: Base,
    add_msg_count: i64,
    #[serde(borrow)]
    add_msg_list: Vec<AddMsg<'a>>,
    mod_contact_count: i64,
    del_contact_count: i64,
    continue_flag: i64,
    sync_key: SyncKey,
    #[serde(rename = "SKey")]
    skey: String,
    sync_check_key: SyncKey,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AddMsg<'a> {
    #[serde(borrow)]
    msg_id: Cow<'a, str>,
    #[serde(borrow)]
    from_user_name: Cow<'a, str>,
    #[serde(borrow)]
    to_user_name: Cow<'a, str>,
    msg_type: i64,
    #[serde(borrow)]
    content: Cow<'a, str>,
    status: i64,
    img_status: i64,
    create_time: i64,
    voice_length: i64,
    play_length: i64,
    #[serde(borrow)]
    file_name: Cow<'a, str>,
    #[serde(borrow)]
    file_size: Cow<'a, str>,
    #[serde(borrow)]
    media_id: Cow<'a, str>,
    #[serde(borrow)]
    url: Cow<'a, str>,
    app_msg_type: i64,
    status_notify_code: i64,
    #[serde(borrow)]
    status_notify_user_name: Cow<'a, str>,
    #[serde(borrow)]
    recommend_info: RecommendInfo<'a>,
    has_product_id: i64,
    img_height: i64,
    img_width: i64,
    sub_msg_type: i64,
    new_msg_id: u64,
    #[serde(borrow)]
    ori_content: Cow<'a, str>,
    #[serde(borrow)]
    encry_file_name: Cow<'a, str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RecommendInfo<'a> {
    #[serde(borrow)]
    user_name: Cow<'a, str>,
    #[serde(borrow)]
    nick_name: Cow<'a, str>,
    #[serde(borrow)]
    province: Cow<'a, str>,
    #[serde(borrow)]
    city: Cow<'a, str>,
    #[serde(borrow)]
    content: Cow<'a, str>,
    #[serde(borrow)]
    signature: Cow<'a, str>,
    #[serde(borrow)]
    alias: Cow<'a, str>,
    scene: i64,
    verify_flag: i64,
    sex: i64,
    #[serde(borrow)]
    ticket: Cow<'a, str>,
    op_code: i64,
}

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
