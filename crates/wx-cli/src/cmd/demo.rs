//! `wx demo`: the whole tour against an embedded simulated service.
//!
//! Nobody needs an account for it, and nothing leaves this machine.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::{Value, json};
use wx_client::{Client, EventKind, Events, Message, Sent};
use wx_sim::{Options, Server};

use super::login::show;
use crate::app::App;
use crate::args::{Global, Rate};
use crate::error::Error;
use crate::human;
use crate::output::Output;
use crate::qr::Choice;

mod abilities;

/// Long before the half minute that the tour may take.
const AT_MOST: Duration = Duration::from_secs(25);

pub(super) async fn run(app: &App) -> Result<(), Error> {
    let tour = async {
        let folder = tempfile::Builder::new()
            .prefix("wx-demo-")
            .tempdir()
            .map_err(|error| Error::io("a folder for the demo", error))?;
        let mut options = Options::default();
        options.ca_dir = Some(folder.path().to_owned());
        let server = Server::start(options)
            .await
            .map_err(|error| Error::io("cannot listen on loopback", error))?;
        let global = Global {
            home: Some(folder.path().join("home")),
            connect_to: server.address().to_string().parse().ok(),
            ca_file: Some(folder.path().join("ca.pem")),
            // Nothing is to leave this machine.
            proxy: None,
            profile: None,
            // Nor is anybody to be spared.
            pace: Rate(None),
            ..app.global.clone()
        };
        let media = folder.path().join("media");
        std::fs::create_dir(&media).map_err(|error| Error::io("a folder for media", error))?;
        let result = Tour::new(app.with(global), server, media).run().await;
        drop(folder);
        result
    };
    tokio::select! {
        result = tour => result,
        () = tokio::time::sleep(AT_MOST) => {
            Err(Error::Failed(format!("the tour took longer than {} s", AT_MOST.as_secs())))
        }
        signal = app.interrupted() => Err(Error::Interrupted(signal)),
    }
}

/// What the tour came to.
#[derive(Serialize)]
struct Summary {
    event: &'static str,
    received: usize,
    sent: usize,
    /// Pictures and files that went in or out, with all their bytes.
    media: usize,
    forwarded: usize,
    recalled: usize,
    remarks: usize,
    groups: usize,
    took_ms: u128,
}

struct Tour {
    app: App,
    server: Server,
    output: Output,
    /// Where media go.
    folder: PathBuf,
    started: Instant,
    /// What was done so far.
    done: Summary,
}

impl Tour {
    fn new(app: App, server: Server, folder: PathBuf) -> Self {
        Self {
            output: app.output,
            app,
            server,
            folder,
            started: Instant::now(),
            done: Summary {
                event: "summary",
                received: 0,
                sent: 0,
                media: 0,
                forwarded: 0,
                recalled: 0,
                remarks: 0,
                groups: 0,
                took_ms: 0,
            },
        }
    }

    async fn run(mut self) -> Result<(), Error> {
        self.step("a simulated WeChat service answers on this machine; no account is used");
        self.step("log in: the code below is scanned and confirmed by a simulated phone");
        let (client, mut events) = self.app.own(wx_client::Ladder::default()).await?;
        // Drawn without a terminal as well.
        show(&self.app, &Choice::Auto, &mut events, &mut None).await?;
        self.contacts(&client).await?;
        self.messages(&mut events).await?;
        self.texts(&client, &mut events).await?;
        let received = self.media(&client, &mut events).await?;
        self.group(&client, &received).await?;
        self.recall(&client, &mut events).await?;
        self.outage(&client, &mut events).await?;
        let (client, mut events) = self.restart(client, events).await?;
        self.step("log out");
        client.logout().await?;
        while let Some(event) = events.next().await {
            self.output.value(event.kind(), human::event)?;
        }
        client.shutdown().await?;
        self.summary()
    }

    fn step(&self, what: &str) {
        self.output.note(&format!("\n== {what}"));
    }

    async fn call(&self, call: &str, body: serde_json::Value) -> Result<serde_json::Value, Error> {
        self.server
            .control(call, &body)
            .await
            .map_err(|error| Error::Failed(format!("the simulated service: {error}")))
    }

    async fn contacts(&self, client: &Client) -> Result<(), Error> {
        self.step("contacts, from the address book and the phone's chats");
        let roster = client.roster().await?;
        let mut contacts: Vec<_> = roster.contacts().collect();
        contacts.sort_by(|a, b| (a.kind, a.name()).cmp(&(b.kind, b.name())));
        for contact in contacts {
            self.output.value(&contact, |contact| {
                let kind = human::word(&contact.kind);
                let members = roster.members(&contact.id).len();
                let members = match members {
                    0 => String::new(),
                    count => format!(", {count} members"),
                };
                format!("  {kind}: {}{members}", human::name(contact))
            })?;
        }
        Ok(())
    }

