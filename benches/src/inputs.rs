//! Bodies in the layout that the service uses, with invented values.
//!
//! Its JSON has a line break after each member and after each closing brace, and no
//! indentation.

pub mod contacts;
pub mod contents;
pub mod page;

/// The answer of `jslogin`.
pub const JSLOGIN: &str = "window.QRLogin.code = 200; window.QRLogin.uuid = \"Qd8xLm2Rtg==\";";

/// The answer of `synccheck`.
pub const SYNC_CHECK: &str = r#"window.synccheck={retcode:"0",selector:"2"}"#;

/// The answer of `login`, once the phone has confirmed.
pub const CONFIRMED: &str = "window.code=200;\nwindow.redirect_uri=\"https://wx2.qq.com/cgi-bin/\
    mmwebwx-bin/webwxnewloginpage?ticket=A0b1C2d3E4f5@qrticket_0&uuid=Qd8xLm2Rtg==&lang=zh_CN&\
    scan=1520927380\";";

/// The answer of `webwxnewloginpage`.
pub const LOGIN: &str = "<error><ret>0</ret><message></message>\
    <skey>@crypt_0a1b2c3d_00112233445566778899aabbccddeeff</skey><wxsid>a/b+cD3fGh1jKlMn</wxsid>\
    <wxuin>2799942121</wxuin><pass_ticket>%2Babc%2FdefGhIjKlMnOpQrStUvWxYz0123456789abcdefGhIjK\
    lMnOpQrStUvWxYz01%3D</pass_ticket><isgrayscale>1</isgrayscale></error>";

/// The answer of `webwxinit`, with the members that a session needs.
#[must_use]
pub fn init() -> String {
    format!(
        "{{\n\"BaseResponse\": {{\n\"Ret\": 0,\n\"ErrMsg\": \"\"\n}}\n,\n\"Count\": 0,\n\
         \"ContactList\": [],\n\"SyncKey\": {},\n\"User\": {{\n\"Uin\": 2799942121,\n\
         \"UserName\": \"{}\",\n\"NickName\": \"Me\",\n\"HeadImgUrl\": \"\"\n}}\n,\n\
         \"ChatSet\": \"filehelper,\",\n\"SKey\": \"@crypt_0a1b2c3d_0123\"\n}}\n",
        page::sync_key(1),
        own(),
    )
}

/// The answer of `login` while the phone waits for its owner to confirm, with a picture of
/// 6 kB.
#[must_use]
pub fn scanned() -> String {
    let picture = "iVBORw0KGgoAAAANSUhEUgAA".repeat(250);
    format!("window.code=201;window.userAvatar = 'data:img/jpg;base64,{picture}';")
}

/// The account's own user name.
#[must_use]
pub fn own() -> String {
    person(usize::MAX)
}

/// The user name of somebody.
#[must_use]
pub fn person(number: usize) -> String {
    format!("@{}", hex(number as u64))
}

/// The user name of a group.
#[must_use]
pub fn group(number: usize) -> String {
    format!("@@{}", hex(number as u64 + (1 << 40)))
}

/// 64 hexadecimal digits, different for each number.
fn hex(number: u64) -> String {
    let word = |n: u64| {
        (number ^ n)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(31)
            .wrapping_mul(0xbf58_476d_1ce4_e5b9)
    };
    (1..=4).map(|n| format!("{:016x}", word(n))).collect()
}
