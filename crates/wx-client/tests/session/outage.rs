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

#[tokio::test]
async fn a_hint_that_the_network_is_back_is_taken_at_once() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    sim.gate.close();
    // Until the next try is further off than this test lasts.
    let far = |event: &EventKind| match event {
        EventKind::Offline { retry_in_ms, .. } if *retry_in_ms > 3_000 => Some(*retry_in_ms),
        _ => None,
    };
    let retry_in_ms = running.find(far).await;
    let begun = std::time::Instant::now();
    sim.gate.open();
    running.client.network_changed();
    running
        .find(|event| matches!(event, EventKind::BackOnline { .. }).then_some(()))
        .await;
    assert!(begun.elapsed().as_millis() < u128::from(retry_in_ms));
    running.stop().await;
}
