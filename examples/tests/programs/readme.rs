//! What the README has to say of examples, and the simulator's page of calls,
//! run line by line as it stands there.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use wx_sim::Server;

use crate::support::{example, options};

/// Far more than any bot takes to answer.
const AT_MOST: Duration = Duration::from_secs(30);

/// The lines of a page's blocks of commands that begin with one of these.
fn lines(page: &str, starts: &[&str]) -> Vec<String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(page);
    let text = std::fs::read_to_string(page).expect("a page");
    let is_ours = |line: &&str| starts.iter().any(|start| line.starts_with(start));
    let mut is_command = false;
    let in_blocks = text.lines().filter(|line| {
        is_command = (is_command && !line.starts_with("```")) || *line == "```console";
        is_command
    });
    in_blocks.filter(is_ours).map(str::to_owned).collect()
}

/// A terminal, and the simulated service that it is told of.
struct Terminal {
    server: Server,
    runtime: tokio::runtime::Runtime,
    folder: TempDir,
    bot: Option<Child>,
}

impl Terminal {
    fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let server = runtime.block_on(Server::start(options(folder.path())));
        let server = server.expect("loopback");
        let bot = None;
        Self {
            server,
            runtime,
            folder,
            bot,
        }
    }

    /// An example's program. It never gets to see any other service.
    fn example(&self, name: &str, arguments: &[&str]) -> Command {
        let mut command = example(name);
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("WX_CONNECT_TO", self.server.address().to_string())
            .env("WX_CA_FILE", self.folder.path().join("ca.pem"))
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        command
    }

    /// `cargo run --example NAME [-- ARGUMENT…]`. One with arguments stays.
    fn cargo_run(&mut self, line: &str) {
        self.stop();
        let words: Vec<&str> = line.split(' ').collect();
        let ["cargo", "run", "--example", name, rest @ ..] = &*words else {
            panic!("{line}");
        };
        match rest {
            [] => {
                let output = self.example(name, &[]).output().expect("it starts");
                assert!(output.status.success(), "{line}: {output:?}");
                assert!(!output.stdout.is_empty(), "{line} prints nothing");
            }
            ["--", arguments @ ..] => {
                let bot = self.example(name, arguments).spawn();
                self.bot = Some(bot.expect("it starts"));
                let online = self.server.control("wait_session", &Value::Null);
                self.runtime.block_on(online).expect("it logs in");
            }
            _ => panic!("{line}"),
        }
    }

    /// `curl -d 'BODY' ADDRESS` or `curl -X POST ADDRESS`, by a few lines that
    /// need no curl: what was answered.
    fn curl(&self, line: &str) -> String {
        let control = self.server.control_address().to_string();
        let line = line.replace("127.0.0.1:CONTROL", &control);
        let (options, address) = line.rsplit_once(' ').expect("an address");
        let body = match options {
            "curl -X POST" => "",
            _ => options
                .strip_prefix("curl -d '")
                .and_then(|body| body.strip_suffix('\''))
                .unwrap_or_else(|| panic!("{line}")),
        };
        let path = address.strip_prefix(&format!("http://{control}"));
        let path = path.expect("the control address");
        let mut connection = TcpStream::connect(&control).expect("the control address");
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {control}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        connection
            .write_all(request.as_bytes())
            .expect("it is read");
        let mut answer = String::new();
        connection
            .read_to_string(&mut answer)
            .expect("an answer of text");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{line}: {answer}");
        answer
    }

    /// Ctrl-C, if a bot runs.
    fn stop(&mut self) {
        if let Some(mut bot) = self.bot.take() {
            let id = bot.id().to_string();
            let kill = Command::new("kill").args(["-INT", &id]).status();
            assert!(kill.expect("a program").success());
            assert!(bot.wait().expect("it ends").success());
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(bot) = &mut self.bot {
            // It has ended already, if the test has come to its end.
            let _ = bot.kill();
            let _ = bot.wait();
        }
    }
}

#[test]
fn the_readmes_examples_do_what_it_says() {
    let mut terminal = Terminal::open();
    let mut answers = Vec::new();
    let starts = ["cargo run --example ", "export ", "curl "];
    for line in lines("README.md", &starts) {
        if line.starts_with("cargo ") {
            terminal.cargo_run(&line);
        } else if line.starts_with("curl ") {
            if line.ends_with("/sent") {
                let has_answered = terminal.server.wait_for_sent(1);
                let in_time = async { tokio::time::timeout(AT_MOST, has_answered).await };
                let answered = terminal.runtime.block_on(in_time);
                answered.expect("the bot answers");
            }
            answers.push(terminal.curl(&line));
        } else {
            // What the service printed, and the terminal has.
            assert_eq!(
                line,
                "export WX_CONNECT_TO=127.0.0.1:PORT WX_CA_FILE=/tmp/…/ca.pem"
            );
        }
    }
    terminal.stop();
    let [pushed, sent] = &*answers else {
        panic!("{answers:?}");
    };
    assert!(pushed.contains("MsgId"), "{pushed}");
    assert!(sent.contains("hello"), "{sent}");
}

/// `curl -d 'BODY' $C/CALL`, perhaps with a comment behind it.
fn call(line: &str) -> (&str, Value) {
    let (options, rest) = line.split_once(" $C/").expect("a call");
    let name = rest.split_whitespace().next().expect("a name");
    let body = match options {
        "curl -X POST" => Value::Null,
        _ => {
            let body = options.strip_prefix("curl -d '");
            let body = body.and_then(|body| body.strip_suffix('\''));
            serde_json::from_str(body.unwrap_or_else(|| panic!("{line}"))).expect("JSON")
        }
    };
    (name, body)
}

#[test]
fn the_calls_of_the_simulators_page_are_taken() {
    let mut terminal = Terminal::open();
    terminal.cargo_run("cargo run --example echo -- my-account");
    let lines = lines("docs/sim.md", &["curl "]);
    assert!(lines.len() > 15, "{lines:#?}");
    for line in &lines {
        let (name, mut body) = call(line);
        if body["wxid"] == "wxid_of_account_1" {
            let state = terminal.server.control("state", &Value::Null);
            let state = terminal.runtime.block_on(state).expect("the state");
            body["wxid"] = state["accounts"][1]["wxid"].clone();
        }
        let answer = terminal
            .runtime
            .block_on(terminal.server.control(name, &body));
        assert!(answer.is_ok(), "{line}: {answer:?}");
    }
}
