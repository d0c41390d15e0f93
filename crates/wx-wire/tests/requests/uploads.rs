//! The pieces of a file.

use proptest::prelude::*;
use wx_wire::{
    Credentials,
    endpoint::webwxuploadmedia::{
        CHECK_ABOVE, FileFacts, MediaKind, Multipart, PIECE, Request, extension, pieces,
    },
    id::UserName,
    secret::{DataTicket, UploadKey, UploadSignature},
};

use super::{
    multipart::{Part, parts},
    support::{friend, keys, own},
};

/// An upload and all that its requests borrow.
struct Upload {
    keys: Credentials,
    data_ticket: DataTicket,
    from: UserName,
    to: UserName,
    file: FileFacts,
    checked: (UploadKey, UploadSignature),
}

impl Upload {
    fn of(name: &str, size: u64) -> Self {
        Self {
            keys: keys(),
            data_ticket: DataTicket::new("gSd/t+k="),
            from: own(),
            to: friend(),
            file: FileFacts {
                name: name.to_owned(),
                size,
                md5: "0123456789abcdef0123456789abcdef".to_owned(),
                media_type: "image/png".to_owned(),
                modified: 1_458_147_310,
            },
            checked: (UploadKey::new("aes"), UploadSignature::new("sig")),
        }
    }

    fn request(&self, piece: u64) -> Request<'_> {
        Request {
            credentials: &self.keys,
            data_ticket: &self.data_ticket,
            from: &self.from,
            to: &self.to,
            file: &self.file,
            kind: MediaKind::of_extension(extension(&self.file.name)),
            client_media_id: 1_700_000_000_123,
            keys: None,
            piece,
            boundary: "BoundaryX7k2",
        }
    }
}

fn whole(form: &Multipart, piece: &[u8]) -> Vec<u8> {
    [&form.before, piece, &form.after].concat()
}

/// The text parts, and what heads the file.
fn read(form: &Multipart) -> (Vec<(String, String)>, Part) {
    let mut parts = parts(&whole(form, b"\0\xff--Boundary\r\n"), "BoundaryX7k2");
    let file = parts.pop().unwrap();
    let fields = parts.into_iter().map(|part| {
        let [line] = part.head.as_slice() else {
            panic!("{:?}", part.head);
        };
        let name = line
            .strip_prefix("Content-Disposition: form-data; name=\"")
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap();
        (name.to_owned(), String::from_utf8(part.body).unwrap())
    });
    (fields.collect(), file)
}

/// protocol: upload, in the order of the official page's parts.
#[test]
fn a_file_of_one_piece() {
    let upload = Upload::of("图 \"1\".PNG", 5);
    let form = upload.request(0).encode();
    assert_eq!(form.head.method(), "POST");
    assert_eq!(
        form.head.uri(),
        "https://file.wx2.qq.com/cgi-bin/mmwebwx-bin/webwxuploadmedia?f=json"
    );
    assert_eq!(
        form.head.headers()["content-type"],
        "multipart/form-data; boundary=BoundaryX7k2"
    );
    assert_eq!(form.head.headers().len(), 1);
    assert_eq!(upload.request(0).range(), 0..5);
    let expected = r#"--BoundaryX7k2
Content-Disposition: form-data; name="id"

WU_FILE_0
--BoundaryX7k2
Content-Disposition: form-data; name="name"

图 "1".PNG
--BoundaryX7k2
Content-Disposition: form-data; name="type"

image/png
--BoundaryX7k2
Content-Disposition: form-data; name="lastModifiedDate"

Thu Mar 17 2016 00:55:10 GMT+0800 (CST)
--BoundaryX7k2
Content-Disposition: form-data; name="size"

5
--BoundaryX7k2
Content-Disposition: form-data; name="mediatype"

pic
--BoundaryX7k2
Content-Disposition: form-data; name="uploadmediarequest"

{"UploadType":2,"BaseRequest":{"Uin":2345678901,"Sid":"s+i/d","Skey":"@crypt_1a_2b","DeviceID":"e123456789012345"},"ClientMediaId":1700000000123,"TotalLen":5,"StartPos":0,"DataLen":5,"MediaType":4,"FromUserName":"@own","ToUserName":"@friend","FileMd5":"0123456789abcdef0123456789abcdef"}
--BoundaryX7k2
Content-Disposition: form-data; name="webwx_data_ticket"

gSd/t+k=
--BoundaryX7k2
Content-Disposition: form-data; name="pass_ticket"

p+t=
--BoundaryX7k2
Content-Disposition: form-data; name="filename"; filename="图 %221%22.PNG"
Content-Type: application/octet-stream

bytes
--BoundaryX7k2--
"#;
    assert_eq!(
        String::from_utf8(whole(&form, b"bytes")).unwrap(),
        expected.replace('\n', "\r\n")
    );
}

