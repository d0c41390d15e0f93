//! The guide's snippets, compiled as this crate's doctests.
//!
//! The Chinese pages are left out: `cargo xtask tidy` holds their code to be
//! that of the English ones.

macro_rules! pages {
    ($($name:ident $file:literal)*) => {
        $(
            #[doc = include_str!(concat!("../../../docs/guide/", $file))]
            mod $name {}
        )*
    };
}

pages! {
    first_bot "first-bot.md"
    sessions "sessions.md"
    messages "messages.md"
    media "media.md"
    groups "groups.md"
    reliability "reliability.md"
    testing "testing.md"
    deployment "deployment.md"
    from_itchat "from-itchat.md"
    from_openwechat "from-openwechat.md"
    from_wechat4u "from-wechat4u.md"
}
