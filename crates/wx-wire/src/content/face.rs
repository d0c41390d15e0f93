//! Faces: pictures that stand in a text as a name in brackets, `[微笑]`, both
//! ways. Other languages of the phone have other names for them.

/// The names of the faces that have a number: their place here (protocol: QQ
/// faces).
#[rustfmt::skip]
pub const FACES: [&str; 113] = [
    "微笑", "撇嘴", "色", "发呆", "得意", "流泪", "害羞", "闭嘴", "睡", "大哭", "尴尬", "发怒",
    "调皮", "呲牙", "惊讶", "难过", "酷", "冷汗", "抓狂", "吐", "偷笑", "愉快", "白眼", "傲慢",
    "饥饿", "困", "惊恐", "流汗", "憨笑", "悠闲", "奋斗", "咒骂", "疑问", "嘘", "晕", "疯了",
    "衰", "骷髅", "敲打", "再见", "擦汗", "抠鼻", "鼓掌", "糗大了", "坏笑", "左哼哼", "右哼哼",
    "哈欠", "鄙视", "委屈", "快哭了", "阴险", "亲亲", "吓", "可怜", "菜刀", "西瓜", "啤酒",
    "篮球", "乒乓", "咖啡", "饭", "猪头", "玫瑰", "凋谢", "嘴唇", "爱心", "心碎", "蛋糕",
    "闪电", "炸弹", "刀", "足球", "瓢虫", "便便", "月亮", "太阳", "礼物", "拥抱", "强", "弱",
    "握手", "胜利", "抱拳", "勾引", "拳头", "差劲", "爱你", "NO", "OK", "爱情", "飞吻", "跳跳",
    "发抖", "怄火", "转圈", "磕头", "回头", "跳绳", "投降", "激动", "乱舞", "献吻", "左太极",
    "右太极", "嘿哈", "捂脸", "奸笑", "机智", "皱眉", "耶", "鸡", "红包",
];

/// Names of newer faces, which have no number.
#[rustfmt::skip]
pub const NEWER_FACES: [&str; 21] = [
    "茶", "蜡烛", "福", "吃瓜", "加油", "汗", "天啊", "Emm", "社会社会", "旺柴", "好的", "打脸",
    "加油加油", "哇", "發", "裂开", "苦涩", "叹气", "让我看看", "666", "翻白眼",
];

/// Names that a face goes by as well.
const OTHER_NAMES: [(&str, u8); 4] = [("可爱", 21), ("大兵", 29), ("折磨", 35), ("示爱", 65)];

/// The text of a face by its number.
///
/// ```
/// assert_eq!(wx_wire::content::face(76).as_deref(), Some("[太阳]"));
/// ```
#[must_use]
pub fn face(number: u8) -> Option<String> {
    FACES
        .get(usize::from(number))
        .map(|name| format!("[{name}]"))
}

/// The number of a face by its name, without the brackets.
#[must_use]
pub fn face_number(name: &str) -> Option<u8> {
    let known = FACES.iter().position(|face| *face == name);
    let other = || {
        let (_, number) = OTHER_NAMES.iter().find(|(other, _)| *other == name)?;
        Some(*number)
    };
    known.and_then(|at| u8::try_from(at).ok()).or_else(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_the_protocols() {
        // Those that the protocol's documents give a number for.
        for (number, name) in [
            (9, "大哭"),
            (19, "吐"),
            (29, "悠闲"),
            (39, "再见"),
            (49, "委屈"),
            (59, "乒乓"),
            (69, "闪电"),
            (79, "强"),
            (89, "OK"),
            (99, "投降"),
            (104, "右太极"),
            (109, "皱眉"),
            (112, "红包"),
        ] {
            assert_eq!(face(number), Some(format!("[{name}]")));
            assert_eq!(face_number(name), Some(number));
        }
        assert_eq!(face(113), None);
        assert_eq!(face_number("大兵"), Some(29));
        assert_eq!(face_number("没有"), None);
    }
}
