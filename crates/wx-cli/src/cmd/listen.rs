//! `wx listen`: prints events, answers and hands them on.

use std::process::Stdio;

use serde_json::value::RawValue;
use tokio::io::AsyncWriteExt;
use tokio::task::JoinSet;
use wx_client::message::Body;
use wx_client::{Client, Delivery, EventKind, Events, Ladder, Message};

use crate::app::{App, after, interrupted};
use crate::args::Listen;
use crate::error::Error;
use crate::human;
use crate::output::{WithRaw, json, say};

pub(super) async fn run(app: &App, options: Listen) -> Result<(), Error> {
    let (client, mut events) = app.own(Ladder::saved_only()).await?;
    let mut replies = JoinSet::new();
    let result = tokio::select! {
        result = listen(app, &options, &client, &mut events, &mut replies) => result,
        () = after(options.duration) => Ok(()),
        signal = interrupted() => Err(Error::Interrupted(signal)),
    };
    if result.is_ok() {
        while replies.join_next().await.is_some() {}
    }
    client.shutdown().await;
    result
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
        if let EventKind::LoggedOut {
            cause,
            ret,
            message,
        } = event.kind()
        {
            app.output.value(event.kind(), human::event)?;
            let (cause, ret, message) = (*cause, ret.0, message.clone());
            return Err(ended(cause, ret, message));
        }
        messages += u64::from(matches!(event.kind(), EventKind::Message(_)));
        handle(app, options, client, event, replies).await?;
        // Replies that have ended are forgotten.
        while replies.try_join_next().is_some() {}
    }
    Ok(())
}

/// The end of a session is 3, whatever the server called it; only a `listen`
/// that never had one is told to log in.
fn ended(cause: wx_client::event::Cause, ret: i64, message: String) -> Error {
    let cause = match cause {
        wx_client::event::Cause::Refused => wx_client::event::Cause::Cookie,
        other => other,
    };
    Error::LoggedOut {
        cause,
        ret,
        message,
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
    let raw = options.raw.then(|| raw(message)).flatten();
    let shown = WithRaw {
        event: event.kind(),
        raw: raw.as_deref(),
    };
    app.output.value(&shown, |_| human::event(event.kind()))?;
    if let Some(command) = &options.exec {
        if let Err(why) = hand_over(command, &json(&shown)).await {
            say(&format!("{command}: {why}; the message will come again"));
            drop(event.defer());
            return Ok(());
        }
    }
    if options.echo {
        echo(client.clone(), message, replies);
    }
    event.ack();
    Ok(())
}

fn raw(message: &Message) -> Option<Box<RawValue>> {
    let text = std::str::from_utf8(&message.raw).ok()?;
    RawValue::from_string(text.to_owned()).ok()
}

/// Answers a text of somebody else's. A reply that fails is told of, and ends
/// nothing.
fn echo(client: Client, message: &Message, replies: &mut JoinSet<()>) {
    if let (Body::Text { text, .. }, false) = (&message.body, message.from_me) {
        let to = message.chat.id.clone();
        let text = format!("echo {text}");
        replies.spawn(async move {
            if let Err(error) = client.send_text(to, text).await {
                say(&format!("the reply failed: {error}"));
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
