//! The login, and who is in the address book.

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::interop::cell::{Cell, SOON, Section, list, same, text, within};
use crate::interop::known;
use crate::service::Service;

impl Cell<'_> {
    pub(in crate::interop) async fn first_login(&mut self) -> anyhow::Result<()> {
        self.section = Section::Login;
        let mut is_in = false;
        self.step("login: code, scan, confirm", async |cell| {
            cell.log_in_by_code().await?;
            is_in = true;
            Ok(())
        })
        .await?;
        // No other step can be tried without a session.
        ensure!(is_in, "the client cannot log in");
        Ok(())
    }

    async fn log_in_by_code(&mut self) -> anyhow::Result<()> {
        let arguments = self.login();
        let (told, way) = tokio::try_join!(
            self.driver.call("login", arguments),
            phone(&self.service, 0)
        )?;
        same("the phone was asked to", way, Way::Scan)?;
        let steps = list(&told, "steps").iter().filter_map(Value::as_str);
        let mut steps: Vec<&str> = steps.collect();
        steps.dedup();
        same(
            "the client's steps",
            steps,
            vec!["code", "scanned", "confirmed"],
        )?;
        let account = self.account().await?;
        for member in ["user_name", "nick_name"] {
            same(member, text(&told, member), text(&account, member))?;
        }
        self.online(true).await?;
        Ok(())
    }

    /// Waits until the simulator has a session, or has none.
    pub(super) async fn online(&mut self, online: bool) -> anyhow::Result<()> {
        let what = if online { "a session" } else { "its end" };
        self.until(what, async |cell: &mut Self| {
            let account = cell.account().await?;
            let is = account.get("online") == Some(&online.into());
            Ok(is.then_some(()))
        })
        .await
    }

    pub(in crate::interop) async fn people(&mut self) -> anyhow::Result<()> {
        self.section = Section::Contacts;
        self.step("friends by name, and public accounts", async |cell| {
            cell.friends(is_plain).await
        })
        .await?;
        self.step("friends with an emoji in their names", async |cell| {
            let has_emoji = |name: &str| !is_plain(name) && !is_marked_up(name);
            cell.friends(has_emoji).await
        })
        .await?;
        self.step(known::NAMES, async |cell| cell.friends(is_marked_up).await)
            .await?;
        self.step(
            "groups, including those outside the address book",
            Self::groups,
        )
        .await?;
        self.step("members of a group", Self::members).await
    }

    /// Waits until the client knows the friends whose names pass `of`, and all public accounts.
    async fn friends(&mut self, of: impl Fn(&str) -> bool) -> anyhow::Result<()> {
        let account = self.account().await?;
        let here: Vec<&Value> = list(&account, "contacts")
            .iter()
            .filter(|contact| contact.get("in_address_book") == Some(&true.into()))
            .collect();
        let called = |kind| move |contact: &&&Value| text(contact, "name").starts_with(kind);
        let friends: Vec<_> = (here.iter().filter(called("friend:")))
            .filter(|friend| of(text(friend, "nick_name")))
            .collect();
        ensure!(!friends.is_empty(), "no friend has such a name");
        let mut unknown = Value::Null;
        let look = async |cell: &mut Self| {
            let known = cell.driver.ask("contacts").await?;
            let (people, public) = (list(&known, "people"), list(&known, "public"));
            let is_known = |friend: &Value| {
                people.iter().any(|person| {
                    ["user_name", "nick_name", "remark"]
                        .iter()
                        .all(|member| text(person, member) == text(friend, member))
                })
            };
            let is_followed = |mp: &Value| {
                let user_name = Some(text(mp, "user_name"));
                public.iter().any(|one| one.as_str() == user_name)
            };
            let mut mps = here.iter().filter(called("mp:"));
            let missing = (friends.iter().find(|friend| !is_known(friend)).copied())
                .or_else(|| mps.find(|mp| !is_followed(mp)));
            unknown = missing.copied().cloned().unwrap_or_default();
            Ok(missing.is_none().then_some(()))
        };
        let went = self.until("friends", look).await;
        went.with_context(|| format!("the client does not know {}", text(&unknown, "nick_name")))?;
        Ok(())
    }

    /// A friend whose name has neither markup nor an emoji.
    pub(super) async fn plain_friend(&self) -> anyhow::Result<Value> {
        let account = self.account().await?;
        let mut contacts = list(&account, "contacts").iter();
        let plain = contacts.find(|contact| {
            text(contact, "name").starts_with("friend:") && is_plain(text(contact, "nick_name"))
        });
        plain.cloned().context("no friend has a plain name")
    }

    async fn groups(&mut self) -> anyhow::Result<()> {
        let account = self.account().await?;
        let groups: Vec<&Value> = list(&account, "contacts")
            .iter()
            .filter(|contact| text(contact, "name").starts_with("group:"))
            .collect();
        self.until("groups", async |cell: &mut Self| {
            let known = cell.driver.ask("contacts").await?;
            let known = list(&known, "groups");
            let all = groups.iter().all(|group| {
                known.iter().any(|one| {
                    ["user_name", "nick_name"]
                        .iter()
                        .all(|member| text(one, member) == text(group, member))
                })
            });
            Ok(all.then_some(()))
        })
        .await?;
        Ok(())
    }

    async fn members(&mut self) -> anyhow::Result<()> {
        let user_name = self.user_name("group:0").await?;
        self.sees_group(&user_name).await?;
        Ok(())
    }

    /// Waits until the client knows the name and the members that the simulator has of a group.
    pub(super) async fn sees_group(&mut self, user_name: &str) -> anyhow::Result<()> {
        let there = self.contact(user_name).await?;
        let mut members: Vec<&str> = names(&there);
        members.sort_unstable();
        let mut last = Value::Null;
        let look = async |cell: &mut Self| {
            let group = json!({ "user_name": user_name });
            last = cell.driver.call("group", group).await?;
            let mut known = names(&last);
            known.sort_unstable();
            let is_same = text(&last, "nick_name") == text(&there, "nick_name");
            Ok((is_same && known == members).then_some(()))
        };
        let went = self.until("the group as it is", look).await;
        went.with_context(|| format!("the simulator has {there}, the client {last}"))
    }
}

