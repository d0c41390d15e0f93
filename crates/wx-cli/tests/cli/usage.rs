//! Help, and command lines that make no sense.

use crate::support::{run, wx};

#[tokio::test]
async fn help_names_every_command_and_its_options() {
    const GLOBAL: [&str; 10] = [
        "--home",
        "--account",
        "--connect-to",
        "--ca-file",
        "--proxy",
        "--profile",
        "--pace",
        "--json",
        "--quiet",
        "--verbose",
    ];
    let cases: [(&[&str], &[&str]); 25] = [
        (
            &[],
            &[
                "login", "status", "listen", "send", "contacts", "members", "logout", "sim", "demo",
            ],
        ),
        (&["login"], &["--qr", "--timeout", "--fresh"]),
        (&["status"], &[]),
        (
            &["listen"],
            &[
                "--max",
                "--idle",
                "--for",
                "--echo",
                "--exec",
                "--save-media",
                "--raw",
            ],
        ),
        (&["send", "text"], &["<TO>", "<TEXT>", "--key"]),
        (&["send", "image"], &["<TO>", "<PATH>", "--key"]),
        (
            &["send", "emoticon"],
            &["<TO>", "<PATH>", "--key", "md5:HEX"],
        ),
        (&["forward"], &["<TO>..."]),
        (&["revoke"], &["<MSG_ID>", "--to", "--client-msg-id"]),
        (&["remark"], &["<TO>", "<TEXT>"]),
        (&["pin"], &["<TO>"]),
        (&["friend"], &["accept", "add", "follow"]),
        (&["group"], &["create", "rename", "add", "remove", "quit"]),
        (&["group", "create"], &["--topic", "<MEMBERS>..."]),
        (&["download"], &["--output", "--force"]),
        (&["avatar"], &["<TO>", "--output", "--group", "--force"]),
        (&["doctor"], &["--timeout"]),
        (&["completions"], &["<SHELL>", "bash", "zsh", "fish"]),
        (&["man"], &["--dir"]),
        (
            &["contacts"],
            &[
                "--kind",
                "--find",
                "--refresh",
                "friend",
                "group",
                "official",
                "special",
            ],
        ),
        (&["members"], &["<GROUP>"]),
        (&["logout"], &[]),
        (&["sim"], &["--listen", "--script", "--seed"]),
        (&["demo"], &[]),
        (&["decode"], &["<KIND>", "--context", "[FILE]"]),
    ];
    for (command, words) in cases {
        for flag in ["--help", "-h"] {
            let arguments: Vec<&str> = command.iter().copied().chain([flag]).collect();
            let help = run(wx(&arguments)).await;
            assert_eq!((help.code, help.stderr.as_str()), (0, ""), "{arguments:?}");
            for word in GLOBAL.iter().chain(words) {
                assert!(help.stdout.contains(word), "{word}: {}", help.stdout);
            }
        }
    }
}

#[tokio::test]
async fn help_shows_no_values_of_the_environment() {
    let mut help = wx(&["--help"]);
    help.env("WX_HOME", "/some/where");
    help.env("HTTPS_PROXY", "http://user:hunter2@127.0.0.1:9");
    let help = run(help).await;
    assert!(help.stdout.contains("WX_HOME"));
    for value in ["/some/where", "hunter2"] {
        assert!(!help.stdout.contains(value), "{}", help.stdout);
    }
}

#[tokio::test]
async fn a_bare_name_gets_help_and_the_status_of_wrong_usage() {
    let bare = run(wx(&[])).await;
    assert_eq!((bare.code, bare.stdout.as_str()), (2, ""));
    assert!(bare.stderr.contains("Usage: wx"), "{}", bare.stderr);
}

