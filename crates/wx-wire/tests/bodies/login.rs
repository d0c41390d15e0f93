//! Bodies of a login and of the long poll.

use wx_wire::{
    code::{LoginCode, Ret, Selector},
    endpoint::{jslogin, login, synccheck, webwxnewloginpage},
};

#[test]
fn a_qr_code_and_the_refusal_of_one() {
    let granted = jslogin::Response::decode(
        b"window.QRLogin.code = 200; window.QRLogin.uuid = \"a_B-4d==\";",
    )
    .unwrap();
    assert_eq!(granted.code, 200);
    assert_eq!(granted.uuid.unwrap().as_str(), "a_B-4d==");
    let refused =
        jslogin::Response::decode(b"window.QRLogin.code = 400; window.QRLogin.error = \"\";")
            .unwrap();
    assert_eq!((refused.code, refused.uuid), (400, None));
    assert_eq!(refused.error.as_deref(), Some(""));
    for body in ["", "<html></html>", "window.other = 1;"] {
        assert!(
            jslogin::Response::decode(body.as_bytes()).is_err(),
            "{body}"
        );
    }
}

#[test]
fn codes_of_a_poll() {
    for (body, code) in [
        ("window.code=408;", LoginCode::WAITING),
        ("window.code=201;", LoginCode::SCANNED),
        ("window.code=202;", LoginCode::CANCELLED),
        ("window.code=400;", LoginCode::EXPIRED),
        ("window.code = 500 ;\r\n", LoginCode::SERVER_ERROR),
        ("", LoginCode::NONE),
        ("\n", LoginCode::NONE),
    ] {
        let response = login::Response::decode(body.as_bytes()).unwrap();
        assert_eq!(response.code, code, "{body}");
        assert!(response.avatar.is_none() && response.redirect_uri.is_none());
    }
}

#[test]
fn what_stands_between_the_statements_of_a_poll() {
    let address = "https://wx2.qq.com/cgi-bin/mmwebwx-bin/webwxnewloginpage?ticket=0f&lang=zh_CN";
    for between in ["", "\n", "\n\n", " ", "\r\n\t"] {
        for equals in ["=", " = "] {
            for quote in ["'", "\""] {
                let body = format!(
                    "window.code{equals}200;{between}window.redirect_uri{equals}{quote}{address}{quote};"
                );
                let response = login::Response::decode(body.as_bytes()).unwrap();
                assert_eq!(response.code, LoginCode::CONFIRMED, "{body}");
                assert_eq!(response.redirect_uri.unwrap().expose(), address, "{body}");
            }
        }
    }
}

/// The service calls a PNG `img/jpg` as well.
#[test]
fn a_picture_of_either_name() {
    for kind in ["img/jpg", "image/jpeg"] {
        let body =
            format!("window.code=201;window.userAvatar = 'data:{kind};base64,iVBORw0KGgo=';");
        let response = login::Response::decode(body.as_bytes()).unwrap();
        let picture = login::picture(&response.avatar.unwrap()).unwrap();
        assert!(picture.starts_with(b"\x89PNG"));
    }
}

#[test]
fn keys_in_every_spelling() {
    for (ticket, sid) in [
        ("%2Ba%2Fb%3D%3D", "+a/b"),
        ("raw/with+signs", "/ab+"),
        ("%41", "0a"),
    ] {
        for (open, between) in [
            ("<error>", ""),
            ("<error>\n", "\n  "),
            ("\u{feff}<error>", " "),
        ] {
            let body = format!(
                "{open}{between}<ret>0</ret>{between}<message>OK</message>{between}\
                 <skey>@crypt_1a2b3c4_ff</skey>{between}<wxsid>{sid}</wxsid>{between}\
                 <wxuin>2799942121</wxuin>{between}<pass_ticket>\n{ticket} </pass_ticket></error>\n"
            );
            let keys = webwxnewloginpage::Response::decode(body.as_bytes()).unwrap();
            assert_eq!(keys.ret, Ret::OK);
            assert_eq!(keys.skey.unwrap().expose(), "@crypt_1a2b3c4_ff");
            assert_eq!(keys.wxsid.unwrap().expose(), sid);
            assert_eq!(keys.wxuin.unwrap().0, 2_799_942_121);
            assert_eq!(keys.pass_ticket.unwrap().expose(), ticket);
            assert_eq!(keys.is_gray_scale, None);
        }
    }
}

#[test]
fn a_refused_login_has_a_sentence_and_nothing_else() {
    let body = "<error><ret>1203</ret><message>为了你的帐号安全 &amp; so on.</message></error>";
    let refusal = webwxnewloginpage::Response::decode(body.as_bytes()).unwrap();
    assert_eq!(refusal.ret, Ret::LOGIN_REFUSED);
    assert_eq!(refusal.message, "为了你的帐号安全 & so on.");
    assert!(refusal.skey.is_none() && refusal.wxsid.is_none() && refusal.pass_ticket.is_none());
    assert!(refusal.wxuin.is_none() && refusal.redirect_url.is_none());
}

#[test]
fn a_login_that_goes_elsewhere() {
    let body = b"<error><redirecturl>https://wx8.qq.com/p?a=1&amp;b=2</redirecturl></error>";
    let elsewhere = webwxnewloginpage::Response::decode(body).unwrap();
    let url = elsewhere.redirect_url.unwrap();
    assert_eq!(url.expose(), "https://wx8.qq.com/p?a=1&b=2");
    for body in ["", "<html><head></head></html>", "<error></error>", "{}"] {
        assert!(
            webwxnewloginpage::Response::decode(body.as_bytes()).is_err(),
            "{body}"
        );
    }
}

#[test]
fn answers_of_the_long_poll() {
    for (body, retcode, selector) in [
        (
            "window.synccheck={retcode:\"0\",selector:\"2\"}",
            Ret::OK,
            Selector::MESSAGE,
        ),
        (
            "window.synccheck={retcode:\"1100\",selector:\"0\"}",
            Ret::LOGGED_OUT,
            Selector::NOTHING,
        ),
        (
            "window.synccheck = { retcode : '-14' , selector : '0' } ;\n",
            Ret::TICKET_ERROR,
            Selector::NOTHING,
        ),
        (
            "window.synccheck={\"retcode\":0,\"selector\":7}",
            Ret::OK,
            Selector::CHAT,
        ),
        (
            "window.synccheck={retcode:\"1101\"}",
            Ret::OTHER_LOGIN,
            Selector::NOTHING,
        ),
    ] {
        let response = synccheck::Response::decode(body.as_bytes()).unwrap();
        assert_eq!(
            (response.retcode, response.selector),
            (retcode, selector),
            "{body}"
        );
    }
    for body in [
        "",
        "window.synccheck={}",
        "window.synccheck={retcode:\"0\"",
        "0 -",
    ] {
        assert!(
            synccheck::Response::decode(body.as_bytes()).is_err(),
            "{body}"
        );
    }
}
