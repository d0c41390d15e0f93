//! Answers every text with itself.
#![expect(clippy::print_stdout, reason = "a program talks to its user")]

use wx_client::{Client, Error, EventKind, FileStore};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let store = FileStore::open("echo-account")?;
    let (client, mut events) = Client::from_env()?.store(store).spawn().await?;
    while let Some(event) = events.next().await {
        match event.kind() {
            EventKind::Qr { url, .. } => println!("scan {url}"),
            EventKind::Message(message) if let Some(text) = message.text_from_others() => {
                client.send_text(&message.chat.id, text).await?;
            }
            _ => {}
        }
    }
    Ok(())
}
