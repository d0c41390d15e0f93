//! The server's own JSON layout, written member by member.
//!
//! Captured bodies have no indentation, a blank after each colon, a line break
//! after every `}` (so that the comma stands at the start of the next line),
//! lists of objects as `[{` … `}` / `,{` … `]`, and a line break at the end.
//! Clients in the field parse these bodies with all kinds of care, so the
//! layout is part of what is simulated.

use std::fmt::Write as _;

use crate::codes::Ret;

/// A JSON object under construction.
#[derive(Debug)]
pub(crate) struct Json {
    out: String,
    /// Whether the next member is the first of its object.
    first: bool,
}

impl Json {
    pub(crate) fn new() -> Self {
        Self {
            out: String::from("{\n"),
            first: true,
        }
    }

    /// A body that begins with its `BaseResponse`, as nearly all do.
    pub(crate) fn response(ret: Ret, err_msg: &str) -> Self {
        let mut json = Self::new();
        json.object("BaseResponse", |base| {
            base.number("Ret", ret);
            base.text("ErrMsg", err_msg);
        });
        json
    }

    pub(crate) fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        self.out.push('"');
        escape_into(&mut self.out, value);
        self.out.push('"');
    }

    pub(crate) fn number(&mut self, key: &str, value: impl std::fmt::Display) {
        self.key(key);
        // Writing to a String cannot fail.
        let _ = write!(self.out, "{value}");
    }

    /// Several members whose value is 0.
    pub(crate) fn zeros(&mut self, keys: &[&str]) {
        for key in keys {
            self.number(key, 0);
        }
    }

    /// Several members whose value is the empty string.
    pub(crate) fn blanks(&mut self, keys: &[&str]) {
        for key in keys {
            self.text(key, "");
        }
    }

    pub(crate) fn object(&mut self, key: &str, fill: impl FnOnce(&mut Self)) {
        self.key(key);
        self.braces(fill);
    }

    /// A list of objects; `[]` when there are no items.
    pub(crate) fn list<T>(
        &mut self,
        key: &str,
        items: impl IntoIterator<Item = T>,
        mut fill: impl FnMut(&mut Self, T),
    ) {
        self.key(key);
        self.out.push('[');
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.braces(|json| fill(json, item));
        }
        self.out.push(']');
    }

    /// A list without items.
    pub(crate) fn empty_list(&mut self, key: &str) {
        self.list(key, [(); 0], |_, ()| {});
    }

    pub(crate) fn finish(mut self) -> String {
        self.close();
        self.out
    }

    fn key(&mut self, key: &str) {
        if !std::mem::take(&mut self.first) {
            self.out.push_str(",\n");
        }
        self.out.push('"');
        self.out.push_str(key);
        self.out.push_str("\": ");
    }

    fn braces(&mut self, fill: impl FnOnce(&mut Self)) {
        self.out.push_str("{\n");
        self.first = true;
        fill(self);
        self.close();
        self.first = false;
    }

    fn close(&mut self) {
        if !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.push_str("}\n");
    }
}

/// Escapes what JSON demands and nothing more: `/` and non-ASCII stay raw.
fn escape_into(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Json;
    use crate::codes::Ret;

    #[test]
    fn objects_end_their_line_and_commas_start_the_next() {
        let mut json = Json::response(Ret::OK, "");
        json.text("MsgID", "1");
        let expected =
            "{\n\"BaseResponse\": {\n\"Ret\": 0,\n\"ErrMsg\": \"\"\n}\n,\n\"MsgID\": \"1\"\n}\n";
        assert_eq!(json.finish(), expected);
    }

    #[test]
    fn lists_open_on_the_line_of_their_key() {
        let mut json = Json::new();
        json.list("List", [1, 2], |item, n| item.number("Key", n));
        json.empty_list("None");
        json.object("Last", |last| last.text("K", "\"\\/\t"));
        let expected = "{\n\"List\": [{\n\"Key\": 1\n}\n,{\n\"Key\": 2\n}\n],\n\"None\": [],\n\
                        \"Last\": {\n\"K\": \"\\\"\\\\/\\t\"\n}\n}\n";
        assert_eq!(json.finish(), expected);
    }
}
