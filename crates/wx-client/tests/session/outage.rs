//! A network that fails for a while.

use wx_client::{EventKind, MemoryStore, State};

use crate::support::Sim;

#[tokio::test]
async fn an_outage_is_waited_out_and_is_no_logout() {
    let sim = Sim::start().await;
    let store = MemoryStore::new();
    let mut running = sim.online(&store).await;
    let inits = sim.asked("webwxinit");

    sim.gate.close();
    running
        .find(|event| matches!(event, EventKind::Offline { .. }).then_some(()))
        .await;
    let State::Online { outage, .. } = running.client.state() else {
        panic!("{:?}", running.client.state())
    };
    assert!(outage.is_some());
    sim.push("meanwhile").await;
    sim.gate.open();
    running
        .find(|event| matches!(event, EventKind::BackOnline { .. }).then_some(()))
        .await;
    assert_eq!(running.text().await, "meanwhile");
    let state = running.client.state();
    assert!(
        matches!(state, State::Online { outage: None, .. }),
        "{state:?}"
    );
    running.stop().await;
    assert_eq!((sim.asked("jslogin"), sim.asked("webwxinit")), (1, inits));
}
