//! Constructs that are not allowed in code: `unsafe`, TLS without verification, sleeps,
//! ignored tests, and marks of unfinished work.

use std::path::Path;

use crate::tidy::Offence;
use crate::tidy::rust_files::is_test_file;
use crate::tidy::source::{Source, Token, bracketed_len, starts_with};

const WAIT_PROPERLY: &str = "wait for the event itself, or run in virtual time";
const RUN_ALL_TESTS: &str = "make the test run everywhere, or delete it";
const FINISH: &str = "write the code, or return an error that says what is missing";

pub(super) fn check(file: &Path, source: &Source<'_>) -> Vec<Offence> {
    let all_tests = is_test_file(file);
    let tokens = source.tokens();
    let at_each = (0..tokens.len()).filter_map(|start| tokens.get(start..));
    at_each
        .filter_map(|rest| {
            let first = rest.first()?;
            let (what, remedy) = word_at(rest, all_tests || first.in_test_module)?;
            Some(Offence::at(file, first.line(), what, remedy))
        })
        .collect()
}

/// The forbidden construct that `tokens` begins with.
fn word_at(tokens: &[Token], in_test: bool) -> Option<(&'static str, &'static str)> {
    if starts_with(tokens, &["unsafe"]).is_some() {
        return Some(("unsafe code", "find a safe way, or a crate that has one"));
    }
    if starts_with(tokens, &["dangerous", "("]).is_some()
        || starts_with(tokens, &["danger", ":", ":"]).is_some()
    {
        return Some(("TLS without verification", "add a root certificate instead"));
    }
    if is_path_to(tokens, "thread", "sleep") {
        return Some(("a thread that sleeps", WAIT_PROPERLY));
    }
    if in_test && is_path_to(tokens, "time", "sleep") {
        return Some(("a test that sleeps", WAIT_PROPERLY));
    }
    if is_ignore(tokens) {
        return Some(("an ignored test", RUN_ALL_TESTS));
    }
    for word in ["todo", "unimplemented"] {
        if starts_with(tokens, &[word, "!"]).is_some() {
            return Some(("unfinished code", FINISH));
        }
    }
    None
}

/// Whether `tokens` begins with `module::name`, or with `module::{…}` that
/// imports `name`.
fn is_path_to(tokens: &[Token], module: &str, name: &str) -> bool {
    let Some(len) = starts_with(tokens, &[module, ":", ":"]) else {
        return false;
    };
    let rest = tokens.get(len..).unwrap_or_default();
    match rest.first() {
        Some(token) if token.text == "{" => {
            let list = rest.get(..bracketed_len(rest).unwrap_or(0));
            list.is_some_and(|list| list.iter().any(|token| token.text == name))
        }
        Some(token) => token.text == name,
        None => false,
    }
}

/// Whether `tokens` begins with `#[ignore…]` or `#[cfg_attr(…, ignore…)]`.
fn is_ignore(tokens: &[Token]) -> bool {
    if starts_with(tokens, &["#", "[", "ignore"]).is_some() {
        return true;
    }
    if starts_with(tokens, &["#", "[", "cfg_attr"]).is_none() {
        return false;
    }
    let attribute = tokens.get(1..).unwrap_or_default();
    let attribute = attribute.get(..bracketed_len(attribute).unwrap_or(0));
    attribute.is_some_and(|attribute| attribute.iter().any(|token| token.text == "ignore"))
}

