//! `wx download` and `wx avatar`: media to files.

use std::path::Path;

use serde::Serialize;
use wx_client::id::UserName;
use wx_client::{Client, Downloaded, Downloading, MediaRef, SavedFile, Transfer};

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
    let line = app
        .beside(async |client| {
            let download = client.download(media(client).await?);
            Ok(if to_stdout {
                let transfer = download.to_writer(tokio::io::stdout());
                Line::from(app.follow(name, "given up", transfer).await?)
            } else {
                let given_up = "given up: the same command goes on with what has come";
                Line::from(
                    app.follow(name, given_up, to_file(download, &target))
                        .await?,
                )
            })
        })
        .await?;
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

fn to_file(download: Downloading, target: &Target) -> Transfer<SavedFile> {
    let download = download.overwrite(target.force);
    match &target.output {
        None => download.into_dir("."),
        Some(path) if path.is_dir() => download.into_dir(path),
        Some(path) => download.to_path(path),
    }
}

impl From<SavedFile> for Line {
    fn from(saved: SavedFile) -> Self {
        let path = saved.path.strip_prefix(".").unwrap_or(&saved.path);
        Self {
            path: path.display().to_string(),
            bytes: saved.bytes,
            md5: saved.md5,
        }
    }
}

impl From<Downloaded> for Line {
    fn from(done: Downloaded) -> Self {
        Self {
            path: "-".to_owned(),
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
