//! Telling a member that a body does not have from one that is empty.
//!
//! The decoders give a default for most members that are missing, which is
//! what a client wants. Facts say which they were.

use serde_json::Value;

use super::Facts;

/// Makes those facts null whose member, given as a JSON pointer, `body` does
/// not have.
pub(super) fn only_present(mut facts: Facts, body: &[u8], members: &[(&str, &str)]) -> Facts {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let Ok(wire) = serde_json::from_slice::<Value>(body) else {
        return facts;
    };
    for (fact, pointer) in members {
        let is_there = wire.pointer(pointer).is_some_and(|value| !value.is_null());
        if let Some(fact) = facts.get_mut(*fact).filter(|_| !is_there) {
            *fact = Value::Null;
        }
    }
    facts
}
