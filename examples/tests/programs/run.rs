//! The examples do what they say: each program is run to its end.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use wx_sim::{Push, Server};

use crate::support::{example, options};

/// Runs an example by itself. In a line, `…` stands for whatever is there.
fn prints(name: &str, expected: &[&str]) {
    let output = example(name).output().expect("it starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {errors}", output.status);
    let printed = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<&str> = printed.lines().collect();
    let fits = |(line, expected): (&&str, &&str)| match expected.split_once('…') {
        Some((start, end)) => line.starts_with(start) && line.ends_with(end),
        None => line == expected,
    };
    let is_same = lines.len() == expected.len() && lines.iter().zip(expected).all(fits);
    assert!(is_same, "{lines:#?}\nis not\n{expected:#?}");
}

#[test]
fn echo() {
    prints(
        "echo",
        &[
            "friend:0: hello",
            "bot to friend:0: hello",
            "friend:1: 你好 🌏",
            "bot to friend:1: 你好 🌏",
        ],
    );
}

#[test]
fn mention() {
    prints(
        "mention",
        &[
            "friend:1 in group:0: is anybody there?",
            "friend:1 in group:0: @…\u{2005}are you there?",
            "bot to group:0: @…\u{2005}I heard: are you there?",
        ],
    );
}

#[test]
fn commands() {
    prints(
        "commands",
        &[
            "friend:0: hi",
            "bot to friend:0: /add WHAT, /list, /done WHAT",
            "friend:0: /add milk",
            "bot to friend:0: 1 on the list",
            "friend:0: /add 酱油",
            "bot to friend:0: 2 on the list",
            "friend:0: /list",
            "bot to friend:0: milk, 酱油",
            "friend:0: /done milk",
            "bot to friend:0: ✓ milk",
            "friend:0: /done milk",
            "bot to friend:0: “milk” is not on the list: /help shows how",
            "friend:0: /list",
            "bot to friend:0: 酱油",
            "friend:1 in group:0: /list",
            "bot to group:0: nothing to buy",
        ],
    );
}

#[test]
fn save_files() {
    prints(
        "save_files",
        &[
            "friend:2 sends a file",
            // The MD5 of “hello”.
            "bot to friend:2: saved hi.txt, 5 bytes, MD5 5d41402abc4b2a76b9719d911017c592",
            "friend:2 sends a file",
            "bot to friend:2: saved long.bin, 3000000 bytes, MD5 …",
            "friend:2 sends a voice message",
            "bot to friend:2: saved voice-…",
        ],
    );
}

#[test]
fn keep_recalled() {
    prints(
        "keep_recalled",
        &[
            "friend:3: you are fired",
            "friend:3 takes that back",
            "bot to filehelper: … took back “you are fired”",
            "friend:3 sends a file",
            "friend:3 takes that back",
            "bot to filehelper: … took back the file salaries.xlsx",
        ],
    );
}

#[test]
fn welcome() {
    let greeting = "bot to group:0: @…\u{2005}welcome! The rules are pinned.";
    prints(
        "welcome",
        &[
            "stranger:0 joins group:0",
            greeting,
            "stranger:1 joins group:0",
            greeting,
        ],
    );
}

#[test]
fn answerer() {
    let rest = [
        "bot to friend:0: A long answer to it comes word by word, and nobody wants to",
        "bot to friend:0: wait for the last one before the first is there. Nor should",
        "bot to friend:0: it come as one word a message.",
        "bot to friend:0: That is all.",
    ];
    let first = [
        "friend:0: tell me everything",
        "bot to friend:0: You asked: “tell me everything” That is question 1 of yours.",
        "friend:0: what is a long poll?",
        "bot to friend:0: You asked: “what is a long poll?” That is question 1 of",
        "bot to friend:0: yours.",
    ];
    let second = [
        "friend:0: and a short one?",
        "bot to friend:0: You asked: “and a short one?” That is question 2 of yours.",
    ];
    prints("answerer", &[&first[..], &rest, &second, &rest].concat());
}

