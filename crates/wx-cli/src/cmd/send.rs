//! `wx send`: messages out, on the saved session, beside a running `listen`.

use tokio::io::AsyncReadExt;
use wx_client::{Client, ErrorKind, SendText, Sent, id::UserName};

use crate::app::{App, interrupted};
use crate::args::Send;
use crate::error::Error;
use crate::terminal::escape;

pub(super) async fn run(app: &App, what: Send) -> Result<(), Error> {
    let Send::Text { to, text, key } = what;
    let text = if text == "-" { stdin().await? } else { text };
    let client = app.attach().await?;
    let result = tokio::select! {
        result = send(&client, &to, text, key) => result,
        signal = interrupted() => Err(Error::Interrupted(signal)),
    };
    client.shutdown().await;
    app.output.value(&result?, |sent: &Sent| {
        format!("sent to {} as {}", escape(sent.to.as_str()), sent.msg_id)
    })
}

async fn send(client: &Client, to: &str, text: String, key: Option<String>) -> Result<Sent, Error> {
    let to = resolve(client, to).await?;
    let mut message = SendText::new(to, text);
    if let Some(key) = key {
        message = message.with_key(key);
    }
    Ok(client.send(message).await?)
}

/// Whom a name means. The kept contacts may not know somebody who is new, so
/// the server is asked before anybody is told that there is no such person.
pub(super) async fn resolve(client: &Client, name: &str) -> Result<UserName, Error> {
    match client.resolve(name).await {
        Err(error) if error.kind() == ErrorKind::NoSuchContact => {
            client.refresh_contacts().await?;
            Ok(client.resolve(name).await?)
        }
        other => Ok(other?),
    }
}

/// Stdin as it is.
async fn stdin() -> Result<String, Error> {
    let mut bytes = Vec::new();
    tokio::io::stdin()
        .read_to_end(&mut bytes)
        .await
        .map_err(|error| Error::io("stdin", error))?;
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::Usage(format!("stdin is no UTF-8 text (byte {at})"))
    })
}
