//! How much memory a medium of 64 MB takes on its way in and out: a few
//! pieces of it, whatever its length.
//!
//! The service keeps files whole, so it is a process of its own: this one,
//! started again with [`SERVICE`] set. It answers a line of JSON for each that
//! it is given, `[call, body]`, and ends with its input.

use std::env;
use std::error::Error;
use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use peak_alloc::PeakAlloc;
use serde_json::{Value, json};
use wx_client::transport::Config as Transport;
use wx_client::{Client, EventKind, Events, Media, MediaRef, MemoryStore};
use wx_sim::{AccountSpec, Config, Options, Server};

/// Set for the service's process.
const SERVICE: &str = "WX_MEMORY_TEST_SERVICE";

/// Of the medium.
const SIZE: u64 = 64 * 1000 * 1000;
/// The most that may be held beyond what is held at rest.
const AT_MOST: usize = 2 * 1024 * 1024;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Result<()> {
    if env::var_os(SERVICE).is_some() {
        return serve().await;
    }
    let mut service = Service::start()?;
    let (client, mut events) = service.client().await?;
    let (media, md5) = service.file(&mut events).await?;

    let folder = tempfile::tempdir()?;
    let held = Held::now();
    let downloaded = client.download(media).into_dir(folder.path()).await?;
    held.is_little("a download")?;
    ensure(
        downloaded.bytes == SIZE && downloaded.md5 == md5,
        "it is another file",
    )?;

    let path = downloaded.path;
    // As it is, the service would not want it: it has it.
    let mut file = OpenOptions::new().append(true).open(&path)?;
    file.write_all(b"!")?;
    let held = Held::now();
    let media = Media::path(&path).await?;
    client.send_file("filehelper", media).await?;
    held.is_little("an upload")?;
    let uploads = service.call("uploads", json!({}))?;
    let fact = |name: &str| uploads.pointer(name).ok_or("no upload");
    let same = fact("/0/received_md5")? == fact("/0/md5")?;
    ensure(
        same && *fact("/0/pieces")? == 123,
        "another file was uploaded",
    )?;
    client.shutdown().await?;
    Ok(())
}

fn ensure(holds: bool, otherwise: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(otherwise.into()) }
}

/// What was held at a moment, from which on the most is looked for.
struct Held(usize);

impl Held {
    fn now() -> Self {
        MEMORY.reset_peak_usage();
        Self(MEMORY.current_usage())
    }

    fn is_little(&self, what: &str) -> Result<()> {
        let more = MEMORY.peak_usage().saturating_sub(self.0);
        let words = format!("{what} of {SIZE} bytes held {more} bytes, {AT_MOST} at the most");
        ensure(more <= AT_MOST, &words)
    }
}

/// The process that serves.
struct Service {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Service {
    fn start() -> Result<Self> {
        let mut process = Command::new(env::current_exe()?)
            .env(SERVICE, "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = process.stdin.take().ok_or("no stdin")?;
        let output = BufReader::new(process.stdout.take().ok_or("no stdout")?);
        Ok(Self {
            process,
            input,
            output,
        })
    }

    fn call(&mut self, call: &str, body: Value) -> Result<Value> {
        writeln!(self.input, "{}", json!([call, body]))?;
        let mut answer = String::new();
        self.output.read_line(&mut answer)?;
        Ok(serde_json::from_str(&answer)?)
    }

    /// A client that is there and polls.
    async fn client(&mut self) -> Result<(Client, Events)> {
        let place = self.call("place", Value::Null)?;
        let text = |name: &str| place.get(name).and_then(Value::as_str).ok_or("no text");
        let mut transport = Transport::default();
        transport.connect_to = Some(text("address")?.parse()?);
        transport.add_roots_pem(text("ca")?.as_bytes())?;
        let builder = Client::builder().store(MemoryStore::new());
        let (client, events) = builder.transport(transport).spawn().await?;
        client.online().await?;
        self.call("wait_session", json!({}))?;
        Ok((client, events))
    }

    /// The file that a friend sends, and its MD5.
    async fn file(&mut self, events: &mut Events) -> Result<(MediaRef, Value)> {
        let content = json!({"name": "large.bin", "size": SIZE});
        let body = json!({"kind": "file", "from": "friend:0", "content": content});
        let pushed = self.call("push", body)?;
        while let Some(event) = events.next().await {
            if let EventKind::Message(message) = event.kind() {
                let md5 = pushed.get("md5").ok_or("no MD5")?;
                return Ok((message.media()?, md5.clone()));
            }
        }
        Err("the session ended".into())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It has nothing to finish.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn serve() -> Result<()> {
    let mut options = Options::default();
    options.accounts = vec![AccountSpec::new(3, 1, 3, 1)];
    options.config = Config::instant_login();
    let server = Server::start(options).await?;
    for line in io::stdin().lines() {
        let (call, body): (String, Value) = serde_json::from_str(&line?)?;
        let answer = match call.as_str() {
            "place" => json!({"address": server.address().to_string(), "ca": server.ca_pem()}),
            call => server.control(call, &body).await?,
        };
        writeln!(io::stdout(), "{answer}")?;
    }
    Ok(())
}