    /// Tells of a message that went out.
    async fn sent(&mut self, client: &Client, sent: &Sent) -> Result<(), Error> {
        self.done.sent += 1;
        let roster = client.roster().await?;
        self.output
            .value(sent, |sent| human::sent(sent, Some(&roster)))
    }

    /// Has a message come in, and takes events up to it.
    async fn receive(&mut self, events: &mut Events, push: Value) -> Result<Pushed, Error> {
        let answer = self.call("push", push).await?;
        let text = |key: &str| answer.get(key).and_then(Value::as_str).map(str::to_owned);
        let id = text("MsgId").unwrap_or_default();
        let mut messages = self.take(events, [id].into()).await?;
        let message = messages.pop().ok_or_else(ended_early)?;
        Ok(Pushed {
            message,
            md5: text("md5"),
        })
    }

    /// Takes events until these messages have come, and gives those.
    async fn take(
        &mut self,
        events: &mut Events,
        mut awaited: BTreeSet<String>,
    ) -> Result<Vec<Message>, Error> {
        let mut taken = Vec::new();
        while !awaited.is_empty() {
            let event = events.next().await.ok_or_else(ended_early)?;
            self.output.value(event.kind(), human::event)?;
            if let EventKind::Message(message) = event.kind() {
                self.done.received += 1;
                if awaited.remove(message.msg_id.as_str()) {
                    taken.push((**message).clone());
                }
            }
            event.ack();
        }
        Ok(taken)
    }

    async fn messages(&mut self, events: &mut Events) -> Result<(), Error> {
        self.step("one message of every kind comes in");
        let pushed = self.call("push_all", json!({})).await?;
        let mut ids: BTreeSet<String> = pushed
            .get("MsgIds")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|id| Some(id.as_str()?.to_owned()))
            .collect();
        self.server.with(|service, _| {
            for message in service.delivered(0) {
                // For clients and not for people.
                if message.kind == "status_notify" {
                    ids.remove(&message.msg_id.to_string());
                }
            }
        });
        self.take(events, ids).await.map(drop)
    }

    async fn texts(&mut self, client: &Client, events: &mut Events) -> Result<(), Error> {
        self.step("a text goes out, and an answer comes back");
        let sent = client.send_text("filehelper", "你好，世界 🌏 <&>").await?;
        self.sent(client, &sent).await?;
        let push = json!({"kind": "text", "from": "friend:1", "content": "收到！ got it & thanks"});
        self.receive(events, push).await.map(drop)
    }

    async fn outage(&mut self, client: &Client, events: &mut Events) -> Result<(), Error> {
        self.step("the network fails while a message comes in; it is not lost");
        let broken = json!({"path": "webwxsync", "kind": "reset_before", "count": 1});
        self.call("fault", broken).await?;
        let push = json!({"kind": "text", "from": "group:0", "content": "across the gap"});
        self.receive(events, push).await?;
        client.send_text("filehelper", "still here").await?;
        self.done.sent += 1;
        Ok(())
    }

    async fn restart(&mut self, client: Client, events: Events) -> Result<(Client, Events), Error> {
        self.step("the program stops; a message comes meanwhile; it starts again without a scan");
        client.shutdown().await?;
        drop(events);
        let push = json!({"kind": "text", "from": "friend:2", "content": "are you there?"});
        let pushed = self.call("push", push).await?;
        let id = pushed.get("MsgId").and_then(Value::as_str);
        let awaited = id.map(str::to_owned).into_iter().collect();
        let (client, mut events) = self.app.own(wx_client::Ladder::saved_only()).await?;
        self.take(&mut events, awaited).await?;
        Ok((client, events))
    }

    fn summary(mut self) -> Result<(), Error> {
        let arrived = self.server.with(|service, _| service.sent().len());
        if arrived != self.done.sent {
            let words = format!("{} were sent, and {arrived} arrived", self.done.sent);
            return Err(Error::Failed(words));
        }
        self.done.took_ms = self.started.elapsed().as_millis();
        self.step("done");
        self.output.value(&self.done, |done| {
            format!(
                "{} messages received, {} sent, {} of them forwarded and {} taken back;\n\
                 {} pictures and files in and out, {} remark set, {} group made;\n\
                 none lost, none doubled; {:.1} s",
                done.received,
                done.sent,
                done.forwarded,
                done.recalled,
                done.media,
                done.remarks,
                done.groups,
                self.started.elapsed().as_secs_f32()
            )
        })
    }
}

/// A message that came in, and the MD5 of what is in it, if it has a medium.
struct Pushed {
    message: Message,
    md5: Option<String>,
}

fn ended_early() -> Error {
    Error::Failed("the session ended early".to_owned())
}
