//! `wx doctor`: every check, and what each failure comes to.

use serde_json::{Value, json};

use crate::support::{Ended, World};

fn check<'a>(checks: &'a [Value], name: &str) -> &'a Value {
    let found = checks.iter().find(|check| check["check"] == name);
    found.unwrap_or_else(|| panic!("no {name}: {checks:?}"))
}

fn detail(ended: &Ended, name: &str) -> (bool, String) {
    let checks = ended.objects();
    let check = check(&checks, name);
    let detail = check["detail"].as_str().expect("a text").to_owned();
    (check["ok"].as_bool().expect("a verdict"), detail)
}

#[tokio::test]
async fn all_is_well_with_a_session_that_holds() {
    let world = World::logged_in().await;
    let doctor = world.run(&["doctor", "--json"]).await;
    assert_eq!((doctor.code, doctor.stderr.as_str()), (0, ""), "{doctor:?}");
    let checks = doctor.objects();
    assert!(checks.iter().all(|check| check["ok"] == true), "{checks:?}");
    for name in ["dns", "tls", "clock", "host", "account"] {
        assert!(check(&checks, name)["detail"].is_string());
    }
    // The families' hosts (protocol: host families), and the two of the login.
    for host in [
        "login.wx.qq.com",
        "login.weixin.qq.com",
        "file.web2.wechat.com",
        "webpush.wx8.qq.com",
    ] {
        let asked = checks.iter().filter(|check| check["check"] == "host");
        let mut told = asked.filter(|check| check["detail"].to_string().contains(host));
        assert!(told.next().is_some(), "{host}");
    }
    // Nothing was asked of the account but whether it holds.
    assert_eq!(world.requests("/jslogin").await, 1);
    let told = world.run(&["doctor"]).await;
    assert_eq!(told.code, 0, "{told:?}");
    assert_eq!(told.stdout.lines().count(), checks.len());
    assert!(
        told.stdout.lines().all(|line| line.starts_with('✓')),
        "{told:?}"
    );
}

#[tokio::test]
async fn a_refused_login_is_told_in_the_servers_words() {
    const WORDS: &str = "为了你的帐号安全，此微信号不能登录网页微信。<b>&";
    let refused = json!({"auto_scan_ms": 0, "auto_confirm_ms": 0, "refuse_login": WORDS});
    let world = World::with(refused).await;
    let doctor = world.run(&["doctor", "--json"]).await;
    assert_eq!(doctor.code, 1, "{doctor:?}");
    assert_eq!(detail(&doctor, "account"), (false, WORDS.to_owned()));
    assert_eq!(doctor.error()["kind"], "failed");
    let told = world.run(&["doctor"]).await;
    let last = told.stdout.lines().last().expect("a line");
    assert_eq!(last, format!("✗ account {WORDS}"));
}

#[tokio::test]
async fn a_login_that_is_possible_is_one() {
    let world = World::start().await;
    let skipped = world.run(&["doctor", "--json", "--timeout", "0"]).await;
    assert_eq!(skipped.code, 1, "{skipped:?}");
    assert!(
        detail(&skipped, "account").1.contains("no saved session"),
        "{skipped:?}"
    );
    assert_eq!(world.requests("/jslogin").await, 0);
    let doctor = world.run(&["doctor", "--json"]).await;
    assert_eq!(doctor.code, 0, "{doctor:?}");
    assert!(
        doctor.stderr.contains("https://login.weixin.qq.com/l/"),
        "{doctor:?}"
    );
    assert_eq!(world.run(&["status"]).await.code, 0);
    // Nobody is there to scan the next one.
    let world = World::with(json!({"auto_scan_ms": null})).await;
    let doctor = world.run(&["doctor", "--json", "--timeout", "1"]).await;
    assert_eq!(doctor.code, 1, "{doctor:?}");
    assert!(
        detail(&doctor, "account").1.contains("within 1 s"),
        "{doctor:?}"
    );
}

#[tokio::test]
async fn a_session_that_ended_is_no_network_trouble() {
    let world = World::logged_in().await;
    world.call("session", json!({"action": "kick"})).await;
    let doctor = world.run(&["doctor", "--json"]).await;
    assert_eq!(doctor.code, 1, "{doctor:?}");
    let (ok, why) = detail(&doctor, "account");
    assert!(!ok && why.contains("1101"), "{why}");
}

#[tokio::test]
async fn without_a_network_everything_says_so() {
    let world = World::logged_in().await;
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback");
        listener.local_addr().expect("an address").to_string()
    };
    let doctor = world
        .run(&["doctor", "--json", "--connect-to", &closed])
        .await;
    assert_eq!(doctor.code, 5, "{doctor:?}");
    assert_eq!(doctor.error()["kind"], "network");
    for name in ["tls", "host", "account"] {
        assert!(!detail(&doctor, name).0, "{doctor:?}");
    }
    // People are told the reason once, and whom else it concerns.
    let told = world.run(&["doctor", "--connect-to", &closed]).await;
    assert_eq!(told.code, 5, "{told:?}");
    let hosts = told.stdout.lines().filter(|line| line.contains(" host "));
    let hosts: Vec<&str> = hosts.collect();
    assert_eq!(hosts.len(), 17);
    assert!(hosts[0].contains("refused"), "{told:?}");
    for host in &hosts[1..] {
        assert!(host.ends_with(".com: the same"), "{host}");
    }
    // A certificate that nobody vouches for.
    let mut distrusting = world.wx(&["doctor", "--json"]);
    distrusting.env_remove("WX_CA_FILE");
    let doctor = crate::support::run(distrusting).await;
    assert_eq!(doctor.code, 5, "{doctor:?}");
    assert!(detail(&doctor, "dns").0, "{doctor:?}");
    let (ok, why) = detail(&doctor, "tls");
    assert!(!ok && why.contains("certificate"), "{why}");
}

#[tokio::test]
async fn hosts_that_answer_with_an_error_are_told_of() {
    let world = World::logged_in().await;
    let gone = json!({"path": "/", "kind": "status", "status": 502, "count": 17});
    world.call("fault", gone).await;
    let doctor = world.run(&["doctor", "--json"]).await;
    assert_eq!(doctor.code, 5, "{doctor:?}");
    assert!(detail(&doctor, "host").1.contains("502"), "{doctor:?}");
}
