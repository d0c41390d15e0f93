//! Address books, and details of groups.

/// An answer of `webwxgetcontact` with that many people.
#[must_use]
pub fn address_book(people: usize) -> String {
    let list: Vec<String> = (0..people).map(|number| contact(number, "")).collect();
    format!(
        "{{\n\"BaseResponse\": {{\n\"Ret\": 0,\n\"ErrMsg\": \"\"\n}}\n,\n\
         \"MemberCount\": {people},\n\"MemberList\": [{}],\n\"Seq\": 0\n}}\n",
        list.join(",")
    )
}

/// An answer of `webwxbatchgetcontact` with these groups, of that many members
/// each.
#[must_use]
pub fn details(groups: std::ops::Range<usize>, members: usize) -> String {
    let count = groups.len();
    let list: Vec<String> = groups.map(|number| group(number, members, "")).collect();
    format!(
        "{{\n\"BaseResponse\": {{\n\"Ret\": 0,\n\"ErrMsg\": \"\"\n}}\n,\n\
         \"Count\": {count},\n\"ContactList\": [{}]\n}}\n",
        list.join(",")
    )
}

/// Somebody in an address book, whose remark ends with `mark`.
#[must_use]
pub fn contact(number: usize, mark: &str) -> String {
    entry(
        &super::person(number),
        &format!("网友<span class=\\\"emoji emoji1f338\\\"></span>{number}"),
        &format!("Remark {number}{mark}"),
        "",
        0,
    )
}

/// A group with its members, whose topic ends with `mark`.
#[must_use]
pub fn group(number: usize, members: usize, mark: &str) -> String {
    let mut list: Vec<String> = (1..members)
        // Two groups share half of their people.
        .map(|at| member(number * members / 2 + at))
        .collect();
    if members > 0 {
        list.push(member(usize::MAX));
    }
    let topic = format!("Group {number} &amp; friends{mark}");
    entry(&super::group(number), &topic, "", &list.join(","), members)
}

fn member(number: usize) -> String {
    let id = if number == usize::MAX {
        super::own()
    } else {
        super::person(number)
    };
    format!(
        "{{\n\"Uin\": 0,\n\"UserName\": \"{id}\",\n\"NickName\": \"成员{number}\",\n\
         \"AttrStatus\": 4255781,\n\"PYInitial\": \"\",\n\"PYQuanPin\": \"\",\n\
         \"RemarkPYInitial\": \"\",\n\"RemarkPYQuanPin\": \"\",\n\"MemberStatus\": 0,\n\
         \"DisplayName\": \"\",\n\"KeyWord\": \"\"\n}}\n"
    )
}

fn entry(id: &str, nick: &str, remark: &str, members: &str, count: usize) -> String {
    format!(
        "{{\n\"Uin\": 0,\n\"UserName\": \"{id}\",\n\"NickName\": \"{nick}\",\n\
         \"HeadImgUrl\": \"/cgi-bin/mmwebwx-bin/webwxgeticon?seq=620000000&username={id}&skey=\",\n\
         \"ContactFlag\": 3,\n\"MemberCount\": {count},\n\"MemberList\": [{members}],\n\
         \"RemarkName\": \"{remark}\",\n\"HideInputBarFlag\": 0,\n\"Sex\": 1,\n\
         \"Signature\": \"山高水长\",\n\"VerifyFlag\": 0,\n\"OwnerUin\": 0,\n\
         \"PYInitial\": \"WY\",\n\"PYQuanPin\": \"wangyou\",\n\"RemarkPYInitial\": \"R\",\n\
         \"RemarkPYQuanPin\": \"remark\",\n\"StarFriend\": 0,\n\"AppAccountFlag\": 0,\n\
         \"Statues\": 0,\n\"AttrStatus\": 33661029,\n\"Province\": \"浙江\",\n\
         \"City\": \"杭州\",\n\"Alias\": \"\",\n\"SnsFlag\": 17,\n\"UniFriend\": 0,\n\
         \"DisplayName\": \"\",\n\"ChatRoomId\": 0,\n\"KeyWord\": \"wxi\",\n\
         \"EncryChatRoomId\": \"\",\n\"IsOwner\": 0\n}}\n"
    )
}
