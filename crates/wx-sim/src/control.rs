//! The control interface: what a test can make happen, and can ask.

mod change;
mod push;
mod report;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub use self::push::{Push, PushKind};
use crate::account::Account;
use crate::account::contact::ContactId;
use crate::config::{AccountSpec, Config};
use crate::fault::{self, Fault};
use crate::login::LoginAction;
use crate::service::Service;

/// Why a control call was refused. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// There is no such call.
    #[error("no call `{0}`; there are: {list}", list = call_names())]
    UnknownCall(String),
    /// A member of the body is unknown, missing or wrong.
    #[error("{call}: {reason}")]
    Body {
        /// The call.
        call: String,
        /// What is wrong, and what is allowed.
        reason: String,
    },
    /// The account has no such contact.
    #[error(
        "no contact `{0}`; contacts are self, filehelper, friend:N, group:N, mp:N, stranger:N, \
         a wxid or a current user name"
    )]
    NoContact(String),
    /// There is no such account.
    #[error("no account {0}")]
    NoAccount(usize),
    /// There is no login with this uuid.
    #[error("no login `{0}`")]
    NoLogin(String),
    /// Nobody has asked for a code to scan.
    #[error("no login yet: no client has asked for a code")]
    NoLoginYet,
    /// The contact is no group, or not in it.
    #[error("`{member}` is no member of a group `{group}`{}", listed(.members))]
    NotInGroup {
        /// What was to be a group.
        group: String,
        /// What was to be its member.
        member: String,
        /// Who is in it, if it is one.
        members: Vec<String>,
    },
    /// There is no message to revoke.
    #[error("no message `{0}` to revoke in this chat")]
    NoMessage(String),
}

impl ControlError {
    fn not_in_group(account: &Account, group: ContactId, member: String) -> Self {
        let name = |id| account.short_name(id).unwrap_or_default();
        let members = account.contact(group).members.iter();
        Self::NotInGroup {
            group: name(group),
            member,
            members: members.map(|member| name(member.contact)).collect(),
        }
    }
}

/// The members of a group, as an addition to an error.
fn listed(members: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown = members.get(..SHOWN).unwrap_or(members).join(", ");
    match members.len() {
        0 => String::new(),
        count if count > SHOWN => format!(", in which are {shown} and {} more", count - SHOWN),
        _ => format!(", in which are {shown}"),
    }
}

/// A control call with a checked body.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Reset(Reset),
    Login(Login),
    Push(Push),
    PushAll(PushAll),
    Burst(Burst),
    ContactAdd(change::Add),
    ContactMod(change::Mod),
    ContactDel(change::Del),
    GroupMember(change::MemberChange),
    Session(Session),
    Synccheck(Synccheck),
    Fault(Fault),
    Log,
    Sent,
    Uploads,
    Ops,
    State,
    WaitSession(WaitSession),
    Shutdown,
}

/// The calls by name, each with what reads its body.
const CALLS: [(&str, Read); 19] = [
    ("reset", |body| body.read().map(Call::Reset)),
    ("login", |body| body.read().map(Call::Login)),
    ("push", |body| body.read().map(Call::Push)),
    ("push_all", |body| body.read().map(Call::PushAll)),
    ("burst", |body| body.read().map(Call::Burst)),
    ("contact/add", |body| body.read().map(Call::ContactAdd)),
    ("contact/mod", |body| body.read().map(Call::ContactMod)),
    ("contact/del", |body| body.read().map(Call::ContactDel)),
    ("group/member", |body| body.read().map(Call::GroupMember)),
    ("session", |body| body.read().map(Call::Session)),
    ("synccheck", |body| body.read().map(Call::Synccheck)),
    ("fault", |body| body.read().map(Call::Fault)),
    ("log", |body| body.read().map(|Nothing {}| Call::Log)),
    ("sent", |body| body.read().map(|Nothing {}| Call::Sent)),
    ("uploads", |body| {
        body.read().map(|Nothing {}| Call::Uploads)
    }),
    ("ops", |body| body.read().map(|Nothing {}| Call::Ops)),
    ("state", |body| body.read().map(|Nothing {}| Call::State)),
    ("wait_session", |body| body.read().map(Call::WaitSession)),
    ("shutdown", |body| {
        body.read().map(|Nothing {}| Call::Shutdown)
    }),
];

fn call_names() -> String {
    CALLS.map(|(name, _)| name).join(", ")
}

impl Call {
    pub(crate) fn parse(call: &str, value: &Value) -> Result<Self, ControlError> {
        let (_, read) = (CALLS.iter().find(|(name, _)| *name == call))
            .ok_or_else(|| ControlError::UnknownCall(call.to_owned()))?;
        read(Body { call, value })
    }
}

type Read = fn(Body<'_>) -> Result<Call, ControlError>;

/// The body of a call that is still to be checked.
struct Body<'a> {
    call: &'a str,
    value: &'a Value,
}