#[test]
fn a_large_file_in_pieces() {
    let size = 2 * PIECE + 1;
    let upload = Upload::of("a.mp4", size);
    let mut requests = Vec::new();
    let mut end = 0;
    for piece in 0..3 {
        let request = Request {
            keys: Some((&upload.checked.0, &upload.checked.1)),
            ..upload.request(piece)
        };
        assert_eq!(request.range().start, end);
        end = request.range().end;
        let (fields, _) = read(&request.encode());
        let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "id",
                "name",
                "type",
                "lastModifiedDate",
                "size",
                "chunks",
                "chunk",
                "mediatype",
                "uploadmediarequest",
                "webwx_data_ticket",
                "pass_ticket"
            ]
        );
        let value = |wanted: &str| {
            let field = fields.iter().find(|(name, _)| name == wanted);
            field.map(|(_, value)| value.clone()).unwrap()
        };
        assert_eq!(value("size"), "1048577");
        assert_eq!(value("chunks"), "3");
        assert_eq!(value("chunk"), piece.to_string());
        assert_eq!(value("mediatype"), "video");
        requests.push(value("uploadmediarequest"));
    }
    assert_eq!(end, size);
    // The same text for every piece, the keys of webwxcheckupload last.
    assert!(requests.iter().all(|request| *request == requests[0]));
    assert!(requests[0].contains(r#""TotalLen":1048577,"StartPos":0,"DataLen":1048577,"#));
    assert!(requests[0].ends_with(
        r#","FileMd5":"0123456789abcdef0123456789abcdef","AESKey":"aes","Signature":"sig"}"#
    ));
}

/// protocol: limits, and mediatype by extension.
#[test]
fn sizes_and_kinds() {
    assert_eq!((PIECE, CHECK_ABOVE), (524_288, 26_214_400));
    for (size, count) in [
        (0, 1),
        (1, 1),
        (PIECE, 1),
        (PIECE + 1, 2),
        (2 * PIECE, 2),
        (u64::MAX, 35_184_372_088_832),
    ] {
        assert_eq!(pieces(size), count, "{size}");
    }
    assert_eq!(Upload::of("a", 3).request(1).range(), 3..3);
    assert_eq!(Upload::of("a", 3).request(u64::MAX).range(), 3..3);
    for (name, kind) in [
        ("a.bmp", "pic"),
        ("a.png", "pic"),
        ("a.JPEG", "pic"),
        ("b.a.jpg", "pic"),
        ("a.mp4", "video"),
        ("a.gif", "doc"),
        ("a.mov", "doc"),
        ("png", "doc"),
        ("", "doc"),
    ] {
        let kind_of = MediaKind::of_extension(extension(name));
        assert_eq!(kind_of.as_str(), kind, "{name}");
    }
}

/// The parts hold every key of the session.
#[test]
fn nothing_of_the_form_is_shown() {
    let upload = Upload::of("secret-name.txt", 5);
    let request = Request {
        keys: Some((&upload.checked.0, &upload.checked.1)),
        ..upload.request(0)
    };
    let form = format!("{:?}", request.encode());
    assert_eq!(
        form,
        format!(
            "Multipart {{ uri: https://file.wx2.qq.com/cgi-bin/mmwebwx-bin/webwxuploadmedia?f=json, \
             before: {}, after: 20 }}",
            request.encode().before.len()
        )
    );
    let shown = format!("{request:?}");
    for secret in [
        "s+i/d",
        "@crypt_1a_2b",
        "p%2Bt%3D",
        "gSd/t+k=",
        "\"aes\"",
        "\"sig\"",
    ] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}

proptest! {
    /// Whatever a file is called, the form has the same parts, and the name can
    /// be had back from both places.
    #[test]
    fn no_name_breaks_the_form(
        name in "([ -~]|[\r\n\"%;]|\\PC|--|[\0-\u{1f}]){0,40}",
    ) {
        let (fields, file) = read(&Upload::of(&name, 5).request(0).encode());
        prop_assert_eq!(fields.len(), 9);
        prop_assert_eq!(&fields[1], &("name".to_owned(), name.clone()));
        prop_assert_eq!(file.body, b"\0\xff--Boundary\r\n");
        let [disposition, kind] = file.head.as_slice() else {
            panic!("{:?}", file.head);
        };
        prop_assert_eq!(kind, "Content-Type: application/octet-stream");
        let quoted = disposition
            .strip_prefix("Content-Disposition: form-data; name=\"filename\"; filename=\"")
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap();
        prop_assert!(!quoted.contains(['"', '\r', '\n']));
        // A name that has such a `%22` of its own cannot be told apart.
        let own = ["%22", "%0D", "%0A"].iter().any(|escape| name.contains(escape));
        let back = quoted.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
        prop_assert!(own || back == name, "{}", quoted);
    }
}
