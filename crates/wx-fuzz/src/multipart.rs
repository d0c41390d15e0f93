//! The encoder of multipart forms.

use wx_wire::Credentials;
use wx_wire::endpoint::webwxuploadmedia::{FileFacts, MediaKind, Multipart, Request};
use wx_wire::host::Hosts;
use wx_wire::id::{DeviceId, Uin, UserName};
use wx_wire::secret::{DataTicket, PassTicket, Sid, Skey, UploadKey, UploadSignature};

/// A session draws a random one, which cannot occur in a value. An input that contains this
/// one is skipped.
const BOUNDARY: &str = "7MA4YWxkTrZu0gW";

/// Encodes an upload whose values are the lines of the input.
///
/// The lines are name, MIME type, MD5, receiver, data ticket, pass ticket, size, date, piece
/// and key. Missing ones are empty.
///
/// # Panics
///
/// If a reader of forms does not find each value in its part.
pub fn multipart(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if text.contains(BOUNDARY) {
        return;
    }
    let mut lines = text.split('\n');
    let mut line = || lines.next().unwrap_or_default().to_owned();
    let (name, media_type, md5, to) = (line(), line(), line(), line());
    let (data_ticket, pass_ticket) = (line(), line());
    let size = line().trim().parse().unwrap_or_default();
    let modified = line().trim().parse().unwrap_or_default();
    let piece = line().trim().parse().unwrap_or_default();
    let key = line();
    let file = FileFacts {
        name,
        size,
        md5,
        media_type,
        modified,
    };
    let keys = Credentials {
        hosts: Hosts::default(),
        uin: Uin(1),
        sid: Sid::new("sid"),
        skey: Skey::new("@crypt_1"),
        pass_ticket: PassTicket::new(pass_ticket),
        device_id: DeviceId::from("e000000000000001"),
    };
    let (key, signature) = (UploadKey::new(key.clone()), UploadSignature::new(key));
    let data_ticket = DataTicket::new(data_ticket);
    let request = Request {
        credentials: &keys,
        data_ticket: &data_ticket,
        from: &UserName::from("@me"),
        to: &UserName::from(to),
        file: &file,
        kind: MediaKind::of_extension(wx_wire::endpoint::webwxuploadmedia::extension(&file.name)),
        client_media_id: 1,
        keys: (!key.is_empty()).then_some((&key, &signature)),
        piece,
        boundary: BOUNDARY,
    };
    let range = request.range();
    assert!(range.start <= range.end && range.end <= size);
    check(&request.encode(), &request);
}

fn check(form: &Multipart, request: &Request<'_>) {
    let kind = form.head.headers().get("content-type");
    assert!(kind.is_some_and(|kind| *kind == format!("multipart/form-data; boundary={BOUNDARY}")));
    assert_eq!(*form.after, *format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    let before = String::from_utf8_lossy(&form.before);
    let parts = parts(&before);
    let value = |name: &str| {
        let mut found = parts.iter().filter(|(other, _)| *other == name);
        let value = found.next().map(|(_, value)| *value);
        assert!(found.next().is_none(), "{name} comes twice");
        value
    };
    let file = request.file;
    assert_eq!(value("name"), Some(&*file.name));
    assert_eq!(value("type"), Some(&*file.media_type));
    assert_eq!(value("size"), Some(&*file.size.to_string()));
    assert_eq!(value("mediatype"), Some(request.kind.as_str()));
    assert_eq!(
        value("webwx_data_ticket"),
        Some(request.data_ticket.expose())
    );
    let inner = value("uploadmediarequest").unwrap_or_default();
    let inner: serde_json::Value = serde_json::from_str(inner).unwrap_or_default();
    let member = |name: &str| inner.get(name).and_then(serde_json::Value::as_str);
    assert_eq!(member("FileMd5"), Some(&*file.md5));
    assert_eq!(member("ToUserName"), Some(request.to.as_str()));
    assert_eq!(member("AESKey"), request.keys.map(|(key, _)| key.expose()));
    // The file's own part is the last one, and has no bytes yet.
    assert!(
        parts
            .last()
            .is_some_and(|(name, value)| *name == "filename" && value.is_empty())
    );
}

/// The name and the value of each part, by the grammar of forms.
fn parts(text: &str) -> Vec<(&str, &str)> {
    let delimiter = format!("--{BOUNDARY}\r\n");
    let mut parts = text.split(&*delimiter);
    assert_eq!(parts.next(), Some(""));
    parts.filter_map(part).collect()
}

fn part(text: &str) -> Option<(&str, &str)> {
    let split = text.split_once("\r\n\r\n");
    assert!(split.is_some(), "a part without a body");
    let (head, value) = split?;
    let parameters = head.strip_prefix("Content-Disposition: form-data; name=\"");
    assert!(parameters.is_some(), "{head:?}");
    let (name, rest) = parameters?.split_once('"')?;
    if let Some(file_name) = rest.strip_prefix("; filename=\"") {
        let (name, rest) = file_name.split_once('"')?;
        assert!(!name.contains(['\r', '\n']));
        assert_eq!(rest, "\r\nContent-Type: application/octet-stream");
    } else {
        assert_eq!(rest, "");
    }
    Some((name, value.strip_suffix("\r\n").unwrap_or(value)))
}
