//! webwxcheckupload, there and back. No answer was ever captured: the one here
//! has the members that the official page reads.

use wx_wire::{
    code::Ret,
    endpoint::{
        webwxcheckupload::{Request, Response},
        webwxuploadmedia::FileFacts,
    },
};

use super::support::{TEXT, friend, keys, own, posted, shown};

#[test]
fn the_question() {
    let request = Request {
        credentials: &keys(),
        from: &own(),
        to: &friend(),
        file: &FileFacts {
            name: TEXT.to_owned(),
            size: 26_214_401,
            md5: "0a1b".to_owned(),
            media_type: "application/zip".to_owned(),
            modified: 0,
        },
    };
    assert_eq!(
        shown(&request.encode()),
        posted(
            "webwxcheckupload?pass_ticket=p%252Bt%253D",
            r#"{"BaseRequest":KEYS,"FileMd5":"0a1b","FileName":"TEXT","FileSize":26214401,"FileType":7,"FromUserName":"@own","ToUserName":"@friend"}"#
        )
    );
}

#[test]
fn the_answers() {
    let keys = Response::decode(
        br#"{"BaseResponse":{"Ret":0,"ErrMsg":""},"MediaId":"","AESKey":"k3y","Signature":"5ig","EncryFileName":"a%2Ezip"}"#,
    )
    .unwrap();
    assert!(keys.base_response().ret.is_ok() && keys.media_id.is_empty());
    assert_eq!(
        (keys.aes_key.expose(), keys.signature.expose()),
        ("k3y", "5ig")
    );
    assert_eq!(keys.encry_file_name.as_deref(), Some("a%2Ezip"));
    let shown = format!("{keys:?}");
    assert!(!shown.contains("k3y") && !shown.contains("5ig"), "{shown}");

    let known = Response::decode(br#"{"BaseResponse":{"Ret":0},"MediaId":"@crypt_9"}"#).unwrap();
    assert_eq!(known.media_id, "@crypt_9");
    assert!(known.aes_key.is_empty() && known.signature.is_empty());

    let refused = Response::decode(br#"{"BaseResponse":{"Ret":1205,"ErrMsg":""}}"#).unwrap();
    assert_eq!(refused.base_response().ret, Ret::TOO_OFTEN);
    for body in ["", "{}", "[]", "<html></html>"] {
        assert!(Response::decode(body.as_bytes()).is_err(), "{body}");
    }
}
