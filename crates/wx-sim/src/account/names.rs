//! Invented names of people, groups and places, and their pinyin.

use crate::rng::Rng;

const SURNAMES: [&str; 14] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "周", "吴", "林", "何", "马", "孙", "郭",
];
const GIVEN: [&str; 16] = [
    "小明", "丽", "晓红", "伟", "静", "建国", "海燕", "文", "雨", "思远", "子", "天佑", "云", "星",
    "明月", "一山",
];
const LATIN: [&str; 14] = [
    "Alice",
    "Bob",
    "Carol W.",
    "Dmitri",
    "eve_online",
    "Frank & Co",
    "grace",
    "H<3",
    "Iris",
    "J.",
    "kevin 2.0",
    "Luna",
    "\"Max\"",
    "Noa",
];
const EMOJI: [&str; 10] = [
    "\u{1f31b}",
    "\u{1f602}",
    "\u{1f412}",
    "\u{2764}\u{fe0f}",
    "\u{1f44d}",
    "\u{1f3c0}",
    "\u{1f914}",
    "\u{1f64a}\u{1f338}",
    "\u{2600}",
    "\u{1f680}",
];
const GROUPS: [&str; 10] = [
    "周末爬山",
    "Rust 学习小组",
    "一家人\u{1f338}",
    "Project X & Y",
    "海外同学群",
    "",
    "book club",
    "小区团购<3号楼>",
    "明天吃什么\u{1f914}",
    "值班",
];
const PUBLIC: [&str; 8] = [
    "城市天气",
    "每日一书",
    "Tech Weekly",
    "海边咖啡",
    "小区物业",
    "星空天文台",
    "Open Source 周报",
    "明月书店",
];
const SIGNATURES: [&str; 8] = [
    "",
    "",
    "",
    "慢慢来\u{1f412}",
    "Stay hungry",
    "山高水长",
    "\"忙\"",
    "1 < 2",
];
const REMARKS: [&str; 8] = [
    "",
    "",
    "",
    "同事 老王",
    "Landlord",
    "表妹\u{1f338}",
    "3楼 邻居",
    "coach",
];
const CARDS: [&str; 8] = [
    "",
    "",
    "",
    "",
    "管理员",
    "\u{1f680}司机",
    "Treasurer",
    "1号 小明",
];
const PLACES: [(&str, &str); 7] = [
    ("", ""),
    ("北京", "海淀"),
    ("广东", "深圳"),
    ("上海", "浦东新区"),
    ("四川", "成都"),
    ("Bavaria", "Munich"),
    ("Hong Kong", ""),
];

/// Readings of the characters used above; others have none, as the service
/// leaves out what it cannot read.
const PINYIN: [(&str, &str); 24] = [
    ("王", "wang"),
    ("李", "li"),
    ("张", "zhang"),
    ("刘", "liu"),
    ("陈", "chen"),
    ("杨", "yang"),
    ("黄", "huang"),
    ("周", "zhou"),
    ("吴", "wu"),
    ("林", "lin"),
    ("何", "he"),
    ("马", "ma"),
    ("小明", "xiaoming"),
    ("丽", "li"),
    ("伟", "wei"),
    ("静", "jing"),
    ("文", "wen"),
    ("雨", "yu"),
    ("云", "yun"),
    ("星", "xing"),
    ("山", "shan"),
    ("海", "hai"),
    ("天", "tian"),
    ("月", "yue"),
];

/// A nick name: Chinese or Latin, some with emoji.
pub(super) fn nick(rng: &mut Rng) -> String {
    let mut name = if rng.one_in(3) {
        rng.pick(&LATIN).to_owned()
    } else {
        format!("{}{}", rng.pick(&SURNAMES), rng.pick(&GIVEN))
    };
    if rng.one_in(4) {
        name.push_str(rng.pick(&EMOJI));
    }
    name
}

pub(super) fn group(rng: &mut Rng) -> String {
    rng.pick(&GROUPS).to_owned()
}

pub(super) fn public_account(rng: &mut Rng) -> String {
    rng.pick(&PUBLIC).to_owned()
}

pub(super) fn signature(rng: &mut Rng) -> String {
    rng.pick(&SIGNATURES).to_owned()
}

/// A remark; mostly none.
pub(super) fn remark(rng: &mut Rng) -> String {
    rng.pick(&REMARKS).to_owned()
}

/// A name inside a group; mostly none.
pub(super) fn display_name(rng: &mut Rng) -> String {
    rng.pick(&CARDS).to_owned()
}

pub(super) fn place(rng: &mut Rng) -> (String, String) {
    let (province, city) = rng.pick(&PLACES);
    (province.to_owned(), city.to_owned())
}

/// The id that a person chose, or was given: stable over logins.
pub(super) fn wxid(rng: &mut Rng) -> String {
    if rng.one_in(5) {
        format!("{}{}", rng.word(6), rng.between(1970, 2010))
    } else {
        format!("wxid_{}", rng.word(14))
    }
}

/// `PYInitial` and `PYQuanPin` of a name as it stands on the wire. The
/// service reads the markup of emoji spans, too, so that a name with one has
/// `SPANCLASSEMOJIEMOJI1F412SPAN` in its pinyin.
pub(crate) fn pinyin(wire_name: &str) -> (String, String) {
    let (mut initials, mut full) = (String::new(), String::new());
    let mut rest = wire_name;
    while let Some(c) = rest.chars().next() {
        if let Some((word, reading)) = PINYIN.iter().find(|(word, _)| rest.starts_with(word)) {
            initials.extend(reading.chars().take(1).map(|c| c.to_ascii_uppercase()));
            full.push_str(reading);
            rest = rest.strip_prefix(word).unwrap_or_default();
        } else {
            if c.is_ascii_alphanumeric() {
                initials.push(c.to_ascii_uppercase());
                full.push(c);
            }
            rest = rest.strip_prefix(c).unwrap_or_default();
        }
    }
    (initials, full)
}

#[cfg(test)]
mod tests {
    use super::pinyin;

    #[test]
    fn the_markup_of_a_span_is_read_as_text() {
        let (initials, full) = pinyin("王<span class=\"emoji emoji1f412\"></span>");
        assert_eq!(initials, "WSPANCLASSEMOJIEMOJI1F412SPAN");
        assert_eq!(full, "wangspanclassemojiemoji1f412span");
    }
}
