//! What a client cannot do by its own making, and why. A step that is listed
//! here and succeeds is a failure, so that the list stays true.

use crate::interop::column::Column;
use crate::peers::Peer;

/// A client, a step by its title, and the reason.
type Defect = (Column, &'static str, &'static str);

const ITCHAT: Column = Column::Peer(Peer::Itchat);
const ITCHAT_UOS: Column = Column::Peer(Peer::ItchatUos);
const WXPY: Column = Column::Peer(Peer::Wxpy);
const WECHAT4U: Column = Column::Peer(Peer::Wechat4u);

const PIN: &str = "it pins without naming the remark, which the service then takes away";
const NAMES: &str = "it leaves `&lt;` in names";
const STATUS_NOTIFY: &str = "received: status notify";

const DEFECTS: [Defect; 14] = [
    (ITCHAT, "friends with `<` or an emoji in their names", NAMES),
    (ITCHAT, "pin, and the remark stays", PIN),
    (
        ITCHAT_UOS,
        "friends with `<` or an emoji in their names",
        NAMES,
    ),
    (ITCHAT_UOS, "pin, and the remark stays", PIN),
    (WXPY, "friends with `<` or an emoji in their names", NAMES),
    (
        WXPY,
        STATUS_NOTIFY,
        "it keeps what itchat makes of type 51 for itself",
    ),
    (WXPY, "pin, and the remark stays", PIN),
    (
        WECHAT4U,
        "friends with `<` or an emoji in their names",
        NAMES,
    ),
    (
        WECHAT4U,
        "text with `<`, `&`, two lines and an emoji",
        "it leaves `&amp;` in texts",
    ),
    (
        WECHAT4U,
        "text in a group, and who wrote it",
        "it writes the name of who wrote it before the text, and has no member for who that is",
    ),
    (
        WECHAT4U,
        "what came meanwhile is delivered",
        "it initialises anew, and goes on from the position of that",
    ),
    (
        WECHAT4U,
        "the end, when the phone ends it",
        "it compares the retcode, a text, with a number, and takes the end for an error",
    ),
    (
        WECHAT4U,
        "push login: confirm, without a code",
        "it has no push login",
    ),
    (
        Column::Own,
        STATUS_NOTIFY,
        "on purpose: it is not for people; whom it names is looked up and identified",
    ),
];

/// How many noes there are.
#[cfg(test)]
pub(super) const fn count() -> usize {
    DEFECTS.len()
}

/// Why this client cannot take this step, if it cannot.
pub(super) fn defect(column: Column, title: &str) -> Option<&'static str> {
    let mut defects = DEFECTS.iter();
    let found = defects.find(|(of, step, _)| *of == column && *step == title);
    found.map(|(_, _, reason)| *reason)
}
