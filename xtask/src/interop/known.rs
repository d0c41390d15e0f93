//! What a client cannot do by its own making, and why. A step that is listed
//! here and succeeds is a failure, so that the list stays true.

use crate::interop::column::Column;
use crate::peers::Peer;

/// A step that a client cannot take.
pub(super) struct Defect {
    client: Column,
    step: &'static str,
    /// What the failure says: any other one is not this.
    pub(super) shows: &'static str,
    pub(super) reason: &'static str,
}

const ITCHAT: Column = Column::Peer(Peer::Itchat);
const ITCHAT_UOS: Column = Column::Peer(Peer::ItchatUos);
const WXPY: Column = Column::Peer(Peer::Wxpy);
const WECHAT4U: Column = Column::Peer(Peer::Wechat4u);

const NAMES: &str = "friends with `<` or `&` in their names";
const PIN: &str = "pin, and the remark stays";
const STATUS_NOTIFY: &str = "received: status notify";

const fn names(client: Column) -> Defect {
    Defect {
        client,
        step: NAMES,
        shows: "the client does not know H<3",
        reason: "it leaves `&lt;` in names",
    }
}

const fn pin(client: Column) -> Defect {
    Defect {
        client,
        step: PIN,
        shows: "the remark: \"\"",
        reason: "it pins without naming the remark, which the service then takes away",
    }
}

const DEFECTS: [Defect; 14] = [
    names(ITCHAT),
    pin(ITCHAT),
    names(ITCHAT_UOS),
    pin(ITCHAT_UOS),
    names(WXPY),
    Defect {
        client: WXPY,
        step: STATUS_NOTIFY,
        shows: "the message: not within",
        reason: "it keeps what itchat makes of type 51 for itself",
    },
    pin(WXPY),
    names(WECHAT4U),
    Defect {
        client: WECHAT4U,
        step: "text with `<`, `&`, two lines and an emoji",
        shows: "the text: \"a < b &amp; b > c",
        reason: "it leaves `&amp;` in texts",
    },
    Defect {
        client: WECHAT4U,
        step: "text in a group, and who wrote it",
        shows: ":\\n大家好\", and not \"大家好\"",
        reason: "it writes the name of who wrote it before the text, and has no member for \
                 who that is",
    },
    Defect {
        client: WECHAT4U,
        step: "what came meanwhile is delivered",
        shows: "the message: not within",
        reason: "it initialises anew, and goes on from the position of that",
    },
    Defect {
        client: WECHAT4U,
        step: "the end, when the phone ends it",
        shows: "word of the end: not within",
        reason: "it compares the retcode, a text, with a number, and takes the end for an \
                 error",
    },
    Defect {
        client: WECHAT4U,
        step: "push login: confirm, without a code",
        shows: "the login came to nothing",
        reason: "it has no push login",
    },
    Defect {
        client: Column::Own,
        step: STATUS_NOTIFY,
        shows: "the message: not within",
        reason: "on purpose: it is not for people; whom it names is looked up and identified",
    },
];

/// How many noes there are.
#[cfg(test)]
pub(super) const fn count() -> usize {
    DEFECTS.len()
}

/// Why this client cannot take this step, if it cannot.
pub(super) fn defect(client: Column, step: &str) -> Option<&'static Defect> {
    let mut defects = DEFECTS.iter();
    defects.find(|defect| defect.client == client && defect.step == step)
}