/// Finds snippets in doc comments that rustdoc does not compile.
pub(super) fn check_doc_tests(file: &Path, text: &str) -> Vec<Offence> {
    text.lines()
        .zip(1..)
        .filter(|(line, _)| {
            let line = line.trim_start();
            let comment = line.strip_prefix("//!").or(line.strip_prefix("///"));
            comment
                .and_then(|comment| comment.trim_start().strip_prefix("```"))
                .is_some_and(|info| {
                    info.split([',', ' '])
                        .any(|word| word.starts_with("ignore"))
                })
        })
        .map(|(_, line)| Offence::at(file, line, "an ignored doc test", RUN_ALL_TESTS))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, text: &str) -> Vec<(usize, String)> {
        let source = Source::parse(text).unwrap();
        check(Path::new(file), &source)
            .into_iter()
            .map(|offence| (offence.line.unwrap(), offence.what))
            .collect()
    }

    fn one(line: usize, what: &str) -> Vec<(usize, String)> {
        vec![(line, what.to_owned())]
    }

    #[test]
    fn words_in_comments_and_strings_are_no_code() {
        let text = "//! unsafe, todo!()\nconst A: &str = \"unsafe { thread::sleep() }\";\n";
        assert_eq!(found("src/a.rs", text), []);
    }

    #[test]
    fn unsafe_fires_but_not_the_lint_of_that_name() {
        assert_eq!(found("src/a.rs", "#![forbid(unsafe_code)]\n"), []);
        assert_eq!(
            found("src/a.rs", "\nfn f() { unsafe { g() } }\n"),
            one(2, "unsafe code")
        );
    }

    #[test]
    fn tls_that_verifies_otherwise_fires() {
        let expected = one(1, "TLS without verification");
        let custom = "fn f() { config.dangerous().set_certificate_verifier(v) }";
        assert_eq!(found("crates/x/tests/a.rs", custom), expected);
        let verifier = "use rustls::client::danger::ServerCertVerifier;";
        assert_eq!(found("src/a.rs", verifier), expected);
        assert_eq!(found("src/a.rs", "fn nothing_dangerous() {}"), []);
    }

    #[test]
    fn a_sleeping_thread_fires_anywhere() {
        let expected = one(1, "a thread that sleeps");
        assert_eq!(
            found("src/a.rs", "fn f() { std::thread::sleep(D) }"),
            expected
        );
        assert_eq!(
            found("src/a.rs", "use std::thread::{self, sleep};"),
            expected
        );
    }

    #[test]
    fn a_sleeping_task_fires_in_tests_only() {
        let text = "async fn f() { tokio::time::sleep(D).await }";
        let expected = one(1, "a test that sleeps");
        assert_eq!(found("src/a.rs", text), []);
        assert_eq!(found("crates/x/tests/a.rs", text), expected);
        assert_eq!(found("crates/x/src/a/tests.rs", text), expected);
        assert_eq!(
            found("src/a.rs", &format!("#[cfg(test)] mod tests {{ {text} }}")),
            expected
        );
    }

    #[test]
    fn waiting_for_a_deadline_is_no_sleep() {
        let text = "async fn f() { tokio::time::timeout(D, g()).await }";
        assert_eq!(found("crates/x/tests/a.rs", text), []);
    }

    #[test]
    fn an_ignored_test_fires() {
        let expected = one(1, "an ignored test");
        assert_eq!(found("src/a.rs", "#[ignore]\nfn f() {}"), expected);
        assert_eq!(
            found("src/a.rs", "#[ignore = \"slow\"]\nfn f() {}"),
            expected
        );
        assert_eq!(
            found("src/a.rs", "#[cfg_attr(windows, ignore)]\nfn f() {}"),
            expected
        );
        assert_eq!(
            found("src/a.rs", "#[cfg_attr(windows, test)]\nfn f() {}"),
            []
        );
    }

    #[test]
    fn unfinished_code_fires() {
        assert_eq!(
            found("src/a.rs", "fn f() { todo!() }"),
            one(1, "unfinished code")
        );
        assert_eq!(
            found("src/a.rs", "fn f() {\nunimplemented!(\"x\") }"),
            one(2, "unfinished code")
        );
        assert_eq!(found("src/a.rs", "fn todo() { let todo = 1; }"), []);
    }

    #[test]
    fn an_ignored_doc_test_fires() {
        let lines = |text| {
            check_doc_tests(Path::new("a.rs"), text)
                .into_iter()
                .map(|offence| offence.line)
                .collect::<Vec<_>>()
        };
        assert_eq!(lines("/// ```ignore\n/// x\n/// ```\n"), [Some(1)]);
        assert_eq!(lines("fn f() {}\n//! ```rust,ignore\n"), [Some(2)]);
        assert_eq!(lines("/// ```no_run\n/// ignore();\n/// ```\n"), []);
    }
}
