//! `cargo xtask cast`: records `wx demo` in a pseudo-terminal, in version 2 of
//! asciinema's format, and draws what was seen.

mod picture;

use std::fs;
use std::process::Command;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::command::output;
use crate::workspace::Workspace;

const CAST: &str = "docs/demo.cast";
const PICTURE: &str = "docs/demo.svg";
pub(crate) const COLUMNS: usize = 100;
pub(crate) const ROWS: usize = 30;

pub(crate) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    let wx = workspace.build_wx()?;
    let folder = workspace.empty_folder("cast")?;
    let (log, timing) = (folder.join("log"), folder.join("timing"));
    let line = format!("stty cols {COLUMNS} rows {ROWS}; '{}' demo", wx.display());
    output(
        Command::new("script")
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .env("COLORFGBG", "15;0")
            .env_remove("COLUMNS")
            .args(["--quiet", "--return", "--logging-format", "advanced"])
            .arg("--log-out")
            .arg(&log)
            .arg("--log-timing")
            .arg(&timing)
            .args(["--command", &line]),
    )
    .context("cannot record a terminal")?;
    let cast = cast(&fs::read(&log)?, &fs::read_to_string(&timing)?)?;
    fs::write(workspace.root.join(PICTURE), picture::draw(&seen(&cast)?))?;
    fs::write(workspace.root.join(CAST), cast)?;
    println!("{CAST} and {PICTURE} are written");
    Ok(())
}

/// Turns what `script` wrote into a cast. Its log begins with a line of its own; its
/// timing file has a line for each piece: `O SECONDS BYTES`.
fn cast(log: &[u8], timing: &str) -> anyhow::Result<String> {
    let head = log.iter().position(|&byte| byte == b'\n');
    let mut rest = head.and_then(|end| log.get(end + 1..)).unwrap_or_default();
    let header = json!({"version": 2, "width": COLUMNS, "height": ROWS, "title": "wx demo"});
    let mut cast = format!("{header}\n");
    let mut time = 0.0;
    // A piece may end inside a character.
    let mut pending = Vec::new();
    for line in timing.lines() {
        let ["O", delta, length] = *line.split(' ').collect::<Vec<_>>() else {
            continue;
        };
        time += delta.parse::<f64>()?;
        let (piece, after) = (rest.split_at_checked(length.parse()?))
            .context("the log is shorter than its timing says")?;
        rest = after;
        pending.extend_from_slice(piece);
        let whole = match std::str::from_utf8(&pending) {
            Ok(text) => text.len(),
            Err(error) => error.valid_up_to(),
        };
        let left = pending.split_off(whole);
        let text = String::from_utf8(std::mem::replace(&mut pending, left))?;
        let time = (time * 1e6_f64).round() / 1e6;
        cast.push_str(&format!("{}\n", json!([time, "o", text])));
    }
    ensure!(pending.is_empty(), "the log ends inside a character");
    Ok(cast)
}

/// Everything that a cast shows, with its pieces joined.
fn seen(cast: &str) -> anyhow::Result<String> {
    let mut lines = cast.lines();
    let header: Value = serde_json::from_str(lines.next().context("an empty cast")?)?;
    ensure!(
        header.get("version") == Some(&2.into()),
        "this is not version 2: {header}"
    );
    let mut last = 0.0;
    let mut text = String::new();
    for line in lines {
        let (time, kind, piece): (f64, String, String) = serde_json::from_str(line)?;
        ensure!(
            time >= last && kind == "o",
            "an event out of order, or not an output: {line}"
        );
        last = time;
        text.push_str(&piece);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(path: &str) -> String {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        fs::read_to_string(root.join(path)).unwrap()
    }

    #[test]
    fn a_recording_becomes_a_cast_with_whole_characters() {
        let timing = "H 0.0 SHELL sh\nO 0.5 2\nO 0.25 3\nH 0.0 EXIT_CODE 0\n";
        let cast = cast("Script started\na你b\nScript done".as_bytes(), timing).unwrap();
        let events: Vec<&str> = cast.lines().skip(1).collect();
        assert_eq!(events, [r#"[0.5,"o","a"]"#, r#"[0.75,"o","你b"]"#]);
        assert_eq!(seen(&cast).unwrap(), "a你b");
    }

    #[test]
    fn what_goes_back_in_time_is_no_cast() {
        assert!(seen("{\"version\":2}\n[2.0,\"o\",\"a\"]\n[1.0,\"o\",\"b\"]\n").is_err());
        assert!(seen("{\"version\":1}\n").is_err());
    }

    #[test]
    fn the_picture_in_the_readme_is_that_of_the_recorded_tour() {
        let seen = seen(&page(CAST)).unwrap();
        for word in [
            "scan with the phone",
            "back online",
            "logged out",
            "none lost",
        ] {
            assert!(seen.contains(word), "{word}");
        }
        assert!(
            page(PICTURE) == picture::draw(&seen),
            "run cargo xtask cast"
        );
        assert!(page("README.md").contains(PICTURE));
    }
}
