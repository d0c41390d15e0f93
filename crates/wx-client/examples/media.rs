//! Keeps every medium that comes, and sends pictures back to where they came
//! from.
#![expect(clippy::print_stdout, reason = "a program talks to its user")]

use wx_client::{Client, Error, EventKind, FileStore, Media, message::Body};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let store = FileStore::open("media-account")?;
    let (client, mut events) = Client::from_env()?.store(store).spawn().await?;
    while let Some(event) = events.next().await {
        let message = match event.kind() {
            EventKind::Qr { url, .. } => {
                println!("scan {url}");
                continue;
            }
            EventKind::Message(message) if !message.from_me => message,
            _ => continue,
        };
        // Texts have none, and emoticons of the store are for phones only.
        let Ok(media) = message.media() else { continue };
        let saved = client.download(media).into_dir(".").await?;
        let Some(path) = saved.path else { continue };
        println!("{}: {} bytes", path.display(), saved.bytes);
        if matches!(message.body, Body::Image { .. }) {
            let media = Media::path(path).await?;
            client.send_image(&message.chat.id, media).await?;
        }
    }
    Ok(())
}
