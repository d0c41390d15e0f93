//! Media of messages that come, saved before anybody hears of the message.

use std::path::Path;

use serde::Serialize;
use wx_client::{Chain, Client, Message, NoMedia};

/// What became of a message's medium.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Saved {
    /// It is in this file.
    Saved(String),
    /// It could not be had, for this reason.
    SaveError(String),
}

/// Saves the medium of a message, if it has one.
pub(super) async fn save(client: &Client, message: &Message, dir: &Path) -> Option<Saved> {
    let media = match message.media() {
        Ok(media) => media,
        Err(NoMedia::OtherKind) => return None,
        Err(error) => return Some(Saved::SaveError(error.to_string())),
    };
    Some(match client.download(media).into_dir(dir).await {
        Ok(done) => Saved::Saved(done.path.display().to_string()),
        Err(error) => Saved::SaveError(Chain(&error).to_string()),
    })
}
