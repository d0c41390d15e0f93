//! A page of changes, as somebody would read it for speed alone: structs that borrow
//! from the body. Every member that `wx-wire` reads has to be there, with its usual
//! type. `benches/` uses these structs too.

#![expect(dead_code, reason = "reading it is what is measured")]

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Page<'a> {
    pub(crate) base_response: Base,
    pub(crate) add_msg_count: i64,
    #[serde(borrow)]
    pub(crate) add_msg_list: Vec<AddMsg<'a>>,
    pub(crate) mod_contact_count: i64,
    pub(crate) del_contact_count: i64,
    pub(crate) continue_flag: i64,
    pub(crate) sync_key: SyncKey,
    #[serde(rename = "SKey")]
    pub(crate) skey: String,
    pub(crate) sync_check_key: SyncKey,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AddMsg<'a> {
    #[serde(borrow)]
    pub(crate) msg_id: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) from_user_name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) to_user_name: Cow<'a, str>,
    pub(crate) msg_type: i64,
    #[serde(borrow)]
    pub(crate) content: Cow<'a, str>,
    pub(crate) status: i64,
    pub(crate) img_status: i64,
    pub(crate) create_time: i64,
    pub(crate) voice_length: i64,
    pub(crate) play_length: i64,
    #[serde(borrow)]
    pub(crate) file_name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) file_size: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) media_id: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) url: Cow<'a, str>,
    pub(crate) app_msg_type: i64,
    pub(crate) status_notify_code: i64,
    #[serde(borrow)]
    pub(crate) status_notify_user_name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) recommend_info: RecommendInfo<'a>,
    pub(crate) has_product_id: i64,
    pub(crate) img_height: i64,
    pub(crate) img_width: i64,
    pub(crate) sub_msg_type: i64,
    pub(crate) new_msg_id: u64,
    #[serde(borrow)]
    pub(crate) ori_content: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) encry_file_name: Option<Cow<'a, str>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct RecommendInfo<'a> {
    #[serde(borrow)]
    pub(crate) user_name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) nick_name: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) province: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) city: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) content: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) signature: Cow<'a, str>,
    #[serde(borrow)]
    pub(crate) alias: Cow<'a, str>,
    pub(crate) scene: i64,
    pub(crate) verify_flag: i64,
    pub(crate) sex: i64,
    #[serde(borrow)]
    pub(crate) ticket: Cow<'a, str>,
    pub(crate) op_code: i64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Base {
    pub(crate) ret: i64,
    pub(crate) err_msg: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SyncKey {
    pub(crate) count: i64,
    pub(crate) list: Vec<Pair>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Pair {
    pub(crate) key: i64,
    pub(crate) val: i64,
}
