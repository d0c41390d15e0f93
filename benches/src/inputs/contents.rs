//! Contents of messages.

/// A typical text in English.
pub const SHORT: &str = "ok, see you tomorrow at the station";

/// A typical text of a group, with markup.
pub const SHORT_MARKED: &str =
    "hello &amp; welcome<br/><span class=\"emoji emoji1f604\"></span> 1 &lt; 2";

/// 4 KB without any markup.
#[must_use]
pub fn plain() -> String {
    repeated(
        "The quick brown fox jumps over the lazy dog, 敏捷的棕色狐狸。 ",
        4096,
    )
}

/// 4 KB with an entity or a line break in every forty bytes or so.
#[must_use]
pub fn marked() -> String {
    repeated(
        "Tom &amp; Jerry said: 1 &lt; 2 &gt; 0<br/>then they left the house &quot;at once&quot; ",
        4096,
    )
}

/// 4 KB of entities alone, as escaped XML is.
#[must_use]
pub fn escaped() -> String {
    repeated(
        "Fish &amp; chips are &lt;b&gt;good&lt;/b&gt; for you and me. ",
        4096,
    )
}

/// 4 KB of emoji.
#[must_use]
pub fn emoji() -> String {
    repeated(
        "哈哈<span class=\"emoji emoji1f604\"></span>ok<span class=\"emoji emoji2764\"></span>",
        4096,
    )
}

fn repeated(piece: &str, length: usize) -> String {
    piece.repeat(length.div_ceil(piece.len()))
}
