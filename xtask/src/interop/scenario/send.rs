//! Messages and files out, and one taken back.

use anyhow::Context;
use md5::{Digest, Md5};
use serde_json::{Value, json};

use crate::interop::cell::{Cell, same, text};

/// Files begin as what their names say they are.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const GIF: &[u8] = b"GIF89a";
const MP4: &[u8] = b"\0\0\0\x18ftypmp42";
/// Longer than one piece of 512 KiB, shorter than two.
const LONG: usize = 600 * 1024;

/// A file to be sent: what as, its name, how it begins, how long it is, by
/// which endpoint the message goes, and in how many pieces the file.
struct Sample {
    kind: &'static str,
    name: &'static str,
    head: &'static [u8],
    size: usize,
    endpoint: &'static str,
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
        for (title, to) in [("a friend", "friend:0"), ("a group", "group:0")] {
            self.step(format!("sent: text to {title}"));
            let went = self.sends_text(to, "您好 & <hello>").await;
            self.note(went.map(|_| String::new()))?;
        }
        for sample in &SAMPLES {
            let title = match sample.pieces {
                1 => format!("sent: {}", sample.kind),
                _ => format!("sent: {} in pieces", sample.kind),
            };
            self.step(title);
            let went = self.sends_file(sample).await;
            self.note(went)?;
        }
        self.step("a sent message taken back");
        let went = self.takes_back().await;
        self.note(went)
    }

    /// Sends a text; what the client and the simulator say of it.
    async fn sends_text(&mut self, to: &str, words: &str) -> anyhow::Result<(Value, Value)> {
        let to = self.user_name(to).await?;
        let call = json!({"kind": "text", "to": to, "text": words});
        let told = self.driver.call("send", call).await?;
        let arrived = self.arrived(&told, &to).await?;
        same("its text", text(&arrived, "Content"), words)?;
        same("its endpoint", text(&arrived, "endpoint"), "webwxsendmsg")?;
        Ok((told, arrived))
    }

    /// What the simulator took, by the number that the client was given.
    async fn arrived(&mut self, told: &Value, to: &str) -> anyhow::Result<Value> {
        let sent = self.service.call("sent", &json!({})).await?;
        let sent = sent.as_array().cloned().unwrap_or_default();
        let id = text(told, "id");
        let mut sent = sent.into_iter();
        let arrived = sent
            .find(|message| text(message, "MsgId") == id)
            .with_context(|| format!("the simulator took no message {id:?}"))?;
        same("its receiver", text(&arrived, "ToUserName"), to)?;
        Ok(arrived)
    }

    async fn sends_file(&mut self, sample: &Sample) -> anyhow::Result<String> {
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
        let upload = upload.context("no upload goes with it")?;
        same("its name", text(upload, "name"), sample.name)?;
        same("its size", upload.get("size"), Some(&bytes.len().into()))?;
        same(
            "its pieces",
            upload.get("pieces"),
            Some(&sample.pieces.into()),
        )?;
        same("its MD5", text(upload, "received_md5"), &md5(&bytes))?;
        Ok(String::new())
    }

    async fn takes_back(&mut self) -> anyhow::Result<String> {
        let (told, arrived) = self.sends_text("friend:0", "not meant for you").await?;
        let call = json!({
            "id": text(&told, "id"),
            "to": text(&arrived, "ToUserName"),
            "local_id": text(&told, "local_id"),
        });
        self.driver.call("recall", call).await?;
        let ops = self.service.call("ops", &json!({})).await?;
        let taken = ops.as_array().into_iter().flatten().any(|op| {
            text(op, "endpoint") == "webwxrevokemsg"
                && op.pointer("/body/SvrMsgId").and_then(Value::as_str) == Some(text(&told, "id"))
        });
        taken
            .then_some(String::new())
            .context("the simulator has not taken it back")
    }
}

impl Sample {
    /// So many bytes, which nothing else has.
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
