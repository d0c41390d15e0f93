//! `cargo xtask interop --mutate`: the simulator leaves out a part of its answers, and
//! a client that needs the part has to fail. A scenario that lets everything pass
//! would let this pass too, which is what a run shows not to be the case.

use std::sync::{Mutex, PoisonError};

use anyhow::bail;

use crate::interop::cell::{Outcome, Report, Row, Section};
use crate::interop::column::Column;
use crate::interop::{cell, table};
use crate::peers::Peer;
use crate::workspace::Workspace;

/// How many clients run at the same time. They wait most of the time.
const AT_ONCE: usize = 4;

/// A part that nobody reads, so that no client may fail without it. This shows that
/// leaving something out does not by itself make clients fail.
const UNREAD: &str = "webwxinit.ClickReportInterval";

/// A part of an answer, and a client that needs it.
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

/// A part that was left out, the client that noticed, and where.
pub(super) struct Noticed {
    pub(super) part: &'static str,
    pub(super) peer: Peer,
    pub(super) section: Section,
}

/// Leaves out one part after another, and writes the second half of the page.
pub(super) fn run(workspace: &Workspace) -> anyhow::Result<()> {
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
                    let verdict = report.and_then(|report| judge(part, &report));
                    let words = match &verdict {
                        Ok(Some(row)) => format!("{}: {}", row.section.name(), row.title),
                        Ok(None) => "goes through".to_owned(),
                        Err(error) => format!("ERROR {error:#}"),
                    };
                    println!("{part:50} {:12} {words}", peer.name());
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    results.push((number, part, peer, verdict));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(number, ..)| *number);
    let failed = results
        .iter()
        .filter(|(.., verdict)| verdict.is_err())
        .count();
    if failed > 0 || results.len() != count {
        bail!("{failed} of {count} runs did not end as they have to");
    }
    let noticed: Vec<Noticed> = results
        .into_iter()
        .filter_map(|(_, part, peer, verdict)| {
            let section = verdict.ok()??.section;
            Some(Noticed {
                part,
                peer,
                section,
            })
        })
        .collect();
    table::write_parts(workspace, &noticed)
}

/// The step that failed for lack of a part; none for the part that nobody reads.
///
/// # Errors
/// If the run proves nothing, or a client failed for lack of [`UNREAD`].
fn judge(part: &str, report: &Report) -> anyhow::Result<Option<Row>> {
    let times = report.omitted.get(part).and_then(serde_json::Value::as_u64);
    if times.unwrap_or_default() == 0 {
        bail!("no answer has this part, so it was never left out");
    }
    let mut failures = report.rows.iter().filter_map(|row| match &row.outcome {
        Outcome::Failed(error) => Some((row, error)),
        Outcome::Yes(_) | Outcome::No(_) => None,
    });
    match (failures.next(), part == UNREAD) {
        (None, true) => Ok(None),
        (Some((row, _)), false) => Ok(Some(row.clone())),
        (None, false) => bail!("no step failed without it"),
        (Some((row, error)), true) => bail!("{}: {error}", row.title),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn report(outcome: Outcome, part: &str, times: u64) -> Report {
        Report {
            rows: vec![Row {
                section: Section::Returning,
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
        let noticed = judge("a.b", &report(failed(), "a.b", 2)).unwrap().unwrap();
        assert_eq!(noticed.title, "logout");
        assert!(judge("a.b", &report(yes(), "a.b", 2)).is_err());
        assert!(judge("a.b", &report(failed(), "a.c", 2)).is_err());
        assert!(judge(UNREAD, &report(failed(), UNREAD, 1)).is_err());
        assert_eq!(judge(UNREAD, &report(yes(), UNREAD, 1)).unwrap(), None);
    }

    #[test]
    fn no_part_is_there_twice() {
        let parts: BTreeSet<&str> = PARTS.iter().map(|(part, _)| *part).collect();
        assert_eq!(parts.len(), PARTS.len());
    }
}
