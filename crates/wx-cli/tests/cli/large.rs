//! Large files, and the memory that they take. It is part of `cargo xtask
//! full`: set `WX_FULL=1` to run it by itself, with `--profile fast`.

use serde_json::json;

use crate::support::{Running, World};

const SIZE: u64 = 200 << 20;
/// Kibibytes.
const MOST: u64 = 40 << 10;

#[tokio::test]
async fn large_files_take_little_memory() {
    if std::env::var_os("WX_FULL").is_none_or(|full| full != "1") {
        tell("skipped: set WX_FULL=1 to move 200 MB up and down");
        return;
    }
    let world = World::logged_in().await;
    let path = world.bytes("large.bin", b"");
    let file = std::fs::File::options().write(true).open(&path);
    file.expect("a file").set_len(SIZE).expect("a sparse file");
    let (ended, peak) = peak(world.wx(&["send", "file", "filehelper", &path, "--json"])).await;
    assert_eq!(ended.code, 0, "{ended:?}");
    let uploads = world.call("uploads", json!({})).await;
    assert_eq!(uploads[0]["size"], SIZE);
    assert_eq!(uploads[0]["md5"], uploads[0]["received_md5"]);
    tell(&format!("200 MiB up: a peak of {peak} KiB"));
    assert!(peak < MOST, "{peak} KiB");

    let push = json!({"kind": "file", "content": {"name": "large.bin", "size": SIZE}});
    let (line, pushed) = world.receive(push).await;
    let folder = world.folder("in");
    let mut command = world.wx(&["download", "--json"]);
    command.current_dir(folder);
    let event = std::fs::File::open(world.file("event", &line));
    command.stdin(event.expect("a file"));
    let (ended, peak) = self::peak(command).await;
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(ended.only()["md5"], pushed["md5"]);
    assert_eq!(ended.only()["bytes"], SIZE);
    tell(&format!("200 MiB down: a peak of {peak} KiB"));
    assert!(peak < MOST, "{peak} KiB");
}

/// Runs a command, and reads the most memory that it had, in kibibytes: the
/// last time that its status could be read counts.
async fn peak(command: tokio::process::Command) -> (crate::support::Ended, u64) {
    let running = Running::start(command);
    let status = format!("/proc/{}/status", running.id());
    let watch = tokio::task::spawn_blocking(move || {
        let mut peak = 0;
        while let Ok(status) = std::fs::read_to_string(&status) {
            // A process that has ended has no memory any more.
            let Some(line) = status.lines().find(|line| line.starts_with("VmHWM:")) else {
                break;
            };
            let number = line
                .split_whitespace()
                .nth(1)
                .and_then(|kib| kib.parse().ok());
            peak = number.unwrap_or(peak);
            std::thread::yield_now();
        }
        peak
    });
    let ended = running.end().await;
    (ended, watch.await.expect("the watcher"))
}

#[expect(
    clippy::print_stderr,
    reason = "what was measured, or not, is for whoever ran it"
)]
fn tell(words: &str) {
    eprintln!("{words}");
}
