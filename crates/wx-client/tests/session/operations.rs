//! What is done to messages, contacts and groups, as the service sees it.

use serde_json::{Value, json};
use wx_client::message::Body;
use wx_client::{ErrorKind, EventKind, Joining, MemoryStore};

use crate::support::Sim;

impl Sim {
    /// The last operation: its endpoint with what changes in a group, and its
    /// body.
    fn last_op(&self) -> (String, Value) {
        self.server.with(|service, _| {
            let op = service.ops().last().expect("an operation");
            let fun = op.fun.as_deref().unwrap_or_default();
            (
                format!("{} {fun}", op.endpoint).trim().to_owned(),
                op.body.clone(),
            )
        })
    }

    /// What the service knows of a contact.
    async fn contact(&self, name: &str) -> Value {
        let state = self.call("state", json!({})).await;
        let contacts = state["accounts"][0]["contacts"].as_array().cloned();
        let mut contacts = contacts.expect("contacts").into_iter();
        contacts
            .find(|contact| contact["name"] == name)
            .expect("one")
    }
}

#[tokio::test]
async fn a_message_of_ones_own_is_taken_back() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    let friend = sim.id("friend:0");
    let sent = running.client.send_text(&friend, "oops").await.unwrap();
    running.client.revoke(&sent).await.unwrap();
    let (endpoint, body) = sim.last_op();
    assert_eq!(endpoint, "webwxrevokemsg");
    assert_eq!(body["SvrMsgId"], sent.msg_id.as_str());
    assert_eq!(body["ClientMsgId"], sent.client_msg_id.as_str());
    assert_eq!(body["ToUserName"], friend.as_str());
    loop {
        let (message, delivery) = running.message().await;
        delivery.ack();
        if let Body::Revoked { revoked_msg_id, .. } = &message.body {
            assert_eq!(revoked_msg_id, &sent.msg_id);
            break;
        }
    }
    // Nobody's message, as far as the service knows.
    let nobodys = running.client.revoke_message("1", &friend, None).await;
    assert_eq!(nobodys.unwrap_err().kind(), ErrorKind::Refused);
    running.stop().await;
}

#[tokio::test]
async fn a_remark_is_set_and_taken_away() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let friend = sim.id("friend:1");
    for remark in ["老王", ""] {
        running.client.set_remark(&friend, remark).await.unwrap();
        assert_eq!(sim.contact("friend:1").await["remark"], remark);
    }
    assert_eq!(sim.last_op().0, "webwxoplog");
    let long = running.client.set_remark(&friend, "x".repeat(19)).await;
    assert_eq!(long.unwrap_err().kind(), ErrorKind::Usage);
    running.stop().await;
}

#[tokio::test]
async fn a_pinned_chat_keeps_its_remark_even_beside_a_client_that_knows_nobody() {
    let sim = Sim::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut owner = sim.owner(folder.path()).await;
    let change = json!({"contact": "friend:2", "remark": "the boss"});
    sim.call("contact/mod", change).await;
    let friend = sim.id("friend:2");
    owner
        .find(|event| match event {
            EventKind::Contact { contact, .. } if contact.remark == "the boss" => Some(()),
            _ => None,
        })
        .await;
    owner.client.pin(&friend).await.unwrap();
    let contact = sim.contact("friend:2").await;
    assert_eq!(
        (&contact["pinned"], &contact["remark"]),
        (&json!(true), &json!("the boss"))
    );

    // A process that has nothing of the contacts to read.
    owner.stop().await;
    std::fs::remove_file(folder.path().join("roster")).unwrap();
    let beside = sim.beside(folder.path()).await;
    assert!(beside.roster().await.unwrap().contact(&friend).is_none());
    beside.unpin(&friend).await.unwrap();
    let contact = sim.contact("friend:2").await;
    assert_eq!(
        (&contact["pinned"], &contact["remark"]),
        (&json!(false), &json!("the boss"))
    );
    beside.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_chat_is_marked_as_read() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let friend = sim.id("friend:0");
    running.client.mark_read(&friend).await.unwrap();
    let (endpoint, body) = sim.last_op();
    assert_eq!(endpoint, "webwxstatusnotify");
    assert_eq!(
        (&body["Code"], &body["ToUserName"]),
        (&json!(1), &json!(friend))
    );
    running.stop().await;
}

#[tokio::test]
async fn a_friend_request_is_accepted_with_its_ticket() {
    let sim = Sim::start().await;
    let mut running = sim.online(&MemoryStore::new()).await;
    sim.call("push", json!({"kind": "friend_request"})).await;
    let (message, delivery) = running.message().await;
    delivery.ack();
    let Body::FriendRequest {
        user_name, ticket, ..
    } = message.body
    else {
        panic!("no request: {:?}", message.body);
    };
    let wrong = serde_json::from_value(json!("v4_wrong")).unwrap();
    let refused = running.client.accept_friend(&user_name, wrong).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Refused);
    running
        .client
        .accept_friend(&user_name, ticket)
        .await
        .unwrap();
    let added = running
        .find(|event| match event {
            EventKind::Contact { contact, .. } => Some(contact.id.clone()),
            _ => None,
        })
        .await;
    assert_eq!(added, user_name);
    running.stop().await;
}

