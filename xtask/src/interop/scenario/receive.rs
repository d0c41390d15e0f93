//! Messages of every kind, and the files that go with them.

use anyhow::Context;
use serde_json::{Value, json};

use crate::interop::cell::{Cell, Section, list, same, text};
use crate::interop::column::Kind;
use crate::interop::known;

/// Characters that the service escapes, a line break, and an emoji, which it sends as
/// markup.
const MARKED_UP: &str = "a < b & b > c\n第二行 😀";

impl Cell<'_> {
    pub(in crate::interop) async fn receiving(&mut self) -> anyhow::Result<()> {
        self.section = Section::Receiving;
        let polls = json!({"timeout_ms": 8000});
        self.service.call("wait_session", &polls).await?;
        let mut pushed = Vec::new();
        // The card is of a plain name: names with markup are a step of their own.
        let plain = self.plain_friend().await?;
        for kind in Kind::ALL {
            let message = message(kind, text(&plain, "name"));
            pushed.push((kind, self.push(message).await?));
        }
        let marked_up = json!({"kind": "text", "from": "friend:2", "content": MARKED_UP});
        let marked_up = self.push(marked_up).await?;
        let in_group = json!({"kind": "text", "from": "group:0", "content": "大家好"});
        let in_group = self.push(in_group).await?;
        for (kind, pushed) in &pushed {
            let title = format!("received: {}", kind.name().replace('_', " "));
            self.step_with_word(title, async |cell| cell.is_as_sent(*kind, pushed).await)
                .await?;
        }
        self.step(known::MARKUP, async |cell| {
            cell.says_the_same(&marked_up, MARKED_UP).await
        })
        .await?;
        self.step(known::IN_GROUP, async |cell| {
            cell.is_of_the_group(&in_group).await
        })
        .await?;
        self.section = Section::Downloading;
        for (kind, pushed) in pushed.iter().filter(|(kind, _)| kind.has_file()) {
            let title = format!("download: {}", kind.name());
            self.step(title, async |cell| cell.downloads(pushed).await)
                .await?;
        }
        Ok(())
    }

    /// Waits until the client has a message that was pushed, and returns what it says of it.
    pub(super) async fn came(&mut self, pushed: &Value) -> anyhow::Result<Value> {
        let id = text(pushed, "MsgId");
        self.until("the message", async |cell: &mut Self| {
            let messages = cell.driver.ask("messages").await?;
            let mut messages = messages.as_array().into_iter().flatten();
            Ok(messages.find(|message| text(message, "id") == id).cloned())
        })
        .await
    }

    /// Waits until the client has a message that says this.
    pub(super) async fn says_the_same(
        &mut self,
        pushed: &Value,
        words: &str,
    ) -> anyhow::Result<()> {
        let message = self.came(pushed).await?;
        same("the text", text(&message, "text"), words)?;
        Ok(())
    }

    async fn is_as_sent(&mut self, kind: Kind, pushed: &Value) -> anyhow::Result<String> {
        let message = self.came(pushed).await?;
        let word = text(&message, "kind");
        same("its kind", word, self.column.word(kind))?;
        if let Some(says) = self.says(kind).await? {
            same("what it says", text(&message, "text"), &says)?;
        }
        Ok(format!("`{word}`"))
    }

    /// The text of a message of a kind, where all clients can tell it.
    async fn says(&self, kind: Kind) -> anyhow::Result<Option<String>> {
        Ok(match kind {
            Kind::Text => Some("你好, world".to_owned()),
            Kind::Link => Some("今天的天气".to_owned()),
            Kind::System => Some("你已添加了她".to_owned()),
            Kind::FriendRequest => Some("我是新来的邻居".to_owned()),
            Kind::Card => Some(text(&self.plain_friend().await?, "nick_name").to_owned()),
            _ => None,
        })
    }

    async fn is_of_the_group(&mut self, pushed: &Value) -> anyhow::Result<()> {
        let message = self.came(pushed).await?;
        let group = self.contact("group:0").await?;
        same(
            "the chat",
            text(&message, "from"),
            text(&group, "user_name"),
        )?;
        same("the text", text(&message, "text"), "大家好")?;
        let sender = text(&message, "sender");
        let own = self.user_name("self").await?;
        let members = list(&group, "members").iter().filter_map(Value::as_str);
        let others: Vec<&str> = members.filter(|member| *member != own).collect();
        others
            .contains(&sender)
            .then_some(())
            .with_context(|| format!("{sender:?} did not write it"))
    }

    async fn downloads(&mut self, pushed: &Value) -> anyhow::Result<()> {
        let id = json!({"id": text(pushed, "MsgId")});
        let got = self.driver.call("download", id).await?;
        same("its MD5", text(&got, "md5"), text(pushed, "md5"))?;
        Ok(())
    }
}

/// The message of a kind to push. A recall takes back the message before it.
fn message(kind: Kind, friend: &str) -> Value {
    let content = match kind {
        Kind::Text => json!("你好, world"),
        Kind::Link => json!("今天的天气"),
        Kind::System => json!("你已添加了她"),
        Kind::Card => json!(friend),
        Kind::File => json!({"name": "notes.txt", "size": 8939}),
        Kind::StatusNotify => json!({"code": 2, "names": ["friend:1"]}),
        _ => Value::Null,
    };
    match kind {
        Kind::FriendRequest | Kind::StatusNotify => {
            json!({"kind": kind.name(), "content": content})
        }
        _ => json!({"kind": kind.name(), "from": "friend:1", "content": content}),
    }
}
