//! The service's answers, written by hand in its layout, with invented values.

use std::fmt::Write;

pub(crate) const OWN: &str = "@5e1f0000000000000000000000000001";
pub(crate) const ANN: &str = "@a0000000000000000000000000000001";
pub(crate) const BOB: &str = "@b0000000000000000000000000000002";
pub(crate) const ROOM: &str = "@@c000000000000000000000000000000000000000000000000000000000000003";
pub(crate) const ROOM2: &str = "@@d000000000000000000000000000000000000000000000000000000000000004";

pub(crate) const REDIRECT: &str = "https://wx2.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage?\
     ticket=AbC0dEf@qrticket_0&uuid=gdl0dOM6cg==&lang=zh_CN&scan=1520927380";

/// A uin over 2^31 and a ticket that is percent-encoded, as they come.
pub(crate) const KEYS: &str = "<error><ret>0</ret><message></message>\
     <skey>@crypt_1234abcd_0123456789abcdef0123456789abcdef</skey>\
     <wxsid>pA/9+Gz0</wxsid><wxuin>2799942121</wxuin>\
     <pass_ticket>tick%2Bet%3D</pass_ticket><isgrayscale>1</isgrayscale></error>";

pub(crate) fn jslogin(uuid: &str) -> String {
    format!("window.QRLogin.code = 200; window.QRLogin.uuid = \"{uuid}\";")
}

pub(crate) fn login(code: u16) -> String {
    format!("window.code={code};")
}

pub(crate) fn scanned() -> String {
    "window.code=201;window.userAvatar = 'data:img/jpg;base64,/9j/4AAQ';".to_owned()
}

pub(crate) fn confirmed(redirect: &str) -> String {
    format!("window.code=200;\nwindow.redirect_uri=\"{redirect}\";")
}

pub(crate) fn refusal(ret: i64, message: &str) -> String {
    format!("<error><ret>{ret}</ret><message>{message}</message></error>")
}

/// A verdict, with further members in front of the closing brace.
pub(crate) fn verdict(ret: i64, members: &str) -> String {
    format!("{{\n\"BaseResponse\": {{\n\"Ret\": {ret},\n\"ErrMsg\": \"\"\n}}\n{members}\n}}\n")
}

/// A webwxinit with the position 1_1|2_1 and these entries of its contact list.
pub(crate) fn init(contacts: &str) -> String {
    init_with(contacts, "filehelper,")
}

pub(crate) fn init_with(contacts: &str, chat_set: &str) -> String {
    verdict(
        0,
        &format!(
            ",\n\"Count\": 9,\n\"ContactList\": [{contacts}],\n\
             \"SyncKey\": {{\n\"Count\": 2,\n\"List\": [{{\n\"Key\": 1,\n\"Val\": 1\n}}\n,\
             {{\n\"Key\": 2,\n\"Val\": 1\n}}\n]\n}}\n,\n\
             \"User\": {{\n\"Uin\": 2799942121,\n\"UserName\": \"{OWN}\",\n\
             \"NickName\": \"Me\",\n\"HeadImgUrl\": \"\"\n}}\n,\n\
             \"ChatSet\": \"{chat_set}\",\n\"SKey\": \"@crypt_init_0000\""
        ),
    )
}

/// A refused webwxinit has all members of a success, empty.
pub(crate) fn init_refused(ret: i64) -> String {
    verdict(
        ret,
        ",\n\"Count\": 0,\n\"ContactList\": [],\n\
         \"SyncKey\": {\n\"Count\": 0,\n\"List\": []\n}\n,\n\
         \"User\": {\n\"Uin\": 0,\n\"UserName\": \"\",\n\"NickName\": \"\"\n}\n,\n\
         \"ChatSet\": \"\",\n\"SKey\": \"\"",
    )
}

pub(crate) fn friend(id: &str, nick: &str) -> String {
    contact(id, nick, ",\n\"ContactFlag\": 3,\n\"VerifyFlag\": 0")
}

pub(crate) fn contact(id: &str, nick: &str, members: &str) -> String {
    format!("{{\n\"UserName\": \"{id}\",\n\"NickName\": \"{nick}\"{members}\n}}\n")
}

/// A group with members, each by id and nick name.
pub(crate) fn group(id: &str, topic: &str, members: &[(&str, &str)]) -> String {
    let mut list: Vec<String> = Vec::new();
    for (id, nick) in members {
        let mut member = String::new();
        write!(
            member,
            "{{\n\"UserName\": \"{id}\",\n\"NickName\": \"{nick}\",\n\"DisplayName\": \"\"\n}}\n"
        )
        .unwrap();
        list.push(member);
    }
    let count = members.len();
    let list = list.join(",");
    contact(
        id,
        topic,
        &format!(",\n\"MemberCount\": {count},\n\"MemberList\": [{list}]"),
    )
}

pub(crate) fn contact_page(seq: i64, contacts: &[String]) -> String {
    let (count, list) = (contacts.len(), contacts.join(","));
    verdict(
        0,
        &format!(",\n\"MemberCount\": {count},\n\"MemberList\": [{list}],\n\"Seq\": {seq}"),
    )
}

