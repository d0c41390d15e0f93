//! What comes from elsewhere: friends, the phone, the service's moods.

use serde_json::{Value, json};
use wx_sim::{Fault, Push, PushKind};

use super::World;

/// Kinds that stand for themselves; a recall needs something to recall.
const KINDS: [PushKind; 12] = [
    PushKind::Text,
    PushKind::Image,
    PushKind::Voice,
    PushKind::Video,
    PushKind::Emoticon,
    PushKind::File,
    PushKind::Link,
    PushKind::Transfer,
    PushKind::Card,
    PushKind::Location,
    PushKind::System,
    PushKind::FriendRequest,
];

impl World {
    /// Somebody writes, once or in a burst.
    pub(super) fn push(&mut self, count: u64) {
        for _ in 0..count {
            let kind = if count > 1 || self.draw.odds(500) {
                PushKind::Text
            } else {
                self.draw.pick(&KINDS)
            };
            let push = Push::new(kind);
            let push = match kind {
                PushKind::FriendRequest => push,
                _ if self.draw.odds(300) => push.from(self.group()),
                _ => push.from(self.friend()),
            };
            self.push_one(&push);
        }
        if count == 1 && self.draw.odds(60) {
            // Something that nobody knows, or that nobody is to see.
            let msg_type = self.draw.pick(&[9999, 12_345]);
            let content = json!({"MsgType": msg_type, "Content": "&lt;?&gt;"});
            let id = self.push_one(&Push::new(PushKind::Raw).content(content));
            if let (9999, Some(id)) = (msg_type, id) {
                self.oracle.inbound.hide(id);
            }
        }
        self.oracle.inbound.learn(&self.service);
    }

    /// The account's owner writes on the phone.
    pub(super) fn push_own(&mut self) {
        let to = match self.draw.below(3) {
            0 => "filehelper".to_owned(),
            1 => self.group(),
            _ => self.friend(),
        };
        let text = format!("from the phone at {}", self.now_ms);
        self.push_one(&Push::text(text).from("self").to(to));
        self.oracle.inbound.learn(&self.service);
    }

    /// The owner writes on the phone what the application has just sent, to
    /// the same chat.
    pub(super) fn push_same(&mut self) {
        let Some((to, text)) = self.app.last.clone() else {
            return;
        };
        if let Some(id) = self.push_one(&Push::text(text).from("self").to(to.as_str())) {
            self.oracle.outbound.alike(id);
        }
        if self.draw.odds(500) {
            // An answer to it must not overtake it.
            self.push_one(&Push::text("what?").from(to.as_str()));
        }
        self.oracle.inbound.learn(&self.service);
    }

    fn push_one(&mut self, push: &Push) -> Option<u64> {
        let now = self.service_now();
        match self.service.push(now, push) {
            Ok(id) => {
                self.trace
                    .note(self.now_ms, 0, format_args!("pushed {id}: {:?}", push.kind));
                Some(id)
            }
            // A friend or member may be gone.
            Err(error) => {
                self.trace
                    .note(self.now_ms, 0, format_args!("not pushed: {error}"));
                None
            }
        }
    }

    fn friend(&mut self) -> String {
        let last = self.plan.account.contacts - 1;
        format!("friend:{}", self.draw.count(0, last))
    }

    fn group(&mut self) -> String {
        let last = self.plan.account.groups - 1;
        format!("group:{}", self.draw.count(0, last))
    }

    /// Something changes on the phone that is no message.
    pub(super) fn change(&mut self) {
        let (friend, group) = (self.friend(), self.group());
        let name = format!("name {}", self.now_ms);
        let (call, body) = match self.draw.below(6) {
            0 => ("contact/mod", json!({"contact": friend, "nick_name": name})),
            1 => ("contact/mod", json!({"contact": friend, "remark": ""})),
            2 => ("contact/add", json!({"nick_name": name})),
            3 => (
                "group/member",
                json!({"group": group, "member": "stranger:0", "action": "add"}),
            ),
            4 => (
                "push",
                json!({"kind": "status_notify", "content": {"code": 2, "names": [friend]}}),
            ),
            _ => ("contact/mod", json!({"contact": group, "nick_name": name})),
        };
        self.control(call, &body);
        self.oracle.inbound.learn(&self.service);
    }

    /// The session is ended on the phone, or by another login.
    pub(super) fn end_session(&mut self) {
        self.oracle.conduct.over();
        let action = self.draw.pick(&["logout", "kick"]);
        self.control("session", &json!({"action": action}));
    }

    /// The service says something odd for once.
    pub(super) fn give_verdict(&mut self) {
        let retcode = self.draw.pick(&[0, 0, 0, -1, -1, 1205, -14, 1, 1102]);
        if [-14, 1, 1102].contains(&retcode) {
            self.oracle.conduct.moody();
        }
        if self.draw.odds(500) || retcode == 0 {
            let selector = self.draw.pick(&[2, 3, 7, 99]);
            let count = self.draw.between(1, 4);
            let body = json!({"retcode": retcode, "selector": selector, "count": count});
            self.control("synccheck", &body);
        } else {
            let endpoints = [
                "webwxsync",
                "webwxsync",
                "webwxbatchgetcontact",
                "webwxgetcontact",
                "webwxsendmsg",
            ];
            let fault = Fault::refusal(self.draw.pick(&endpoints), retcode);
            self.trace.note(self.now_ms, 0, format_args!("{fault:?}"));
            self.service.order_fault(fault);
        }
        self.drain_service();
    }

    fn control(&mut self, call: &str, body: &Value) {
        self.trace
            .note(self.now_ms, 0, format_args!("{call} {body}"));
        let now = self.service_now();
        if let Err(error) = self.service.control(now, call, body) {
            self.judge(Err(error.to_string()));
        }
        self.drain_service();
    }
}
