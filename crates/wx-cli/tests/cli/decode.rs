//! `wx decode`: facts on stdout, or an object on stderr that says what is wrong.

use serde_json::{Value, json};

use crate::support::{run, run_with, wx};

#[tokio::test]
async fn facts_are_one_object_of_decoded_values() {
    let body = r#"window.synccheck={retcode:"0",selector:"2"}"#;
    let ended = run_with(wx(&["decode", "synccheck"]), body).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (0, ""), "{ended:?}");
    assert_eq!(ended.only(), json!({"retcode": "0", "selector": "2"}));
}

#[tokio::test]
async fn the_context_says_what_the_message_around_it_says() {
    let context = r#"{"MsgType":1,"room":true}"#;
    let command = wx(&[
        "decode",
        "msg-content/group-text",
        "--context",
        context,
        "-",
    ]);
    let ended = run_with(command, "@0123456789abcdef:<br/>a &lt;b&gt;<br/>c").await;
    let facts = ended.only();
    assert_eq!(facts["sender"], "@0123456789abcdef");
    assert_eq!(facts["text"], "a <b>\nc");
}

#[tokio::test]
async fn what_is_not_of_its_kind_is_named_with_its_place() {
    for body in ["", "<html></html>", "{\"BaseResponse\": {\"Ret\""] {
        let ended = run_with(wx(&["decode", "init"]), body).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (1, ""), "{ended:?}");
        let error: Value = serde_json::from_str(&ended.stderr).expect("an object");
        assert_eq!(error["error"]["kind"], "decode", "{error}");
        assert_eq!(error["error"]["endpoint"], "webwxinit", "{error}");
        assert!(error["error"]["offset"].is_u64(), "{error}");
    }
}

#[tokio::test]
async fn anything_may_be_tried_as_a_mangled_body() {
    for body in ["", "\u{feff}", "<a", "window.code=", "\u{0}", "[[[["] {
        let ended = run_with(wx(&["decode", "mangled"]), body).await;
        assert!(matches!(ended.code, 0 | 1), "{body:?}: {ended:?}");
    }
}

#[tokio::test]
async fn wrong_words_are_wrong_usage() {
    for arguments in [
        &["decode", "nothing"][..],
        &["decode", "sync", "--context", "[]"],
        &["decode", "sync", "--context", "{"],
    ] {
        assert_eq!(run(wx(arguments)).await.code, 2, "{arguments:?}");
    }
    let missing = run(wx(&["decode", "sync", "/no/such/file"])).await;
    assert_eq!(missing.code, 1, "{missing:?}");
}
