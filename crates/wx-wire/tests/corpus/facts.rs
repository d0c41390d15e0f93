//! Comparing what a decoder found with what is expected.

use serde_json::Value;

use super::index::Entry;

/// A line for each key of an entry's `expected` that `found` does not bear out.
///
/// Values under `page` are what the official page comes to, and as good.
pub(crate) fn differences(entry: &Entry, found: &Value) -> Vec<String> {
    let expected = entry.expected();
    let page = expected.get("page");
    expected
        .iter()
        .filter(|(key, _)| *key != "page")
        .filter(|(key, value)| {
            let fact = found.get(key).unwrap_or(&Value::Null);
            let of_page = page.and_then(|page| page.get(key));
            !agrees(value, fact) && !of_page.is_some_and(|value| agrees(value, fact))
        })
        .map(|(key, value)| {
            let fact = found.get(key).unwrap_or(&Value::Null);
            format!("{}: {key}: expected {value}, found {fact}", entry.file())
        })
        .collect()
}

/// Whether `fact` says what is `expected`; it may know more members. A member
/// that is expected to be null may be missing.
fn agrees(expected: &Value, fact: &Value) -> bool {
    match (expected, fact) {
        (Value::Object(expected), Value::Object(fact)) => expected
            .iter()
            .all(|(key, value)| agrees(value, fact.get(key).unwrap_or(&Value::Null))),
        (Value::Array(expected), Value::Array(fact)) => {
            expected.len() == fact.len()
                && expected
                    .iter()
                    .zip(fact)
                    .all(|(expected, fact)| agrees(expected, fact))
        }
        _ => expected == fact,
    }
}
