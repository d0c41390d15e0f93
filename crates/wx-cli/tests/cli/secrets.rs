//! The most talkative logs show nothing that opens an account.

use std::collections::{BTreeSet, HashSet};
#[cfg(unix)]
use std::{fs, path::Path};

use wx_wire::query;

#[cfg(unix)]
use crate::support::Running;
use crate::support::{World, run, wx};

/// A piece of a secret that is as long as this is not there by chance.
const PIECE: usize = 8;

/// The secrets of which a text shows a piece; it may be encoded once or twice as
/// in an address.
fn shown(text: &str, secrets: &BTreeSet<String>) -> Vec<String> {
    let once = query::decode(text);
    let twice = query::decode(&once);
    let texts = [text, &once, &twice];
    let there: HashSet<&[u8]> = (texts.iter())
        .flat_map(|text| text.as_bytes().windows(PIECE))
        .collect();
    let is_shown = |secret: &&String| {
        let mut pieces = secret.as_bytes().windows(PIECE);
        pieces.any(|piece| there.contains(piece))
    };
    secrets.iter().filter(is_shown).cloned().collect()
}

#[tokio::test]
async fn the_logs_of_an_accounts_whole_life_hold_no_secret() {
    let world = World::start().await;
    let file = world.file("notes.txt", "words and words");
    let (mut said, mut codes) = (String::new(), Vec::new());
    for arguments in [
        &["login"][..],
        &["listen", "--max", "1", "--echo"],
        &["send", "text", "filehelper", "hello"],
        &["send", "file", "filehelper", &file],
        &["contacts"],
        &["send", "text", "nobody at all", "hello"],
        &["status"],
        &["logout"],
    ] {
        let ended = world.run(&[arguments, &["-vvv"]].concat()).await;
        codes.push(ended.code);
        if arguments == ["login"] {
            world.push("for whoever listens").await;
        }
        said += &ended.stdout;
        said += &ended.stderr;
    }
    assert!(said.contains("TRACE"), "{said}");
    assert_eq!(codes, [0, 0, 0, 0, 0, 2, 0, 0], "{said}");
    let mut secrets = BTreeSet::new();
    world.server.with(|service, _| {
        let sent = service.log().iter().flat_map(|logged| logged.secrets());
        secrets.extend(sent.map(|(_, secret)| secret));
    });
    // A search for nothing finds nothing.
    assert!(secrets.len() >= 8, "{secrets:?}");
    for secret in &secrets {
        let encoded = query::encode(&query::encode(secret)).into_owned();
        assert!(shown(&encoded, &secrets).contains(secret), "{encoded}");
    }
    assert_eq!(shown(&said, &secrets), [""; 0]);
}

/// What opens the account that is kept below a folder, at this moment.
#[cfg(unix)]
async fn kept(folder: &Path) -> BTreeSet<String> {
    use wx_client::saved::{Record, Saved};
    use wx_client::{FileStore, SessionStore};

    let demo = fs::read_dir(folder).expect("a folder").next();
    let demo = demo.expect("one").expect("a name");
    let account = demo.path().join("home").join("default");
    assert!(account.join("lock").exists(), "{account:?}");
    let loaded = FileStore::attach(account)
        .load()
        .await
        .expect("what was written");
    let mut saved: Saved = match &loaded.snapshot {
        Some(snapshot) => serde_json::from_slice(snapshot).expect("what was written"),
        None => Saved::new(),
    };
    for record in &loaded.records {
        let record: Record = serde_json::from_slice(record).expect("what was written");
        saved.apply(record);
    }
    let keys = saved.credentials.as_ref().expect("what was written");
    let mut secrets: BTreeSet<String> = [
        keys.sid.expose(),
        keys.skey.expose(),
        keys.device_id.as_str(),
        saved.data_ticket.expose(),
        // Both as it came and as it is meant.
        keys.pass_ticket.expose(),
        &query::decode(keys.pass_ticket.expose()),
    ]
    .map(str::to_owned)
    .into();
    let jar = saved.jar.as_ref().expect("what was written").expose();
    for name in [
        "wxsid",
        "webwx_data_ticket",
        "webwx_auth_ticket",
        "webwxuvid",
    ] {
        let value = jar
            .split(&format!("\"{name}="))
            .nth(1)
            .unwrap_or_else(|| panic!("no {name}"));
        let value = value.split([';', '"']).next().expect("what was written");
        assert!(value.len() >= PIECE, "{name}");
        secrets.insert(value.to_owned());
    }
    secrets
}

/// The tour's account is gone with it, so what opens it is read meanwhile, while
/// the process stands still: after the scan, and when it has come back.
#[cfg(unix)]
#[tokio::test]
async fn the_logs_of_the_tour_hold_none_of_its_own_secrets() {
    let folder = tempfile::tempdir().expect("what was written");
    let mut command = wx(&["demo", "-vvv", "--json"]);
    command.env("TMPDIR", folder.path());
    let mut demo = Running::start(command);
    let mut secrets = BTreeSet::new();
    for how in ["qr", "saved"] {
        assert_eq!(demo.event("online").await["how"], how);
        demo.signal("STOP").await;
        secrets.append(&mut kept(folder.path()).await);
        demo.signal("CONT").await;
    }
    let demo = demo.end().await;
    assert_eq!(demo.code, 0, "{demo:?}");
    let said = demo.stdout + &demo.stderr;
    assert!(said.contains("TRACE"), "{said}");
    // Some of the cookies' values are keys as well.
    assert!(secrets.len() >= 7, "{secrets:?}");
    for secret in &secrets {
        let encoded = query::encode(&query::encode(secret)).into_owned();
        for form in [secret, &encoded, &secret[secret.len() - PIECE..].to_owned()] {
            let line = format!("GET /?sid={form}&r=1");
            assert!(shown(&line, &secrets).contains(secret), "{line}");
        }
    }
    assert_eq!(shown(&said, &secrets), [""; 0]);
}

#[tokio::test]
async fn the_logs_of_the_tour_have_nothing_that_looks_like_a_secret() {
    let demo = run(wx(&["demo", "-vvv"])).await;
    assert_eq!(demo.code, 0, "{demo:?}");
    let said = demo.stdout + &demo.stderr;
    assert!(said.contains("TRACE"), "{said}");
    // How the service's keys begin, and what goes before them elsewhere.
    for mark in [
        "@crypt_",
        "sid=",
        "skey=",
        "ticket=",
        "Skey",
        "Sid",
        "DeviceID",
        "cookie:",
        "@stranger",
    ] {
        let line = said.lines().find(|line| line.contains(mark));
        assert_eq!(line, None, "{mark}");
    }
}
