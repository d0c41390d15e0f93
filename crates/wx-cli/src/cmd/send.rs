//! `wx send`: messages out, on the saved session, beside a running `listen`.

use wx_client::{
    Chain, Client, Content, ErrorKind, FileKind, Media, SendContent, SendMedia, SendText, Sent,
};

use super::names::resolve;
use super::stdin;
use crate::app::App;
use crate::args::{Send, SendFile};
use crate::error::Error;
use crate::human;

pub(super) async fn run(app: &App, what: Send) -> Result<(), Error> {
    match what {
        Send::Text { to, text, key } => {
            let text = if text == "-" {
                stdin::text(app).await?
            } else {
                text
            };
            send(app, async |client| {
                let mut message = SendText::new(resolve(client, &to).await?, text);
                if let Some(key) = key {
                    message = message.with_key(key);
                }
                Ok(client.send(message).await?)
            })
            .await
        }
        Send::Image(what) => file(app, FileKind::Image, what).await,
        Send::Video(what) => file(app, FileKind::Video, what).await,
        Send::File(what) => file(app, FileKind::File, what).await,
        Send::Emoticon(what) => match what
            .path
            .to_str()
            .and_then(|path| path.strip_prefix("md5:"))
        {
            Some(md5) => {
                let md5 = digest(md5)?;
                content(app, what.to, what.key, async |_| {
                    Ok(Content::Emoticon { md5 })
                })
                .await
            }
            None => file(app, FileKind::Emoticon, what).await,
        },
        Send::Card { to, who, key } => {
            content(app, to, key, async |client| card(client, &who).await).await
        }
    }
}

/// A file of this machine is looked at before anybody is asked for anything.
async fn file(app: &App, kind: FileKind, what: SendFile) -> Result<(), Error> {
    let media = Media::path(&what.path).await.map_err(unfit)?;
    let name = media.name().to_owned();
    send(app, async |client| {
        let mut message = SendMedia::new(resolve(client, &what.to).await?, kind, media);
        if let Some(key) = what.key {
            message = message.with_key(key);
        }
        app.follow(
            &name,
            "given up: it was not sent",
            client.send_media(message),
        )
        .await
    })
    .await
}

/// A file that was named and is none is a mistake on the command line.
fn unfit(error: wx_client::Error) -> Error {
    if error.kind() == ErrorKind::File {
        return Error::Unfit(Chain(&error).to_string());
    }
    error.into()
}

fn digest(md5: &str) -> Result<String, Error> {
    if md5.len() == 32 && md5.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(md5.to_ascii_lowercase());
    }
    Err(Error::Usage(format!(
        "md5:{md5}: an MD5 has 32 hexadecimal digits"
    )))
}

async fn card(client: &Client, who: &str) -> Result<Content, Error> {
    let user_name = resolve(client, who).await?;
    let roster = client.roster().await?;
    let nick_name = match roster.contact(&user_name) {
        Some(contact) => contact.nick_name,
        None => {
            return Err(Error::Usage(format!(
                "{who:?} is no contact: whose card is it?"
            )));
        }
    };
    Ok(Content::Card {
        user_name,
        nick_name,
    })
}

async fn content(
    app: &App,
    to: String,
    key: Option<String>,
    make: impl AsyncFnOnce(&Client) -> Result<Content, Error>,
) -> Result<(), Error> {
    send(app, async |client| {
        let mut message = SendContent::new(resolve(client, &to).await?, make(client).await?);
        if let Some(key) = key {
            message = message.with_key(key);
        }
        Ok(client.send_content(message).await?)
    })
    .await
}

async fn send(
    app: &App,
    work: impl AsyncFnOnce(&Client) -> Result<Sent, Error>,
) -> Result<(), Error> {
    let sent = app.beside(async |client| {
        let sent = work(client).await?;
        // It went out, whether the name of who has it is known or not.
        Ok((sent, client.roster().await.ok()))
    });
    let (sent, roster) = sent.await.inspect_err(|error| {
        if let Error::Interrupted(_) = error {
            app.note("look into the chat: the message may have gone out");
        }
    })?;
    app.output
        .value(&sent, |sent| human::sent(sent, roster.as_deref()))
}
