//! Comparing what a decoder found with what is expected.

use serde_json::{Map, Value};

use super::index::Entry;

/// A line for each key of an entry's `expected` that `found` does not bear out.
///
/// Values under `page` are what the official page comes to, and as good. The
/// index counts on every key being there, those without a value as null.
pub(crate) fn of(entry: &Entry, found: &Map<String, Value>) -> Vec<String> {
    let expected = entry.expected();
    let page = expected.get("page");
    expected
        .iter()
        .filter(|(key, _)| *key != "page")
        .filter(|(key, value)| {
            let fact = found.get(key.as_str());
            let of_page = page.and_then(|page| page.get(key));
            ![Some(*value), of_page]
                .into_iter()
                .flatten()
                .any(|value| fact.is_some_and(|fact| agrees(value, fact)))
        })
        .map(|(key, value)| {
            let fact = found
                .get(key)
                .map_or("nothing".to_owned(), Value::to_string);
            format!("{}: {key}: expected {value}, found {fact}", entry.file())
        })
        .collect()
}

/// Whether `fact` says what is `expected`; it may know more members.
fn agrees(expected: &Value, fact: &Value) -> bool {
    match (expected, fact) {
        (Value::Object(expected), Value::Object(fact)) => expected.iter().all(|(key, value)| {
            let fact = fact.get(key);
            fact.is_some_and(|fact| agrees(value, fact))
        }),
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
