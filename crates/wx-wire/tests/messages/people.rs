//! Cards and friend requests.

use wx_wire::{code::MsgType, message::Content};

use super::wire::{decoded, in_room, span, wire};

#[test]
fn a_card_with_two_blanks_between_attributes() {
    let content = wire(
        "<?xml version=\"1.0\"?>\n<msg bigheadimgurl=\"http://h.example/0\" username=\"wxid_a\" \
         nickname=\"Ann\"  shortpy=\"\" alias=\"\" sex=\"2\" brandFlags=\"0\" \
         regionCode=\"CN_North_Big City\" antispamticket=\"v2_1@stranger\" />\n",
    );
    let card = decoded!(MsgType::CARD, content, Card);
    assert_eq!(card.nickname.as_deref(), Some("Ann"));
    assert_eq!(card.shortpy.as_deref(), Some(""));
    assert_eq!(card.region_code.as_deref(), Some("CN_North_Big City"));
    assert_eq!(card.antispamticket.as_deref(), Some("v2_1@stranger"));
    assert_eq!(card.fullpy, None);
}

/// The quotes of a raw span would end the attribute.
#[test]
fn spans_in_attributes() {
    let before = wire("<msg username=\"wxid_a\" nickname=\"");
    let after = wire("\" sex=\"1\" />");
    for (digits, emoji) in [
        ("263a", "\u{263a}"),
        ("1f319", "\u{1f319}"),
        ("3120e3", "1\u{20e3}"),
        ("00a9fe0f", "\u{a9}\u{fe0f}"),
        ("1f1e81f1f3", "\u{1f1e8}\u{1f1f3}"),
    ] {
        let content = format!("{before}A{} &amp;amp; Co{after}", span(digits));
        let card = decoded!(MsgType::CARD, content, Card);
        assert_eq!(card.nickname.unwrap(), format!("A{emoji} & Co"));
        assert_eq!(card.sex.as_deref(), Some("1"));
    }
}

#[test]
fn a_card_in_a_room() {
    let content = format!(
        "@0a1b:<br/>{}",
        wire("<msg username='v3_1@stranger' nickname='B'/>")
    );
    let context = in_room(MsgType::CARD);
    assert_eq!(context.prefixes(&content).sender, Some("@0a1b"));
    let Content::Card(card) = Content::decode(&context, &content) else {
        panic!("no card");
    };
    assert_eq!(card.username.as_deref(), Some("v3_1@stranger"));
}

#[test]
fn a_request_without_a_blank_between_attributes() {
    let content = wire(
        "<msg fromusername=\"wxid_a\" encryptusername=\"v1_1@stranger\" fromnickname=\"A\" \
         content=\"I&apos;m &quot;Ann&quot; &amp;lt;3\"  sign=\"none\"percard=\"1\" scene=\"30\" \
         ticket=\"v2_2@stranger\" opcode=\"2\"><brandlist count=\"0\" ver=\"6\"></brandlist></msg>",
    );
    let request = decoded!(MsgType::FRIEND_REQUEST, content, FriendRequest);
    assert_eq!(request.content.as_deref(), Some("I'm \"Ann\" &lt;3"));
    assert_eq!(request.sign.as_deref(), Some("none"));
    assert_eq!(request.percard.as_deref(), Some("1"));
    assert_eq!(request.ticket.as_deref(), Some("v2_2@stranger"));
}

#[test]
fn somebody_whom_one_may_know() {
    let content = wire("<msg fromusername=\"wxid_a\" fromnickname=\"Ann\" scene=\"10\" />");
    let person = decoded!(MsgType::POSSIBLE_FRIEND, content, PossibleFriend);
    assert_eq!(person.fromnickname.as_deref(), Some("Ann"));
}
