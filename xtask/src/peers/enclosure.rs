//! A place without a network, in which the hosts of the protocol are this
//! machine: namespaces of its own (user, mount, network) with loopback only,
//! and a hosts file that is seen nowhere else.
//!
//! Peers have the service's host names built in. In here they find the
//! simulator under them, port 443 included, and nothing they do can reach the
//! real service. It takes no privileges where users may make namespaces.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Context;

/// The hosts of the protocol: each family's own, and three before it.
const FAMILIES: [&str; 5] = [
    "wx.qq.com",
    "wx2.qq.com",
    "wx8.qq.com",
    "web.wechat.com",
    "web2.wechat.com",
];
const PREFIXES: [&str; 4] = ["", "login.", "file.", "webpush."];
/// Where peers of no family begin.
const COMMON: &str = "login.weixin.qq.com";

/// Where the simulator has to listen in there.
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

/// Runs `program` in a new enclosure; arguments are added by the caller.
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

/// Why this machine cannot make one, if it cannot.
pub(crate) fn obstacle(hosts: &Path) -> Option<String> {
    let tried = command(hosts, "true").stdin(Stdio::null()).output();
    match tried {
        Err(error) => Some(format!("unshare: {error}")),
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(format!(
            "no namespaces: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )),
    }
}
