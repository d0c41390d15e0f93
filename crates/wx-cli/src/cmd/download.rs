//! `wx download` and `wx avatar`: media to files.

use std::path::{Path, PathBuf};

use serde::Serialize;
use wx_client::id::UserName;
use wx_client::{Client, Downloaded, MediaRef, Transfer};

use super::names::{resolve, resolve_group, resolve_member};
use super::stdin;
use crate::app::App;
use crate::args::Target;
use crate::error::Error;
use crate::output::{json, say};
use crate::terminal::escape;

/// A medium that is there.
#[derive(Serialize)]
struct Line {
    path: String,
    bytes: u64,
    md5: String,
}

pub(super) async fn run(app: &App, target: Target) -> Result<(), Error> {
    let message = stdin::message(app).await?;
    let media = message
        .media()
        .map_err(|error| Error::Stdin(error.to_string()))?;
    let name = match &media {
        MediaRef::File { file_name, .. } => file_name.clone(),
        _ => message.msg_id.to_string(),
    };
    fetch(app, &name, target, async |_| Ok(media)).await
}

pub(super) async fn avatar(
    app: &App,
    who: &str,
    group: Option<&str>,
    target: Target,
) -> Result<(), Error> {
    fetch(app, who, target, async |client| {
        let Some(group) = group else {
            return Ok(MediaRef::avatar(resolve(client, who).await?));
        };
        let group = resolve_group(client, group).await?;
        let user_name: UserName = resolve_member(client, &group, who).await?;
        Ok(MediaRef::Avatar {
            user_name,
            group: Some(group),
            msg_id: None,
        })
    })
    .await
}

async fn fetch(
    app: &App,
    name: &str,
    target: Target,
    media: impl AsyncFnOnce(&Client) -> Result<MediaRef, Error>,
) -> Result<(), Error> {
    let to_stdout = target.output.as_deref() == Some(Path::new("-"));
    let done = app
        .beside(async |client| {
            let media = media(client).await?;
            let given_up = match to_stdout {
                true => "given up",
                false => "given up: the same command goes on with what has come",
            };
            app.follow(name, given_up, start(client, media, &target))
                .await
        })
        .await?;
    let line = Line::from(done);
    if to_stdout {
        // Stdout has the medium itself.
        if app.output.json {
            say(&json(&line));
        } else {
            app.note(&line.text());
        }
        return Ok(());
    }
    app.output.value(&line, Line::text)
}

fn start(client: &Client, media: MediaRef, target: &Target) -> Transfer<Downloaded> {
    let downloading = client.download(media).overwrite(target.force);
    match &target.output {
        None => downloading.into_dir("."),
        Some(path) if path == Path::new("-") => downloading.to_writer(tokio::io::stdout()),
        Some(path) if path.is_dir() => downloading.into_dir(path),
        Some(path) => downloading.to_path(path),
    }
}

impl From<Downloaded> for Line {
    fn from(done: Downloaded) -> Self {
        let path = done.path.unwrap_or_else(|| PathBuf::from("-"));
        let path = path.strip_prefix(".").unwrap_or(&path);
        Self {
            path: path.display().to_string(),
            bytes: done.bytes,
            md5: done.md5,
        }
    }
}

impl Line {
    fn text(&self) -> String {
        format!("{}: {} bytes", escape(&self.path), self.bytes)
    }
}
