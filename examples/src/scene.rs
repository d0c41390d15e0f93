//! A simulated service, and people in it who talk to a bot.

#![expect(clippy::print_stdout, reason = "a scene is there to be seen")]

use std::future::pending;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::timeout;
use wx_client::bot::Router;
use wx_client::{Builder, Client, Config, Http, MemoryStore, transport};
use wx_sim::{AccountSpec, Options, Server};

/// Far longer than any scene takes.
const AT_MOST: Duration = Duration::from_secs(30);

/// The simulated service, and what happens there. Everything is printed as it
/// happens.
///
/// People and chats go by the simulator's names: `friend:0`, `group:1`, `self`
/// and `filehelper`.
#[derive(Debug)]
pub struct Scene {
    server: Server,
    accounts: usize,
    /// How many of the bots' messages have been heard.
    heard: usize,
}

impl Scene {
    /// A service with this many accounts, whose phones scan and confirm at once.
    ///
    /// # Errors
    /// If it cannot listen on loopback.
    pub async fn open(accounts: usize) -> anyhow::Result<Self> {
        let mut options = Options::default();
        options.config = wx_sim::Config::instant_login();
        options.accounts = vec![AccountSpec::new(6, 2, 4, 1); accounts];
        let server = Server::start(options).await?;
        Ok(Self {
            server,
            accounts,
            heard: 0,
        })
    }

    /// Connection settings for the service, for one bot or many.
    ///
    /// # Errors
    /// None, as long as the service's certificate is valid.
    pub fn http(&self) -> anyhow::Result<Http> {
        let mut transport = transport::Config::default();
        transport.connect_to = Some(self.server.address().to_string().parse()?);
        transport.add_roots_pem(self.server.ca_pem().as_bytes())?;
        Ok(Http::new(transport)?)
    }

    /// A builder for a client of the service.
    ///
    /// # Errors
    /// As [`http`](Self::http).
    pub fn client(&self) -> anyhow::Result<Builder> {
        let mut config = Config::default();
        // The simulator needs no sparing.
        config.pace = None;
        let builder = Client::builder().config(config).http(self.http()?);
        Ok(builder.store(MemoryStore::new()))
    }

    /// The name of the first account.
    ///
    /// # Errors
    /// None, as long as there is one.
    pub async fn own_name(&self) -> anyhow::Result<String> {
        let state = self.call("state", json!({})).await?;
        let name = state
            .pointer("/accounts/0/nick_name")
            .and_then(Value::as_str);
        Ok(name.context("an account")?.to_owned())
    }

    /// Somebody writes to the bot.
    ///
    /// # Errors
    /// If nobody has that name.
    pub async fn say(&self, who: &str, text: &str) -> anyhow::Result<()> {
        println!("{who}: {text}");
        let push = json!({"kind": "text", "from": who, "content": text});
        self.call("push", push).await.map(drop)
    }

    /// Somebody writes in a group.
    ///
    /// # Errors
    /// If the group has no such member.
    pub async fn say_in(&self, group: &str, who: &str, text: &str) -> anyhow::Result<()> {
        println!("{who} in {group}: {text}");
        let push = json!({"kind": "text", "from": group, "sender": who, "content": text});
        self.call("push", push).await.map(drop)
    }

    /// Somebody joins a group.
    ///
    /// # Errors
    /// If there is no such group or person.
    pub async fn join(&self, group: &str, who: &str) -> anyhow::Result<()> {
        println!("{who} joins {group}");
        let join = json!({"group": group, "member": who, "action": "add"});
        self.call("group/member", join).await.map(drop)
    }

    /// Something that is not a text: `what` says it to whoever watches, `push` is
    /// the body of the simulator's control call of that name.
    ///
    /// # Errors
    /// If the simulator does not accept it.
    pub async fn push(&self, what: &str, push: Value) -> anyhow::Result<Value> {
        println!("{what}");
        self.call("push", push).await
    }

    /// Any of the simulator's control calls.
    ///
    /// # Errors
    /// If the simulator does not accept it.
    pub async fn call(&self, call: &str, body: Value) -> anyhow::Result<Value> {
        let answer = self.server.control(call, &body).await;
        answer.with_context(|| format!("{call} {body}"))
    }

    /// Waits for the bot's next message, and returns its text.
    ///
    /// # Errors
    /// If there is none within 30 seconds.
    pub async fn hear(&mut self) -> anyhow::Result<String> {
        let next = self.server.wait_for_sent(self.heard + 1);
        let sent = timeout(AT_MOST, next).await.context("the bot is silent")?;
        let sent = sent.into_iter().nth(self.heard);
        let sent = sent.context("the service is over")?;
        self.heard += 1;
        let to = (self.server).with(|service, _| service.short_name(sent.account, &sent.to));
        let to = to.unwrap_or_else(|| sent.to.clone());
        match self.accounts {
            1 => println!("bot to {to}: {}", sent.content),
            _ => println!("bot of account {} to {to}: {}", sent.account, sent.content),
        }
        Ok(sent.content)
    }
}

pub(crate) async fn run<S: Send + Sync + 'static>(
    bot: Router<S>,
    script: impl AsyncFnOnce(&mut Scene) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut scene = Scene::open(1).await?;
    let (client, events) = scene.client()?.spawn().await?;
    let (over, is_over) = oneshot::channel::<()>();
    let stop = async {
        // A script that fails ends the program, and needs no stop.
        if is_over.await.is_err() {
            pending::<()>().await;
        }
    };
    let bot = bot.run(client, events, stop);
    let script = async {
        scene.call("wait_session", json!({})).await?;
        script(&mut scene).await?;
        let _ = over.send(());
        anyhow::Ok(())
    };
    let both = async { tokio::try_join!(async { anyhow::Ok(bot.await?) }, script) };
    timeout(AT_MOST, both)
        .await
        .context("the scene takes too long")??;
    Ok(())
}