#[tokio::test]
async fn people_are_asked_and_accounts_are_followed() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let stranger = sim.id("stranger:0");
    running
        .client
        .ask_friend(&stranger, "it is me")
        .await
        .unwrap();
    let (endpoint, body) = sim.last_op();
    assert_eq!(endpoint, "webwxverifyuser");
    assert_eq!(
        (&body["Opcode"], &body["VerifyContent"]),
        (&json!(2), &json!("it is me"))
    );
    let account = sim.id("mp:0");
    running.client.follow(&account).await.unwrap();
    assert_eq!(sim.last_op().1["Opcode"], 1);

    let fault = json!({"path": "webwxverifyuser", "kind": "ret", "ret": 1205});
    sim.call("fault", fault).await;
    let often = running.client.ask_friend(&stranger, "me again").await;
    let often = often.unwrap_err();
    assert_eq!(
        (often.kind(), often.ret().unwrap().0),
        (ErrorKind::Throttled, 1205)
    );
    assert!(often.retry_after().is_some());
    running.stop().await;
}

#[tokio::test]
async fn contacts_are_searched_by_the_server() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let friend = sim.contact("friend:0").await;
    let nick = friend["nick_name"].as_str().unwrap();
    let found = running.client.search_contacts(nick).await.unwrap();
    let found: Vec<&str> = found.iter().map(|name| name.as_str()).collect();
    assert!(
        found.contains(&friend["user_name"].as_str().unwrap()),
        "{found:?}"
    );
    let nothing = running.client.search_contacts("").await.unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::Usage);
    running.stop().await;
}

#[tokio::test]
async fn a_group_is_made_changed_and_left() {
    let sim = Sim::start().await;
    let running = sim.online(&MemoryStore::new()).await;
    let client = &running.client;
    let mut friends = Vec::new();
    for number in 0..4 {
        friends.push(sim.id(&format!("friend:{number}")));
    }
    let few = client.create_group("二人", &friends[..1]).await;
    assert_eq!(few.unwrap_err().kind(), ErrorKind::Usage);
    let group = client.create_group("三人行", &friends[..2]).await.unwrap();
    assert!(group.id.is_room());
    assert_eq!(group.topic, "三人行");
    let members: Vec<(&str, i64)> = group
        .members
        .iter()
        .map(|member| (member.id.as_str(), member.status))
        .collect();
    assert_eq!(
        members,
        [(friends[0].as_str(), 0), (friends[1].as_str(), 0)]
    );

    client.rename_group(&group.id, "四人行").await.unwrap();
    assert_eq!(sim.last_op().0, "webwxupdatechatroom modtopic");
    let added = client.add_members(&group.id, &friends[2..]).await.unwrap();
    assert_eq!(added.how, Joining::Added);
    assert_eq!(sim.last_op().0, "webwxupdatechatroom addmember");
    client
        .remove_members(&group.id, [&friends[3]])
        .await
        .unwrap();
    let (endpoint, body) = sim.last_op();
    assert_eq!(endpoint, "webwxupdatechatroom delmember");
    assert_eq!(body["DelMemberList"], friends[3].as_str());
    client.quit_group(&group.id).await.unwrap();
    assert_eq!(sim.last_op().0, "webwxupdatechatroom quitchatroom");
    running.stop().await;
}

#[tokio::test]
async fn a_large_group_is_joined_by_invitation_however_little_is_known_of_it() {
    let sim = Sim::with(json!({"invite_start": 5}), 1).await;
    let folder = tempfile::tempdir().unwrap();
    let owner = sim.owner(folder.path()).await;
    let (group, friend) = (sim.id("group:0"), sim.id("friend:5"));
    owner.stop().await;
    std::fs::remove_file(folder.path().join("roster")).unwrap();
    let beside = sim.beside(folder.path()).await;
    let added = beside.add_members(&group, [&friend]).await.unwrap();
    assert_eq!(added.how, Joining::Invited);
    assert_eq!(sim.last_op().0, "webwxupdatechatroom invitemember");
    beside.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_remark_that_was_set_beside_nobody_survives_a_pin() {
    let sim = Sim::start().await;
    let folder = tempfile::tempdir().unwrap();
    sim.owner(folder.path()).await.stop().await;
    let friend = sim.id("friend:2");
    // What is saved of the contacts is older than the remark by now.
    for command in ["remark", "pin"] {
        let client = sim.beside(folder.path()).await;
        match command {
            "remark" => client.set_remark(&friend, "the boss").await.unwrap(),
            _ => client.pin(&friend).await.unwrap(),
        }
        client.shutdown().await.unwrap();
    }
    assert_eq!(sim.last_op().1["CmdId"], 3);
    assert_eq!(sim.contact("friend:2").await["remark"], "the boss");
}
