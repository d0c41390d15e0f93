//! Recalls: what was taken back is shown while it is known.

use serde_json::json;

use crate::kinds::bodies;
use crate::support::*;

fn recall(id: &str, msg_id: &str) -> String {
    let content = format!(
        "&lt;sysmsg type=\\\"revokemsg\\\"&gt;&lt;revokemsg&gt;&lt;session&gt;s&lt;/session&gt;&lt;oldmsgid&gt;1&lt;/oldmsgid&gt;\
         &lt;msgid&gt;{msg_id}&lt;/msgid&gt;&lt;replacemsg&gt;&lt;![CDATA[\\\"Ann\\\" took it back]]&gt;&lt;/replacemsg&gt;\
         &lt;/revokemsg&gt;&lt;/sysmsg&gt;"
    );
    typed(10002, id, ANN, OWN, &content, "")
}

#[test]
fn a_recall_shows_what_was_taken_back() {
    let items = [
        msg("4100000000000000001", ANN, OWN, "oops"),
        recall("2", "4100000000000000001"),
        recall("3", "4100000000000000009"),
    ];
    let bodies = bodies(quiet(), &items);
    assert_eq!(bodies[1]["kind"], "revoked");
    assert_eq!(bodies[1]["revoked_msg_id"], "4100000000000000001");
    assert_eq!(bodies[1]["notice"], "\"Ann\" took it back");
    let original = &bodies[1]["original"];
    assert_eq!(
        (
            &original["text"],
            &original["msg_id"],
            &original["sender"]["name"]
        ),
        (&json!("oops"), &json!("4100000000000000001"), &json!("Ann"))
    );
    assert_eq!(
        bodies[2],
        json!({"kind": "revoked", "revoked_msg_id": "4100000000000000009", "notice": "\"Ann\" took it back"})
    );
}

#[test]
fn a_recall_without_a_number_is_of_ones_own_last_message() {
    let items = [
        msg("1", OWN, ANN, "first"),
        msg("2", OWN, ANN, "second"),
        msg("3", OWN, BOB, "elsewhere"),
        msg("4", ANN, OWN, "hers"),
        recall("5", "0"),
    ];
    let recalled = bodies(quiet(), &items).remove(4);
    assert_eq!(recalled["revoked_msg_id"], "2");
    assert_eq!(recalled["original"]["text"], "second");
}

#[test]
fn a_message_that_one_sent_from_here_is_known_when_it_is_taken_back() {
    let mut s = Scenario::online(quiet());
    s.send(ANN, "typo");
    s.answer("webwxsendmsg", &sent("77"));
    s.answer("synccheck", &synccheck(0, 2));
    let items = [msg("77", OWN, ANN, "typo"), recall("78", "77")];
    s.answer("webwxsync", &page(8).msgs(&items).json());
    let (_, message) = s.messages().remove(0);
    let json = serde_json::to_value(&message).unwrap();
    assert_eq!(json["original"]["text"], "typo");
}

#[test]
fn only_so_much_is_remembered_for_recalls() {
    let mut config = quiet();
    config.recall_memory = 4096;
    let mut items: Vec<String> = (10..30).map(|id| text(&id.to_string())).collect();
    items.push(recall("98", "10"));
    items.push(recall("99", "29"));
    let bodies = bodies(config, &items);
    assert!(bodies[20].get("original").is_none(), "the oldest is gone");
    assert!(bodies[21].get("original").is_some(), "the newest is there");
}
