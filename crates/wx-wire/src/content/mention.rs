//! Mentions of members: `@name` and U+2005.

/// The four-per-em space that ends a mention.
const END: char = '\u{2005}';

/// The names that a decoded text mentions, in their order.
///
/// A mention begins at the last `@` before its end, so that mail addresses and
/// faces such as `@_@` in front of one do no harm; of a name that holds an `@`
/// itself, the end is given. Names come as they were typed: compare them with
/// decoded nick and display names.
pub fn mentions(text: &str) -> impl Iterator<Item = &str> {
    // What follows the last end mentions nobody.
    let (ended, _) = text.rsplit_once(END).unwrap_or_default();
    ended.split(END).filter_map(|piece| {
        let (_, name) = piece.rsplit_once('@')?;
        (!name.is_empty() && !name.contains('\n')).then_some(name)
    })
}
