//! Pages of `webwxsync`.

use std::fmt::Write;

/// The number of a page's first message, and how many messages there are.
#[derive(Clone, Copy, Debug)]
pub struct Messages {
    /// The first message's number.
    pub first: u64,
    /// How many.
    pub count: u64,
}

/// A page of texts, half of them from groups; every tenth message is a picture.
#[must_use]
pub fn mixed(messages: Messages) -> String {
    page(messages, |number| match number % 10 {
        9 => item(number, 3, PICTURE),
        _ => text(number),
    })
}

/// A page of texts, half of them from groups.
#[must_use]
pub fn texts(messages: Messages) -> String {
    page(messages, text)
}

/// A page with these contacts, each an item of `ModContactList`.
#[must_use]
pub fn changes(contacts: &[String], val: u64) -> String {
    body(&[], contacts, val)
}

fn page(messages: Messages, item: impl Fn(u64) -> String) -> String {
    let numbers = messages.first..messages.first + messages.count;
    let items: Vec<String> = numbers.map(item).collect();
    body(&items, &[], messages.first)
}

fn text(number: u64) -> String {
    let content = match number % 5 {
        0 => "好的，明天上午十点在公司楼下见",
        1 => "ok, see you tomorrow",
        2 => "A &amp; B &lt;3<br/>second line",
        3 => "哈哈哈<span class=\\\"emoji emoji1f604\\\"></span>",
        _ => "[微笑] 收到了，谢谢你！文件我晚一点再看，有问题再联系。",
    };
    item(number, 1, content)
}

/// An item of `AddMsgList`: even numbers are private, odd ones from a group.
fn item(number: u64, msg_type: u32, content: &str) -> String {
    let who = usize::try_from(number % 50).unwrap_or_default();
    let (from, prefix) = if number.is_multiple_of(2) {
        (super::person(who), String::new())
    } else {
        (
            super::group(who % 10),
            format!("{}:<br/>", super::person(who)),
        )
    };
    let id = 4_000_000_000_000_000_000 + number;
    format!(
        "{{\n\"MsgId\": \"{id}\",\n\"FromUserName\": \"{from}\",\n\"ToUserName\": \"{own}\",\n\
         \"MsgType\": {msg_type},\n\"Content\": \"{prefix}{content}\",\n\"Status\": 3,\n\
         \"ImgStatus\": 1,\n\"CreateTime\": 1520927383,\n\"VoiceLength\": 0,\n\
         \"PlayLength\": 0,\n\"FileName\": \"\",\n\"FileSize\": \"\",\n\"MediaId\": \"\",\n\
         \"Url\": \"\",\n\"AppMsgType\": 0,\n\"StatusNotifyCode\": 0,\n\
         \"StatusNotifyUserName\": \"\",\n\"RecommendInfo\": {{\n\"UserName\": \"\",\n\
         \"NickName\": \"\",\n\"QQNum\": 0,\n\"Province\": \"\",\n\"City\": \"\",\n\
         \"Content\": \"\",\n\"Signature\": \"\",\n\"Alias\": \"\",\n\"Scene\": 0,\n\
         \"VerifyFlag\": 0,\n\"AttrStatus\": 0,\n\"Sex\": 0,\n\"Ticket\": \"\",\n\
         \"OpCode\": 0\n}}\n,\n\"ForwardFlag\": 0,\n\"AppInfo\": {{\n\"AppID\": \"\",\n\
         \"Type\": 0\n}}\n,\n\"HasProductId\": 0,\n\"Ticket\": \"\",\n\"ImgHeight\": 0,\n\
         \"ImgWidth\": 0,\n\"SubMsgType\": 0,\n\"NewMsgId\": {id},\n\"OriContent\": \"\",\n\
         \"EncryFileName\": \"\"\n}}\n",
        own = super::own(),
    )
}

const PICTURE: &str = "&lt;?xml version=\\\"1.0\\\"?&gt;<br/>&lt;msg&gt;<br/>\\t&lt;img \
    aeskey=\\\"0123456789abcdef0123456789abcdef\\\" encryver=\\\"0\\\" cdnthumblength=\\\"4036\\\" \
    cdnthumbheight=\\\"120\\\" cdnthumbwidth=\\\"90\\\" cdnmidheight=\\\"0\\\" cdnmidwidth=\\\"0\\\" \
    length=\\\"60811\\\" md5=\\\"00112233445566778899aabbccddeeff\\\" /&gt;<br/>&lt;/msg&gt;<br/>";

fn body(messages: &[String], contacts: &[String], val: u64) -> String {
    let mut out = String::new();
    let written = write!(
        out,
        "{{\n\"BaseResponse\": {{\n\"Ret\": 0,\n\"ErrMsg\": \"\"\n}}\n,\n\
         \"AddMsgCount\": {},\n\"AddMsgList\": [{}],\n\
         \"ModContactCount\": {},\n\"ModContactList\": [{}],\n\
         \"DelContactCount\": 0,\n\"DelContactList\": [],\n\"ModChatRoomMemberCount\": 0,\n\
         \"ModChatRoomMemberList\": [],\n\"Profile\": {{\n\"BitFlag\": 0,\n\"UserName\": {{\n\
         \"Buff\": \"\"\n}}\n,\n\"NickName\": {{\n\"Buff\": \"\"\n}}\n,\n\"BindUin\": 0,\n\
         \"BindEmail\": {{\n\"Buff\": \"\"\n}}\n,\n\"BindMobile\": {{\n\"Buff\": \"\"\n}}\n,\n\
         \"Status\": 0,\n\"Sex\": 0,\n\"PersonalCard\": 0,\n\"Alias\": \"\",\n\
         \"HeadImgUpdateFlag\": 0,\n\"HeadImgUrl\": \"\",\n\"Signature\": \"\"\n}}\n,\n\
         \"ContinueFlag\": 0,\n\"SyncKey\": {key},\n\"SKey\": \"\",\n\
         \"SyncCheckKey\": {key}}}\n",
        messages.len(),
        messages.join(","),
        contacts.len(),
        contacts.join(","),
        key = sync_key(val),
    );
    debug_assert!(written.is_ok());
    out
}

/// A key of eight counters, which moves with `val`.
pub(super) fn sync_key(val: u64) -> String {
    let counters = [1, 2, 3, 11, 201, 203, 1000, 1001];
    let entries: Vec<String> = counters
        .iter()
        .map(|key| format!("{{\n\"Key\": {key},\n\"Val\": {}\n}}\n", 700_000_000 + val))
        .collect();
    format!("{{\n\"Count\": 8,\n\"List\": [{}]\n}}\n", entries.join(","))
}
