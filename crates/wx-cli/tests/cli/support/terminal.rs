//! A terminal of a size, and what a command writes to it.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use super::soon;

/// A command that runs in a terminal of its own. It is killed with the test.
pub(crate) struct Window {
    child: Child,
    /// What was written so far; nobody sends any more when all is there.
    seen: watch::Receiver<String>,
}

impl Window {
    /// Starts a command in a window of so many columns and rows, with a locale
    /// of UTF-8 unless it has another.
    pub(crate) fn start(mut command: Command, columns: u16, rows: u16) -> Self {
        let (mut ours, theirs) = terminal(columns, rows).expect("a terminal");
        let clone = || theirs.try_clone().expect("a descriptor");
        command.stdin(clone()).stdout(clone()).stderr(clone());
        for (name, value) in [("TERM", "xterm-256color"), ("LANG", "C.UTF-8")] {
            let is_named = |(set, _): (&OsStr, Option<&OsStr>)| set == name;
            if !command
                .as_std()
                .get_envs()
                .any(|pair| is_named(pair) && pair.1.is_some())
            {
                command.env(name, value);
            }
        }
        let child = command.spawn().expect("the binary");
        // Its end is seen when nobody else has the terminal open.
        drop((command, theirs));
        let (sender, seen) = watch::channel(String::new());
        tokio::task::spawn_blocking(move || {
            let (mut all, mut block) = (Vec::new(), [0; 4096]);
            // When the other side is closed, Linux says that as an error.
            while let Ok(1..) = ours.read(&mut block).inspect(|&n| all.extend(&block[..n])) {
                // The last character may not be there in whole.
                let text = String::from_utf8_lossy(&all).replace("\r\n", "\n");
                sender.send_replace(text);
            }
        });
        Self { child, seen }
    }

    /// Waits until this stands there.
    pub(crate) async fn shows(&mut self, text: &str) {
        let stands = self.seen.wait_for(|seen| seen.contains(text));
        soon(text, stands)
            .await
            .expect("it is shown before the end");
    }

    /// Sends the process a signal, by its name without SIG.
    pub(crate) async fn signal(&self, name: &str) {
        let id = self.child.id().expect("it runs").to_string();
        let status = Command::new("kill").args(["-s", name, &id]).status().await;
        assert!(status.expect("kill").success());
    }

    /// Waits for its end: the exit status, and everything that was written.
    pub(crate) async fn end(mut self) -> (i32, String) {
        let status = soon("the end", self.child.wait()).await.expect("a status");
        let closed = async { while self.seen.changed().await.is_ok() {} };
        soon("the end of the output", closed).await;
        (status.code().unwrap_or(-1), self.seen.borrow().clone())
    }
}

/// Both sides of a terminal, the user's first.
fn terminal(columns: u16, rows: u16) -> io::Result<(File, File)> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let name = ptsname(&ours, Vec::new())?;
    let theirs = OpenOptions::new()
        .read(true)
        .write(true)
        .open(OsStr::from_bytes(name.as_bytes()))?;
    let size = Winsize {
        ws_col: columns,
        ws_row: rows,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&theirs, size)?;
    Ok((ours.into(), theirs))
}
