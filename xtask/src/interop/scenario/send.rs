//! Messages and files that are sent, and one that is recalled.

use anyhow::Context;
use md5::{Digest, Md5};
use serde_json::{Value, json};

use crate::interop::cell::{Cell, Section, same, text};

/// Some clients look at the first bytes, so they have to fit the name.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const GIF: &[u8] = b"GIF89a";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42";
/// More than one piece of 512 KiB, and less than two.
const LONG: usize = 600 * 1024;

/// A file to send.
struct Sample {
    kind: &'static str,
    name: &'static str,
    /// Its first bytes.
    head: &'static [u8],
    size: usize,
    /// Where the message goes that the file belongs to.
    endpoint: &'static str,
    /// How many uploads the file takes.
    pieces: u64,
}

const SAMPLES: [Sample; 5] = [
    Sample {
        kind: "image",
        name: "picture.png",
        head: PNG,
        size: 20_000,
        endpoint: "webwxsendmsgimg",
        pieces: 1,
    },
    Sample {
        kind: "emoticon",
        name: "wave.gif",
        head: GIF,
        size: 9_000,
        endpoint: "webwxsendemoticon",
        pieces: 1,
    },
    Sample {
        kind: "video",
        name: "clip.mp4",
        head: MP4,
        size: 30_000,
        endpoint: "webwxsendvideomsg",
        pieces: 1,
    },
    Sample {
        kind: "file",
        name: "report.pdf",
        head: b"%PDF-1.4\n",
        size: 12_345,
        endpoint: "webwxsendappmsg",
        pieces: 1,
    },
    Sample {
        kind: "file",
        name: "archive.zip",
        head: b"PK\x03\x04",
        size: LONG,
        endpoint: "webwxsendappmsg",
        pieces: 2,
    },
];

impl Cell<'_> {
    pub(in crate::interop) async fn sending(&mut self) -> anyhow::Result<()> {
        self.section = Section::Sending;
        for (title, to) in [("a friend", "friend:0"), ("a group", "group:0")] {
            self.step(format!("sent: text to {title}"), async |cell| {
                cell.sends_text(to, "您好 & <hello>").await.map(drop)
            })
            .await?;
        }
        for sample in &SAMPLES {
            let title = match sample.pieces {
                1 => format!("sent: {}", sample.kind),
                _ => format!("sent: {} in pieces", sample.kind),
            };
            self.step(title, async |cell| cell.sends_file(sample).await)
                .await?;
        }
        self.step("a sent message recalled", Self::recalls).await
    }

    /// Sends a text, and returns what the client and the simulator say of it.
    async fn sends_text(&mut self, to: &str, words: &str) -> anyhow::Result<(Value, Value)> {
        let to = self.user_name(to).await?;
        let call = json!({"kind": "text", "to": to, "text": words});
        let told = self.driver.call("send", call).await?;
        let arrived = self.arrived(&told, &to).await?;
        same("its text", text(&arrived, "Content"), words)?;
        same("its endpoint", text(&arrived, "endpoint"), "webwxsendmsg")?;
        Ok((told, arrived))
    }

    /// The message that the simulator accepted under the id that the client was given.
    async fn arrived(&mut self, told: &Value, to: &str) -> anyhow::Result<Value> {
        let sent = self.service.call("sent", &json!({})).await?;
        let sent = sent.as_array().cloned().unwrap_or_default();
        let id = text(told, "id");
        let mut sent = sent.into_iter();
        let arrived = sent
            .find(|message| text(message, "MsgId") == id)
            .with_context(|| format!("the simulator accepted no message {id:?}"))?;
        same("its receiver", text(&arrived, "ToUserName"), to)?;
        Ok(arrived)
    }

    async fn sends_file(&mut self, sample: &Sample) -> anyhow::Result<()> {
        let bytes = sample.bytes();
        let path = self.file(sample.name, &bytes)?;
        let to = self.user_name("friend:0").await?;
        let call = json!({"kind": sample.kind, "to": to, "path": path});
        let told = self.driver.call("send", call).await?;
        let arrived = self.arrived(&told, &to).await?;
        same("its endpoint", text(&arrived, "endpoint"), sample.endpoint)?;
        let uploads = self.service.call("uploads", &json!({})).await?;
        let uploads = uploads.as_array().cloned().unwrap_or_default();
        let upload = uploads.iter().find(|upload| {
            let id = text(upload, "media_id");
            text(&arrived, "MediaId") == id || text(&arrived, "Content").contains(id)
        });
        let upload = upload.context("the simulator has no upload that belongs to it")?;
        same("its name", text(upload, "name"), sample.name)?;
        same("its size", upload.get("size"), Some(&bytes.len().into()))?;
        same(
            "its pieces",
            upload.get("pieces"),
            Some(&sample.pieces.into()),
        )?;
        same("its MD5", text(upload, "received_md5"), &md5(&bytes))?;
        Ok(())
    }

    async fn recalls(&mut self) -> anyhow::Result<()> {
        let (told, arrived) = self.sends_text("friend:0", "not meant for you").await?;
        let call = json!({
            "id": text(&told, "id"),
            "to": text(&arrived, "ToUserName"),
            "local_id": text(&told, "local_id"),
        });
        self.driver.call("recall", call).await?;
        let ops = self.service.call("ops", &json!({})).await?;
        let is_recalled = ops.as_array().into_iter().flatten().any(|op| {
            text(op, "endpoint") == "webwxrevokemsg"
                && op.pointer("/body/SvrMsgId").and_then(Value::as_str) == Some(text(&told, "id"))
        });
        is_recalled
            .then_some(())
            .context("the simulator recorded no recall of it")
    }
}

impl Sample {
    /// `size` bytes, the rest of which looks like no known format.
    fn bytes(&self) -> Vec<u8> {
        let rest = (0_usize..).map(|at| {
            let [low, high, ..] = at.wrapping_mul(31).to_le_bytes();
            low ^ high
        });
        let head = self.head.iter().copied();
        head.chain(rest).take(self.size).collect()
    }
}

fn md5(bytes: &[u8]) -> String {
    let digest = Md5::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
