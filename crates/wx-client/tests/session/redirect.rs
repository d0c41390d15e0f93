//! A confirmed login that leads to where no request must go.

use serde_json::json;
use wx_client::event::Cause;
use wx_client::{ErrorKind, EventKind};

use crate::support::{Running, Sim};

#[tokio::test]
async fn a_login_is_not_led_to_unknown_hosts_nor_without_tls() {
    for address in ["https://wx2.qq.com.evil.example", "http://wx2.qq.com"] {
        let sim = Sim::start().await;
        let body = format!(
            "window.code=200;\nwindow.redirect_uri=\"{address}/cgi-bin/mmwebwx-bin/\
             webwxnewloginpage?ticket=Aticket@qrticket_0&uuid=1&lang=zh_CN&scan=1\";"
        );
        let fault = json!({"path": "login", "kind": "body", "body": body});
        sim.call("fault", fault).await;
        let mut running = Running::start(sim.client()).await;
        running
            .find(|event| matches!(event, EventKind::Qr { .. }).then_some(()))
            .await;
        let (cause, message) = running
            .find(|event| match event {
                EventKind::LoggedOut { cause, message, .. } => Some((*cause, message.clone())),
                _ => None,
            })
            .await;
        assert_eq!(cause, Cause::Refused);
        assert!(message.contains("nothing was sent there"), "{message}");
        assert!(!message.contains("Aticket"), "{message}");
        let online = running.client.online().await.unwrap_err();
        assert_eq!(online.kind(), ErrorKind::Ended);
        running.client.stopped().await.unwrap();
        // jslogin and the poll share a connection; there was no other.
        assert_eq!(sim.gate.seen().passed, 1);
        assert_eq!(sim.server.with(|service, _| service.log().len()), 2);
    }
}
