//! Where downloads go: never in the way of what is there.

use std::fs;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use serde_json::json;
use tokio::io::AsyncWrite;
use wx_client::{ErrorKind, MediaRef, MemoryStore};

use crate::support::{Sim, hidden, md5_of, soon};

/// A place without room.
struct Full;

impl AsyncWrite for Full {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(io::ErrorKind::StorageFull.into()))
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A writer that passes on what it holds when it is flushed, and not before.
#[derive(Clone, Default)]
struct Lazy {
    held: Vec<u8>,
    passed_on: Arc<Mutex<Vec<u8>>>,
}

impl AsyncWrite for Lazy {
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.held.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }
    fn poll_flush(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let held = std::mem::take(&mut self.held);
        self.passed_on.lock().unwrap().extend(held);
        Poll::Ready(Ok(()))
    }
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_writer_has_passed_everything_on_in_the_end() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let (media, _) = running.file(&sim, "a.bin", 50_000).await;
    let writer = Lazy::default();
    let passed_on = Arc::clone(&writer.passed_on);
    let transfer = running.client.download(media).to_writer(writer);
    assert_eq!(transfer.await.unwrap().bytes, 50_000);
    assert_eq!(passed_on.lock().unwrap().len(), 50_000);
    running.stop().await;
}

#[tokio::test]
async fn no_file_is_overwritten_unasked() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.txt");
    let (media, md5) = running.file(&sim, "theirs.txt", 50_000).await;
    fs::write(&path, "mine").unwrap();
    let download = || running.client.download(media.clone());
    let error = download().to_path(&path).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
    assert!(error.to_string().contains("exists already"), "{error}");
    assert_eq!(sim.asked("webwxgetmedia"), 0);

    // Nor one that comes to be there meanwhile.
    fs::remove_file(&path).unwrap();
    let slow = json!({"path": "webwxgetmedia", "kind": "hang", "after_bytes": 20_000});
    sim.call("fault", slow).await;
    let transfer = download().to_path(&path);
    let mut progress = transfer.progress();
    let canceller = transfer.canceller();
    let transfer = tokio::spawn(transfer);
    soon(
        "some bytes",
        progress.wait_for(|there| there.done == 20_000),
    )
    .await
    .unwrap();
    // Nobody else has it meanwhile.
    let other = download().to_path(&path).await.unwrap_err();
    assert_eq!(other.kind(), ErrorKind::File);
    assert!(other.to_string().contains("another download"), "{other}");
    canceller.cancel();
    soon("the end", transfer).await.unwrap().unwrap_err();
    let transfer = download().to_path(&path);
    let mut progress = transfer.progress();
    let mine = async {
        progress.changed().await.unwrap();
        fs::write(&path, "mine").unwrap();
    };
    let (downloaded, ()) = tokio::join!(transfer, mine);
    let error = downloaded.unwrap_err();
    assert!(error.to_string().contains("exists already"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), b"mine");

    let replaced = download().overwrite(true).to_path(&path).await.unwrap();
    assert_eq!(replaced.md5, md5);
    assert_eq!(md5_of(&path), md5);
    running.stop().await;
}

#[tokio::test]
async fn a_name_that_is_taken_gets_a_number() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let (media, md5) = running.file(&sim, "../.notes.txt", 1000).await;
    let mut names = Vec::new();
    for _ in 0..3 {
        let download = running.client.download(media.clone());
        let downloaded = download.into_dir(folder.path()).await.unwrap();
        let path = downloaded.path;
        assert_eq!(path.parent(), Some(folder.path()));
        assert_eq!(md5_of(&path), md5);
        names.push(path.file_name().unwrap().to_str().unwrap().to_owned());
    }
    assert_eq!(names, ["notes.txt", "notes (2).txt", "notes (3).txt"]);
    running.stop().await;
}

#[tokio::test]
async fn trouble_on_this_machine_is_not_tried_again() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let (media, _) = running.file(&sim, "x.bin", 1000).await;
    let download = || running.client.download(media.clone());
    let error = soon("the end", download().to_writer(Full))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
    assert!(error.to_string().contains("make room"), "{error}");
    assert_eq!(sim.asked("webwxgetmedia"), 1);
    let folder = tempfile::tempdir().unwrap();
    #[cfg(unix)]
    {
        let device = download().overwrite(true).to_path("/dev/null").await;
        assert_eq!(device.unwrap_err().kind(), ErrorKind::File);
    }
    let missing = folder.path().join("missing");
    let error = download().into_dir(&missing).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
    assert!(
        error.to_string().contains(missing.to_str().unwrap()),
        "{error}"
    );
    assert_eq!(sim.asked("webwxgetmedia"), 1);
    running.stop().await;
}

