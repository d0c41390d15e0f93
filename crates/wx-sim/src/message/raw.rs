//! Items written as a test wants them, right or wrong.

use serde::Deserialize;
use serde_json::Value;

use crate::control::ControlError;
use crate::feed::Item;

use super::details;

/// No client knows this type: a bot must survive what is invented after it.
const UNKNOWN_TYPE: u32 = 777;

/// The members of an `AddMsgList` item that can be set, by their own names.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "PascalCase")]
struct Raw {
    msg_type: u32,
    content: String,
    status: u32,
    img_status: u32,
    voice_length: u64,
    play_length: u64,
    file_name: String,
    file_size: String,
    media_id: String,
    url: String,
    app_msg_type: u32,
    has_product_id: u32,
    img_height: u32,
    img_width: u32,
    sub_msg_type: u32,
    ori_content: String,
}

impl Default for Raw {
    fn default() -> Self {
        let item = Item::new("raw", UNKNOWN_TYPE, String::new());
        Self {
            msg_type: item.msg_type,
            content: "raw &lt;content&gt;".to_owned(),
            status: item.status,
            img_status: item.img_status,
            voice_length: item.voice_length,
            play_length: item.play_length,
            file_name: item.file_name,
            file_size: item.file_size,
            media_id: item.media_id,
            url: item.url,
            app_msg_type: item.app_msg_type,
            has_product_id: item.has_product_id,
            img_height: item.img_height,
            img_width: item.img_width,
            sub_msg_type: item.sub_msg_type,
            ori_content: item.ori_content,
        }
    }
}

/// The content goes out as it is: neither escaped nor prefixed.
pub(super) fn item(content: &Value) -> Result<Item, ControlError> {
    let raw: Raw = details(content, "Content")?;
    Ok(Item {
        status: raw.status,
        img_status: raw.img_status,
        voice_length: raw.voice_length,
        play_length: raw.play_length,
        file_name: raw.file_name,
        file_size: raw.file_size,
        media_id: raw.media_id,
        url: raw.url,
        app_msg_type: raw.app_msg_type,
        has_product_id: raw.has_product_id,
        img_height: raw.img_height,
        img_width: raw.img_width,
        sub_msg_type: raw.sub_msg_type,
        ori_content: raw.ori_content,
        ..Item::new("raw", raw.msg_type, raw.content)
    })
}
