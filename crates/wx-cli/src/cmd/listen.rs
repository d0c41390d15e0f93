//! `wx listen`: prints events, answers and hands them on.

use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::task::JoinSet;
use wx_client::message::Body;
use wx_client::{Client, Delivery, EventKind, Events, Ladder};

use super::login::over;
use crate::app::{App, after};
use crate::args::Listen;
use crate::error::Error;
use crate::human;
use crate::output::{Output, json};

mod batch;
mod line;
mod save;

use batch::Batch;
use line::Line;
use save::save;

pub(super) async fn run(app: &App, options: Listen) -> Result<(), Error> {
    if let Some(dir) = &options.save_media {
        std::fs::create_dir_all(dir)
            .map_err(|error| Error::Usage(format!("--save-media {}: {error}", dir.display())))?;
    }
    let (client, mut events) = app.own(Ladder::saved_only()).await?;
    let mut replies = JoinSet::new();
    let result = tokio::select! {
        // No time is no time, also on a machine that is slow to begin.
        biased;
        () = after(options.duration) => Ok(()),
        signal = app.interrupted() => Err(Error::Interrupted(signal)),
        result = listen(app, &options, &client, &mut events, &mut replies) => result,
    };
    if result.is_ok() {
        while replies.join_next().await.is_some() {}
    }
    match app.stop(&client, result).await {
        Err(Error::NotLoggedIn { message, .. }) => Err(never_or_again(app, message).await),
        result => result,
    }
}

/// The error of an account without a session, which may have had one.
async fn never_or_again(app: &App, message: String) -> Error {
    let known = app.beside_any(async |client| Ok(client.overview().await?));
    match known.await {
        Ok(known) => Error::not_logged_in(message, &known),
        Err(_) => Error::NotLoggedIn {
            message,
            again: true,
        },
    }
}

async fn listen(
    app: &App,
    options: &Listen,
    client: &Client,
    events: &mut Events,
    replies: &mut JoinSet<()>,
) -> Result<(), Error> {
    let mut messages = 0;
    let mut batch = Batch::new(app.output, options.echo.then_some(client), replies);
    while options.max != Some(messages) {
        let ready = tokio::select! {
            biased;
            event = events.next() => Some(event),
            () = std::future::ready(()) => None,
        };
        let event = match ready {
            Some(event) => event,
            None => {
                // A line must not wait for a message that may never come.
                batch.write()?;
                tokio::select! {
                    event = events.next() => event,
                    () = after(options.idle) => return Ok(()),
                }
            }
        };
        let Some(event) = event else {
            batch.write()?;
            return Err(Error::Failed("the client has stopped".to_owned()));
        };
        if let EventKind::LoggedOut { .. } = event.kind() {
            batch.write()?;
            let error = over(app, event.into_kind(), events, timed).await;
            return Err(ended(error));
        }
        messages += u64::from(matches!(event.kind(), EventKind::Message(_)));
        handle(app, options, client, event, &mut batch).await?;
    }
    batch.write()
}

/// Where there was a session, whatever the server says ends it; only a login
/// can be refused.
fn ended(error: Error) -> Error {
    match error {
        Error::Refused { ret, message } => Error::Ended { ret, message },
        other => other,
    }
}

async fn handle(
    app: &App,
    options: &Listen,
    client: &Client,
    event: Delivery,
    batch: &mut Batch<'_>,
) -> Result<(), Error> {
    let EventKind::Message(message) = event.kind() else {
        return show(client, event.kind(), batch).await;
    };
    let saved = match &options.save_media {
        Some(dir) => {
            batch.write()?;
            save(client, message, dir).await
        }
        None => None,
    };
    let shown = Line::new(message, options.raw, saved);
    batch.add(&shown, Line::text)?;
    if let Some(command) = &options.exec {
        batch.write()?;
        if let Err(why) = hand_over(app, command, &json(&shown)).await {
            let words = format!("{command}: {why}; after three times the message is passed");
            app.output.complain(&Error::Failed(words));
            event.fail(format!("{command}: {why}"));
            return Ok(());
        }
    }
    batch.handled(event);
    Ok(())
}

/// Shows what is no message.
async fn show(client: &Client, event: &EventKind, batch: &mut Batch<'_>) -> Result<(), Error> {
    match event {
        // The event has an id alone, and people know the name.
        EventKind::Members {
            group,
            joined,
            left,
            ..
        } if !batch.is_json() => {
            batch.write()?;
            let roster = client.roster().await.ok();
            let group = human::chat(group, roster.as_deref());
            batch.text(&human::at_present(&human::members(&group, joined, left)))
        }
        event => batch.add(event, timed),
    }
}

/// An event for people, and when it was.
fn timed(event: &EventKind) -> String {
    human::at_present(&human::event(event))
}

/// Answers a text of somebody else's. A reply that fails is told of, and ends
/// nothing.
fn echo(output: Output, client: &Client, message: &EventKind, replies: &mut JoinSet<()>) {
    if let EventKind::Message(message) = message
        && let (Body::Text { text, .. }, false) = (&message.body, message.from_me)
    {
        let client = client.clone();
        let to = message.chat.id.clone();
        let text = format!("echo {text}");
        replies.spawn(async move {
            if let Err(error) = client.send_text(to, text).await {
                output.complain(&error.into());
            }
        });
    }
}

/// Runs a command with the event on its stdin: data from others must not get
/// into a command line. A `wx` in it must not send from another account than the
/// one that is listened to, and cannot record into the same file.
async fn hand_over(app: &App, command: &str, line: &str) -> Result<(), String> {
    let mut child = tokio::process::Command::new("sh")
        .arg("-c")
        .arg(command)
        .envs(app.global.variables())
        .env_remove("WX_RECORD")
        .stdin(Stdio::piped())
        // Stdout is for events.
        .stdout(std::io::stderr())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| error.to_string())?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that does not read its input is no fault.
        let _ = stdin.write_all(format!("{line}\n").as_bytes()).await;
    }
    let status = child.wait().await.map_err(|error| error.to_string())?;
    if status.success() {
        Ok(())
    } else {
        Err(status.to_string())
    }
}
