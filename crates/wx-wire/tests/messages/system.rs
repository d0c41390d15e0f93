//! Recalls, other system messages, lines of the service, calls, and news of
//! the phone.

use wx_wire::{
    code::MsgType,
    message::{About, Content, Notice},
};

use super::wire::{decoded, private, span, wire};

#[test]
fn a_recall() {
    let content = wire(
        "<sysmsg type=\"revokemsg\">\n\t<revokemsg>\n\t\t<session>wxid_a</session>\n\t\t\
         <oldmsgid>16</oldmsgid>\n\t\t<msgid>41</msgid>\n\t\t<replacemsg>\
         <![CDATA[\"Ann\" took <it> back]]></replacemsg>\n\t</revokemsg>\n</sysmsg>\n",
    );
    let revoke = decoded!(MsgType::SYSTEM_XML, content, Revoke);
    assert_eq!(revoke.session.as_deref(), Some("wxid_a"));
    assert_eq!(revoke.oldmsgid.as_deref(), Some("16"));
    assert_eq!(revoke.replacemsg.as_deref(), Some("\"Ann\" took <it> back"));
    assert_eq!(revoke.revoked(), Some("41"));
}

#[test]
fn a_recall_with_a_span_in_cdata() {
    let before =
        wire("<sysmsg type=\"revokemsg\"><revokemsg><msgid>0</msgid><replacemsg><![CDATA[\"");
    let after = wire("\" undid]]></replacemsg></revokemsg></sysmsg>");
    let content = format!("{before}A{}{after}", span("1f604"));
    let revoke = decoded!(MsgType::SYSTEM_XML, content, Revoke);
    assert_eq!(revoke.replacemsg.as_deref(), Some("\"A\u{1f604}\" undid"));
    // 0 stands for the last message of one's own, whichever that is.
    assert_eq!(revoke.revoked(), None);
}

#[test]
fn a_recall_of_the_phones_protocol() {
    let content = wire(
        "<sysmsg type=\"revokemsg\"><revokemsg><msgid>104</msgid><newmsgid>557</newmsgid>\
         </revokemsg></sysmsg>",
    );
    let revoke = decoded!(MsgType::SYSTEM_XML, content, Revoke);
    assert_eq!(revoke.revoked(), Some("557"));
}

#[test]
fn a_pat() {
    let content = wire(
        "<sysmsg type=\"pat\">\n<pat>\n  <fromusername>wxid_a</fromusername>\n  \
         <chatusername>wxid_b</chatusername>\n<pattedusername>wxid_b</pattedusername>\n\n\n\
         <template><![CDATA[\"${wxid_a}\" pats me]]></template>\n</pat>\n</sysmsg>",
    );
    let pat = decoded!(MsgType::SYSTEM_XML, content, SysMsg);
    assert_eq!(pat.sysmsg_type, "pat");
    assert_eq!(pat.fromusername.as_deref(), Some("wxid_a"));
    assert_eq!(pat.pattedusername.as_deref(), Some("wxid_b"));
    assert_eq!(pat.shown(), "\"${wxid_a}\" pats me");
}

#[test]
fn a_template_with_spans_in_names() {
    let member = |id: &str, name: &str| {
        let before = format!("<member><username><![CDATA[{id}]]></username><nickname><![CDATA[");
        format!("{}{name}{}", wire(&before), wire("]]></nickname></member>"))
    };
    let list = |name: &str, members: &str, after: &str| {
        let before = format!("<link name=\"{name}\" type=\"link_profile\"><memberlist>");
        format!(
            "{}{members}{}",
            wire(&before),
            wire(&format!("</memberlist>{after}</link>"))
        )
    };
    let separator = "<separator><![CDATA[, ]]></separator>";
    let moon = format!("{}M", span("1f319"));
    let content = [
        wire(
            "<sysmsg type=\"sysmsgtemplate\">\n<sysmsgtemplate>\n<content_template type=\"t\">\n\
             <plain><![CDATA[]]></plain>\n<template><![CDATA[\"$username$\" invites $names$]]>\
             </template>\n<link_list>\n",
        ),
        list("username", &member("wxid_m", &moon), ""),
        list(
            "names",
            &(member("wxid_a", "Ann") + &member("bob", "Bob")),
            separator,
        ),
        wire("</link_list>\n</content_template>\n</sysmsgtemplate>\n</sysmsg>\n"),
    ]
    .concat();
    let message = decoded!(MsgType::SYSTEM_XML, content, SysMsg);
    assert_eq!(message.sysmsg_type, "sysmsgtemplate");
    assert_eq!(
        message.template.as_deref(),
        Some("\"$username$\" invites $names$")
    );
    let [inviter, invited] = &message.links[..] else {
        panic!("not two links");
    };
    assert_eq!(
        (inviter.name.as_str(), invited.name.as_str()),
        ("username", "names")
    );
    assert_eq!(inviter.members[0].username, "wxid_m");
    assert_eq!(inviter.members[0].nickname, "\u{1f319}M");
    assert_eq!(invited.members.len(), 2);
    assert_eq!(message.shown(), "\"\u{1f319}M\" invites Ann, Bob");
}

