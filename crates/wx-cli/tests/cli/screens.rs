//! What people see, whole: each page is compared with the one that stands in
//! `screens/`, as it was read through when it was put there.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use crate::support::{World, run, wx};

pub(crate) fn check(name: &str, shown: &str) {
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

/// What `wx` shows in eighty columns, both streams, and how it ended.
async fn session(world: &World, lines: &[&str]) -> String {
    let mut shown = String::new();
    for line in lines {
        let arguments: Vec<&str> = line.split(' ').collect();
        let mut command = world.wx(&arguments);
        command.env("COLUMNS", "80");
        let ended = run(command).await;
        let (stdout, stderr) = (ended.stdout, ended.stderr);
        shown += &format!("$ wx {line}\n{stdout}{stderr}[{}]\n", ended.code);
    }
    shown
}

#[tokio::test]
async fn a_status_before_in_and_after_a_session() {
    let world = World::with(json!({"auto_scan_ms": null})).await;
    let mut shown = session(&world, &["status"]).await;
    let login = world.scan(&["login", "--json"]).await;
    assert_eq!(login.code, 0, "{login:?}");
    shown += &session(&world, &["status"]).await;
    world.call("session", json!({"action": "logout"})).await;
    shown += &session(&world, &["status", "status", "send text me hi"]).await;
    // When it was, and how long it took, nobody knows.
    let steady = |line: &str| match line.split_once(" since ") {
        Some((session, _)) => format!("{session} since …\n"),
        None => format!("{line}\n"),
    };
    check("status.txt", &shown.lines().map(steady).collect::<String>());
}

#[tokio::test]
async fn a_doctor_finds_what_is_there_and_what_is_not() {
    let world = World::logged_in().await;
    let healthy = session(&world, &["doctor"]).await;
    world.call("session", json!({"action": "kick"})).await;
    let kicked = session(&world, &["doctor --timeout 0"]).await;
    let ill = kicked.lines().filter(|line| line.contains("account"));
    let ill: Vec<&str> = ill.collect();
    // How long a host takes, whether a second ends meanwhile, and where the
    // simulator listens, nobody knows.
    let address = world.server.address().to_string();
    let steady = |line: &str| match line.split_once(" answers in ") {
        Some((host, _)) => format!("{host} answers in … ms"),
        None if line.contains(" clock ") => "✓ clock   …".to_owned(),
        None => line.replace(&address, "127.0.0.1:…"),
    };
    let lines: Vec<String> = healthy.lines().chain(ill).map(steady).collect();
    check("doctor.txt", &format!("{}\n", lines.join("\n")));
}

#[tokio::test]
async fn a_listen_shows_a_line_for_each_event() {
    let world = World::logged_in().await;
    for (contact, name) in [("friend:0", "王小明 👩‍👩‍👧"), ("group:0", "一家人\u{202e}🌸")]
    {
        let named = json!({"contact": contact, "nick_name": name, "remark": ""});
        world.call("contact/mod", named).await;
    }
    let card = json!({"contact": "friend:0"});
    let member = json!({"group": "group:0", "member": "friend:7", "action": "add"});
    world.call("group/member", member).await;
    let mut count = 0;
    for (from, kind, content) in [
        ("friend:0", "text", json!("你好 & welcome 🌏")),
        ("group:0", "text", json!("two\nlines \u{1b}[31mred")),
        ("friend:0", "image", json!({})),
        ("friend:0", "revoke", json!({})),
        (
            "friend:0",
            "file",
            json!({"name": "会议 记录_v2.docx", "size": 9}),
        ),
        (
            "friend:0",
            "link",
            json!({"title": "天气", "url": "https://example.org/?a=1&b=2"}),
        ),
        (
            "friend:0",
            "transfer",
            json!({"amount": "￥0.10", "memo": "午饭"}),
        ),
        ("friend:0", "card", card),
        (
            "friend:0",
            "location",
            json!({"label": "海淀区中关村大街 1 号"}),
        ),
        ("group:0", "system", json!("王小明修改群名为“一家人”")),
        ("friend:0", "raw", json!({"MsgType": 778, "Content": "?"})),
    ] {
        let push = json!({"kind": kind, "from": from, "content": content});
        world.call("push", push).await;
        count += 1;
    }
    let listen = world.run(&["listen", "--max", &count.to_string()]).await;
    assert_eq!((listen.code, listen.stderr.as_str()), (0, ""), "{listen:?}");
    let lines = listen.stdout.lines().map(steady);
    let lines: Vec<String> = lines.collect();
    check("listen.txt", &format!("{}\n", lines.join("\n")));
}

/// A line of `wx listen` with signs in the place of its time, which has a date if
/// midnight has just passed.
fn steady(line: &str) -> String {
    if line.starts_with("    ") {
        return line.to_owned();
    }
    let is_time = |word: &str| word.len() == 5 && word.as_bytes()[2] == b':';
    let (first, rest) = line.split_once(' ').expect("words");
    if is_time(first) {
        return format!("HH:MM {rest}");
    }
    let (second, rest) = rest.split_once(' ').expect("more words");
    assert!(is_time(second), "{line}");
    format!("HH:MM {rest}")
}

#[tokio::test]
async fn a_message_has_the_time_when_it_was_written_by_the_local_clock() {
    // By a clock that is eight hours ahead of UTC.
    let minute = || {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("a time");
        let minutes = now.as_secs() / 60 + 8 * 60;
        format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
    };
    let world = World::logged_in().await;
    let earliest = minute();
    world.push("then").await;
    let latest = minute();
    let mut listen = world.wx(&["listen", "--max", "1"]);
    // A zone that is known without any file.
    listen.env("TZ", "CST-8");
    let listen = run(listen).await;
    assert_eq!(listen.code, 0, "{listen:?}");
    let last = listen.stdout.lines().last().expect("a line");
    assert!(last.ends_with(": then"), "{last}");
    let time = last.split(' ').find(|word| word.contains(':'));
    let time = time.expect("a time").to_owned();
    assert!(time == earliest || time == latest, "{last}");
}