#[test]
fn accounts() {
    prints(
        "accounts",
        &[
            "friend:0 of account 0: who",
            "bot of account 0 to friend:0: I am the first",
            "friend:0 of account 1: who",
            "bot of account 1 to friend:0: I am the second",
        ],
    );
}

#[test]
fn core_alone() {
    prints(
        "core_alone",
        &[
            "the code is scanned",
            "online: Qr",
            "received: no async here?",
            "sent: none at all",
            "logged out",
        ],
    );
}

#[test]
fn testing() {
    prints("testing", &["the bot answers as it should"]);
}

/// What an example says that cannot begin.
fn fails(variables: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = example("echo");
    command.arg(folder.path()).envs(variables.iter().copied());
    let output = command.output().expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn a_variable_that_makes_no_sense_is_named() {
    let said = fails(&[("WX_CONNECT_TO", "here")]);
    assert!(
        said.starts_with("Error: WX_CONNECT_TO\n\nCaused by:"),
        "{said}"
    );
    assert!(said.contains("not of the form HOST:PORT"), "{said}");
    let said = fails(&[("WX_CA_FILE", file!())]);
    assert!(said.starts_with("Error: WX_CA_FILE: "), "{said}");
}

/// A bot that logs in at a service outside of its process, and works until it
/// is asked to stop.
struct AtWork {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl AtWork {
    fn start(server: &Server, folder: &Path) -> Self {
        let mut child = example("echo")
            .arg(folder.join("account"))
            .env("WX_CONNECT_TO", server.address().to_string())
            .env("WX_CA_FILE", folder.join("ca.pem"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        Self { child, lines }
    }

    /// The next line that begins so.
    fn line(&mut self, start: &str) -> Vec<String> {
        let mut passed = Vec::new();
        loop {
            let line = self.lines.next().expect("more lines").expect("text");
            let is_it = line.starts_with(start);
            passed.push(line);
            if is_it {
                return passed;
            }
        }
    }

    #[cfg(unix)]
    fn stop(mut self) {
        let id = self.child.id().to_string();
        let kill = Command::new("kill").args(["-TERM", &id]).status();
        assert!(kill.expect("a program").success());
        let ended = self.child.wait().expect("it ends");
        assert!(ended.success(), "{ended}");
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        // It has ended already, if the test has come to its end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_refused_login_ends_with_the_servers_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let sentence = "为了你的帐号安全，此微信号不能登录网页微信。";
    let mut options = options(folder.path());
    options.config.refuse_login = Some(sentence.to_owned());
    let server = runtime.block_on(Server::start(options)).expect("loopback");
    let address = server.address().to_string();
    let ca_file = folder.path().join("ca.pem");
    let ca_file = ca_file.to_str().expect("text");
    let said = fails(&[("WX_CONNECT_TO", &address), ("WX_CA_FILE", ca_file)]);
    assert!(said.starts_with(&format!("Error: {sentence}")), "{said}");
    assert!(said.contains("1203"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_folder_names_an_account_that_is_kept_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let options = options(folder.path());
    let server = runtime.block_on(Server::start(options)).expect("loopback");

    let mut bot = AtWork::start(&server, folder.path());
    let shown = bot.line("logged in as ");
    assert!(
        shown.iter().any(|line| line.contains("scan this")),
        "{shown:#?}"
    );
    bot.stop();

    let mut bot = AtWork::start(&server, folder.path());
    assert_eq!(bot.line("logged in as ").len(), 1, "no code is shown");
    let answered = async {
        server.wait_until(|service| service.is_polling(0)).await;
        server.push(&Push::text("still there?")).expect("a push");
        server.wait_for_sent(1).await
    };
    let sent = runtime.block_on(answered);
    bot.stop();
    assert_eq!(sent[0].content, "still there?");
}
