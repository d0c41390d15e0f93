//! Nothing that is printed or logged shows what opens the account.

use std::net::SocketAddr;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use wx_client::message::Body;
use wx_client::saved::{Record, Saved};
use wx_client::transport::{Config as Transport, Http, Jar};
use wx_client::{Client, EventKind, MemoryStore, SessionStore};

use crate::support::{Running, Sim, media, soon};

mod search;

use search::{Log, Secrets, Told};

/// Set in a child process: logging is a whole process's.
const CHILD: &str = "WX_CLIENT_TEST_CHILD";
const PASSWORD: &str = "correct-horse-battery-staple";

#[tokio::test]
async fn nothing_printed_or_logged_shows_a_secret() {
    if std::env::var_os(CHILD).is_some() {
        return child().await;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "secrets::nothing_printed_or_logged_shows_a_secret",
        ])
        .env(CHILD, "1");
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = soon("the child", output).await.unwrap().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{shown}");
    assert!(shown.contains("1 passed"), "{shown}");
}

async fn child() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    // rustls has no other way to say something.
    log::set_boxed_logger(Box::new(log.clone())).unwrap();
    log::set_max_level(log::LevelFilter::Trace);

    let sim = Sim::start().await;
    let mut transport = Transport::default();
    transport.connect_to = Some(sim.server.address().to_string().parse().unwrap());
    let root = transport.add_roots_pem(sim.server.ca_pem().as_bytes());
    root.unwrap();
    let proxy = proxy(sim.server.address()).await;
    transport.proxy = format!("http://owner:{PASSWORD}@{proxy}").parse().unwrap();
    let mut told = Told::default();
    told.tell(&transport);
    let http = Http::new(transport).unwrap();
    told.tell(&http);
    let sim = Sim { http, ..sim };
    let mut store = MemoryStore::new();

    let mut running = Running::start(sim.client().store(store.clone())).await;
    running.log_in(&sim).await;
    soon("polling", sim.call("wait_session", json!({}))).await;
    live(&sim, &mut running, &mut told).await;
    running.stop().await;
    let loaded = store.load().await.unwrap();
    told.tell(&loaded);
    told.tell(&store);
    told.tell(&sim.client().store(store.clone()));
    let mut saved = Saved::new();
    for record in &loaded.records {
        let record: Record = serde_json::from_slice(record).unwrap();
        told.tell(&record);
        saved.apply(record);
    }
    told.tell(&saved);
    let jar = saved.jar.as_ref().unwrap().expose();
    told.tell(&Jar::restore(jar.as_bytes()).unwrap());

    // The network breaks, and the session ends, in one that goes on.
    let mut running = sim.resumed(&store).await;
    let broken = json!({"path": "synccheck", "kind": "reset"});
    sim.call("fault", broken).await;
    sim.push("over a gap").await;
    let is_it = |event: &EventKind| matches!(event, EventKind::Message(message) if message.text() == Some("over a gap"));
    running.find(|event| is_it(event).then_some(())).await;
    running.client.logout().await.unwrap();
    while let Some(delivery) = soon("the end", running.events.next()).await {
        told.tell(&delivery);
    }
    told.error(&running.client.online().await.unwrap_err());

    let mut secrets = Secrets::of(&sim);
    let written = log.text();
    for said in ["TLS", "hyper_util", "wx_transport", "wx_proto"] {
        assert!(written.contains(said), "{said} has said nothing");
    }
    secrets.assert_found();
    assert_eq!(secrets.shown_in(&written), None);
    // The client draws it, and shows it among what is saved.
    secrets.0.remove("DeviceID");
    assert_eq!(secrets.shown_in(&told.0), None);
}

/// Has the session do some of everything, and shows all that comes of it.
async fn live(sim: &Sim, running: &mut Running, told: &mut Told) {
    sim.call("push_all", json!({})).await;
    sim.push("the last of it").await;
    let (mut ticket, mut picture) = (None, None);
    loop {
        let delivery = running.next().await;
        told.tell(&delivery);
        let is_last = match delivery.kind() {
            EventKind::Message(message) => {
                match &message.body {
                    Body::FriendRequest {
                        user_name,
                        ticket: with,
                        ..
                    } => {
                        ticket = Some((user_name.clone(), with.clone()));
                    }
                    Body::Image { .. } => picture = message.media().ok(),
                    _ => {}
                }
                told.tell(message.as_ref());
                message.text() == Some("the last of it")
            }
            _ => false,
        };
        delivery.ack();
        if is_last {
            break;
        }
    }
    let client: &Client = &running.client;
    told.tell(client);
    told.tell(&running.events);
    told.tell(&client.state());
    let roster = client.roster().await.unwrap();
    told.tell(&roster);
    told.tell(&client.overview().await.unwrap());
    told.tell(&client.publications().await.unwrap());

    let friend = sim.id("friend:0");
    let sent = client.send_text(&friend, "a text").await.unwrap();
    told.tell(&sent);
    client.revoke(&sent).await.unwrap();
    let file = media("notes.txt", b"words and words");
    told.tell(&file);
    let upload = client.send_file(&friend, file);
    told.tell(&upload);
    told.tell(&upload.await.unwrap());
    let picture = picture.expect("a picture came");
    told.tell(&picture);
    let folder = tempfile::tempdir().unwrap();
    let download = client.download(picture).into_dir(folder.path());
    told.tell(&soon("a picture", download).await.unwrap());
    let (stranger, ticket) = ticket.expect("somebody wants to be a friend");
    client.accept_friend(stranger, ticket).await.unwrap();
    client.set_remark(&friend, "a remark").await.unwrap();
    told.error(&client.send_text("@nobody", "x").await.unwrap_err());
    let gone = json!({"media": "image", "msg_id": "1"});
    let gone = client.download(serde_json::from_value(gone).unwrap());
    told.error(
        &soon("no picture", gone.into_dir(folder.path()))
            .await
            .unwrap_err(),
    );
    client.probe().await.unwrap();
}

/// A proxy that wants the password, and then leads to one place.
async fn proxy(to: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(client.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap();
                assert!(head.contains(&credentials()), "{head}");
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                let mut server = TcpStream::connect(to).await.unwrap();
                // How a connection ends is not the proxy's business.
                let _ = copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    address
}

/// As they are sent to a proxy.
fn credentials() -> String {
    STANDARD.encode(format!("owner:{PASSWORD}"))
}
