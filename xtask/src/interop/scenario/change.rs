//! Changes to contacts and groups.

use anyhow::{Context, bail};
use serde_json::json;

use crate::interop::cell::{Cell, Section, list, same, text};
use crate::interop::known;

const REMARK: &str = "Nachbarin";

impl Cell<'_> {
    pub(in crate::interop) async fn changes(&mut self) -> anyhow::Result<()> {
        self.section = Section::Changing;
        self.step("remark", Self::sets_remark).await?;
        self.step("pin", Self::pins).await?;
        self.step(known::PIN, Self::keeps_remark).await?;
        let mut group = String::new();
        self.step("group created", async |cell| {
            group = cell.creates_group().await?;
            Ok(())
        })
        .await?;
        self.step("group renamed", async |cell| cell.renames(&group).await)
            .await?;
        self.step("member added", async |cell| {
            cell.moves_member("add_member", &group, true).await
        })
        .await?;
        self.step("member removed", async |cell| {
            cell.moves_member("remove_member", &group, false).await
        })
        .await
    }

    async fn sets_remark(&mut self) -> anyhow::Result<()> {
        let to = self.user_name("friend:0").await?;
        let call = json!({"to": to, "remark": REMARK});
        self.driver.call("remark", call).await?;
        self.keeps_remark().await?;
        self.until("the remark", async |cell: &mut Self| {
            let known = cell.driver.ask("contacts").await?;
            let known = list(&known, "people");
            let is_there = known
                .iter()
                .any(|one| text(one, "user_name") == to && text(one, "remark") == REMARK);
            Ok(is_there.then_some(()))
        })
        .await?;
        Ok(())
    }

    async fn keeps_remark(&mut self) -> anyhow::Result<()> {
        let friend = self.contact("friend:0").await?;
        same("the remark", text(&friend, "remark"), REMARK)?;
        Ok(())
    }

    async fn pins(&mut self) -> anyhow::Result<()> {
        let to = self.user_name("friend:0").await?;
        self.driver.call("pin", json!({ "to": to })).await?;
        let friend = self.contact("friend:0").await?;
        same("pinned", friend.get("pinned"), Some(&true.into()))?;
        Ok(())
    }

    /// Returns its user name.
    async fn creates_group(&mut self) -> anyhow::Result<String> {
        let mut members = Vec::new();
        for name in ["friend:1", "friend:2", "friend:3"] {
            members.push(self.user_name(name).await?);
        }
        let call = json!({"members": members, "topic": "Ausflug"});
        let told = self.driver.call("create_group", call).await?;
        let user_name = text(&told, "user_name").to_owned();
        let group = self.contact(&user_name).await?;
        same("its topic", text(&group, "nick_name"), "Ausflug")?;
        let there = list(&group, "members");
        if !members
            .iter()
            .all(|member| there.contains(&member.as_str().into()))
        {
            bail!("its members are {there:?}");
        }
        self.sees_group(&user_name).await?;
        Ok(user_name)
    }

    async fn renames(&mut self, group: &str) -> anyhow::Result<()> {
        let call = json!({"group": group, "topic": "Wanderung"});
        self.driver.call("rename_group", call).await?;
        let there = self.contact(group).await?;
        same("its topic", text(&there, "nick_name"), "Wanderung")?;
        self.sees_group(group).await?;
        Ok(())
    }

    async fn moves_member(&mut self, how: &str, group: &str, is_in: bool) -> anyhow::Result<()> {
        let member = self.user_name("friend:4").await?;
        let call = json!({"group": group, "member": member});
        self.driver.call(how, call).await?;
        let there = self.contact(group).await?;
        let is_there = list(&there, "members").contains(&member.as_str().into());
        same("whether friend:4 is in it", is_there, is_in)?;
        let went = self.sees_group(group).await;
        went.with_context(|| how.to_owned())
    }
}
