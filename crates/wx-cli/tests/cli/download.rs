//! `wx download`, `wx avatar` and `listen --save-media`: bytes, names, and what
//! is left when it fails.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Running, World, run, soon};

/// Files in a folder, by name.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = (std::fs::read_dir(folder).expect("a folder"))
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn each_kind_is_fetched_with_its_own_bytes() {
    let world = World::logged_in().await;
    let folder = world.folder("in");
    let cases = [
        ("image", ".jpg", "/webwxgetmsgimg"),
        ("voice", ".mp3", "/webwxgetvoice"),
        ("video", ".mp4", "/webwxgetvideo"),
        ("emoticon", ".gif", "/webwxgetmsgimg"),
        ("file", "", "/webwxgetmedia"),
    ];
    let pushes = cases.map(|(kind, ..)| json!({"kind": kind}));
    let received = world.receive_all(pushes).await;
    for ((kind, ending, endpoint), (line, pushed)) in cases.into_iter().zip(received) {
        let mut command = world.wx(&["download", "--json"]);
        command.current_dir(&folder);
        let done = crate::support::run_with(command, &line).await;
        assert_eq!(
            (done.code, done.stderr.as_str()),
            (0, ""),
            "{kind}: {done:?}"
        );
        let done = done.only();
        assert_eq!(done["md5"], pushed["md5"], "{kind}");
        let name = done["path"].as_str().expect("a path");
        assert!(name.ends_with(ending), "{name}");
        let path = folder.join(name);
        let bytes = std::fs::metadata(&path).expect("a file").len();
        assert_eq!(done["bytes"], bytes);
        assert!(bytes > 0);
        // To stdout, for a pipe.
        let piped = ["download", "-o", "-", "--json"];
        let mut command = world.wx(&piped);
        let copy = world.home().join("copy");
        command.stdout(std::fs::File::create(&copy).expect("a file"));
        command.stdin(std::fs::File::open(world.file("event", &line)).expect("a file"));
        let child = command.spawn().expect("the binary");
        let output = soon("the end", child.wait_with_output())
            .await
            .expect("an end");
        let told: Value = serde_json::from_slice(&output.stderr).expect("JSON");
        assert_eq!((&told["path"], &told["md5"]), (&json!("-"), &pushed["md5"]));
        let (copy, file) = (std::fs::read(copy), std::fs::read(path));
        assert_eq!(copy.expect("a file"), file.expect("a file"), "{kind}");
        let request = world.last(endpoint).await;
        assert_eq!(request["method"], "GET");
        assert_eq!(
            request["headers"]["referer"], "https://wx2.qq.com/",
            "{kind}"
        );
        let is_file = kind == "file";
        assert_eq!(request["host"] == "file.wx2.qq.com", is_file, "{kind}");
        if matches!(kind, "video" | "voice") {
            assert_eq!(request["headers"]["range"], "bytes=0-");
        }
    }
}

#[tokio::test]
async fn names_of_others_stay_in_their_folder() {
    let world = World::logged_in().await;
    let outside = world.folder("outside");
    let folder = outside.join("in");
    std::fs::create_dir(&folder).expect("a folder");
    let cases = [
        ("../../evil.txt", "evil.txt"),
        ("/etc/passwd", "passwd"),
        ("..\\..\\x.exe", "x.exe"),
        ("a\u{0}b.txt", "ab.txt"),
        ("exe.\u{202e}fdp", "exe.fdp"),
        ("..", "file"),
        ("报告🌏.pdf", "报告🌏.pdf"),
    ];
    let file = |name: &str| json!({"kind": "file", "content": {"name": name, "size": 5}});
    let received = world.receive_all(cases.map(|(name, _)| file(name))).await;
    for ((name, expected), (line, pushed)) in cases.into_iter().zip(received) {
        let dir = folder.to_str().expect("a path");
        let done = world.pipe(&line, &["download", "-o", dir, "--json"]).await;
        assert_eq!(done.code, 0, "{name:?}: {done:?}");
        let path = folder.join(expected);
        assert_eq!(done.only()["path"], path.display().to_string());
        assert_eq!(done.only()["md5"], pushed["md5"]);
        assert_eq!(names(&outside), ["in"], "{name:?}");
        assert_eq!(names(&folder), [expected], "{name:?}");
        std::fs::remove_file(path).expect("a file");
    }
}

