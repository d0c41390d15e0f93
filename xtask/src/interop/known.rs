//! What the clients cannot do, and why that is their own doing. If a step that is
//! listed here succeeds, the run fails, so that the list stays true.

use crate::interop::column::Column;
use crate::peers::Peer;

/// A step that a client cannot take, and why.
pub(super) struct Defect {
    client: Column,
    step: &'static str,
    /// A part of the error by which this defect shows; any other error is a failure.
    pub(super) shows: &'static str,
    pub(super) reason: &'static str,
}

const ITCHAT: Column = Column::Peer(Peer::Itchat);
const ITCHAT_UOS: Column = Column::Peer(Peer::ItchatUos);
const WXPY: Column = Column::Peer(Peer::Wxpy);
const WECHAT4U: Column = Column::Peer(Peer::Wechat4u);

/// The steps that some client cannot take.
pub(super) const NAMES: &str = "friends with `<` or `&` in their names";
pub(super) const STATUS_NOTIFY: &str = "received: status notify";
pub(super) const MARKUP: &str = "text with `<`, `&`, two lines and an emoji";
pub(super) const IN_GROUP: &str = "text in a group, and who wrote it";
pub(super) const PIN: &str = "pin, and the remark stays";
pub(super) const MISSED: &str = "messages that came meanwhile are delivered";
pub(super) const END: &str = "reports the end when another login takes over";
pub(super) const PUSH_LOGIN: &str = "push login: confirm, without a code";

const fn names(client: Column) -> Defect {
    Defect {
        client,
        step: NAMES,
        shows: "the client does not know H<3",
        reason: "it does not decode `&lt;` in names",
    }
}

const fn pin(client: Column) -> Defect {
    Defect {
        client,
        step: PIN,
        shows: "the remark: \"\"",
        reason: "its request to pin leaves out the remark, which the service then removes",
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
        reason: "it does not pass on what itchat makes of type 51",
    },
    pin(WXPY),
    names(WECHAT4U),
    Defect {
        client: WECHAT4U,
        step: MARKUP,
        shows: "the text: \"a < b &amp; b > c",
        reason: "it does not decode `&amp;` in texts",
    },
    Defect {
        client: WECHAT4U,
        step: IN_GROUP,
        shows: ":\\n大家好\" instead of \"大家好\"",
        reason: "it leaves the name of the writer in front of the text, and does not report it \
                 otherwise",
    },
    Defect {
        client: WECHAT4U,
        step: MISSED,
        shows: "the message: not within",
        reason: "it initialises again, and continues from the position that this gives it",
    },
    Defect {
        client: WECHAT4U,
        step: END,
        shows: "word of the end: not within",
        reason: "it compares the retcode, which is a string, with a number, and takes the end \
                 for an error",
    },
    Defect {
        client: WECHAT4U,
        step: PUSH_LOGIN,
        shows: "the login came to nothing",
        reason: "it has no push login",
    },
    Defect {
        client: Column::Own,
        step: STATUS_NOTIFY,
        shows: "the message: not within",
        reason: "on purpose: this is no message for people; the contacts that it names are \
                 fetched instead",
    },
];

/// How many of them there are.
#[cfg(test)]
pub(super) const fn count() -> usize {
    DEFECTS.len()
}

/// Why this client cannot take this step, if it cannot.
pub(super) fn defect(client: Column, step: &str) -> Option<&'static Defect> {
    let mut defects = DEFECTS.iter();
    defects.find(|defect| defect.client == client && defect.step == step)
}