pub(crate) fn batch(contacts: &[String]) -> String {
    let (count, list) = (contacts.len(), contacts.join(","));
    verdict(
        0,
        &format!(",\n\"Count\": {count},\n\"ContactList\": [{list}]"),
    )
}

pub(crate) fn synccheck(retcode: i64, selector: i64) -> String {
    format!("window.synccheck={{retcode:\"{retcode}\",selector:\"{selector}\"}}")
}

pub(crate) fn sent(msg_id: &str) -> String {
    verdict(
        0,
        &format!(",\n\"MsgID\": \"{msg_id}\",\n\"LocalID\": \"1\""),
    )
}

pub(crate) fn send_refused(ret: i64) -> String {
    verdict(ret, ",\n\"MsgID\": \"\",\n\"LocalID\": \"\"")
}

/// An item of AddMsgList.
pub(crate) fn msg(id: &str, from: &str, to: &str, content: &str) -> String {
    typed(1, id, from, to, content, "")
}

/// An item of another type, with further members.
pub(crate) fn typed(
    msg_type: i64,
    id: &str,
    from: &str,
    to: &str,
    content: &str,
    members: &str,
) -> String {
    format!(
        "{{\n\"MsgId\": \"{id}\",\n\"FromUserName\": \"{from}\",\n\"ToUserName\": \"{to}\",\n\
         \"MsgType\": {msg_type},\n\"Content\": \"{content}\",\n\"Status\": 3,\n\
         \"CreateTime\": 1520927383{members}\n}}\n"
    )
}

/// A text from Ann.
pub(crate) fn text(id: &str) -> String {
    msg(id, ANN, OWN, &format!("text {id}"))
}

/// A page of webwxsync whose keys end with this value.
pub(crate) fn page(val: i64) -> Page {
    Page {
        ret: 0,
        messages: Vec::new(),
        mods: Vec::new(),
        dels: Vec::new(),
        val: Some(val),
        check: None,
        skey: "",
        more: 0,
    }
}

pub(crate) struct Page {
    ret: i64,
    messages: Vec<String>,
    mods: Vec<String>,
    dels: Vec<String>,
    val: Option<i64>,
    check: Option<i64>,
    skey: &'static str,
    more: i64,
}

impl Page {
    pub(crate) fn ret(mut self, ret: i64) -> Self {
        self.ret = ret;
        self
    }

    pub(crate) fn msgs(mut self, messages: &[String]) -> Self {
        self.messages.extend_from_slice(messages);
        self
    }

    pub(crate) fn texts(self, ids: &[&str]) -> Self {
        let texts: Vec<String> = ids.iter().map(|id| text(id)).collect();
        self.msgs(&texts)
    }

    pub(crate) fn mods(mut self, contacts: &[String]) -> Self {
        self.mods.extend_from_slice(contacts);
        self
    }

    pub(crate) fn dels(mut self, ids: &[&str]) -> Self {
        let item = |id: &&str| format!("{{\n\"UserName\": \"{id}\",\n\"ContactFlag\": 0\n}}\n");
        self.dels.extend(ids.iter().map(item));
        self
    }

    /// With an empty SyncKey.
    pub(crate) fn no_key(mut self) -> Self {
        self.val = None;
        self
    }

    pub(crate) fn check(mut self, val: i64) -> Self {
        self.check = Some(val);
        self
    }

    pub(crate) fn skey(mut self, skey: &'static str) -> Self {
        self.skey = skey;
        self
    }

    pub(crate) fn more(mut self) -> Self {
        self.more = 1;
        self
    }

    pub(crate) fn json(&self) -> String {
        let check = match self.check {
            Some(val) => format!(",\n\"SyncCheckKey\": {}", key(Some(val))),
            None => String::new(),
        };
        verdict(
            self.ret,
            &format!(
                ",\n\"AddMsgCount\": {},\n\"AddMsgList\": [{}],\n\
                 \"ModContactCount\": {},\n\"ModContactList\": [{}],\n\
                 \"DelContactCount\": {},\n\"DelContactList\": [{}],\n\
                 \"ModChatRoomMemberCount\": 0,\n\"ModChatRoomMemberList\": [],\n\
                 \"Profile\": {{\n\"BitFlag\": 0\n}}\n,\n\"ContinueFlag\": {},\n\
                 \"SyncKey\": {},\n\"SKey\": \"{}\"{check}",
                self.messages.len(),
                self.messages.join(","),
                self.mods.len(),
                self.mods.join(","),
                self.dels.len(),
                self.dels.join(","),
                self.more,
                key(self.val),
                self.skey,
            ),
        )
    }
}

fn key(val: Option<i64>) -> String {
    match val {
        None => "{\n\"Count\": 0,\n\"List\": []\n}".to_owned(),
        Some(val) => format!(
            "{{\n\"Count\": 2,\n\"List\": [{{\n\"Key\": 1,\n\"Val\": {val}\n}}\n,\
             {{\n\"Key\": 2,\n\"Val\": {val}\n}}\n]\n}}\n"
        ),
    }
}
