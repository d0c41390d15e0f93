//! A child process with a time limit.

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinHandle;

use super::soon;

/// A process that runs. It is killed with the test.
pub(crate) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// What was read from stdout so far.
    read: String,
    stderr: JoinHandle<String>,
}

/// A process that has ended, and everything it wrote.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit status; -1 if a signal killed it.
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.spawn().expect("the binary");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut pipe = child.stderr.take().expect("a pipe");
        let stderr = tokio::spawn(async move {
            let mut text = String::new();
            pipe.read_to_string(&mut text).await.expect("UTF-8");
            text
        });
        Self {
            child,
            stdout,
            read: String::new(),
            stderr,
        }
    }

    /// Writes to its stdin, and closes that.
    pub(crate) async fn feed(&mut self, bytes: &[u8]) {
        let mut stdin = self.child.stdin.take().expect("a pipe");
        soon("stdin", stdin.write_all(bytes))
            .await
            .expect("a reader");
    }

    /// The next line of its stdout.
    pub(crate) async fn line(&mut self) -> String {
        let mut line = String::new();
        let read = soon("a line", self.stdout.read_line(&mut line)).await;
        assert!(read.expect("UTF-8") > 0, "stdout is closed");
        self.read.push_str(&line);
        line.trim_end_matches('\n').to_owned()
    }

    /// Reads events up to the next one of this kind, and gives that.
    pub(crate) async fn event(&mut self, kind: &str) -> Value {
        loop {
            let line = self.line().await;
            let event: Value = serde_json::from_str(&line).expect("JSON");
            if event["event"] == kind {
                return event;
            }
        }
    }

    /// The number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Sends it a signal, by its name without SIG.
    pub(crate) async fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let status = Command::new("kill").args(["-s", name, &id]).status().await;
        assert!(status.expect("kill").success());
    }

    /// Waits for its end.
    pub(crate) async fn end(mut self) -> Ended {
        let rest = self.stdout.read_to_string(&mut self.read);
        soon("the end of stdout", rest).await.expect("UTF-8");
        let status = soon("the end of the process", self.child.wait()).await;
        let stderr = soon("the end of stderr", self.stderr).await;
        Ended {
            code: status.expect("a status").code().unwrap_or(-1),
            stdout: self.read,
            stderr: stderr.expect("stderr"),
        }
    }
}

impl Ended {
    /// Its lines on stdout, each checked to be one compact JSON object.
    pub(crate) fn objects(&self) -> Vec<Value> {
        assert!(
            self.stdout.is_empty() || self.stdout.ends_with('\n'),
            "{self:?}"
        );
        self.stdout.lines().map(object).collect()
    }

    /// The only line on stdout.
    pub(crate) fn only(&self) -> Value {
        let mut objects = self.objects();
        assert_eq!(objects.len(), 1, "{self:?}");
        objects.remove(0)
    }

    /// The events of this kind.
    pub(crate) fn events(&self, kind: &str) -> Vec<Value> {
        let mut objects = self.objects();
        objects.retain(|object| object["event"] == kind);
        objects
    }

    /// The object that stderr ends with: an error.
    pub(crate) fn error(&self) -> Value {
        let last = self.stderr.lines().last().unwrap_or_default();
        let error = object(last)["error"].clone();
        for key in ["kind", "message"] {
            assert!(error[key].is_string(), "{self:?}");
        }
        assert!(error["transient"].is_boolean(), "{self:?}");
        error
    }

    /// That it failed so, in either form: `self` for people, `json` for
    /// programs, with a word of what is wrong.
    pub(crate) fn failed(&self, json: &Self, code: i32, kind: &str, word: &str) {
        assert_eq!((self.code, self.stdout.as_str()), (code, ""), "{self:?}");
        assert!(self.complaint().0.contains(word), "{word}: {self:?}");
        assert_eq!((json.code, json.stdout.as_str()), (code, ""), "{json:?}");
        assert_eq!(json.error()["kind"], kind, "{json:?}");
        let message = json.error()["message"].to_string();
        assert!(message.contains(word), "{word}: {json:?}");
        assert_eq!(json.stderr.lines().count(), 1, "{json:?}");
    }

    /// What is wrong and what to do: all that stderr holds.
    pub(crate) fn complaint(&self) -> (&str, &str) {
        let lines: Vec<&str> = self.stderr.lines().collect();
        let [what, advice] = lines[..] else {
            panic!("not two lines: {self:?}");
        };
        let what = what.strip_prefix("wx: ").expect("a name");
        (what, advice.strip_prefix("    ").expect("an indent"))
    }
}

/// An object on a line of its own: compact, and with `event` first if at all.
fn object(line: &str) -> Value {
    let value: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    let object = value.as_object().expect("an object");
    if object.contains_key("event") {
        assert!(line.starts_with("{\"event\":\""), "{line}");
    }
    assert!(!has_blanks(line), "blanks between tokens: {line}");
    value
}

/// Whether there are blanks outside of strings.
fn has_blanks(line: &str) -> bool {
    let (mut in_string, mut is_escaped) = (false, false);
    line.chars().any(|c| {
        let blank = !in_string && c.is_whitespace();
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = in_string,
            '"' => in_string = !in_string,
            _ => {}
        }
        blank
    })
}