#[tokio::test]
async fn nothing_is_replaced_unless_asked_for() {
    let world = World::logged_in().await;
    let push = json!({"kind": "file", "content": {"name": "a.txt", "size": 5}});
    let (line, pushed) = world.receive(push).await;
    let folder = world.folder("in");
    let path = folder.join("a.txt");
    let to = path.to_str().expect("a path");
    std::fs::write(&path, "mine").expect("a file");
    let told = world.pipe(&line, &["download", "-o", to]).await;
    let json = world.pipe(&line, &["download", "-o", to, "--json"]).await;
    told.failed(&json, 1, "file", to);
    assert!(told.complaint().1.contains("--force"), "{told:?}");
    assert_eq!(std::fs::read(&path).expect("a file"), b"mine");
    let forced = world
        .pipe(&line, &["download", "-o", to, "--force", "--json"])
        .await;
    assert_eq!(forced.only()["md5"], pushed["md5"], "{forced:?}");
    assert_eq!(std::fs::metadata(&path).expect("a file").len(), 5);
    // In a folder another name is found.
    let dir = folder.to_str().expect("a path");
    let done = world.pipe(&line, &["download", "-o", dir]).await;
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(names(&folder).len(), 2);
    let nowhere = folder.join("none").join("a.txt");
    let nowhere = nowhere.to_str().expect("a path");
    let told = world.pipe(&line, &["download", "-o", nowhere]).await;
    let json = world
        .pipe(&line, &["download", "-o", nowhere, "--json"])
        .await;
    told.failed(&json, 1, "file", "none");
}

#[tokio::test]
async fn what_has_no_medium_is_told_of() {
    let world = World::logged_in().await;
    let text = json!({"kind": "text", "content": "x"});
    let store = json!({"kind": "emoticon", "content": {"store": true}});
    let received = world.receive_all([text, store]).await;
    let [(text, _), (store, _)] = &received[..] else {
        panic!("{received:?}");
    };
    for (input, word) in [
        (text.as_str(), "no picture"),
        (store, "store"),
        ("[]", "stdin"),
    ] {
        let told = world.pipe(input, &["download"]).await;
        let json = world.pipe(input, &["download", "--json"]).await;
        told.failed(&json, 2, "usage", word);
    }
}

