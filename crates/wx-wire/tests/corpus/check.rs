//! Which check a body gets.

use serde_json::Value;

use super::{account, contents, index::Entry, login, sync};

/// Reads a body and tells its facts under the names of the index.
pub(crate) type Read = fn(&Entry, &[u8]) -> Result<Value, String>;

/// What is done with a body.
pub(crate) enum Check {
    /// All expected facts are compared.
    Facts(Read),
    /// Reading must end; the outcome does not matter.
    AnythingGoes,
    /// The crate cannot read these yet.
    Later,
}

const ALL: &[Read] = &[
    login::jslogin,
    login::login_poll,
    login::newloginpage,
    login::synccheck,
    account::init,
    account::contact,
    account::batchcontact,
    account::sendmsg,
    account::statusnotify,
    account::pushloginurl,
    sync::sync,
    sync::add_msg,
    contents::content,
];

/// The check of an entry; none if nobody has thought of its kind.
pub(crate) fn of(entry: &Entry) -> Option<Check> {
    let read: Read = match entry.kind() {
        "jslogin" => login::jslogin,
        "login-poll" => login::login_poll,
        "newloginpage" => login::newloginpage,
        "synccheck" => login::synccheck,
        "init" => account::init,
        "contact" => account::contact,
        "batchcontact" => account::batchcontact,
        "sendmsg" => account::sendmsg,
        "statusnotify" => account::statusnotify,
        "sync" => sync::sync,
        "other-json" => return other_json(entry),
        "msg-content/text"
        | "msg-content/group-text"
        | "msg-content/emoji-text"
        | "msg-content/status-notify"
        | "msg-content/system-10000" => contents::content,
        "mangled" => return Some(Check::AnythingGoes),
        "upload"
        | "msg-content/app-file"
        | "msg-content/app-link"
        | "msg-content/app-merged"
        | "msg-content/app-miniprogram"
        | "msg-content/app-music"
        | "msg-content/app-quote"
        | "msg-content/app-redpacket"
        | "msg-content/app-transfer"
        | "msg-content/card"
        | "msg-content/emoticon"
        | "msg-content/friend-request"
        | "msg-content/image"
        | "msg-content/location"
        | "msg-content/sysmsg-other"
        | "msg-content/sysmsg-revoke"
        | "msg-content/video"
        | "msg-content/voice"
        | "msg-content/voip" => return Some(Check::Later),
        _ => return None,
    };
    Some(Check::Facts(read))
}

/// This kind holds the bodies of many endpoints.
fn other_json(entry: &Entry) -> Option<Check> {
    if entry.context("object") == "AddMsg" {
        return Some(Check::Facts(sync::add_msg));
    }
    match entry.context("endpoint").as_str()? {
        "webwxpushloginurl" => Some(Check::Facts(account::pushloginurl)),
        _ => Some(Check::Later),
    }
}

/// Reads a body whose facts do not matter, and looks at the error if there is
/// one.
pub(crate) fn tolerates(read: Read, entry: &Entry, body: &[u8]) {
    if let Err(error) = read(entry, body) {
        assert!(!error.is_empty());
    }
}

/// Reads a body as every kind there is.
pub(crate) fn by_all(entry: &Entry, body: &[u8]) {
    for read in ALL {
        tolerates(*read, entry, body);
    }
}
