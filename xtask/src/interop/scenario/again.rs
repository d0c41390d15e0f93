//! Back in without a QR code, and out.

use anyhow::Context;
use serde_json::{Value, json};

use super::enter::{Way, phone};
use crate::interop::cell::{Cell, Section, list, same};
use crate::interop::known;

impl Cell<'_> {
    pub(in crate::interop) async fn coming_back(&mut self) -> anyhow::Result<()> {
        self.section = Section::Returning;
        let mut missed = None;
        self.step(
            "killed, then resumed from the saved session",
            async |cell| {
                missed = Some(cell.resumes().await?);
                Ok(())
            },
        )
        .await?;
        self.step(known::MISSED, async |cell| {
            let missed = missed.context("it did not resume")?;
            cell.says_the_same(&missed, "while you were out").await
        })
        .await?;
        self.step(known::END, Self::is_told_of_the_end).await?;
        self.step(known::PUSH_LOGIN, Self::is_let_in_by_phone)
            .await?;
        self.step("logout", Self::logs_out).await
    }

    async fn logins(&self) -> anyhow::Result<usize> {
        Ok(list(&self.state().await?, "logins").len())
    }

    /// Returns the message that came while it was away.
    async fn resumes(&mut self) -> anyhow::Result<Value> {
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

    async fn is_told_of_the_end(&mut self) -> anyhow::Result<()> {
        self.service
            .call("session", &json!({"action": "kick"}))
            .await?;
        self.until("word of the end", async |cell: &mut Self| {
            let over = cell.driver.ask("over").await?;
            Ok((over == true).then_some(()))
        })
        .await?;
        Ok(())
    }

    async fn is_let_in_by_phone(&mut self) -> anyhow::Result<()> {
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
        Ok(())
    }

    /// Logs in by a code, so that there is a session to log out of.
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

    async fn logs_out(&mut self) -> anyhow::Result<()> {
        self.driver.ask("logout").await?;
        self.online(false).await?;
        Ok(())
    }
}
