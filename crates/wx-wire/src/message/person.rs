//! Cards and friend requests (protocol: MsgType 42, 37 and 40).

use super::texts::{Texts as _, texts};
use crate::xml::Document;

texts! {
    /// What the XML of a card says about a person or a public account.
    pub struct Card {
        bigheadimgurl = "bigheadimgurl",
        smallheadimgurl = "smallheadimgurl",
        /// `wxid_…`, an alias, or `v1_…@stranger`.
        username = "username",
        nickname = "nickname",
        fullpy = "fullpy",
        shortpy = "shortpy",
        alias = "alias",
        imagestatus = "imagestatus",
        scene = "scene",
        province = "province",
        city = "city",
        sign = "sign",
        /// 0 unknown, 1 male, 2 female.
        sex = "sex",
        certflag = "certflag",
        certinfo = "certinfo",
        brand_icon_url = "brandIconUrl",
        brand_home_url = "brandHomeUrl",
        brand_subscript_config_url = "brandSubscriptConfigUrl",
        brand_flags = "brandFlags",
        region_code = "regionCode",
        /// What a request to this person must name: `v2_…` or `v4_…`.
        antispamticket = "antispamticket",
        openimappid = "openimappid",
        openimdesc = "openimdesc",
    }
}

texts! {
    /// What the XML of a friend request says about who asks.
    pub struct FriendRequest {
        /// `wxid_…` or an alias.
        fromusername = "fromusername",
        /// `v1_…@stranger` or `v3_…@stranger`.
        encryptusername = "encryptusername",
        fromnickname = "fromnickname",
        /// The greeting.
        content = "content",
        fullpy = "fullpy",
        shortpy = "shortpy",
        imagestatus = "imagestatus",
        /// Where the request came from: 6 search, 30 QR code …
        scene = "scene",
        country = "country",
        province = "province",
        city = "city",
        sign = "sign",
        percard = "percard",
        /// 0 unknown, 1 male, 2 female.
        sex = "sex",
        alias = "alias",
        weibo = "weibo",
        weibonickname = "weibonickname",
        albumflag = "albumflag",
        albumstyle = "albumstyle",
        albumbgimgid = "albumbgimgid",
        snsflag = "snsflag",
        snsbgimgid = "snsbgimgid",
        snsbgobjectid = "snsbgobjectid",
        mhash = "mhash",
        mfullhash = "mfullhash",
        bigheadimgurl = "bigheadimgurl",
        smallheadimgurl = "smallheadimgurl",
        /// What the answer must name: `v2_…` or `v4_…`.
        ticket = "ticket",
        opcode = "opcode",
        googlecontact = "googlecontact",
        qrticket = "qrticket",
        /// The group that the request came from.
        chatroomusername = "chatroomusername",
        sourceusername = "sourceusername",
        sourcenickname = "sourcenickname",
        sharecardusername = "sharecardusername",
        sharecardnickname = "sharecardnickname",
        cardversion = "cardversion",
        extflag = "extflag",
    }
}

pub(super) fn card(document: &Document<'_>) -> Option<Card> {
    let root = document.root();
    let is_card = root.name() == "msg" && root.attribute("username").is_some();
    is_card.then(|| Card::of_attributes(root))
}

pub(super) fn friend_request(document: &Document<'_>) -> Option<FriendRequest> {
    let root = document.root();
    let is_request = root.name() == "msg" && root.attribute("fromusername").is_some();
    is_request.then(|| FriendRequest::of_attributes(root))
}
