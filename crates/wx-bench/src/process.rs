//! What a client's process uses: processor time and peak memory.

use std::fs;
use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::Context;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use tokio::process::{Child, Command};

/// How often the peak is read. Only growth within the last such period before the end can be
/// missed.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// A running client.
pub(crate) struct Process {
    child: Child,
    pid: u32,
    /// The processor time of all clients before this one.
    cpu_before: Duration,
}

/// What a client used in its whole life.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Used {
    /// User and system time.
    pub(crate) cpu: Duration,
    /// The peak of the resident memory, in KiB.
    pub(crate) peak_kib: u64,
}

impl Process {
    /// Starts a client. Only one may run at a time.
    pub(crate) fn start(mut command: Command) -> anyhow::Result<Self> {
        let cpu_before = of_ended()?;
        let child = command.kill_on_drop(true).spawn();
        let child = child.with_context(|| format!("cannot start {command:?}"))?;
        let pid = child.id().context("it ended at once")?;
        Ok(Self {
            child,
            pid,
            cpu_before,
        })
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// The processor time so far of the threads that exist.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        let mut nanos = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.pid))? {
            nanos += scheduled(&task?.path()).unwrap_or_default();
        }
        Ok(Duration::from_nanos(nanos))
    }

    /// The resident memory, in KiB.
    pub(crate) fn resident_kib(&self) -> anyhow::Result<u64> {
        status(self.pid, "VmRSS:")
    }

    /// The peak of the resident memory so far, in KiB.
    pub(crate) fn peak_kib(&self) -> anyhow::Result<u64> {
        status(self.pid, "VmHWM:")
    }

    /// Waits for its end, and returns what it used.
    pub(crate) async fn ended(mut self) -> anyhow::Result<(ExitStatus, Used)> {
        let mut peak_kib = 0;
        let status = loop {
            // A process that has just ended has no memory; the last value stands.
            peak_kib = self.peak_kib().unwrap_or(peak_kib);
            match tokio::time::timeout(LOOK_EVERY, self.child.wait()).await {
                Ok(status) => break status?,
                Err(_) => continue,
            }
        };
        let cpu = of_ended()?.saturating_sub(self.cpu_before);
        Ok((status, Used { cpu, peak_kib }))
    }
}

/// How many nanoseconds a task has run: the first number in its `schedstat`.
fn scheduled(task: &Path) -> Option<u64> {
    let text = fs::read_to_string(task.join("schedstat")).ok()?;
    text.split_ascii_whitespace().next()?.parse().ok()
}

/// A size in a process's `status`.
fn status(pid: u32, name: &str) -> anyhow::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_ascii_whitespace().next());
    Ok(number.with_context(|| format!("no {name}"))?.parse()?)
}

/// The processor time of all child processes that have ended.
fn of_ended() -> anyhow::Result<Duration> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let micros = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
    Ok(Duration::from_micros(u64::try_from(micros)?))
}
