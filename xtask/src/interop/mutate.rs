//! `cargo xtask interop --mutate`: a part of the answers is left out, and a
//! client that lives on it must fail. A judge that lets everything pass would
//! pass here, too, and that is a failure.

use std::sync::Mutex;
use std::sync::PoisonError;

use anyhow::{Context, bail};

use crate::interop::cell::{Outcome, Report};
use crate::interop::column::Column;
use crate::interop::{cell, table};
use crate::peers::Peer;
use crate::workspace::Workspace;

/// Runs at one time: most of a run is waiting.
const AT_ONCE: usize = 4;

/// What nobody reads: without it, everything goes as ever. It shows that the
/// others fail because of what is left out.
const UNREAD: &str = "webwxinit.ClickReportInterval";

/// A part of an answer, and a client that lives on it.
pub(super) const PARTS: [(&str, Peer); 40] = [
    ("jslogin.QRLogin.code", Peer::Itchat),
    ("jslogin.QRLogin.uuid", Peer::Wechat4u),
    ("login.code", Peer::Itchat),
    ("login.redirect_uri", Peer::Wxpy),
    ("login.userAvatar", Peer::Wechat4u),
    ("webwxnewloginpage.skey", Peer::Itchat),
    ("webwxnewloginpage.wxsid", Peer::Wxpy),
    ("webwxnewloginpage.wxuin", Peer::Itchat),
    ("webwxnewloginpage.pass_ticket", Peer::Wechat4u),
    ("webwxnewloginpage.Set-Cookie.wxsid", Peer::ItchatUos),
    ("webwxnewloginpage.Set-Cookie.wxuin", Peer::ItchatUos),
    (
        "webwxnewloginpage.Set-Cookie.webwx_auth_ticket",
        Peer::Itchat,
    ),
    ("webwxinit.BaseResponse", Peer::Wechat4u),
    ("webwxinit.SyncKey", Peer::ItchatUos),
    ("webwxinit.User.UserName", Peer::Wechat4u),
    ("webwxinit.User.NickName", Peer::Itchat),
    ("webwxinit.InviteStartCount", Peer::Itchat),
    ("webwxgetcontact.MemberList", Peer::Itchat),
    ("webwxgetcontact.MemberList.UserName", Peer::Wxpy),
    ("webwxgetcontact.MemberList.NickName", Peer::Wechat4u),
    ("webwxgetcontact.MemberList.VerifyFlag", Peer::Itchat),
    ("webwxgetcontact.MemberList.Sex", Peer::ItchatUos),
    ("webwxbatchgetcontact.ContactList", Peer::Wechat4u),
    ("webwxbatchgetcontact.ContactList.MemberList", Peer::Itchat),
    ("synccheck.retcode", Peer::Itchat),
    ("synccheck.selector", Peer::Wxpy),
    ("webwxsync.SyncKey", Peer::ItchatUos),
    ("webwxsync.SyncCheckKey", Peer::Itchat),
    ("webwxsync.AddMsgCount", Peer::Wechat4u),
    ("webwxsync.AddMsgList.MsgType", Peer::Wxpy),
    ("webwxsync.AddMsgList.FromUserName", Peer::Wechat4u),
    ("webwxsync.AddMsgList.Content", Peer::Wechat4u),
    ("webwxsync.AddMsgList.NewMsgId", Peer::Itchat),
    ("webwxsync.AddMsgList.MediaId", Peer::ItchatUos),
    ("webwxsync.AddMsgList.RecommendInfo", Peer::Itchat),
    ("webwxsync.ModContactCount", Peer::Wechat4u),
    ("webwxuploadmedia.MediaId", Peer::Wechat4u),
    ("webwxsendmsg.MsgID", Peer::ItchatUos),
    ("webwxcreatechatroom.ChatRoomName", Peer::Wxpy),
    ("webwxpushloginurl.uuid", Peer::Itchat),
];

/// What came of a part's being left out: the step that failed, and how.
pub(super) struct Noticed {
    pub(super) part: &'static str,
    pub(super) peer: Peer,
    pub(super) step: String,
}

/// Leaves out each part in turn.
pub(super) fn run(workspace: &Workspace) -> anyhow::Result<()> {
    super::prepare(workspace)?;
    let mut jobs: Vec<(&str, Peer)> = Peer::ALL.map(|peer| (UNREAD, peer)).into();
    jobs.extend(PARTS);
    let count = jobs.len();
    let results = Mutex::new(Vec::new());
    let jobs = Mutex::new(jobs.into_iter().enumerate());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some((number, (part, peer))) = job else {
                        return;
                    };
                    let name = format!("without-{number}");
                    let column = Column::Peer(peer);
                    let report = cell(workspace, column, &name, &[part.to_owned()]);
                    let went = report.and_then(|report| judge(part, &report));
                    match &went {
                        Ok(step) => println!("{part:50} {:12} {step}", peer.name()),
                        Err(error) => println!("{part:50} {:12} ERROR {error:#}", peer.name()),
                    }
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    results.push((number, part, peer, went));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(number, ..)| *number);
    let failed = results.iter().filter(|(.., went)| went.is_err()).count();
    if failed > 0 || results.len() != count {
        bail!("{failed} of {count} did not go as they must");
    }
    let noticed: Vec<Noticed> = results
        .into_iter()
        .filter(|(_, part, ..)| *part != UNREAD)
        .filter_map(|(_, part, peer, went)| {
            let step = went.ok()?;
            Some(Noticed { part, peer, step })
        })
        .collect();
    table::write_parts(workspace, &noticed)
}

/// The step at which it was noticed that a part is gone.
fn judge(part: &str, report: &Report) -> anyhow::Result<String> {
    let times = report.omitted.get(part).and_then(serde_json::Value::as_u64);
    if times.unwrap_or_default() == 0 {
        bail!("it was in no answer, and could not be left out");
    }
    let mut rows = report.rows.iter();
    let failed = rows.find(|row| matches!(row.outcome, Outcome::Failed(_)));
    match (failed, part == UNREAD) {
        (None, true) => Ok(String::new()),
        (Some(row), false) => Ok(row.title.clone()),
        (None, false) => bail!("nothing failed without it"),
        (Some(row), true) => {
            let Outcome::Failed(error) = &row.outcome else {
                return Ok(String::new());
            };
            Err(anyhow::anyhow!("{error}")).context(row.title.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::interop::cell::Row;

    fn report(outcome: Outcome, part: &str, times: u64) -> Report {
        Report {
            rows: vec![Row {
                title: "logout".to_owned(),
                outcome,
            }],
            omitted: serde_json::json!({ part: times }),
        }
    }

    #[test]
    fn what_nobody_notices_or_what_was_never_there_proves_nothing() {
        let failed = || Outcome::Failed("no answer".to_owned());
        let yes = || Outcome::Yes(String::new());
        assert_eq!(judge("a.b", &report(failed(), "a.b", 2)).unwrap(), "logout");
        assert!(judge("a.b", &report(yes(), "a.b", 2)).is_err());
        assert!(judge("a.b", &report(failed(), "a.c", 2)).is_err());
        assert!(judge(UNREAD, &report(failed(), UNREAD, 1)).is_err());
        judge(UNREAD, &report(yes(), UNREAD, 1)).unwrap();
    }

    #[test]
    fn no_part_is_there_twice() {
        let parts: BTreeSet<&str> = PARTS.iter().map(|(part, _)| *part).collect();
        assert_eq!(parts.len(), PARTS.len());
    }
}
