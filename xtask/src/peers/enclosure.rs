//! A place without a network, in which the service's host names lead to this machine:
//! user, mount and network namespaces with nothing but loopback and a hosts file of
//! their own.
//!
//! Peers have the service's host names built in. In an enclosure these lead to the
//! simulator, on port 443, and nothing that a peer does can reach the real service.
//! No privileges are needed where users may create namespaces.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

use crate::command::cannot_start;

/// The families of hosts, and what stands before them (protocol: hosts).
const FAMILIES: [&str; 5] = [
    "wx.qq.com",
    "wx2.qq.com",
    "wx8.qq.com",
    "web.wechat.com",
    "web2.wechat.com",
];
const PREFIXES: [&str; 4] = ["", "login.", "file.", "webpush."];
/// Where a login begins before its family is known.
const COMMON: &str = "login.weixin.qq.com";

/// Where the simulator has to listen in an enclosure.
pub(crate) const ADDRESS: &str = "127.0.0.1:443";

/// Writes the hosts file that [`command`] is given.
pub(crate) fn write_hosts(path: &Path) -> anyhow::Result<()> {
    let mut text = format!("127.0.0.1 localhost {COMMON}\n");
    for family in FAMILIES {
        let hosts = PREFIXES.map(|prefix| format!("{prefix}{family}"));
        text.push_str(&format!("127.0.0.1 {}\n", hosts.join(" ")));
    }
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// A command that runs `program` in a new enclosure; the caller adds its arguments.
pub(crate) fn command(hosts: &Path, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("unshare");
    command
        .args(["--user", "--map-root-user", "--mount", "--net", "--"])
        .args(["sh", "-ec"])
        .arg("ip link set lo up; mount --bind \"$0\" /etc/hosts; exec \"$@\"")
        .arg(hosts)
        .arg(program);
    command
}

/// Why this machine cannot make an enclosure, if it cannot.
pub(crate) fn obstacle(hosts: &Path) -> Option<String> {
    let tried = command(hosts, "true").stdin(Stdio::null()).output();
    match tried {
        Err(error) => Some(format!("{:#}", cannot_start("unshare".as_ref(), error))),
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(format!(
            "cannot set up namespaces (this needs Linux, user namespaces, `ip` of iproute2): {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}
