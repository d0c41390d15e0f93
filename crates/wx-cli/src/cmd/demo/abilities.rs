//! What a client can do beside texts: media, forwards, groups, remarks,
//! recalls.

use serde_json::json;
use wx_client::id::UserName;
use wx_client::{
    Client, Contact, ContactKind, Content, Events, FileKind, Media, MediaRef, Message, SendContent,
    Sent, Uploaded,
};

use super::Tour;
use crate::cmd::group;
use crate::error::Error;
use crate::qr::{self, Choice, Picture};
use crate::terminal::Screen;

impl Tour {
    /// Gives the message with a file in it that came in.
    pub(super) async fn media(
        &mut self,
        client: &Client,
        events: &mut Events,
    ) -> Result<Message, Error> {
        self.step("a picture and a file come in; they are saved with all their bytes");
        self.save(client, events, json!({"kind": "image", "from": "friend:1"}))
            .await?;
        let file = json!({"name": "报告 📄.pdf", "size": 1_500_000});
        let push = json!({"kind": "file", "from": "group:0", "content": file});
        let received = self.save(client, events, push).await?;
        self.step("a picture and a file go out; they are fetched back for comparison");
        let picture = Media::bytes("code.png", picture()?)?;
        let sent = self.upload(client, FileKind::Image, picture).await?;
        let (sent, _) = sent;
        let media = MediaRef::Image {
            msg_id: sent.msg_id,
        };
        self.compare(client, media).await?;
        let file = Media::bytes("微信.txt", "你好，世界\n".repeat(50_000))?;
        let (_, uploaded) = self.upload(client, FileKind::File, file).await?;
        let media = MediaRef::File {
            sender: client.roster().await?.own().clone(),
            media_id: uploaded.media_id,
            file_name: uploaded.name,
            encry_file_name: None,
            size: Some(uploaded.size),
        };
        self.compare(client, media).await?;
        Ok(received)
    }

    /// Has a message with a medium come in, and saves that.
    async fn save(
        &mut self,
        client: &Client,
        events: &mut Events,
        push: serde_json::Value,
    ) -> Result<Message, Error> {
        let pushed = self.receive(events, push).await?;
        let media = pushed.message.media();
        let media = media.map_err(|error| Error::Failed(error.to_string()))?;
        self.fetch(client, media, pushed.md5.as_deref()).await?;
        Ok(pushed.message)
    }

    async fn upload(
        &mut self,
        client: &Client,
        kind: FileKind,
        media: Media,
    ) -> Result<(Sent, Uploaded), Error> {
        let name = media.name().to_owned();
        let uploaded = self
            .app
            .follow(&name, "given up", client.upload("filehelper", kind, media))
            .await?;
        let content = Content::Uploaded(uploaded.clone());
        let sent = client
            .send_content(SendContent::new("filehelper", content))
            .await?;
        self.sent(client, &sent).await?;
        Ok((sent, uploaded))
    }

    /// Fetches what was uploaded last.
    async fn compare(&mut self, client: &Client, media: MediaRef) -> Result<(), Error> {
        let md5 = self.server.with(|service, _| {
            let last = service.uploads().last();
            last.map(|upload| upload.received_md5.clone())
        });
        self.fetch(client, media, md5.as_deref()).await
    }

    /// Fetches a medium, which must have this MD5.
    async fn fetch(
        &mut self,
        client: &Client,
        media: MediaRef,
        md5: Option<&str>,
    ) -> Result<(), Error> {
        let name = match &media {
            MediaRef::File { file_name, .. } => file_name.clone(),
            _ => "a picture".to_owned(),
        };
        let transfer = client.download(media).into_dir(&self.folder);
        let done = self.app.follow(&name, "given up", transfer).await?;
        if Some(done.md5.as_str()) != md5 {
            let words = format!("{} bytes came, and not those that were sent", done.bytes);
            return Err(Error::Failed(words));
        }
        self.done.media += 1;
        self.output.value(&done, |done| {
            let name = done.path.file_name().unwrap_or_default().to_string_lossy();
            let name = crate::terminal::escape(&name);
            format!("saved {name}: {} bytes, as they were sent", done.bytes)
        })
    }

    /// Makes a group, and forwards a message to it.
    pub(super) async fn group(&mut self, client: &Client, message: &Message) -> Result<(), Error> {
        self.step("a friend gets a remark, and a group is made with two of them");
        let roster = client.roster().await?;
        let friends = roster.of_kind(ContactKind::Friend).take(2);
        let friends: Vec<Contact> = friends.collect();
        let Some(first) = friends.first() else {
            return Err(Error::Failed("there are no friends".to_owned()));
        };
        client.set_remark(&first.id, "小李 (demo)").await?;
        self.done.remarks += 1;
        let members: Vec<&UserName> = friends.iter().map(|friend| &friend.id).collect();
        let made = client.create_group("周末 hiking", members).await?;
        self.done.groups += 1;
        self.output
            .value(&made, |made| group::made(made, &roster))?;
        self.step("the file that came in is forwarded there, and to the file helper");
        let forward = message.forward();
        let forward = forward.map_err(|error| Error::Failed(error.to_string()))?;
        // The service tells of the group a moment later.
        client.fetch_contacts([&made.id]).await?;
        let to = [made.id, UserName::from("filehelper")];
        let mut sends = client.forward(&forward, to)?;
        while let Some((_, sent)) = sends.next().await {
            self.done.forwarded += 1;
            self.sent(client, &sent?).await?;
        }
        Ok(())
    }

    /// Takes a message back, and has somebody else do so.
    pub(super) async fn recall(
        &mut self,
        client: &Client,
        events: &mut Events,
    ) -> Result<(), Error> {
        self.step("a text is taken back; and what a friend takes back is still known here");
        let sent = client.send_text("filehelper", "too early").await?;
        self.sent(client, &sent).await?;
        client.revoke(&sent).await?;
        self.done.recalled += 1;
        let push = json!({"kind": "text", "from": "friend:2", "content": "wrong chat"});
        self.receive(events, push).await?;
        let push = json!({"kind": "revoke", "from": "friend:2"});
        self.receive(events, push).await.map(drop)
    }
}

/// A picture to send: a code, as the login has one.
fn picture() -> Result<Vec<u8>, Error> {
    let choice = Choice::Png("code.png".into());
    match qr::render("https://weixin.qq.com/", &choice, &Screen::of_stderr()) {
        Ok(Picture::Png { bytes, .. }) => Ok(bytes),
        Ok(_) => Err(Error::Failed("no picture was drawn".to_owned())),
        Err(error) => Err(Error::Failed(error.to_string())),
    }
}
