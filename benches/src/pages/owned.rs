//! Structs that own their strings, as one would write them without much thought.

#![expect(dead_code, reason = "reading it is what is measured")]

use serde::Deserialize;

use super::Shown;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Page {
    base_response: Base,
    add_msg_count: i64,
    add_msg_list: Vec<AddMsg>,
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
struct AddMsg {
    msg_id: String,
    from_user_name: String,
    to_user_name: String,
    msg_type: i64,
    content: String,
    status: i64,
    img_status: i64,
    create_time: i64,
    voice_length: i64,
    play_length: i64,
    file_name: String,
    file_size: String,
    media_id: String,
    url: String,
    app_msg_type: i64,
    status_notify_code: i64,
    status_notify_user_name: String,
    recommend_info: RecommendInfo,
    has_product_id: i64,
    img_height: i64,
    img_width: i64,
    sub_msg_type: i64,
    new_msg_id: u64,
    ori_content: String,
    encry_file_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RecommendInfo {
    user_name: String,
    nick_name: String,
    province: String,
    city: String,
    content: String,
    signature: String,
    alias: String,
    scene: i64,
    verify_flag: i64,
    sex: i64,
    ticket: String,
    op_code: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Base {
    ret: i64,
    err_msg: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SyncKey {
    count: i64,
    list: Vec<Counter>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Counter {
    key: i64,
    val: i64,
}

pub(super) fn read(body: &[u8]) -> Page {
    serde_json::from_slice(body).expect("a page")
}

pub(super) fn shown(body: &[u8]) -> Shown {
    read(body)
        .add_msg_list
        .into_iter()
        .map(|msg| {
            (
                msg.msg_id,
                msg.from_user_name,
                msg.to_user_name,
                msg.msg_type,
                msg.content,
            )
        })
        .collect()
}
