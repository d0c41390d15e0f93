//! `wx revoke`, `remark`, `pin`, `unpin`, `read`: what is done to messages and
//! chats.

use wx_client::id::{ClientMsgId, MsgId, UserName};
use wx_client::{Client, Error as ClientError};

use super::names::resolve;
use crate::app::App;
use crate::error::Error;
use crate::terminal::escape;

pub(super) async fn revoke(
    app: &App,
    msg_id: &str,
    to: &str,
    client_msg_id: Option<&str>,
) -> Result<(), Error> {
    let client_msg_id = client_msg_id.map(ClientMsgId::from);
    change(app, to, "the message was taken back", async |client, to| {
        client
            .revoke_message(MsgId::from(msg_id), to, client_msg_id)
            .await
    })
    .await
}

pub(super) async fn remark(app: &App, to: &str, text: &str) -> Result<(), Error> {
    let done = match text {
        "" => format!("{} has no remark any more", escape(to)),
        text => format!("{} is called {}", escape(to), escape(text)),
    };
    change(app, to, &done, async |client, to| {
        client.set_remark(to, text).await
    })
    .await
}

pub(super) async fn pin(app: &App, to: &str) -> Result<(), Error> {
    let done = format!("{} is at the top of the list", escape(to));
    change(app, to, &done, async |client, to| client.pin(to).await).await
}

pub(super) async fn unpin(app: &App, to: &str) -> Result<(), Error> {
    let done = format!("{} is back in its place", escape(to));
    change(app, to, &done, async |client, to| client.unpin(to).await).await
}

pub(super) async fn read(app: &App, to: &str) -> Result<(), Error> {
    let done = format!("{} is marked as read", escape(to));
    change(app, to, &done, async |client, to| {
        client.mark_read(to).await
    })
    .await
}

/// Does something to whoever goes by a name, and says that it was done.
pub(super) async fn change(
    app: &App,
    to: &str,
    done: &str,
    work: impl AsyncFnOnce(&Client, UserName) -> Result<(), ClientError>,
) -> Result<(), Error> {
    app.beside(async |client| Ok(work(client, resolve(client, to).await?).await?))
        .await?;
    app.done(done);
    Ok(())
}
