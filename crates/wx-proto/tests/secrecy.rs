//! No secret is printed by Debug, or told in an event.

use wx_proto::saved::JarSnapshot;
use wx_proto::{Command, FailureKind, Reached, SendText};

use crate::support::*;

/// What the scripts' answers hold of secrets.
const SECRETS: [&str; 8] = [
    "@crypt_",
    "pA/9+Gz0",
    "pA%2F9",
    "tick%2Bet",
    "AbC0dEf",
    "gSsecret",
    "v2_ticket",
    "wxsid=1",
];

fn check(what: &str, text: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{what} shows {secret}: {text}");
    }
}

#[test]
fn nothing_that_a_driver_may_log_shows_a_secret() {
    let mut s = Scenario::login(quiet());
    s.answer("jslogin", &jslogin("a=="));
    s.answer("login", &confirmed(REDIRECT));
    s.fail("webwxnewloginpage", Reached::Maybe, FailureKind::Network);
    s.advance_to_deadline();
    check("the request of the ticket", &format!("{:?}", s.out));
    s.answer("webwxnewloginpage", KEYS);
    check("the request of the opening", &format!("{:?}", s.out));
    s.answer("webwxinit", &init(""));
    let ann = contact(
        ANN,
        "Ann",
        ",\n\"HeadImgUrl\": \"/x/webwxgeticon?seq=1&username=@a&skey=@crypt_avatar\"",
    );
    s.answer("webwxgetcontact", &contact_page(0, &[ann]));
    let request =
        ",\n\"RecommendInfo\": {\n\"UserName\": \"v1_x\",\n\"Ticket\": \"v2_ticket\"\n}\n";
    let items = [
        typed(37, "1", "fmessage", OWN, "", request),
        typed(3, "2", ANN, OWN, "@crypt_picture", ""),
    ];
    let body = page(8).msgs(&items).skey("@crypt_new").json();
    let cookie = "webwx_data_ticket=gSsecret; Domain=.qq.com";
    s.answer_as(
        "webwxsync",
        http::StatusCode::OK,
        &[cookie],
        body.as_bytes(),
    );
    s.command(Command::SendText(SendText::new(ANN, "hi")));
    check("requests", &format!("{:?}", s.out));
    let bodies: Vec<_> = s.out.iter().map(|request| &request.body).collect();
    let whole = bodies.iter().filter_map(|body| body.whole());
    let sent: Vec<u8> = whole.flatten().copied().collect();
    let sent = String::from_utf8_lossy(&sent);
    assert!(sent.contains("@crypt_new"), "bodies hold keys: {sent}");
    check("bodies", &format!("{bodies:?}"));
    check("the session", &format!("{:?}", s.session));
    check("records", &format!("{:?}", s.records));
    check("the state", &format!("{:?}", s.session.state()));
    check(
        "the saved state",
        &format!(
            "{:?}",
            s.session.snapshot(Some(JarSnapshot::new("wxsid=1")))
        ),
    );
    check("the roster", &format!("{:?}", s.session.roster()));
    let roster = serde_json::to_string(s.session.roster()).unwrap();
    assert!(
        roster.contains("/x/webwxgeticon?seq=1&username=@a&skey="),
        "{roster}"
    );
    check("the stored roster", &roster);
    check("events", &format!("{:?}", s.events()));
}

#[test]
fn a_saved_jar_is_marked_as_wiped_when_dropped() {
    fn wiped<T: zeroize::ZeroizeOnDrop>() {}
    wiped::<JarSnapshot>();
}

#[cfg(target_os = "linux")]
#[test]
fn the_memory_of_a_dropped_jar_holds_none_of_it() {
    use std::os::unix::fs::FileExt;

    // Small enough to come out of memory that the allocator keeps.
    const COOKIE: &str = "wxsid=1;";
    let memory = std::fs::File::open("/proc/self/mem").unwrap();
    let is_there = |address: u64| {
        let mut found = [0; 200];
        memory.read_exact_at(&mut found, address).unwrap();
        let mut places = found.windows(COOKIE.len());
        places.any(|place| place == COOKIE.as_bytes())
    };
    let jar = JarSnapshot::new(COOKIE.repeat(200 / COOKIE.len()));
    let address = jar.expose().as_ptr() as u64;
    assert!(is_there(address), "it is not read at all");
    drop(jar);
    assert!(!is_there(address));
}
