//! `wx send`: messages out, on the saved session, beside a running `listen`.

use tokio::io::AsyncReadExt;
use wx_client::id::UserName;
use wx_client::roster::Ambiguous;
use wx_client::{Client, SendText, Sent};

use crate::app::App;
use crate::args::Send;
use crate::error::Error;
use crate::terminal::escape;

pub(super) async fn run(app: &App, what: Send) -> Result<(), Error> {
    let Send::Text { to, text, key } = what;
    let text = if text == "-" {
        tokio::select! {
            text = stdin() => text?,
            signal = app.interrupted() => return Err(Error::Interrupted(signal)),
        }
    } else {
        text
    };
    let sent = app
        .beside(async |client| {
            let mut message = SendText::new(resolve(client, &to).await?, text);
            if let Some(key) = key {
                message = message.with_key(key);
            }
            Ok(client.send(message).await?)
        })
        .await
        .inspect_err(|error| {
            if let Error::Interrupted(_) = error {
                app.output
                    .note("look into the chat: the message may have gone out");
            }
        })?;
    app.output.value(&sent, |sent: &Sent| {
        format!("sent to {} as {}", escape(sent.to.as_str()), sent.msg_id)
    })
}

/// Whom a name means. The kept contacts may not know somebody who is new, so
/// the server is asked before anybody is told that there is no such person.
pub(super) async fn resolve(client: &Client, name: &str) -> Result<UserName, Error> {
    match client.roster().await?.resolve(name) {
        Err(nobody) if nobody.candidates.is_empty() => client.refresh_contacts().await?,
        answer => return answer.map_err(ambiguous),
    }
    client.roster().await?.resolve(name).map_err(ambiguous)
}

fn ambiguous(ambiguous: Ambiguous) -> Error {
    if ambiguous.candidates.is_empty() {
        return wx_client::Error::from(ambiguous).into();
    }
    Error::Ambiguous {
        name: ambiguous.name,
        candidates: ambiguous.candidates,
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
