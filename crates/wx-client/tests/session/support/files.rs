//! Media that go to and fro.

use std::fs;
use std::path::{Path, PathBuf};

use md5::{Digest, Md5};
use serde_json::{Value, json};
use wx_client::{Media, MediaRef};

use super::{Running, Sim, soon};

/// So many bytes, none of which is like its neighbours.
pub(crate) fn bytes_of(length: usize) -> Vec<u8> {
    let mixed = |at: usize| at.wrapping_mul(0x9e37_79b9).rotate_right(11).to_le_bytes()[0];
    (0..length).map(mixed).collect()
}

/// Bytes under a name.
pub(crate) fn media(name: &str, content: &[u8]) -> Media {
    Media::bytes(name, content.to_vec()).expect("it is not empty")
}

/// In small hex digits.
pub(crate) fn md5_of(path: &Path) -> String {
    let digest = Md5::digest(fs::read(path).expect("a file"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What lies in a folder beside what people see.
pub(crate) fn hidden(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let is_hidden = |path: &PathBuf| {
        let name = path.file_name().expect("a name").to_string_lossy();
        name.starts_with('.')
    };
    paths.filter(is_hidden).collect()
}

impl Sim {
    /// What became of the uploads: how many pieces were taken of each, and
    /// whether what arrived is what there was.
    pub(crate) fn uploaded(&self, content: &[u8]) -> Vec<(u64, bool)> {
        self.server.with(|service, _| {
            let uploads = service.uploads().iter();
            uploads
                .map(|upload| (upload.pieces, upload.bytes == content))
                .collect()
        })
    }

    /// To where the service took messages, in order.
    pub(crate) fn endpoints(&self) -> Vec<String> {
        self.server.with(|service, _| {
            let sent = service.sent().iter();
            sent.map(|sent| sent.endpoint.clone()).collect()
        })
    }
}

impl Running {
    /// The medium of a message that the service makes now, and its MD5.
    pub(crate) async fn medium(
        &mut self,
        sim: &Sim,
        kind: &str,
        content: Value,
    ) -> (MediaRef, String) {
        let body = json!({"kind": kind, "from": "friend:0", "content": content});
        let pushed = sim.call("push", body).await;
        let (message, delivery) = self.message().await;
        delivery.ack();
        let md5 = pushed["md5"].as_str().expect("a digest").to_owned();
        (message.media().expect("a medium"), md5)
    }

    /// A file with this content.
    pub(crate) async fn file(&mut self, sim: &Sim, name: &str, size: usize) -> (MediaRef, String) {
        let content = json!({"name": name, "size": size});
        self.medium(sim, "file", content).await
    }

    /// Begins a download into a folder and gives it up when some of it is
    /// there. Gives the file that it leaves.
    pub(crate) async fn broken_off(&self, sim: &Sim, media: MediaRef, folder: &Path) -> PathBuf {
        let hang = json!({"path": "webwxgetmedia", "kind": "hang", "after_bytes": 20_000});
        sim.call("fault", hang).await;
        let transfer = self.client.download(media).into_dir(folder);
        let (canceller, mut progress) = (transfer.canceller(), transfer.progress());
        let transfer = tokio::spawn(transfer);
        let there = progress.wait_for(|there| there.done == 20_000);
        soon("some bytes", there).await.expect("it is under way");
        canceller.cancel();
        let ended = soon("the end", transfer).await.expect("no panic");
        ended.expect_err("it was given up");
        let [part] = hidden(folder).try_into().expect("one part");
        part
    }
}
