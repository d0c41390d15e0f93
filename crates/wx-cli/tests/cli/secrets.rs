//! The most talkative logs show nothing that opens an account.

use std::collections::{BTreeSet, HashSet};

use wx_wire::query;

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
