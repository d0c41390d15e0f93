//! Pictures, voices, videos and emoticons.

use wx_wire::{
    code::MsgType,
    message::{Content, GameExt},
};

use super::wire::{decoded, in_room, private, wire};

#[test]
fn a_picture_with_a_declaration_tabs_and_breaks() {
    let content = wire(
        "<?xml version=\"1.0\"?>\n<msg>\n\t<img aeskey=\"0a1b\" encryver=\"0\" \
         cdnthumblength=\"6\" length=\"45\" md5=\"c0ffee\" cdnmidimgurl=\"30\" />\n</msg>\n",
    );
    let image = decoded!(MsgType::IMAGE, content, Image);
    assert_eq!(image.aeskey.as_deref(), Some("0a1b"));
    assert_eq!(image.length.as_deref(), Some("45"));
    assert_eq!(image.md5.as_deref(), Some("c0ffee"));
    assert_eq!(image.cdnmidimgurl.as_deref(), Some("30"));
    assert_eq!(image.hdlength, None);
}

#[test]
fn a_picture_whose_xml_nobody_escaped() {
    let image = decoded!(
        MsgType::IMAGE,
        "<msg>\n<img length='7' cdnmidimgurl='a&amp;b'/>\n</msg>",
        Image
    );
    assert_eq!(image.length.as_deref(), Some("7"));
    assert_eq!(image.cdnmidimgurl.as_deref(), Some("a&b"));
}

#[test]
fn references_since_2018() {
    let reference = format!("@{}", "0aF9".repeat(300));
    for msg_type in [
        MsgType::IMAGE,
        MsgType::VOICE,
        MsgType::VIDEO,
        MsgType::SMALL_VIDEO,
        MsgType::EMOTICON,
    ] {
        let media = decoded!(msg_type, reference, MediaRef);
        assert_eq!(media.as_str(), reference, "{msg_type}");
    }
    let room = format!("@0123456789abcdef0123456789abcdef:<br/>{reference}");
    let Content::MediaRef(media) = Content::decode(&in_room(MsgType::IMAGE), &room) else {
        panic!("no reference");
    };
    assert_eq!(media.as_str(), reference);
    // The same letters are a text in a text.
    let text = decoded!(MsgType::TEXT, reference, Text);
    assert_eq!(text, reference);
    let broken = format!("{reference}g");
    assert!(matches!(
        Content::decode(&private(MsgType::IMAGE), &broken),
        Content::Unknown(text) if text == broken
    ));
}

#[test]
fn a_voice() {
    let content = wire(
        "<msg><voicemsg endflag=\"1\" voiceformat=\"4\" voicelength=\"960\" length=\"1589\" \
         bufid=\"144\" clientmsgid=\"a7filehelper5_9\" fromusername=\"ann\" /></msg>",
    );
    let voice = decoded!(MsgType::VOICE, content, Voice);
    assert_eq!(voice.voicelength.as_deref(), Some("960"));
    assert_eq!(voice.clientmsgid.as_deref(), Some("a7filehelper5_9"));
}

#[test]
fn videos_in_either_element() {
    let content =
        wire("<msg>\n\t<videomsg playlength=\"24\" length=\"17\" isad=\"0\" />\n</msg>\n");
    let video = decoded!(MsgType::VIDEO, content, Video);
    assert_eq!(video.playlength.as_deref(), Some("24"));
    let content = wire("<msg><img length=\"6503\" hdlength=\"0\" /></msg>");
    let video = decoded!(MsgType::SMALL_VIDEO, content, Video);
    assert_eq!(video.length.as_deref(), Some("6503"));
    assert_eq!(video.playlength, None);
}

#[test]
fn an_emoticon_with_blanks_around_equal_signs() {
    let content = wire(
        "<msg><emoji fromusername = \"xxx\" tousername= \"xxx\" type=\"2\" md5=\"ab\" len = \"4\" \
         productid=\"com.example.set\" cdnurl = \"http://e.example/?a=1&amp;b=2\" width= \"85\" >\
         </emoji> <gameext type=\"2\" content=\"5\" ></gameext></msg>",
    );
    let emoticon = decoded!(MsgType::EMOTICON, content, Emoticon);
    assert_eq!(emoticon.len.as_deref(), Some("4"));
    assert_eq!(emoticon.productid.as_deref(), Some("com.example.set"));
    assert_eq!(
        emoticon.cdnurl.as_deref(),
        Some("http://e.example/?a=1&b=2")
    );
    assert_eq!(emoticon.width.as_deref(), Some("85"));
    assert_eq!(emoticon.height, None);
    let Some(GameExt {
        r#type, content, ..
    }) = emoticon.game
    else {
        panic!("no game");
    };
    assert_eq!(
        (r#type.as_deref(), content.as_deref()),
        (Some("2"), Some("5"))
    );
}

#[test]
fn store_emoticons_have_no_content() {
    let content = Content::decode(&private(MsgType::EMOTICON), "");
    assert_eq!(content, Content::Empty);
}
