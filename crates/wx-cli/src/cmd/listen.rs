//! `wx listen`: prints events, answers and hands them on.

use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::task::JoinSet;
use wx_client::message::Body;
use wx_client::{Client, Delivery, EventKind, Events, Ladder, Message};

use super::login::over;
use crate::app::{App, after};
use crate::args::Listen;
use crate::error::Error;
use crate::human;
use crate::output::{Output, json};

mod line;
mod save;

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
        result = listen(app, &options, &client, &mut events, &mut replies) => result,
        () = after(options.duration) => Ok(()),
        signal = app.interrupted() => Err(Error::Interrupted(signal)),
    };
    if result.is_ok() {
        while replies.join_next().await.is_some() {}
    }
    app.stop(&client, result).await
}

async fn listen(
    app: &App,
    options: &Listen,
    client: &Client,
    events: &mut Events,
    replies: &mut JoinSet<()>,
) -> Result<(), Error> {
    let mut messages = 0;
    while options.max != Some(messages) {
        let event = tokio::select! {
            event = events.next() => event,
            () = after(options.idle) => return Ok(()),
        };
        let Some(event) = event else {
            return Err(Error::Failed("the client has stopped".to_owned()));
        };
        if let EventKind::LoggedOut { .. } = event.kind() {
            return Err(ended(over(app, event.into_kind(), events).await));
        }
        messages += u64::from(matches!(event.kind(), EventKind::Message(_)));
        handle(app, options, client, event, replies).await?;
        // Replies that have ended are forgotten.
        while replies.try_join_next().is_some() {}
    }
    Ok(())
}

/// Here there was a session, so that whatever the server says ends it; only a
/// login can be refused.
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
    replies: &mut JoinSet<()>,
) -> Result<(), Error> {
    let EventKind::Message(message) = event.kind() else {
        return app.output.value(event.kind(), human::event);
    };
    let saved = match &options.save_media {
        Some(dir) => save(client, message, dir).await,
        None => None,
    };
    let shown = Line::new(message, options.raw, saved);
    app.output.value(&shown, Line::text)?;
    if let Some(command) = &options.exec
        && let Err(why) = hand_over(command, &json(&shown)).await
    {
        let words = format!("{command}: {why}; after three times the message is passed");
        app.output.complain(&Error::Failed(words));
        event.fail(format!("{command}: {why}"));
        return Ok(());
    }
    if options.echo {
        echo(app.output, client.clone(), message, replies);
    }
    event.ack();
    Ok(())
}

/// Answers a text of somebody else's. A reply that fails is told of, and ends
/// nothing.
fn echo(output: Output, client: Client, message: &Message, replies: &mut JoinSet<()>) {
    if let (Body::Text { text, .. }, false) = (&message.body, message.from_me) {
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
/// into a command line.
async fn hand_over(command: &str, line: &str) -> Result<(), String> {
    let mut child = tokio::process::Command::new("sh")
        .arg("-c")
        .arg(command)
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
