//! `wx completions` and `wx man`.

use crate::support::{run, wx};

const COMMANDS: [&str; 24] = [
    "login",
    "status",
    "listen",
    "send",
    "forward",
    "revoke",
    "contacts",
    "members",
    "remark",
    "pin",
    "unpin",
    "read",
    "friend",
    "group",
    "download",
    "avatar",
    "logout",
    "sim",
    "demo",
    "decode",
    "doctor",
    "completions",
    "man",
    "help",
];

#[tokio::test]
async fn each_shell_gets_a_script_that_names_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(wx(&["completions", shell])).await;
        assert_eq!((script.code, script.stderr.as_str()), (0, ""), "{shell}");
        for word in COMMANDS
            .iter()
            .chain(&["save-media", "client-msg-id", "topic"])
        {
            assert!(script.stdout.contains(word), "{shell}: {word}");
        }
    }
    let unknown = run(wx(&["completions", "tcsh"])).await;
    assert_eq!(unknown.code, 2, "{unknown:?}");
    assert!(unknown.complaint().0.contains("tcsh"), "{unknown:?}");
}

#[tokio::test]
async fn bash_completes_commands_options_and_values() {
    let script = run(wx(&["completions", "bash"])).await;
    for (line, expected) in [
        ("wx sen", "send"),
        ("wx sta", "status"),
        ("wx send em", "emoticon"),
        ("wx --acc", "--account"),
        ("wx login --qr ", "auto terminal ascii url none png=PATH"),
        ("wx contacts --kind o", "official"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        let (last, place) = (words[words.len() - 1], words.len() - 1);
        let ask = format!(
            "{}\nCOMP_WORDS=({} '{last}')\nCOMP_CWORD={place}\n_wx wx '{last}' {}\n\
             echo \"${{COMPREPLY[*]}}\"\n",
            script.stdout,
            words[..place].join(" "),
            words[place - 1],
        );
        let mut bash = tokio::process::Command::new("bash");
        bash.args(["--norc", "-s"])
            .stdin(std::process::Stdio::piped());
        bash.stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped());
        let completed = crate::support::run_with(bash, &ask).await;
        assert_eq!(
            (completed.code, completed.stderr.as_str()),
            (0, ""),
            "{line}"
        );
        assert_eq!(completed.stdout.trim_end(), expected, "{line}");
    }
}

#[tokio::test]
async fn the_manual_has_a_page_for_every_command() {
    let page = run(wx(&["man"])).await;
    assert_eq!((page.code, page.stderr.as_str()), (0, ""));
    assert!(page.stdout.contains(".TH wx 1"), "{page:?}");
    assert!(page.stdout.contains("WX_HOME"), "{page:?}");
    let folder = tempfile::tempdir().expect("a folder");
    let pages = folder.path().join("man1");
    let dir = pages.to_str().expect("a path");
    let mut man = wx(&["man", "--dir", dir]);
    man.env("WX_HOME", "/some/where");
    let man = run(man).await;
    assert_eq!(
        (man.code, man.stdout.as_str(), man.stderr.as_str()),
        (0, "", "")
    );
    for command in COMMANDS.iter().filter(|&&command| command != "help") {
        let page = std::fs::read_to_string(pages.join(format!("wx-{command}.1")));
        let page = page.unwrap_or_else(|error| panic!("{command}: {error}"));
        assert!(!page.contains("/some/where"), "{command}");
    }
    assert!(pages.join("wx-send-image.1").exists());
    let nowhere = run(wx(&["man", "--dir", "/dev/null/x"])).await;
    assert_eq!(nowhere.code, 1, "{nowhere:?}");
    nowhere.complaint();
}
