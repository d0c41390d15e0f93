//! `wx friend`: requests, and public accounts to follow.

use wx_client::message::Body;

use super::chat::change;
use super::stdin;
use crate::app::App;
use crate::args::Friend;
use crate::error::Error;
use crate::terminal::escape;

pub(super) async fn run(app: &App, what: Friend) -> Result<(), Error> {
    match what {
        Friend::Accept => accept(app).await,
        Friend::Add { user, text } => {
            let done = format!("{} was asked", escape(&user));
            change(app, &user, &done, async |client, user| {
                client.ask_friend(user, text).await
            })
            .await
        }
        Friend::Follow { user } => {
            let done = format!("{} is followed", escape(&user));
            change(app, &user, &done, async |client, user| {
                client.follow(user).await
            })
            .await
        }
    }
}

async fn accept(app: &App) -> Result<(), Error> {
    let message = stdin::message(app).await?;
    let Body::FriendRequest {
        user_name,
        nick_name,
        ticket,
        ..
    } = message.body
    else {
        let words = "the message on stdin is no friend request";
        return Err(Error::Stdin(words.to_owned()));
    };
    app.beside(async |client| Ok(client.accept_friend(user_name, ticket).await?))
        .await?;
    app.done(&format!("{} is a friend", escape(&nick_name)));
    Ok(())
}
