//! Operations: what is one request and one answer, and is never asked twice.

use wx_proto::command::GroupChange;
use wx_proto::{Command, Roster};
use wx_wire::id::{MsgId, UserName};

use super::World;

/// The endpoint that does an operation.
pub(super) fn endpoint(command: &Command) -> Option<&'static str> {
    Some(match command {
        Command::SetRemark { .. } | Command::Pin { .. } => "webwxoplog",
        Command::Revoke { .. } => "webwxrevokemsg",
        Command::Befriend(_) => "webwxverifyuser",
        Command::SearchContacts { .. } => "webwxsearchcontact",
        Command::CreateGroup { .. } => "webwxcreatechatroom",
        Command::ChangeGroup { .. } => "webwxupdatechatroom",
        _ => return None,
    })
}

/// Endpoints that are for operations alone.
pub(crate) const ENDPOINTS: [&str; 6] = [
    "webwxoplog",
    "webwxrevokemsg",
    "webwxverifyuser",
    "webwxsearchcontact",
    "webwxcreatechatroom",
    "webwxupdatechatroom",
];

impl World {
    pub(super) fn operate(&mut self) {
        self.ask_owner(|world, p| {
            let command = world.operation(p.session.roster());
            world.tally.operations += 1;
            world.command(p, command, None);
        });
    }

    fn operation(&mut self, roster: &Roster) -> Command {
        let to = self.app.receiver(&mut self.draw);
        let name = format!("name {}", self.app.number());
        let groups: Vec<UserName> = (self.app.names.iter())
            .filter(|name| name.is_room())
            .cloned()
            .collect();
        match self.draw.below(6) {
            0 => Command::Pin {
                to,
                pinned: self.draw.odds(500),
            },
            1 => Command::MarkRead { to },
            2 => match self.app.sent.last().cloned() {
                Some((msg_id, to)) => Command::Revoke {
                    msg_id: MsgId::from(msg_id.to_string()),
                    to,
                    client_msg_id: None,
                },
                None => Command::SearchContacts { keyword: name },
            },
            3 | 4 if !groups.is_empty() => {
                let group = groups[self.draw.count(0, groups.len() - 1)].clone();
                let members = roster.members(&group);
                let change = match self.draw.below(3) {
                    0 if !members.is_empty() => GroupChange::Remove {
                        members: vec![members[self.draw.count(0, members.len() - 1)].id.clone()],
                    },
                    1 => GroupChange::Add { members: vec![to] },
                    _ => GroupChange::Rename { topic: name },
                };
                Command::ChangeGroup { group, change }
            }
            _ => Command::SetRemark { to, remark: name },
        }
    }
}
