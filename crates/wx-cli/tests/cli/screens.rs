//! What people see, whole: each page is compared with the one that stands in
//! `screens/`, as it was read through when it was put there.

use std::path::Path;

use serde_json::json;

use crate::support::{World, run, wx};

fn check(name: &str, shown: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/screens");
    let page = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    assert!(
        shown == page,
        "{name} shows now:\n{shown}\nand not:\n{page}"
    );
}

#[tokio::test]
async fn help_in_eighty_columns() {
    for (name, arguments) in [
        ("help.txt", &["--help"][..]),
        ("help-listen.txt", &["listen", "--help"]),
        ("help-send.txt", &["send", "--help"]),
    ] {
        let mut command = wx(arguments);
        command.env("COLUMNS", "80");
        let help = run(command).await;
        assert_eq!((help.code, help.stderr.as_str()), (0, ""));
        check(name, &help.stdout);
    }
}

#[tokio::test]
async fn contacts_with_wide_names_in_sixty_columns() {
    let world = World::logged_in().await;
    for (contact, name) in [
        ("friend:0", "王小明"),
        ("friend:1", "Ada 👩‍👩‍👧 Lovelace"),
        (
            "friend:2",
            "名字很长很长很长很长很长很长很长很长很长很长很长很长很长很长很长的人",
        ),
    ] {
        let named = json!({"contact": contact, "nick_name": name, "remark": ""});
        world.call("contact/mod", named).await;
    }
    let mut command = world.wx(&["contacts", "--kind", "friend", "--refresh"]);
    command.env("COLUMNS", "60");
    let contacts = run(command).await;
    assert_eq!(contacts.code, 0, "{contacts:?}");
    // Of the others, the simulator decides the names.
    let ours = |line: &&str| {
        ["KIND", "王小明", "Ada", "名字"]
            .iter()
            .any(|word| line.contains(word))
    };
    let shown: Vec<&str> = contacts.stdout.lines().filter(ours).collect();
    check("contacts.txt", &format!("{}\n", shown.join("\n")));
}

#[tokio::test]
async fn errors_say_what_to_do() {
    let world = World::start().await;
    let mut shown = String::new();
    for line in [
        "status",
        "lisen",
        "send text nobody",
        "login --qr blue",
        "revoke 12 --to filehelper",
    ] {
        let arguments: Vec<&str> = line.split(' ').collect();
        let mut command = world.wx(&arguments);
        command.env("COLUMNS", "80");
        let ended = run(command).await;
        shown += &format!("$ wx {line}\n{}[{}]\n", ended.stderr, ended.code);
    }
    check("errors.txt", &shown);
}