/// Whether a name has neither markup nor an emoji, so that the service writes it as it is.
fn is_plain(name: &str) -> bool {
    let plain = |c| c < '\u{2190}' || ('\u{3000}'..'\u{a000}').contains(&c);
    !is_marked_up(name) && name.chars().all(plain)
}

/// Whether a name has characters that the service escapes.
fn is_marked_up(name: &str) -> bool {
    name.contains(['<', '>', '&', '"', '\''])
}

fn names(group: &Value) -> Vec<&str> {
    list(group, "members")
        .iter()
        .filter_map(Value::as_str)
        .collect()
}

/// What the phone was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// To scan a code, and to confirm.
    Scan,
    /// To confirm only.
    Confirm,
}

/// Plays the phone for the login that follows the `before` first ones, and returns what it
/// was asked for.
pub(super) async fn phone(service: &Service, before: usize) -> anyhow::Result<Way> {
    let login = within(SOON, "a login", async || {
        let state = service.call("state", &json!({})).await?;
        Ok(list(&state, "logins").get(before).cloned())
    })
    .await?;
    let uuid = text(&login, "uuid");
    // Some clients percent-encode the `=` at its end.
    let plain = uuid.trim_end_matches('=');
    let polls = async || {
        let log = service.call("log", &json!({})).await?;
        let log = log.as_array().map(Vec::as_slice).unwrap_or_default();
        let is_poll = |entry: &&Value| {
            text(entry, "path").ends_with("/login") && text(entry, "query").contains(plain)
        };
        anyhow::Ok(log.iter().filter(is_poll).count())
    };
    let more_than = async |count: usize| {
        within(SOON, "a poll of the login", async || {
            Ok((polls().await? > count).then_some(()))
        })
        .await
    };
    let act = async |action| {
        let body = json!({"uuid": uuid, "action": action});
        service.call("login", &body).await
    };
    more_than(0).await?;
    let way = if login.get("push") == Some(&true.into()) {
        Way::Confirm
    } else {
        // The next poll is told of the scan; the one after it shows that the client knows.
        let count = polls().await?;
        act("scan").await?;
        more_than(count).await?;
        Way::Scan
    };
    act("confirm").await?;
    Ok(way)
}