#[tokio::test]
async fn what_the_server_does_not_have_leaves_nothing_behind() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let media = json!({"media": "image", "msg_id": "1"});
    let media: MediaRef = serde_json::from_value(media).unwrap();
    let transfer = running.client.download(media).into_dir(folder.path());
    let error = soon("the end", transfer).await.unwrap_err();
    assert!(error.to_string().contains("does not have"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    running.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_in_the_place_of_a_part_is_not_followed() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let (media, _) = running.file(&sim, "x.bin", 50_000).await;
    let part = running.broken_off(&sim, media.clone(), folder.path()).await;
    let victim = folder.path().join("victim");
    fs::write(&victim, "mine").unwrap();
    fs::remove_file(&part).unwrap();
    std::os::unix::fs::symlink(&victim, &part).unwrap();
    let asked = sim.asked("webwxgetmedia");
    let download = running.client.download(media).into_dir(folder.path());
    let error = soon("the end", download).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File, "{error}");
    assert_eq!(fs::read(&victim).unwrap(), b"mine");
    assert_eq!(sim.asked("webwxgetmedia"), asked);
    running.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_in_the_place_of_the_target_is_not_followed() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let (victim, nowhere) = (folder.path().join("victim"), folder.path().join("nowhere"));
    fs::write(&victim, "mine").unwrap();
    let (media, md5) = running.file(&sim, "x.bin", 1000).await;
    for (name, leads_to) in [("there", &victim), ("dangling", &nowhere)] {
        let chosen = folder.path().join(name);
        fs::create_dir(&chosen).unwrap();
        let link = chosen.join("x.bin");
        std::os::unix::fs::symlink(leads_to, &link).unwrap();
        let download = || running.client.download(media.clone());
        // A name that is taken, to where it leads or to nothing.
        let beside = soon("a file", download().into_dir(&chosen)).await.unwrap();
        assert_eq!(beside.path, chosen.join("x (2).bin"));
        let error = soon("the end", download().to_path(&link))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("exists already"), "{error}");
        // What is overwritten is the link.
        let instead = download().overwrite(true).to_path(&link);
        assert_eq!(soon("a file", instead).await.unwrap().md5, md5);
        assert!(fs::symlink_metadata(&link).unwrap().is_file());
    }
    assert_eq!(fs::read(&victim).unwrap(), b"mine");
    assert!(!nowhere.exists());
    running.stop().await;
}

#[tokio::test]
async fn a_part_is_gone_on_with_by_its_own_medium_alone() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.bin");
    let (first, _) = running.file(&sim, "x.bin", 50_000).await;
    let part = running.broken_off(&sim, first, folder.path()).await;
    let (second, md5) = running.file(&sim, "x.bin", 60_000).await;
    let download = running.client.download(second).to_path(&path);
    assert_eq!(soon("the end", download).await.unwrap().md5, md5);
    assert_eq!(md5_of(&path), md5);
    assert_eq!(hidden(folder.path()), [part]);
    running.stop().await;
}

#[tokio::test]
async fn parts_of_an_ended_login_go_with_the_next_downloads() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let mut running = sim.online(&store).await;
    let folder = tempfile::tempdir().unwrap();
    let (media, _) = running.file(&sim, "x.bin", 50_000).await;
    let part = running.broken_off(&sim, media.clone(), folder.path()).await;
    fs::write(folder.path().join(".mine.part"), "of somebody else").unwrap();
    running.stop().await;

    // The same login: it can be gone on with, and another one leaves it alone.
    let mut running = sim.resumed(&store).await;
    let (other, _) = running.file(&sim, "y.bin", 7).await;
    let download = running.client.download(other).into_dir(folder.path());
    soon("a file", download).await.unwrap();
    assert!(part.exists());
    running.client.logout().await.unwrap();
    running.texts_to_the_end().await;

    let mut running = sim.online(&store).await;
    let (other, _) = running.file(&sim, "z.bin", 7).await;
    let download = running.client.download(other).into_dir(folder.path());
    soon("a file", download).await.unwrap();
    assert_eq!(hidden(folder.path()), [folder.path().join(".mine.part")]);
    running.stop().await;
}
