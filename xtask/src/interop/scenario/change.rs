//! What is done to contacts and groups.

use anyhow::{Context, bail};
use serde_json::json;

use crate::interop::cell::{Cell, list, same, text};

const REMARK: &str = "Nachbarin";

impl Cell<'_> {
    pub(in crate::interop) async fn changes(&mut self) -> anyhow::Result<()> {
        self.step("remark");
        let went = self.sets_remark().await;
        self.note(went)?;
        self.step("pin");
        let went = self.pins().await;
        self.note(went)?;
        self.step("pin, and the remark stays");
        let went = self.keeps_remark().await;
        self.note(went)?;
        self.step("group made");
        let made = self.makes_group().await;
        let group = made.as_ref().ok().cloned().unwrap_or_default();
        self.note(made.map(|_| String::new()))?;
        self.step("group renamed");
        let went = self.renames(&group).await;
        self.note(went)?;
        self.step("member added");
        let went = self.moves_member("add_member", &group, true).await;
        self.note(went)?;
        self.step("member removed");
        let went = self.moves_member("remove_member", &group, false).await;
        self.note(went)
    }

    async fn sets_remark(&mut self) -> anyhow::Result<String> {
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
        Ok(String::new())
    }

    async fn keeps_remark(&mut self) -> anyhow::Result<String> {
        let friend = self.contact("friend:0").await?;
        same("the remark", text(&friend, "remark"), REMARK)?;
        Ok(String::new())
    }

    async fn pins(&mut self) -> anyhow::Result<String> {
        let to = self.user_name("friend:0").await?;
        self.driver.call("pin", json!({ "to": to })).await?;
        let friend = self.contact("friend:0").await?;
        same("pinned", friend.get("pinned"), Some(&true.into()))?;
        Ok(String::new())
    }

    /// Its user name.
    async fn makes_group(&mut self) -> anyhow::Result<String> {
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

    async fn renames(&mut self, group: &str) -> anyhow::Result<String> {
        let call = json!({"group": group, "topic": "Wanderung"});
        self.driver.call("rename_group", call).await?;
        let there = self.contact(group).await?;
        same("its topic", text(&there, "nick_name"), "Wanderung")?;
        self.sees_group(group).await?;
        Ok(String::new())
    }

    async fn moves_member(
        &mut self,
        how: &str,
        group: &str,
        is_in: bool,
    ) -> anyhow::Result<String> {
        let member = self.user_name("friend:4").await?;
        let call = json!({"group": group, "member": member});
        self.driver.call(how, call).await?;
        let there = self.contact(group).await?;
        let is_there = list(&there, "members").contains(&member.as_str().into());
        same("whether friend:4 is in it", is_there, is_in)?;
        let went = self.sees_group(group).await;
        went.with_context(|| how.to_owned())?;
        Ok(String::new())
    }
}
