//! What a program that is written against the client relies on.

use wx_client::{
    AckGuard, Builder, Canceller, Client, Delivery, Events, Media, MediaRef, Runner, SendText,
};

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
    is_send(&client.fetch_contacts(["@x"]));
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
