//! Answers when it is mentioned in a group, and mentions who asked, by the name
//! that the group knows.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use wx_client::{Client, Error, EventKind, FileStore, SendText};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let store = FileStore::open("echo-account")?;
    let (client, mut events) = Client::from_env()?.store(store).spawn().await?;
    while let Some(event) = events.next().await {
        match event.kind() {
            EventKind::Qr { url, .. } => println!("scan {url}"),
            EventKind::Message(message) if message.mentions_me() => {
                let reply = SendText::new(&message.chat.id, "you called?");
                client.send(reply.mention(&message.sender.id)).await?;
            }
            _ => {}
        }
    }
    Ok(())
}