#[test]
fn lines_of_the_service() {
    for (content, text, about) in [
        (
            "&lt;a href=\"weixin://x\"&gt;here&lt;/a&gt; it is",
            "here it is",
            None,
        ),
        (
            "&lt;img src=\"SystemMessages_HongbaoIcon.png\"/&gt;  收到红包，请在手机上查看",
            "  收到红包，请在手机上查看",
            Some(About::RedPacket),
        ),
        (
            "你邀请\"A\"加入了群聊",
            "你邀请\"A\"加入了群聊",
            Some(About::Joined),
        ),
        (
            "A invited B to the group chat   ",
            "A invited B to the group chat   ",
            Some(About::Joined),
        ),
        (
            "你将\"A\"移出了群聊",
            "你将\"A\"移出了群聊",
            Some(About::Removed),
        ),
        (
            "你修改群名为“$ &amp; &lt;b&gt;”",
            "你修改群名为“$ & <b>”",
            Some(About::Renamed),
        ),
        ("\"A\" 拍了拍我", "\"A\" 拍了拍我", Some(About::Tickle)),
        ("你已成为新群主", "你已成为新群主", Some(About::NewOwner)),
        (
            "you are &lt;a href=\"http://x\"&gt;one&lt;/a&gt;",
            "you are <a href=\"http://x\">one</a>",
            None,
        ),
        (
            "&lt;a href=\"weixin://open",
            "<a href=\"weixin://open",
            None,
        ),
        (
            "&lt;a href=\"weixin://x\"&gt;no end",
            "<a href=\"weixin://x\">no end",
            None,
        ),
    ] {
        let Notice {
            text: found,
            about: found_about,
            ..
        } = decoded!(MsgType::SYSTEM, content, Notice);
        assert_eq!((found.as_ref(), found_about), (text, about), "{content}");
    }
}

#[test]
fn a_line_where_xml_is_the_rule() {
    let notice = decoded!(MsgType::SYSTEM_XML, "plain words", Notice);
    assert_eq!(notice.text, "plain words");
}

#[test]
fn news_of_the_phone_in_single_quotes() {
    let content = wire(
        "<msg>\n<op id='4'>\n<username>wxid_a,filehelper,47@chatroom,</username>\n<unreadchatlist>\n\
         <chat>\n<username>47@chatroom</username>\n<lastreadtime>1463</lastreadtime>\n</chat>\n\
         </unreadchatlist>\n<unreadfunctionlist>\n</unreadfunctionlist>\n</op>\n</msg>",
    );
    let notify = decoded!(MsgType::STATUS_NOTIFY, content, StatusNotify);
    assert_eq!(notify.op_id.as_deref(), Some("4"));
    assert_eq!(notify.usernames, ["wxid_a", "filehelper", "47@chatroom"]);
    let [chat] = &notify.unread_chats[..] else {
        panic!("not one chat");
    };
    assert_eq!(
        (chat.username.as_str(), chat.lastreadtime.as_str()),
        ("47@chatroom", "1463")
    );
    let empty = Content::decode(&private(MsgType::STATUS_NOTIFY), "");
    assert_eq!(empty, Content::Empty);
}

#[test]
fn calls_with_one_root_and_with_three() {
    let content = wire(
        "<voipmsg type=\"VoIPBubbleMsg\"><VoIPBubbleMsg><msg><![CDATA[hung up]]></msg>\n\
         <room_type>1</room_type>\n<duration>7</duration></VoIPBubbleMsg></voipmsg>",
    );
    let call = decoded!(MsgType::VOIP, content, Voip);
    assert_eq!(call.msg.as_deref(), Some("hung up"));
    assert_eq!(call.room_type.as_deref(), Some("1"));
    assert_eq!(call.duration.as_deref(), Some("7"));
    let content = wire(
        "<voipinvitemsg><roomid>5</roomid><status>2</status></voipinvitemsg><voipextinfo>\
         <recvtime>9</recvtime></voipextinfo><voiplocalinfo><duration>3</duration></voiplocalinfo>",
    );
    let call = decoded!(MsgType::VOIP_INVITE, content, Voip);
    let fields: Vec<(&str, &str)> = call.fields.iter().map(|(n, t)| (&**n, &**t)).collect();
    assert_eq!(
        fields,
        [
            ("roomid", "5"),
            ("status", "2"),
            ("recvtime", "9"),
            ("duration", "3")
        ]
    );
    assert_eq!((call.msg, call.duration.as_deref()), (None, Some("3")));
}
