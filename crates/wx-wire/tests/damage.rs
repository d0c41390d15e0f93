//! Bodies that were cut, altered or made to be slow: an error where the grammar
//! is broken, and never a panic.

use wx_wire::{
    content::{self, EmojiTable},
    script, xml,
};

const SYNC_CHECK: &str = r#"window.synccheck={retcode:"0",selector:"2"}"#;
const LOGIN: &str = "window.code=200;\nwindow.redirect_uri=\"https://wx.example/p?ticket=a\\x41\";";
const TICKET: &str =
    "<error><ret>0</ret><skey>@crypt_0a</skey><wxsid x='1'>a/b</wxsid><n><![CDATA[é]]></n></error>";
const CONTENT: &str =
    "@0a1b:<br/>&lt;你&gt;<br/><span class=\"emoji emoji1f604\"></span>&#39;&amp;";

/// One byte of each class that means something to a grammar, or to UTF-8.
const CLASSES: &[u8] = b"x0 \n<>&;\"'\\={}[]:,.-/!?@\x00\x7f\x80\xc3\xff";

#[test]
fn a_poll_answer_cut_anywhere_is_refused() {
    for end in 1..SYNC_CHECK.len() {
        assert!(
            script::parse(&SYNC_CHECK.as_bytes()[..end]).is_err(),
            "{end}"
        );
    }
}

#[test]
fn a_cut_login_answer_never_shows_half_an_address() {
    let whole = script::parse(LOGIN.as_bytes()).unwrap();
    let address = whole.value("window.redirect_uri");
    assert!(address.is_some());
    for end in 0..LOGIN.len() {
        if let Ok(script) = script::parse(&LOGIN.as_bytes()[..end]) {
            let cut = script.value("window.redirect_uri");
            assert!(cut.is_none() || cut == address, "{end}");
        }
    }
}

#[test]
fn a_document_cut_anywhere_is_refused() {
    assert!(xml::parse(TICKET).is_ok());
    for (end, _) in TICKET.char_indices() {
        assert!(xml::parse(&TICKET[..end]).is_err(), "{end}");
    }
}

#[test]
fn a_content_cut_anywhere_is_decoded() {
    for (end, _) in CONTENT.char_indices() {
        let cut = &CONTENT[..end];
        let (sender, body) = content::split_sender(cut, true);
        assert_eq!(sender.is_some(), end >= "@0a1b:<br/>".len());
        assert!(content::decode_text(body, EmojiTable::AsIs).len() <= body.len());
    }
}

#[test]
fn every_structural_byte_of_a_script_matters() {
    for (at, _) in SYNC_CHECK.match_indices(['=', '{', '}', ':', ',', '"']) {
        let mut body = SYNC_CHECK.as_bytes().to_vec();
        body[at] = b'x';
        assert!(script::parse(&body).is_err(), "{at}");
    }
}

#[test]
fn every_structural_byte_of_a_document_matters() {
    let slashes = TICKET.match_indices("</").map(|(at, _)| at + 1);
    let others = TICKET
        .match_indices(['<', '>', '=', '\'', ']', '!'])
        .map(|(at, _)| at)
        // A CDATA section without its first bracket is text.
        .filter(|at| !TICKET[*at..].starts_with("<!"));
    for at in slashes.chain(others) {
        let mut body = TICKET.as_bytes().to_vec();
        body[at] = b'x';
        assert!(xml::parse(str::from_utf8(&body).unwrap()).is_err(), "{at}");
    }
}

#[test]
fn altered_bytes_of_every_class() {
    for body in [SYNC_CHECK, LOGIN, TICKET, CONTENT] {
        for at in 0..body.len() {
            for class in CLASSES {
                let mut bytes = body.as_bytes().to_vec();
                bytes[at] = *class;
                if let Err(error) = script::parse(&bytes) {
                    assert!(error.offset <= bytes.len(), "{error}");
                }
                let text = String::from_utf8_lossy(&bytes);
                for outcome in [xml::parse(&text), xml::fragment(&text)] {
                    if let Err(error) = outcome {
                        assert!(text.is_char_boundary(error.offset), "{error}");
                    }
                }
                assert!(content::decode_text(&text, EmojiTable::Repaired).len() <= text.len());
            }
        }
    }
}

/// That they take linear time is counted beside the crate's searches.
#[test]
fn long_inputs_of_one_piece_are_read_or_refused() {
    const COUNT: usize = 1 << 16;
    for piece in [
        "<",
        "&",
        "&#",
        "&#1",
        "&am",
        "<a>",
        "<a ",
        "<a b='",
        "</",
        "<!--",
        "<![CDATA[",
        "]]>",
        "<?",
        "<a><!--",
        "<span class=\"emoji emoji",
        "<span class=\"emoji emoji1f604\"></span>",
        "<br/>",
        "a",
        "@",
        "a@",
        "@a\u{2005}",
        "@a:<br/>",
        "'",
        "\"",
        "\\",
        "\\u",
        "/*",
        "//",
        "/**/",
        "a=",
        "a.",
        "a=1;",
        "a='\\n",
        "a={",
        "a=[",
        "{a:",
        "[",
        "-",
        "0",
        " ",
        "\n",
        ";",
        "var ",
        "\u{feff}",
    ] {
        for head in ["", "a='", "a=[", "<a>", "<a b='x' "] {
            let text = head.to_owned() + &piece.repeat(COUNT / piece.len());
            let script = script::parse(text.as_bytes());
            let documents = [xml::parse(&text), xml::fragment(&text)];
            for error in documents
                .iter()
                .filter_map(|d| d.as_ref().err())
                .chain(script.as_ref().err())
            {
                assert!(error.offset <= text.len(), "{error}");
            }
            assert!(content::decode_text(&text, EmojiTable::Repaired).len() <= text.len());
            assert!(content::xml_text(&text, EmojiTable::AsIs).len() <= text.len());
            assert!(content::split_sender(&text, true).1.len() <= text.len());
            assert!(content::mentions(&text).count() <= COUNT);
            assert!(content::emoji_spans(&text) <= COUNT);
        }
    }
}
