//! Back in without a code, and out.

use serde_json::{Value, json};

use super::enter::{Way, phone};
use crate::interop::cell::{Cell, list, same};

impl Cell<'_> {
    pub(in crate::interop) async fn coming_back(&mut self) -> anyhow::Result<()> {
        self.step("killed, and on with the saved session");
        let went = self.goes_on().await;
        let missed = went.as_ref().ok().cloned();
        self.note(went.map(|_| String::new()))?;
        self.step("what came meanwhile is delivered");
        let went = match missed {
            Some(missed) => self.says_the_same(&missed, "while you were out").await,
            None => Err(anyhow::anyhow!("it did not go on")),
        };
        self.note(went)?;
        self.step("the end, when the phone ends it");
        let went = self.is_told_of_the_end().await;
        self.note(went)?;
        self.step("push login: confirm, without a code");
        let went = self.is_let_in_by_phone().await;
        self.note(went)?;
        self.step("logout");
        let went = self.logs_out().await;
        self.note(went)
    }

    async fn logins(&self) -> anyhow::Result<usize> {
        Ok(list(&self.state().await?, "logins").len())
    }

    /// The message that came while it was away.
    async fn goes_on(&mut self) -> anyhow::Result<Value> {
        let before = self.logins().await?;
        let path = json!({"path": self.saved()});
        self.driver.call("save", path).await?;
        self.restart().await?;
        let body = json!({"kind": "text", "from": "friend:2", "content": "while you were out"});
        let pushed = self.push(body).await?;
        let arguments = self.login();
        self.driver.call("login", arguments).await?;
        same("the number of logins", self.logins().await?, before)?;
        let polls = json!({"timeout_ms": 8000});
        self.service.call("wait_session", &polls).await?;
        let body = json!({"kind": "text", "from": "friend:2", "content": "welcome back"});
        let next = self.push(body).await?;
        self.says_the_same(&next, "welcome back").await?;
        Ok(pushed)
    }

    async fn is_told_of_the_end(&mut self) -> anyhow::Result<String> {
        self.service
            .call("session", &json!({"action": "kick"}))
            .await?;
        self.until("word of the end", async |cell: &mut Self| {
            let over = cell.driver.ask("over").await?;
            Ok((over == true).then_some(()))
        })
        .await?;
        Ok(String::new())
    }

    async fn is_let_in_by_phone(&mut self) -> anyhow::Result<String> {
        let before = self.logins().await?;
        self.restart().await?;
        let arguments = self.login();
        let way = tokio::try_join!(
            self.driver.call("login", arguments),
            phone(&self.service, before)
        );
        let (_, way) = match way {
            Ok(both) => both,
            Err(error) => {
                self.start_afresh().await?;
                return Err(error);
            }
        };
        self.online(true).await?;
        same("the phone was asked to", way, Way::Confirm)?;
        Ok(String::new())
    }

    /// In by a code: the logout is still to come.
    async fn start_afresh(&mut self) -> anyhow::Result<()> {
        let before = self.logins().await?;
        let saved = self.saved();
        if saved.is_file() {
            std::fs::remove_file(saved)?;
        }
        self.restart().await?;
        let arguments = self.login();
        tokio::try_join!(
            self.driver.call("login", arguments),
            phone(&self.service, before)
        )?;
        self.online(true).await
    }

    async fn logs_out(&mut self) -> anyhow::Result<String> {
        self.driver.ask("logout").await?;
        self.online(false).await?;
        Ok(String::new())
    }
}