#[tokio::test]
async fn what_was_interrupted_is_gone_on_with() {
    let world = World::logged_in().await;
    let push = json!({"kind": "file", "content": {"name": "a.bin", "size": 3_000_000}});
    let (line, pushed) = world.receive(push).await;
    let folder = world.folder("in");
    let path = folder.join("a.bin");
    let to = path.to_str().expect("a path");
    let stuck = json!({"path": "webwxgetmedia", "kind": "hang", "after_bytes": 1_000_000});
    world.call("fault", stuck).await;
    let event = world.file("event", &line);
    let mut command = world.wx(&["download", "-o", to]);
    command.stdin(std::fs::File::open(event).expect("a file"));
    let download = Running::start(command);
    let part = async {
        while !names(&folder).iter().any(|name| {
            let size = std::fs::metadata(folder.join(name)).map_or(0, |file| file.len());
            name.ends_with(".part") && size == 1_000_000
        }) {
            tokio::task::yield_now().await;
        }
    };
    soon("a part", part).await;
    download.signal("INT").await;
    let interrupted = download.end().await;
    assert_eq!(
        (interrupted.code, interrupted.stdout.as_str()),
        (130, ""),
        "{interrupted:?}"
    );
    assert!(
        interrupted.stderr.contains("goes on with what has come"),
        "{interrupted:?}"
    );
    assert!(!path.exists());

    let done = world.pipe(&line, &["download", "-o", to, "--json"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(
        (&done.only()["md5"], &done.only()["bytes"]),
        (&pushed["md5"], &json!(3_000_000))
    );
    let request = world.last("/webwxgetmedia").await;
    assert_eq!(request["headers"]["range"], "bytes=1000000-");
    assert_eq!(names(&folder), ["a.bin"]);
}

#[tokio::test]
async fn pictures_of_people_and_groups_are_fetched() {
    let world = World::logged_in().await;
    let folder = world.folder("in");
    let group = world.contact("group:0").await;
    let group_id = group["user_name"].as_str().expect("a name");
    let friend = world.user_name("friend:1").await;
    let member = group["members"][1].as_str().expect("a name");
    let dir = folder.to_str().expect("a path");
    for (arguments, endpoint) in [
        (&["avatar", &friend][..], "/webwxgeticon"),
        (&["avatar", "me"], "/webwxgeticon"),
        (&["avatar", group_id], "/webwxgetheadimg"),
        (&["avatar", member, "--group", group_id], "/webwxgeticon"),
    ] {
        let to = ["-o", dir, "--json"];
        let arguments: Vec<&str> = arguments.iter().chain(&to).copied().collect();
        let done = world.run(&arguments).await;
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{done:?}");
        let path = done.only()["path"].clone();
        let bytes = std::fs::metadata(path.as_str().expect("a path"))
            .expect("a file")
            .len();
        assert_eq!(done.only()["bytes"], bytes);
        let query = world.last(endpoint).await["query"].clone();
        let query = query.as_str().expect("a query");
        assert_eq!(
            query.contains("chatroomid=%40"),
            arguments.contains(&"--group"),
            "{query}"
        );
    }
    let told = world.run(&["avatar", "no such one", "-o", dir]).await;
    let json = world
        .run(&["avatar", "no such one", "-o", dir, "--json"])
        .await;
    told.failed(&json, 2, "no_such_contact", "no such one");
    let told = world.run(&["avatar", "me", "--group", &friend]).await;
    let json = world
        .run(&["avatar", "me", "--group", &friend, "--json"])
        .await;
    told.failed(&json, 2, "usage", "no group");
}

#[tokio::test]
async fn listen_saves_media_before_it_tells_of_them() {
    let world = World::logged_in().await;
    let folder = world.home().join("media");
    let dir = folder.to_str().expect("a path");
    let image = world.call("push", json!({"kind": "image"})).await;
    let text = json!({"kind": "text", "content": "no medium"});
    world.call("push", text).await;
    let store = json!({"kind": "emoticon", "content": {"store": true}});
    world.call("push", store).await;
    // The handler sees the path, and the file is there by then.
    let script =
        r#"grep -o '"saved":"[^"]*"' | cut -d'"' -f4 | while read -r f; do md5sum < "$f"; done"#;
    let listen = [
        "listen",
        "--json",
        "--save-media",
        dir,
        "--max",
        "3",
        "--exec",
        script,
    ];
    let listen = run(world.wx(&listen)).await;
    assert_eq!(listen.code, 0, "{listen:?}");
    let messages = listen.events("message");
    let saved = messages[0]["saved"].as_str().expect("a path");
    assert_eq!(Path::new(saved).parent(), Some(folder.as_path()));
    assert!(Path::new(saved).exists());
    assert_eq!(
        listen.stderr.split_whitespace().next(),
        image["md5"].as_str()
    );
    for key in ["saved", "save_error"] {
        assert!(messages[1][key].is_null(), "{messages:?}");
    }
    let why = messages[2]["save_error"].as_str().expect("a text");
    assert!(
        why.contains("store") && messages[2]["saved"].is_null(),
        "{why}"
    );
    let file = world.file("file", "");
    let wrong = ["listen", "--save-media", &file, "--max", "0"];
    let wrong = world.run(&wrong).await;
    assert_eq!(wrong.code, 2, "{wrong:?}");
    assert!(wrong.complaint().0.contains("--save-media"), "{wrong:?}");
}
