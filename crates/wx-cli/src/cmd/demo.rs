//! `wx demo`: the whole tour against an embedded simulated service.
//!
//! Nobody needs an account for it, and nothing leaves this machine.

use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::json;
use wx_client::{Client, EventKind, Events};
use wx_sim::{Options, Server};

use super::login::show;
use crate::app::App;
use crate::args::Global;
use crate::error::Error;
use crate::human;
use crate::output::Output;
use crate::qr::Choice;
use crate::terminal::escape;

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
            ..app.global.clone()
        };
        let result = Tour::new(app.with(global), server).run().await;
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
    took_ms: u128,
}

struct Tour {
    app: App,
    server: Server,
    output: Output,
    started: Instant,
    received: usize,
    sent: usize,
}

impl Tour {
    fn new(app: App, server: Server) -> Self {
        Self {
            output: app.output,
            app,
            server,
            started: Instant::now(),
            received: 0,
            sent: 0,
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
        contacts.sort_by_key(|contact| (contact.kind, contact.name()));
        for contact in contacts {
            self.output.value(contact, |contact| {
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

    /// Takes events until `count` messages have come.
    async fn take(&mut self, events: &mut Events, count: usize) -> Result<(), Error> {
        let mut left = count;
        while left > 0 {
            let Some(event) = events.next().await else {
                return Err(Error::Failed("the session ended early".to_owned()));
            };
            self.output.value(event.kind(), human::event)?;
            if matches!(event.kind(), EventKind::Message(_)) {
                left -= 1;
                self.received += 1;
            }
            event.ack();
        }
        Ok(())
    }

    async fn messages(&mut self, events: &mut Events) -> Result<(), Error> {
        self.step("one message of every kind comes in");
        let pushed = self.call("push_all", json!({})).await?;
        let ids: Vec<u64> = pushed
            .get("MsgIds")
            .and_then(|ids| ids.as_array())
            .into_iter()
            .flatten()
            .filter_map(|id| id.as_str()?.parse().ok())
            .collect();
        let shown = ids.len() - self.silent(&ids);
        self.take(events, shown).await
    }

    /// How many of these messages are for clients and not for people: status
    /// notifies.
    fn silent(&self, ids: &[u64]) -> usize {
        self.server.with(|service, _| {
            service
                .delivered(0)
                .filter(|message| ids.contains(&message.msg_id))
                .filter(|message| message.kind == "status_notify")
                .count()
        })
    }

    async fn texts(&mut self, client: &Client, events: &mut Events) -> Result<(), Error> {
        self.step("a text goes out, and an answer comes back");
        let sent = client.send_text("filehelper", "你好，世界 🌏 <&>").await?;
        self.sent += 1;
        self.output.value(&sent, |sent| {
            format!("sent to {} as {}", escape(sent.to.as_str()), sent.msg_id)
        })?;
        let push = json!({"kind": "text", "from": "friend:1", "content": "收到！ got it & thanks"});
        self.call("push", push).await?;
        self.take(events, 1).await
    }

    async fn outage(&mut self, client: &Client, events: &mut Events) -> Result<(), Error> {
        self.step("the network fails while a message comes in; it is not lost");
        let broken = json!({"path": "webwxsync", "kind": "reset_before", "count": 1});
        self.call("fault", broken).await?;
        let push = json!({"kind": "text", "from": "group:0", "content": "across the gap"});
        self.call("push", push).await?;
        self.take(events, 1).await?;
        client.send_text("filehelper", "still here").await?;
        self.sent += 1;
        Ok(())
    }

    async fn restart(&mut self, client: Client, events: Events) -> Result<(Client, Events), Error> {
        self.step("the program stops; a message comes meanwhile; it starts again without a scan");
        client.shutdown().await?;
        drop(events);
        let push = json!({"kind": "text", "from": "friend:2", "content": "are you there?"});
        self.call("push", push).await?;
        let (client, mut events) = self.app.own(wx_client::Ladder::saved_only()).await?;
        self.take(&mut events, 1).await?;
        Ok((client, events))
    }

    fn summary(&self) -> Result<(), Error> {
        let arrived = self.server.with(|service, _| service.sent().len());
        if arrived != self.sent {
            let words = format!("{} texts were sent, and {arrived} arrived", self.sent);
            return Err(Error::Failed(words));
        }
        let summary = Summary {
            event: "summary",
            received: self.received,
            sent: self.sent,
            took_ms: self.started.elapsed().as_millis(),
        };
        self.step("done");
        self.output.value(&summary, |summary| {
            format!(
                "{} messages received, {} sent, none lost, none doubled; {:.1} s",
                summary.received,
                summary.sent,
                self.started.elapsed().as_secs_f32()
            )
        })
    }
}
