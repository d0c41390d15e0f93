//! Locations.

#![expect(clippy::panic, reason = "the helpers of tests may fail")]

use wx_wire::{
    code::MsgType,
    message::{Content, Context, Location},
};

use super::wire::{decoded, private, wire};

const PATH: &str = "/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg?url=xxx&msgid=5390&pictype=location";

fn place(context: &Context<'_>, content: &str) -> Location {
    match Content::decode(context, content) {
        Content::Location(place) => *place,
        other => panic!("{other:?}"),
    }
}

fn location() -> Context<'static> {
    let mut context = private(MsgType::TEXT);
    context.sub_msg_type = Context::SUB_LOCATION;
    context
}

/// It looks like the prefix of a room.
#[test]
fn a_place_in_a_private_chat() {
    let content = format!("Harbour:<br/>{PATH}");
    let mut context = location();
    context.url = "http://apis.map.qq.com/uri/v1/geocoder?a=1&amp;coord=40.5,116.25";
    assert_eq!(context.prefixes(&content).sender, None);
    let place = place(&context, &content);
    assert_eq!(place.label.as_deref(), Some("Harbour"));
    assert_eq!(place.image_path.as_deref(), Some(PATH));
    assert_eq!(place.msgid.as_deref(), Some("5390"));
    assert_eq!(place.x.as_deref(), Some("40.5"));
    assert_eq!(place.y.as_deref(), Some("116.25"));
    assert_eq!(
        place.url.as_deref(),
        Some("http://apis.map.qq.com/uri/v1/geocoder?a=1&coord=40.5,116.25")
    );
}

#[test]
fn a_place_in_a_room() {
    let mut context = location();
    context.room = true;
    let from_member = format!("@0a1b:<br/>Pier 1: north &amp; south:<br/>{PATH}");
    assert_eq!(context.prefixes(&from_member).sender, Some("@0a1b"));
    let place_of_member = place(&context, &from_member);
    assert_eq!(
        place_of_member.label.as_deref(),
        Some("Pier 1: north & south")
    );
    let own = format!("Harbour:<br/>{PATH}");
    assert_eq!(context.prefixes(&own).sender, None);
    assert_eq!(place(&context, &own).label.as_deref(), Some("Harbour"));
}

/// `OriContent` is XML that nobody escaped, with real newlines.
#[test]
fn a_place_with_its_original_content() {
    let mut context = location();
    context.ori_content = "<?xml version=\"1.0\"?>\n<msg>\n\t<location x=\"1.5\" y=\"-2.5\" \
        scale=\"16\" label=\"Quay &amp; Co\" maptype=\"0\" poiname=\"The Quay\" />\n</msg>\n";
    let content = format!("Quay:<br/>{PATH}");
    let from_both = place(&context, &content);
    assert_eq!(from_both.label.as_deref(), Some("Quay"));
    assert_eq!(from_both.x.as_deref(), Some("1.5"));
    assert_eq!(from_both.y.as_deref(), Some("-2.5"));
    assert_eq!(from_both.scale.as_deref(), Some("16"));
    assert_eq!(from_both.poiname.as_deref(), Some("The Quay"));
    let alone = place(&location(), context.ori_content);
    assert_eq!(alone.label.as_deref(), Some("Quay & Co"));
    assert_eq!(alone.image_path, None);
}

#[test]
fn a_place_of_type_48() {
    let content =
        wire("<?xml version=\"1.0\"?>\n<msg>\n\t<location x=\"3\" y=\"4\" label=\"L\"/></msg>");
    let place = decoded!(MsgType::LOCATION, content, Location);
    assert_eq!(
        (place.x.as_deref(), place.y.as_deref()),
        (Some("3"), Some("4"))
    );
}

#[test]
fn a_place_that_is_an_address() {
    let content = "http://weixin.qq.com/cgi-bin/redirectforward?args=a&amp;b";
    let place = place(&location(), content);
    assert_eq!(place.label, None);
    assert_eq!(
        place.url.as_deref(),
        Some("http://weixin.qq.com/cgi-bin/redirectforward?args=a&b")
    );
}

/// Somebody may type the words of a place.
#[test]
fn a_text_that_looks_like_a_place() {
    let content = format!("Harbour:<br/>{PATH}");
    let text = decoded!(MsgType::TEXT, content, Text);
    assert_eq!(text, format!("Harbour:\n{PATH}"));
}
