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
async fn a_script_for_bash_is_one() {
    let script = run(wx(&["completions", "bash"])).await;
    let mut bash = tokio::process::Command::new("bash");
    bash.args(["-n"]).stdin(std::process::Stdio::piped());
    bash.stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let checked = crate::support::run_with(bash, &script.stdout).await;
    assert_eq!((checked.code, checked.stderr.as_str()), (0, ""));
}

#[tokio::test]
async fn the_manual_has_a_page_for_every_command() {
    let page = run(wx(&["man"])).await;
    assert_eq!((page.code, page.stderr.as_str()), (0, ""));
    assert!(page.stdout.contains(".TH wx 1"), "{page:?}");
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
