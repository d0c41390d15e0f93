//! The driver of this client for `cargo xtask interop`, which controls other clients in
//! the same way: it reads a call as a line of JSON, and answers it with another line.
//! It is not an example of a bot; the folder `examples` of the repository has those.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use wx_client::id::{ClientMsgId, MsgId, UserName};
use wx_client::message::Body;
use wx_client::{Client, ContactKind, EventKind, Events, FileStore, Media, Message, Roster};

type Failure = Box<dyn Error + Send + Sync>;

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
enum Call {
    Login {
        saved: PathBuf,
        record: PathBuf,
    },
    Messages,
    Contacts,
    Group {
        user_name: UserName,
    },
    Download {
        id: String,
    },
    Send(Sending),
    Remark {
        to: UserName,
        remark: String,
    },
    Pin {
        to: UserName,
    },
    CreateGroup {
        members: Vec<UserName>,
        topic: String,
    },
    RenameGroup {
        group: UserName,
        topic: String,
    },
    AddMember {
        group: UserName,
        member: UserName,
    },
    RemoveMember {
        group: UserName,
        member: UserName,
    },
    Recall {
        id: MsgId,
        to: UserName,
        local_id: ClientMsgId,
    },
    /// Other clients save their session when told to; this one always does.
    Save {},
    Over,
    Logout,
}

#[derive(Deserialize)]
struct Sending {
    kind: String,
    to: UserName,
    text: Option<String>,
    path: Option<PathBuf>,
}

/// What the events said so far.
#[derive(Default)]
struct Seen {
    steps: Vec<&'static str>,
    messages: BTreeMap<String, Message>,
    over: bool,
}

struct Driven {
    client: Client,
    seen: Arc<Mutex<Seen>>,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut answers = tokio::io::stdout();
    let mut driven = None;
    while let Some(line) = lines.next_line().await? {
        let answer = match answer(&mut driven, serde_json::from_str(&line)?).await {
            Ok(answer) => json!({ "ok": answer }),
            Err(error) => json!({ "error": error.to_string() }),
        };
        answers.write_all(format!("{answer}\n").as_bytes()).await?;
        answers.flush().await?;
    }
    Ok(())
}

async fn answer(driven: &mut Option<Driven>, call: Call) -> Result<Value, Failure> {
    if let Call::Login { saved, record } = call {
        let (started, answer) = Driven::login(saved, record).await?;
        *driven = Some(started);
        return Ok(answer);
    }
    let driven = driven.as_ref().ok_or("not logged in")?;
    driven.run(call).await
}

impl Driven {
    async fn login(saved: PathBuf, record: PathBuf) -> Result<(Self, Value), Failure> {
        let store = FileStore::open(saved)?;
        let builder = Client::builder().env()?.store(store).record(record);
        let (client, events) = builder.spawn().await?;
        let seen = Arc::new(Mutex::new(Seen::default()));
        tokio::spawn(collect(events, Arc::clone(&seen)));
        let account = client.online().await?;
        let steps = with(&seen, |seen| seen.steps.clone());
        let answer = json!({
            "steps": steps,
            "user_name": account.user_name,
            "nick_name": account.nick_name,
        });
        Ok((Self { client, seen }, answer))
    }

    async fn run(&self, call: Call) -> Result<Value, Failure> {
        let client = &self.client;
        match call {
            Call::Login { .. } => return Err("already logged in".into()),
            Call::Messages => {
                let told = |seen: &mut Seen| seen.messages.values().map(told).collect();
                return Ok(with(&self.seen, told));
            }
            Call::Contacts => return Ok(contacts(&*client.roster().await?)),
            Call::Group { user_name } => {
                client.fetch_contacts([&user_name]).await?;
                return Ok(group(&*client.roster().await?, &user_name));
            }
            Call::Download { id } => {
                let found = with(&self.seen, |seen| seen.messages.get(&id).cloned());
                let media = found.ok_or("no such message")?.media()?;
                let got = client.download(media).to_writer(tokio::io::sink()).await?;
                return Ok(json!({ "md5": got.md5, "size": got.bytes }));
            }
            Call::Send(send) => return self.send(send).await,
            Call::CreateGroup { members, topic } => {
                let group = client.create_group(topic, members).await?;
                return Ok(json!({ "user_name": group.id }));
            }
            Call::Over => return Ok(with(&self.seen, |seen| seen.over).into()),
            Call::Remark { to, remark } => client.set_remark(to, remark).await?,
            Call::Pin { to } => client.pin(to).await?,
            Call::RenameGroup { group, topic } => client.rename_group(group, topic).await?,
            Call::AddMember { group, member } => {
                client.add_members(group, [member]).await.map(drop)?;
            }
            Call::RemoveMember { group, member } => client.remove_members(group, [member]).await?,
            Call::Recall { id, to, local_id } => {
                client.revoke_message(id, to, Some(local_id)).await?;
            }
            Call::Save {} => {}
            Call::Logout => client.logout().await?,
        }
        Ok(true.into())
    }

