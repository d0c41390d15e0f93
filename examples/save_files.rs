//! Saves every picture, voice message, video and file.
//!
//! With an account of your own they go into `media` in the current folder.

use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::{Value, json};
use wx_client::bot::{Context, Failure, Router, Rule};

/// Where media are saved.
struct Folder(PathBuf);

async fn save(ctx: Context<Folder>) -> Result<String, Failure> {
    let media = ctx.message().media()?;
    // The sender's file name is made safe, and no file is overwritten. If the
    // download fails, the message comes again, and the download resumes.
    let saved = ctx
        .client()
        .download(media)
        .into_dir(&ctx.state().0)
        .await?;
    let name = saved.path.file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    Ok(format!(
        "saved {name}, {} bytes, MD5 {}",
        saved.bytes, saved.md5
    ))
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // The files of the scene are gone when it ends.
    let scratch = tempfile::tempdir()?;
    let folder = match std::env::args_os().nth(1) {
        Some(_) => PathBuf::from("media"),
        None => scratch.path().to_owned(),
    };
    std::fs::create_dir_all(&folder)?;
    let bot = Router::new(Folder(folder)).on(Rule::media(), save);

    wx_examples::run(bot, async |scene| {
        let pushes = [
            // It says “hello”.
            json!({"name": "../hi.txt", "bytes_base64": "aGVsbG8="}),
            json!({"name": "long.bin", "size": 3_000_000}),
        ];
        for content in pushes {
            let push = json!({"kind": "file", "from": "friend:2", "content": content});
            let pushed = scene.push("friend:2 sends a file", push).await?;
            let md5 = pushed
                .get("md5")
                .and_then(Value::as_str)
                .context("a digest")?;
            anyhow::ensure!(scene.hear().await?.ends_with(md5), "other bytes");
        }
        let voice = json!({"kind": "voice", "from": "friend:2"});
        scene.push("friend:2 sends a voice message", voice).await?;
        scene.hear().await?;
        Ok(())
    })
    .await
}
