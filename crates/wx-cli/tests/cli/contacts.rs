//! `wx contacts` and `wx members`.

use serde_json::{Value, json};

use crate::support::World;

#[tokio::test]
async fn everybody_is_listed_a_line_each() {
    let world = World::logged_in().await;
    let all = world.run(&["contacts", "--json"]).await;
    assert_eq!((all.code, all.stderr.as_str()), (0, ""));
    let all = all.objects();
    let state = world.call("state", json!({})).await;
    let known = state["accounts"][0]["contacts"].as_array().expect("a list");
    // By default the simulated account has so many of each kind, and of the
    // groups one is in no address book.
    let kinds = [
        ("friend", "friend:", 20),
        ("group", "group:", 3),
        ("official", "mp:", 2),
    ];
    for (kind, prefix, count) in kinds {
        let expected: Vec<&Value> = known
            .iter()
            .filter(|contact| {
                contact["name"]
                    .as_str()
                    .is_some_and(|n| n.starts_with(prefix))
            })
            .collect();
        assert_eq!(expected.len(), count, "{kind}");
        for contact in expected {
            let id = &contact["user_name"];
            let line = all.iter().find(|line| line["id"] == *id);
            let line = line.unwrap_or_else(|| panic!("no {contact}"));
            assert_eq!(line["kind"], kind);
            assert_eq!(line["nick_name"], contact["nick_name"]);
            let remark = line["remark"].as_str().unwrap_or_default();
            assert_eq!(remark, contact["remark"].as_str().expect("a text"));
        }
        let some = world.run(&["contacts", "--json", "--kind", kind]).await;
        let listed = all.iter().filter(|line| line["kind"] == kind);
        assert_eq!(some.objects(), listed.cloned().collect::<Vec<_>>());
        assert_eq!(some.objects().len(), count);
    }

    let friend = world.contact("friend:5").await;
    let nick = friend["nick_name"].as_str().expect("a name");
    let found = world.run(&["contacts", "--json", "--find", nick]).await;
    let found = found.objects();
    assert!(found.iter().any(|line| line["id"] == friend["user_name"]));
    assert!(found.len() < all.len());
    let nobody = world.run(&["contacts", "--find", "no such name"]).await;
    assert_eq!((nobody.code, nobody.stdout.as_str()), (0, ""));
}

#[tokio::test]
async fn names_do_not_reach_the_terminal_as_they_are() {
    let world = World::logged_in().await;
    let name = "evil\u{1b}]0;x\u{7}\u{202e}\u{9b}31m";
    let remark = json!({"contact": "friend:0", "remark": name});
    world.call("contact/mod", remark).await;
    let table = world
        .run(&["contacts", "--refresh", "--find", "evil"])
        .await;
    assert_eq!(table.code, 0, "{table:?}");
    assert!(
        table
            .stdout
            .contains(r"evil\u{1b}]0;x\u{7}\u{202e}\u{9b}31m"),
        "{table:?}"
    );
    let is_plain =
        |text: &str| !text.contains(|c: char| c != '\n' && c.is_control() || c == '\u{202e}');
    assert!(is_plain(&table.stdout));
    let line = world
        .run(&["contacts", "--json", "--refresh", "--find", "evil"])
        .await;
    assert!(is_plain(&line.stdout), "{line:?}");
    assert_eq!(line.only()["remark"], name);
}

#[tokio::test]
async fn members_are_listed_with_oneself_and_the_owner() {
    let world = World::logged_in().await;
    let group = world.contact("group:0").await;
    let name = group["nick_name"].as_str().expect("a name");
    let by_name = world.run(&["members", name, "--json"]).await;
    assert_eq!((by_name.code, by_name.stderr.as_str()), (0, ""));
    let lines = by_name.objects();
    let ids: Vec<&Value> = lines.iter().map(|line| &line["id"]).collect();
    let expected: Vec<&Value> = group["members"]
        .as_array()
        .expect("a list")
        .iter()
        .collect();
    assert_eq!(ids, expected);
    let own = world.contact("self").await;
    assert!(ids.contains(&&own["user_name"]));
    for line in &lines {
        assert!(line["nick_name"].is_string(), "{line}");
        // Facts that are not so are left out.
        assert!(
            [Value::Null, json!(true)].contains(&line["owner"]),
            "{line}"
        );
        assert_ne!(line["display_name"], "", "{line}");
    }
    assert_eq!(lines.iter().filter(|line| line["owner"] == true).count(), 1);

    let id = group["user_name"].as_str().expect("a name");
    let by_id = world.run(&["--json", "members", id]).await;
    assert_eq!(by_id.stdout, by_name.stdout);
    for nothing in ["filehelper", "@@0000", "no such group"] {
        let members = world.run(&["members", nothing]).await;
        assert_eq!((members.code, members.stdout.as_str()), (2, ""));
        members.complaint();
    }
}
