//! What a program that is written against the client relies on.

use wx_client::store::Loaded;
use wx_client::transport::Config as Transport;
use wx_client::{
    AckGuard, Builder, Canceller, Client, Delivery, Events, Media, MediaRef, MemoryStore, Runner,
    SendText,
};

use crate::support::Sim;

const FORWARD: &str = r#"{"forward": "text", "text": "x"}"#;

fn is_send<T: Send>(_: &T) {}

#[tokio::test]
async fn everything_may_move_between_threads() {
    fn is_send_and_sync<T: Send + Sync>() {}
    fn is_sendable<T: Send>() {}
    is_send_and_sync::<Client>();
    is_send_and_sync::<Events>();
    is_send_and_sync::<Delivery>();
    is_send_and_sync::<AckGuard>();
    is_send_and_sync::<wx_client::Error>();
    is_sendable::<Builder>();
    is_sendable::<Runner>();

    is_send(&Client::builder().spawn());
    let (client, mut events, runner) = Client::builder().build().await.unwrap();
    is_send(&events.next());
    is_send(&client.online());
    is_send(&client.send(SendText::new("filehelper", "hello")));
    is_send(&client.send_text("filehelper", "hello"));
    is_send(&client.roster());
    is_send(&client.overview());
    is_send(&client.resolve("me"));
    is_send(&client.refresh_contacts());
    is_send(&client.fetch_contacts(Vec::new()));
    is_send(&client.probe());
    is_send(&client.logout());
    let media = Media::bytes("x", "x").unwrap();
    is_send(&Media::path("x"));
    is_send(&Media::reader("x", 1, b"x".as_slice()));
    is_send(&client.send_file("filehelper", media));
    is_send(&client.forward(&serde_json::from_str(FORWARD).unwrap(), ["filehelper"]));
    let download = client.download(MediaRef::avatar("@x"));
    is_send_and_sync::<Canceller>();
    is_send(&download.clone().into_dir("x"));
    is_send(&download.to_writer(tokio::io::sink()));
    is_send(&client.set_remark("@x", "x"));
    is_send(&client.pin("@x"));
    is_send(&client.search_contacts("x"));
    is_send(&client.create_group("x", ["@x"]));
    is_send(&client.add_members("@@x", ["@x"]));
    is_send(&client.quit_group("@@x"));
    is_send(&client.shutdown());
    is_send(&client.stopped());
    is_send(&runner.run());
}

#[test]
fn names_are_resolved_by_the_system_unless_told_otherwise() {
    assert_eq!(Transport::default().connect_to, None);
    let settings = format!("{:?}", Client::builder());
    assert!(settings.contains("connect_to: None"), "{settings}");
}

#[tokio::test]
async fn what_is_shown_for_people_holds_no_keys() {
    let sim = Sim::start().await;
    let mut store = MemoryStore::new();
    let running = sim.online(&store).await;
    let shown = format!(
        "{:?} {:?} {:?}",
        running.client,
        running.events,
        running.client.state()
    );
    running.stop().await;
    let loaded: Loaded = wx_client::SessionStore::load(&mut store).await.unwrap();
    let texts = loaded.records.iter().chain(&loaded.snapshot);
    let stored: String = texts.map(|text| String::from_utf8_lossy(text)).collect();
    let shown = format!(
        "{shown} {loaded:?} {store:?} {:?}",
        sim.client().store(store.clone())
    );
    for secret in secrets(&stored) {
        assert!(!shown.contains(&secret), "{shown}");
    }
}

/// The keys in a stored session, which it must have.
fn secrets(stored: &str) -> Vec<String> {
    ["sid", "skey", "pass_ticket", "data_ticket"]
        .map(|name| {
            let start = format!("\"{name}\":\"");
            let (_, rest) = stored.split_once(&start).expect(name);
            let (secret, _) = rest.split_once('"').expect(name);
            assert!(secret.len() > 8, "{name}: {secret}");
            secret.to_owned()
        })
        .to_vec()
}