impl Body<'_> {
    /// No body counts as an empty object.
    fn read<T: DeserializeOwned>(self) -> Result<T, ControlError> {
        let value = match self.value {
            Value::Null => json!({}),
            value => value.clone(),
        };
        serde_json::from_value(value).map_err(|error| ControlError::Body {
            call: self.call.to_owned(),
            reason: error.to_string(),
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Reset {
    config: Config,
    accounts: Vec<AccountSpec>,
    seed: Option<u64>,
}

impl Default for Reset {
    fn default() -> Self {
        Self {
            config: Config::default(),
            accounts: vec![AccountSpec::default()],
            seed: None,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Login {
    /// The newest if left out.
    uuid: Option<String>,
    action: LoginAction,
    /// Which account scans the code.
    account: Option<usize>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PushAll {
    from: Option<String>,
    #[serde(default)]
    account: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Burst {
    count: usize,
    /// Sets the setting of that name.
    page_size: Option<usize>,
    /// Friends in turn if left out.
    from: Option<String>,
    #[serde(default)]
    account: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Session {
    action: SessionAction,
    #[serde(default)]
    account: usize,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SessionAction {
    Logout,
    Kick,
}

/// Answers that `synccheck` is to give next, whatever the truth.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Synccheck {
    #[serde(default)]
    pub(crate) retcode: i32,
    #[serde(default)]
    pub(crate) selector: i32,
    /// How many polls are answered so.
    #[serde(default = "fault::one")]
    pub(crate) count: u32,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaitSession {
    #[serde(default)]
    account: usize,
    /// How long the server waits at most; the service itself never waits.
    #[serde(rename = "timeout_ms")]
    _timeout_ms: Option<u64>,
}

pub(crate) fn run(service: &mut Service, call: Call) -> Result<Value, ControlError> {
    match call {
        Call::Reset(reset) => {
            let seed = reset.seed.unwrap_or(service.seed);
            let fresh = Service::new(reset.config, &reset.accounts, seed);
            service.replace_with(fresh);
        }
        Call::Login(login) => act_on_login(service, login)?,
        Call::Push(push) => {
            let msg_id = push::push(service, &push)?;
            return Ok(push::told(service, push.account, msg_id));
        }
        Call::PushAll(all) => return push::push_all(service, &all),
        Call::Burst(burst) => return push::burst(service, &burst),
        Call::ContactAdd(add) => return change::add(service, add),
        Call::ContactMod(modify) => change::modify(service, modify)?,
        Call::ContactDel(del) => change::delete(service, &del)?,
        Call::GroupMember(change) => change::member(service, change)?,
        Call::Session(session) => {
            account(service, session.account)?;
            match session.action {
                SessionAction::Logout => service.phone_logs_out(session.account),
                SessionAction::Kick => service.kick(session.account),
            }
        }
        Call::Synccheck(forced) => {
            service.forced_checks.push_back(forced);
            for index in 0..service.accounts.len() {
                service.force_account(index);
            }
        }
        Call::Fault(fault) => service.faults.order(fault),
        Call::Log => return Ok(report::log(service)),
        Call::Sent => return Ok(report::sent(service)),
        Call::Uploads => return Ok(report::uploads(service)),
        Call::Ops => return Ok(report::ops(service)),
        Call::State => return Ok(report::state(service)),
        Call::WaitSession(wait) => {
            account(service, wait.account)?;
            return Ok(json!({"polling": service.is_polling(wait.account)}));
        }
        Call::Shutdown => service.over = true,
    }
    Ok(json!({}))
}

fn act_on_login(service: &mut Service, call: Login) -> Result<(), ControlError> {
    let uuid = call.uuid.or_else(|| service.uuids.last().cloned());
    let uuid = uuid.ok_or(ControlError::NoLoginYet)?;
    if let Some(index) = call.account {
        account(service, index)?;
    }
    let login = service.logins.get_mut(&uuid);
    let login = login.ok_or_else(|| ControlError::NoLogin(uuid.clone()))?;
    if let Some(index) = call.account {
        login.account = index;
    }
    service.phone(&uuid, call.action);
    Ok(())
}

fn account(service: &Service, index: usize) -> Result<&Account, ControlError> {
    let account = service.accounts.get(index);
    account.ok_or(ControlError::NoAccount(index))
}

fn account_mut(service: &mut Service, index: usize) -> Result<&mut Account, ControlError> {
    let account = service.accounts.get_mut(index);
    account.ok_or(ControlError::NoAccount(index))
}

/// A contact by one of its names.
fn find(service: &Service, index: usize, name: &str) -> Result<ContactId, ControlError> {
    let found = account(service, index)?.find(name);
    found.ok_or_else(|| ControlError::NoContact(name.to_owned()))
}
