//! Scripts: control calls at given times, written in TOML.
//!
//! ```toml
//! seed = 1
//!
//! [config]            # as in the control call `reset`
//! auto_confirm_ms = 200
//!
//! [[account]]
//! contacts = 20
//!
//! [[step]]
//! at_ms = 1500        # after the first call to the service
//! call = "synccheck"
//! selector = 7
//!
//! [[step]]
//! after = "polling"   # or "online", "confirmed"
//! ms = 100
//! call = "push"
//! kind = "text"
//! content = "hello"
//! ```

use std::str::FromStr;

use serde::Deserialize;
use serde_json::Value;

use crate::config::{AccountSpec, Config};
use crate::control::{Call, ControlError, run};
use crate::now::Now;
use crate::service::Service;
use crate::timers::Timer;

/// A parsed script. Every step was checked against the control interface.
#[derive(Clone, Debug)]
pub struct Script {
    seed: Option<u64>,
    config: Config,
    accounts: Vec<AccountSpec>,
    steps: Vec<Step>,
}

/// Why a text is no script.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// It is no TOML, or has a key that means nothing.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// A step's time is missing or said twice.
    #[error("step {step}: give either `at_ms`, or `after` and `ms`")]
    Time {
        /// Which step, counted from 1.
        step: usize,
    },
    /// A step's call is wrong.
    #[error("step {step}")]
    Call {
        /// Which step, counted from 1.
        step: usize,
        /// What is wrong with it.
        source: ControlError,
    },
}

impl FromStr for Script {
    type Err = ScriptError;

    fn from_str(text: &str) -> Result<Self, ScriptError> {
        let file: File = toml::from_str(text)?;
        let steps: Result<Vec<Step>, ScriptError> = (file.step.into_iter().enumerate())
            .map(|(index, step)| step.check(index + 1))
            .collect();
        Ok(Self {
            seed: file.seed,
            config: file.config,
            accounts: file.account,
            steps: steps?,
        })
    }
}

impl Script {
    /// The seed that the script asks for.
    #[must_use]
    pub fn seed(&self) -> Option<u64> {
        self.seed
    }
}

impl Service {
    /// A service that follows a script; `seed` counts unless the script has
    /// one. The script's time starts with the first call that tells the time.
    #[must_use]
    pub fn from_script(script: Script, seed: u64) -> Self {
        let accounts = if script.accounts.is_empty() {
            vec![AccountSpec::default()]
        } else {
            script.accounts
        };
        let mut service = Self::new(script.config, &accounts, script.seed.unwrap_or(seed));
        service.schedule.waiting = script.steps.iter().map(|step| Some(step.when)).collect();
        service.schedule.calls = script.steps.into_iter().map(|step| step.call).collect();
        service
    }

    /// Why steps of the script failed, oldest first.
    #[must_use]
    pub fn script_failures(&self) -> &[ControlError] {
        &self.schedule.failures
    }

    pub(crate) fn start_schedule(&mut self, now: Now) {
        if !std::mem::replace(&mut self.schedule.started, true) {
            self.now = now;
            self.set_steps(|when| match when {
                When::At(ms) => Some(ms),
                When::After(..) => None,
            });
        }
    }

    /// The account initialised its session.
    pub(crate) fn came_online(&mut self, account: usize) {
        if self.is_online(account) {
            self.happened(Moment::Online);
        }
    }

    /// The account's client calls `synccheck`.
    pub(crate) fn began_polling(&mut self, account: usize) {
        let session = self
            .accounts
            .get_mut(account)
            .and_then(|account| account.session.as_mut());
        if let Some(session) = session {
            session.polled = true;
            self.happened(Moment::Polling);
        }
    }

    /// The phone confirmed a login.
    pub(crate) fn was_confirmed(&mut self) {
        self.happened(Moment::Confirmed);
    }

    pub(crate) fn run_step(&mut self, step: usize) {
        if let Some(call) = self.schedule.calls.get(step).cloned()
            && let Err(error) = run(self, call)
        {
            self.schedule.failures.push(error);
        }
    }

    fn happened(&mut self, moment: Moment) {
        self.set_steps(|when| match when {
            When::After(of, ms) if of == moment => Some(ms),
            When::After(..) | When::At(_) => None,
        });
    }

    /// Sets the timers of the steps that wait for what `delay` knows.
    fn set_steps(&mut self, delay: impl Fn(When) -> Option<u64>) {
        let mut due = Vec::new();
        for (step, waiting) in self.schedule.waiting.iter_mut().enumerate() {
            if let Some(ms) = waiting.and_then(&delay) {
                *waiting = None;
                due.push((step, ms));
            }
        }
        for (step, ms) in due {
            self.set_timer(ms, Timer::Step(step));
        }
    }
}

/// The steps of a script that a service follows.
#[derive(Debug, Default)]
pub(crate) struct Schedule {
    started: bool,
    /// What each step waits for, until its timer is set.
    waiting: Vec<Option<When>>,
    calls: Vec<Call>,
    failures: Vec<ControlError>,
}

#[derive(Clone, Debug)]
struct Step {
    when: When,
    call: Call,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    At(u64),
    After(Moment, u64),
}

/// What a step can wait for; the first time counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Moment {
    /// A login was confirmed on the phone.
    Confirmed,
    /// `webwxinit` was answered.
    Online,
    /// `synccheck` was called.
    Polling,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    seed: Option<u64>,
    #[serde(default)]
    config: Config,
    #[serde(default)]
    account: Vec<AccountSpec>,
    #[serde(default)]
    step: Vec<RawStep>,
}

#[derive(Deserialize)]
struct RawStep {
    at_ms: Option<u64>,
    after: Option<Moment>,
    ms: Option<u64>,
    call: String,
    /// The body of the call, which knows its members.
    #[serde(flatten)]
    body: serde_json::Map<String, Value>,
}

impl RawStep {
    fn check(self, step: usize) -> Result<Step, ScriptError> {
        let when = match (self.at_ms, self.after, self.ms) {
            (Some(ms), None, None) => When::At(ms),
            (None, Some(moment), ms) => When::After(moment, ms.unwrap_or(0)),
            _ => return Err(ScriptError::Time { step }),
        };
        let call = Call::parse(&self.call, &Value::Object(self.body))
            .map_err(|source| ScriptError::Call { step, source })?;
        Ok(Step { when, call })
    }
}