    async fn send(&self, send: Sending) -> Result<Value, Failure> {
        let Sending {
            kind,
            to,
            text,
            path,
        } = send;
        let sent = if kind == "text" {
            self.client.send_text(to, text.unwrap_or_default()).await?
        } else {
            let media = Media::path(path.ok_or("no path")?).await?;
            let sending = match kind.as_str() {
                "image" => self.client.send_image(to, media),
                "emoticon" => self.client.send_emoticon(to, media),
                "video" => self.client.send_video(to, media),
                _ => self.client.send_file(to, media),
            };
            sending.await?
        };
        Ok(json!({ "id": sent.msg_id, "local_id": sent.client_msg_id }))
    }
}

fn with<T>(seen: &Mutex<Seen>, at: impl FnOnce(&mut Seen) -> T) -> T {
    at(&mut seen.lock().unwrap_or_else(PoisonError::into_inner))
}

async fn collect(mut events: Events, seen: Arc<Mutex<Seen>>) {
    while let Some(event) = events.next().await {
        with(&seen, |seen| match event.kind() {
            EventKind::Qr { .. } => seen.steps.push("code"),
            EventKind::Scanned { .. } | EventKind::PushLogin { .. } => seen.steps.push("scanned"),
            EventKind::Confirmed {} => seen.steps.push("confirmed"),
            EventKind::Message(message) => {
                let id = message.msg_id.as_str().to_owned();
                seen.messages.insert(id, (**message).clone());
            }
            EventKind::LoggedOut { .. } => seen.over = true,
            _ => {}
        });
        event.ack();
    }
}

/// A message, with the members that the scenario compares.
fn told(message: &Message) -> Value {
    let text = match &message.body {
        Body::Text { text, .. } | Body::System { text, .. } | Body::FriendRequest { text, .. } => {
            text
        }
        Body::File {
            file_name: text, ..
        }
        | Body::Link { title: text, .. }
        | Body::Location { label: text, .. }
        | Body::Transfer { amount: text, .. }
        | Body::Card {
            nick_name: text, ..
        }
        | Body::Revoked { notice: text, .. } => text,
        _ => "",
    };
    let body = serde_json::to_value(&message.body).unwrap_or_default();
    json!({
        "id": message.msg_id,
        "kind": body.get("kind"),
        "text": text,
        "from": message.chat.id,
        "sender": message.sender.id,
    })
}

fn contacts(roster: &Roster) -> Value {
    let person = |contact: wx_client::Contact| {
        json!({
            "user_name": contact.id,
            "nick_name": contact.nick_name,
            "remark": contact.remark,
        })
    };
    json!({
        "people": roster.of_kind(ContactKind::Friend).map(person).collect::<Value>(),
        "groups": roster
            .of_kind(ContactKind::Group)
            .map(|contact| group(roster, &contact.id))
            .collect::<Value>(),
        "public": roster
            .of_kind(ContactKind::Official)
            .map(|contact| json!(contact.id))
            .collect::<Value>(),
    })
}

fn group(roster: &Roster, id: &UserName) -> Value {
    let members = roster.members(id);
    json!({
        "user_name": id,
        "nick_name": roster.contact(id).map(|contact| contact.nick_name),
        "members": members.iter().map(|member| &member.id).collect::<Vec<_>>(),
    })
}
