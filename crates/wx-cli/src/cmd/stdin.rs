//! What commands read from stdin: a text, or the event of a message.

use std::borrow::Cow;
use std::io::IsTerminal;

use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::io::AsyncReadExt;
use wx_client::Message;
use wx_client::message::Body;

use crate::app::App;
use crate::error::Error;
use crate::output::Output;

/// Stdin as it is.
pub(super) async fn text(app: &App) -> Result<String, Error> {
    let mut bytes = Vec::new();
    let mut stdin = tokio::io::stdin();
    announce(app.output);
    tokio::select! {
        read = stdin.read_to_end(&mut bytes) => read.map_err(|error| Error::io("stdin", error))?,
        signal = app.interrupted() => return Err(Error::Interrupted(signal)),
    };
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::Usage(format!("stdin is no UTF-8 text (byte {at})"))
    })
}

/// Says that stdin is read: to somebody at a terminal nothing would seem to
/// happen.
pub(super) fn announce(output: Output) {
    tracing::info!("reading stdin");
    if std::io::stdin().is_terminal() {
        output.note("reading what is typed here; Ctrl-D ends it");
    }
}

/// The message whose event is on stdin, with the item as it was received if
/// that is there. Other events may stand around it.
pub(super) async fn message(app: &App) -> Result<Message, Error> {
    read(&text(app).await?).map_err(Error::Stdin)
}

/// What of an event is not the message itself.
#[derive(Deserialize)]
struct Around<'a> {
    #[serde(borrow)]
    event: Option<Cow<'a, str>>,
    #[serde(borrow)]
    raw: Option<&'a RawValue>,
    /// Of a recall.
    #[serde(borrow)]
    original: Option<Box<Around<'a>>>,
}

fn read(text: &str) -> Result<Message, String> {
    const WANTED: &str = "stdin must be the event of a message, as wx listen --json prints it";
    let wrong = |error: serde_json::Error| format!("{WANTED}: {error}");
    let mut found = None;
    for event in serde_json::Deserializer::from_slice(text.as_bytes()).into_iter::<&RawValue>() {
        let event = event.map_err(wrong)?.get();
        let around: Around = serde_json::from_slice(event.as_bytes()).map_err(wrong)?;
        if around.event.as_deref() != Some("message") {
            continue;
        }
        let message = serde_json::from_slice(event.as_bytes()).map_err(wrong)?;
        if found.replace(with_raw(message, &around)).is_some() {
            return Err("several messages are on stdin: give one at a time".to_owned());
        }
    }
    found.ok_or_else(|| WANTED.to_owned())
}

fn with_raw(mut message: Message, around: &Around) -> Message {
    if let (
        Body::Revoked {
            original: Some(original),
            ..
        },
        Some(around),
    ) = (&mut message.body, &around.original)
    {
        let whole = with_raw((**original).clone(), around);
        **original = whole;
    }
    match around.raw {
        Some(raw) => message.with_raw(raw.get().as_bytes().to_vec()),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    const TEXT: &str = r#"{"event":"message","msg_id":"7","time":1,"from_me":false,
        "key":"default/m/7","chat":{"id":"@a","kind":"friend"},"sender":{"id":"@a"},
        "kind":"text","text":"hello","mentions_me":false,"raw":{"MsgId":"7"},"more":[1]}"#;
    const RECALL: &str = r#"{"event":"message","msg_id":"8","time":1,"from_me":false,
        "key":"default/m/8","chat":{"id":"@a","kind":"friend"},"sender":{"id":"@a"},
        "kind":"revoked","revoked_msg_id":"7","notice":"gone",
        "original":{"msg_id":"7","time":1,"from_me":false,"key":"default/m/7",
            "chat":{"id":"@a","kind":"friend"},"sender":{"id":"@a"},"kind":"text","text":"hello",
            "mentions_me":false,"raw":{"MsgId":"7"}}}"#;

    #[test]
    fn a_message_is_found_among_other_events() {
        let text = format!("{{\"event\":\"confirmed\"}}\n{TEXT}\n{{\"event\":\"qr_expired\"}}\n");
        let message = read(&text).unwrap();
        assert_eq!(message.text(), Some("hello"));
        assert_eq!(message.raw, r#"{"MsgId":"7"}"#);
    }

    #[test]
    fn a_message_that_was_taken_back_comes_with_its_item() {
        use wx_client::message::Body;

        let recall = read(RECALL).unwrap();
        let Body::Revoked { original, .. } = recall.body else {
            unreachable!("{recall:?}");
        };
        assert_eq!(original.unwrap().raw, r#"{"MsgId":"7"}"#);
    }

    #[test]
    fn anything_else_is_refused() {
        for wrong in [
            "",
            "{}",
            "nonsense",
            r#"{"event":"message"}"#,
            "[1]",
            "\"message\"",
        ] {
            let error = read(wrong).unwrap_err();
            assert!(error.contains("wx listen --json"), "{error}");
        }
        let twice = format!("{TEXT}{TEXT}");
        assert!(read(&twice).unwrap_err().contains("several"));
    }
}
