//! Many accounts in one process.

use futures_util::future::join_all;
use serde_json::json;
use wx_client::{EventKind, MemoryStore};

use crate::support::{Running, Sim};

const ACCOUNTS: usize = 8;

#[tokio::test]
async fn many_clients_share_one_http() {
    let sim = Sim::with(json!({}), ACCOUNTS).await;
    let clients = (0..ACCOUNTS).map(async |account| {
        let store = MemoryStore::new();
        let mut running = Running::start(sim.client().store(store)).await;
        let uuid = running
            .find(|event| match event {
                EventKind::Qr { uuid, .. } => Some(uuid.to_string()),
                _ => None,
            })
            .await;
        let confirm = json!({"uuid": uuid, "action": "confirm", "account": account});
        sim.call("login", confirm).await;
        running.log_in(&sim).await;
        let text = format!("for {account}");
        let push = json!({"kind": "text", "content": text, "account": account});
        sim.call("push", push).await;
        assert_eq!(running.text().await, text);
        running.client.send_text("filehelper", text).await.unwrap();
        running.stop().await;
    });
    join_all(clients).await;
    let sent = sim.server.with(|service, _| {
        let sent = service.sent().iter();
        let mut sent: Vec<_> = sent.map(|s| (s.account, s.content.clone())).collect();
        sent.sort();
        sent
    });
    let wanted: Vec<_> = (0..ACCOUNTS).map(|n| (n, format!("for {n}"))).collect();
    assert_eq!(sent, wanted);
}
