//! The commands of the README and the guide, run line by line as they stand
//! there.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::{Ended, Running, World, run, wx};

/// What begins a line that runs this package's binary.
const BY_CARGO: &str = "cargo run -p wx-cli -- ";
/// Lines that are run elsewhere: the tests by themselves, what has to do with
/// the examples by the tests of `wx-examples`; and one that makes a project.
const ELSEWHERE: [&str; 5] = [
    "cargo test ",
    "cargo run --example ",
    "export ",
    "curl ",
    "cargo new ",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The lines of a page's blocks of commands.
fn lines(page: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(page)).expect("a page");
    let mut is_command = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        match line {
            "```console" => is_command = true,
            "```" => is_command = false,
            _ if is_command => lines.push(line.to_owned()),
            _ => {}
        }
    }
    lines
}

/// A shell in an empty folder, in which `wx` is the binary under test.
struct Shell {
    world: World,
    folder: TempDir,
}

impl Shell {
    async fn open() -> Self {
        let world = World::start().await;
        for (contact, name) in [
            ("friend:0", "王"),
            ("friend:1", "李"),
            ("group:0", "一家人"),
        ] {
            let named = json!({"contact": contact, "nick_name": name, "remark": ""});
            world.call("contact/mod", named).await;
        }
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.pdf"), "%PDF-1.4 of a kind").expect("a file");
        let captured = r#"{"BaseResponse":{"Ret":0,"ErrMsg":""},"AddMsgList":[]}"#;
        std::fs::write(folder.path().join("captured.json"), captured).expect("a file");
        Self { world, folder }
    }

