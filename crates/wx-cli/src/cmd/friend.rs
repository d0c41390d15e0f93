//! `wx friend`: requests, and public accounts to follow.

use wx_client::message::Body;

use super::names::resolve;
use super::stdin;
use crate::app::App;
use crate::args::Friend;
use crate::error::Error;
use crate::terminal::escape;

pub(super) async fn run(app: &App, what: Friend) -> Result<(), Error> {
    match what {
        Friend::Accept => accept(app).await,
        Friend::Add { user, text } => {
            app.beside(async |client| {
                let user = resolve(client, &user).await?;
                Ok(client.ask_friend(user, text).await?)
            })
            .await?;
            app.done(&format!("{} was asked", escape(&user)));
            Ok(())
        }
        Friend::Follow { user } => {
            app.beside(async |client| {
                let user = resolve(client, &user).await?;
                Ok(client.follow(user).await?)
            })
            .await?;
            app.done(&format!("{} is followed", escape(&user)));
            Ok(())
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