#[tokio::test]
async fn a_bare_name_gets_help_whatever_options_and_variables_are_set() {
    for (arguments, usage) in [
        (&[][..], "Usage: wx [OPTIONS] <COMMAND>"),
        (&["-q"], "Usage: wx [OPTIONS] <COMMAND>"),
        (&["send"], "Usage: wx send [OPTIONS] <COMMAND>"),
        (&["group", "-v"], "Usage: wx group [OPTIONS] <COMMAND>"),
    ] {
        let mut bare = wx(arguments);
        bare.env("WX_HOME", "/var/lib/wx");
        let bare = run(bare).await;
        assert_eq!((bare.code, bare.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(bare.stderr.contains(usage), "{}", bare.stderr);
        assert!(!bare.stderr.contains('\x1b'), "{}", bare.stderr);
    }
    let bare = run(wx(&["send", "--json"])).await;
    assert_eq!((bare.code, &bare.error()["kind"]), (2, &"usage".into()));
}

#[tokio::test]
async fn wrong_usage_is_named_in_a_line_or_an_object() {
    // The word that must be named, and the command line.
    let cases: [(&str, &[&str]); 27] = [
        ("nonsense", &["nonsense"]),
        ("--nonsense", &["status", "--nonsense"]),
        ("bogus", &["login", "--qr", "bogus"]),
        ("--timeout", &["login", "--timeout", "soon"]),
        ("--idle", &["listen", "--idle", "nan"]),
        ("--idle", &["listen", "--idle", "-1"]),
        ("--for", &["listen", "--for", "inf"]),
        ("--max", &["listen", "--max", "1.5"]),
        ("<TEXT>", &["send", "text", "filehelper"]),
        ("--key", &["send", "text", "filehelper", "x", "--key", ""]),
        ("<PATH>", &["send", "image", "filehelper"]),
        ("<SHELL>", &["completions"]),
        ("<TO>", &["forward"]),
        ("--to", &["revoke", "1"]),
        ("enemy", &["friend", "enemy"]),
        ("--timeout", &["doctor", "--timeout", "soon"]),
        ("--kind", &["contacts", "--kind", "enemy"]),
        ("--account", &["--account", "../x", "status"]),
        ("--pace", &["--pace", "fast", "status"]),
        ("--connect-to", &["--connect-to", "nowhere", "status"]),
        ("--proxy", &["--proxy", "ftp://example.com", "status"]),
        ("--ca-file", &["--ca-file", "/nonexistent.pem", "status"]),
        ("--profile", &["--profile", "/nonexistent.toml", "status"]),
        ("--script", &["sim", "--script", "/nonexistent.toml"]),
        ("--listen", &["sim", "--listen", "everywhere"]),
        ("127.0.0.1:8443", &["sim", "--listen", "localhost:0"]),
        ("--quiet", &["-q", "-v", "status"]),
    ];
    for (word, arguments) in cases {
        let text = run(wx(arguments)).await;
        assert_eq!((text.code, text.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(text.complaint().0.contains(word), "{arguments:?} {text:?}");

        let arguments: Vec<&str> = ["--json"].iter().chain(arguments).copied().collect();
        let json = run(wx(&arguments)).await;
        assert_eq!((json.code, json.stdout.as_str()), (2, ""), "{arguments:?}");
        assert_eq!(json.error()["kind"], "usage", "{json:?}");
        let message = json.error()["message"].to_string();
        assert!(message.contains(word), "{arguments:?} {message}");
        assert_eq!(json.stderr.lines().count(), 1, "{json:?}");
    }
}

#[tokio::test]
async fn options_are_read_from_the_environment() {
    for (name, value) in [
        ("WX_ACCOUNT", "../x"),
        ("WX_CONNECT_TO", "nowhere"),
        ("WX_PACE", "fast"),
        ("WX_CA_FILE", "/nonexistent.pem"),
        ("WX_PROFILE", "/nonexistent.toml"),
    ] {
        let mut status = wx(&["status"]);
        status.env(name, value);
        let status = run(status).await;
        assert_eq!(status.code, 2, "{name} {status:?}");
        let option = name.trim_start_matches("WX_").to_lowercase();
        let option = format!("--{}", option.replace('_', "-"));
        assert!(status.complaint().0.contains(&option), "{status:?}");
    }
}

#[tokio::test]
async fn a_proxys_password_is_never_printed() {
    let told = async |proxy: &str, code: i32| {
        let home = tempfile::tempdir().expect("a folder");
        let mut login = wx(&["-vvv", "--proxy", proxy, "login", "--timeout", "1"]);
        login.env("WX_HOME", home.path());
        let login = run(login).await;
        assert_eq!(login.code, code, "{login:?}");
        assert!(!login.stderr.contains("hunter2"), "{}", login.stderr);
        assert!(!login.stdout.contains("hunter2"), "{}", login.stdout);
    };
    tokio::join!(
        told("ftp://user:hunter2@127.0.0.1:9", 2),
        told("http://user:hunter2@", 2),
        told("http://user:hunter2@127.0.0.1:9", 5),
        told("socks5://user:hunter2@127.0.0.1:9", 5),
    );
}
