//! Contents that were made to be slow, or to grow.

use wx_wire::{
    code::MsgType,
    message::{Content, MAX_SHOWN},
};

use super::wire::{decoded, in_room, wire};

const TYPES: &[MsgType] = &[
    MsgType::TEXT,
    MsgType::IMAGE,
    MsgType::APP,
    MsgType::LOCATION,
    MsgType::SYSTEM,
    MsgType::SYSTEM_XML,
    MsgType::STATUS_NOTIFY,
    MsgType::VOIP,
];

/// That the searches take linear time is counted beside them. If anything here
/// did not, this test would take many minutes.
#[test]
fn long_contents_of_one_piece_are_decoded() {
    const COUNT: usize = 1 << 16;
    for piece in [
        "@0a:<br/>",
        "wxid_a:<br/>",
        "&lt;a href=\"weixin://",
        "&lt;a href=\"weixin://x\"&gt;",
        "&lt;a href=\"weixin://x\"&gt;y&lt;/a&gt;",
        "&lt;img src=\"SystemMessages_",
        "&lt;",
        "<br/>",
        ":<br/>/cgi-bin/mmwebwx-bin/webwxgetpubliclinkimg",
        "拍了",
    ] {
        let content = piece.repeat(COUNT / piece.len());
        for msg_type in TYPES {
            assert_ne!(
                Content::decode(&in_room(*msg_type), &content),
                Content::Empty
            );
        }
    }
    for (before, piece, after) in [
        ("<voipmsg>", "<a/>", "</voipmsg>"),
        ("<voipmsg>", "<a b=''>t<!---->t</a>", "</voipmsg>"),
        (
            "<msg><appmsg><mmreader>",
            "<item><title/></item>",
            "</mmreader></appmsg></msg>",
        ),
        ("<msg><appmsg>", "<title/>", "</appmsg></msg>"),
        (
            "<msg><appmsg><recorditem><recordinfo><datalist>",
            "<dataitem/>",
            "</datalist></recordinfo></recorditem></appmsg></msg>",
        ),
        (
            "<sysmsg type='t'><t><link_list>",
            "<link name='a'/>",
            "</link_list></t></sysmsg>",
        ),
        (
            "<msg><op><unreadchatlist>",
            "<chat/>",
            "</unreadchatlist></op></msg>",
        ),
        ("<msg/>", "<msg/>", ""),
    ] {
        let content = wire(&format!(
            "{before}{}{after}",
            piece.repeat(COUNT / piece.len())
        ));
        for msg_type in TYPES {
            assert_ne!(
                Content::decode(&in_room(*msg_type), &content),
                Content::Empty
            );
        }
    }
}

fn template(template: &str, links: &[(&str, &str)]) -> String {
    let links: String = links
        .iter()
        .map(|(name, nick)| {
            format!(
                "<link name=\"{name}\"><memberlist><member><nickname>{nick}</nickname></member>\
                 </memberlist></link>"
            )
        })
        .collect();
    wire(&format!(
        "<sysmsg type=\"t\"><t><content_template><template>{template}</template><link_list>{links}\
         </link_list></content_template></t></sysmsg>"
    ))
}

#[test]
fn names_of_a_template_are_not_templates() {
    let content = template("$a$ and $b$, $c$ $", &[("a", "$b$"), ("b", "B$a$")]);
    let message = decoded!(MsgType::SYSTEM_XML, content, SysMsg);
    assert_eq!(message.shown(), "$b$ and B$a$, $c$ $");
}

#[test]
fn a_template_does_not_grow_without_end() {
    let name = "n".repeat(1000);
    let content = template(&"$a$".repeat(1000), &[("a", &name)]);
    let message = decoded!(MsgType::SYSTEM_XML, content, SysMsg);
    let shown = message.shown();
    assert!(shown.starts_with(&name));
    assert!(
        shown.len() <= MAX_SHOWN + "$a$".len() * 1000,
        "{}",
        shown.len()
    );
}