    /// A line of shell, beside the service.
    fn command(&self, line: &str) -> Command {
        let binary = Path::new(env!("CARGO_BIN_EXE_wx")).parent();
        let mut path = binary.expect("a folder").as_os_str().to_owned();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        // The command's environment is what `wx` would have here.
        let like = self.world.wx(&[]);
        let mut command = Command::new("sh");
        command.args(["-c", line]).current_dir(self.folder.path());
        for (name, value) in like.as_std().get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.env("PATH", path).kill_on_drop(true);
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a line to its end, or until it polls if it has none.
    async fn run(&self, line: &str) -> Ended {
        if !is_endless(line) {
            return run(self.command(line)).await;
        }
        let polls = self.world.requests("/synccheck").await;
        let mut running = Running::start(self.command(&format!("exec {line}")));
        // It may poll before it tells of anything, and a trace has what is told.
        running.line().await;
        self.world.requested("/synccheck", polls + 1).await;
        running.signal("INT").await;
        running.end().await
    }

    /// What a line needs to have something to do.
    async fn prepare(&self, line: &str) -> String {
        let kind = match line.rsplit_once('|').map(|(_, reader)| reader.trim()) {
            Some(reader) if reader.starts_with("wx download") => "image",
            Some(reader) if reader.starts_with("wx friend accept") => "friend_request",
            Some(_) => "text",
            None => return line.replace("MSG_ID", &self.last_sent().await),
        };
        // What was sent before comes as a message as well, and comes first.
        let marker = json!({"kind": "text", "from": "friend:1", "content": "so far"});
        self.world.receive(marker).await;
        let mut push = json!({"kind": kind, "from": "friend:1"});
        if kind == "text" {
            push["content"] = "hello".into();
        }
        self.world.call("push", push).await;
        line.to_owned()
    }

    /// The number of the message that was sent last.
    async fn last_sent(&self) -> String {
        let sent = self.world.call("sent", json!({})).await;
        let last = sent.as_array().and_then(|sent| sent.last());
        let number = last.and_then(|sent| sent["MsgId"].as_str());
        number.unwrap_or_default().to_owned()
    }

    /// The operations that came, by endpoint.
    async fn operations(&self) -> Vec<String> {
        let Value::Array(ops) = self.world.call("ops", json!({})).await else {
            panic!("no list");
        };
        let endpoint = |op: &Value| op["endpoint"].as_str().expect("a name").to_owned();
        ops.iter().map(endpoint).collect()
    }
}

/// Whether only a signal ends a command.
fn is_endless(line: &str) -> bool {
    line.starts_with("wx listen") && !line.contains("--max")
}

/// Runs every line that begins with `wx`, and says how many there were.
async fn run_all(shell: &Shell, lines: &[String]) -> usize {
    let ours: Vec<&String> = lines
        .iter()
        .filter(|line| line.starts_with("wx "))
        .collect();
    for line in &ours {
        let line = shell.prepare(line).await;
        let ended = shell.run(&line).await;
        let expected = if is_endless(&line) { 130 } else { 0 };
        assert_eq!(ended.code, expected, "{line}\n{ended:?}");
        match line.split_whitespace().nth(1) {
            Some("contacts") => assert!(ended.stdout.contains("王"), "{ended:?}"),
            Some("members" | "status" | "doctor" | "replay" | "decode") => {
                assert!(!ended.stdout.is_empty(), "{line}\n{ended:?}");
            }
            _ => {}
        }
    }
    ours.len()
}

#[tokio::test]
async fn every_command_of_the_readme_does_what_it_says() {
    let readme = lines("README.md");
    // Comments are translated.
    let commands = |lines: &[String]| -> Vec<String> {
        let command = |line: &String| {
            line.split(" #")
                .next()
                .map(|line| line.trim_end().to_owned())
        };
        lines.iter().filter_map(command).collect()
    };
    assert_eq!(commands(&lines("README.zh-CN.md")), commands(&readme));
    let shell = Shell::open().await;
    let count = run_all(&shell, &readme).await;
    assert!(count >= 18, "{count} lines");

    let sent = shell.world.sent().await.into_iter();
    let sent: Vec<String> = sent.map(|(_, text)| text).collect();
    assert!(sent.contains(&"你好".to_owned()), "{sent:?}");
    assert!(sent.iter().any(|text| text.contains("a.pdf")), "{sent:?}");
    assert_eq!(
        sent.len(),
        4,
        "a text, a file, one sent on to two: {sent:?}"
    );
    let picture = std::fs::metadata(shell.folder.path().join("here.jpg"));
    assert!(picture.expect("a picture").len() > 0);
    let operations = shell.operations().await;
    for endpoint in [
        "webwxrevokemsg",
        "webwxoplog",
        "webwxverifyuser",
        "webwxcreatechatroom",
    ] {
        let is_there = operations.iter().any(|operation| operation == endpoint);
        assert!(is_there, "{endpoint}: {operations:?}");
    }
}

#[tokio::test]
async fn every_command_of_the_guide_does_what_it_says() {
    let mut count = 0;
    for entry in std::fs::read_dir(root().join("docs/guide")).expect("the guide") {
        let name = entry.expect("a page").file_name();
        let page = format!("docs/guide/{}", name.to_str().expect("a plain name"));
        let lines = lines(&page);
        if lines.iter().any(|line| line.starts_with("wx ")) {
            count += run_all(&Shell::open().await, &lines).await;
        }
        by_cargo(&lines).await;
    }
    assert!(count >= 5, "{count} lines");
}

#[tokio::test]
async fn what_the_readme_runs_by_cargo_runs() {
    assert_eq!(by_cargo(&lines("README.md")).await, ["demo", "sim"]);
}

/// Runs what is run by cargo, and says what that was. Nothing may be left that
/// nobody runs.
async fn by_cargo(lines: &[String]) -> Vec<String> {
    let mut ran = Vec::new();
    for line in lines {
        let Some(arguments) = line.strip_prefix(BY_CARGO) else {
            let is_run = line.starts_with("wx ") || ELSEWHERE.iter().any(|s| line.starts_with(s));
            assert!(is_run, "who runs `{line}`?");
            continue;
        };
        let arguments: Vec<&str> = arguments.split(' ').collect();
        let mut running = Running::start(wx(&arguments));
        let expected = if arguments == ["sim"] {
            let started: Value = serde_json::from_str(&running.line().await).expect("JSON");
            assert!(started["control"].is_string(), "{started}");
            running.signal("INT").await;
            130
        } else {
            0
        };
        let ended = running.end().await;
        assert_eq!(ended.code, expected, "{line}\n{ended:?}");
        ran.push(arguments.join(" "));
    }
    ran
}
