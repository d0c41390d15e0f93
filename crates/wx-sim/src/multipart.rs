//! Reads `multipart/form-data` as clients upload it.
//!
//! It takes what browsers write, and knows one thing of the real service: a
//! file name in the form of RFC 2231 is refused. (protocol: upload)

use bytes::Bytes;
use memchr::memmem;

/// One part of a form.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// The rest of the body, without a copy.
    pub(crate) body: Bytes,
    /// Whether it has a `filename`.
    pub(crate) is_file: bool,
}

impl Part {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The parts of a body in their order, or what is wrong with it.
pub(crate) fn read(content_type: &str, body: &Bytes) -> Result<Vec<Part>, &'static str> {
    let boundary = boundary(content_type).ok_or("Content-Type: no form, or no boundary")?;
    let opening = format!("--{boundary}");
    let closing = format!("\r\n--{boundary}");
    let delimiter = memmem::Finder::new(&closing);
    if !body.starts_with(opening.as_bytes()) {
        return Err("the body does not begin with the boundary");
    }
    let mut rest = body.slice(opening.len()..);
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        if !rest.starts_with(b"\r\n") {
            return Err("no line break after a boundary");
        }
        let end = delimiter
            .find(&rest)
            .ok_or("the body ends without its boundary")?;
        parts.push(part(rest.slice(2..end.max(2)))?);
        rest = rest.slice(end + closing.len()..);
    }
    Ok(parts)
}

fn part(bytes: Bytes) -> Result<Part, &'static str> {
    let head_len = memmem::find(&bytes, b"\r\n\r\n").ok_or("a part without a body")?;
    let head = String::from_utf8_lossy(bytes.get(..head_len).unwrap_or_default()).into_owned();
    let disposition = head
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))
        .map(|(_, value)| value)
        .ok_or("a part without Content-Disposition")?;
    if disposition.contains("filename*=") {
        return Err("filename*: not understood");
    }
    Ok(Part {
        name: parameter(disposition, "name").ok_or("a part without a name")?,
        is_file: parameter(disposition, "filename").is_some(),
        body: bytes.slice(head_len + 4..),
    })
}

fn boundary(content_type: &str) -> Option<String> {
    let (essence, _) = content_type.split_once(';')?;
    let is_form = essence.trim().eq_ignore_ascii_case("multipart/form-data");
    parameter(content_type, "boundary").filter(|boundary| is_form && !boundary.is_empty())
}

/// A parameter of a head line, quoted or not.
fn parameter(line: &str, wanted: &str) -> Option<String> {
    let mut rest = line.split_once(';')?.1;
    loop {
        let (name, value) = rest.split_once('=')?;
        let (value, tail) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => value.split_once(';').unwrap_or((value, "")),
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value.trim().to_owned());
        }
        rest = tail.trim_start_matches([';', ' ']);
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::read;

    fn parts(body: &'static str) -> Result<Vec<(String, bool, String)>, &'static str> {
        let parts = read("multipart/form-data; boundary=B", &Bytes::from(body))?;
        Ok(parts
            .into_iter()
            .map(|part| (part.name.clone(), part.is_file, part.text()))
            .collect())
    }

    #[test]
    fn parts_come_in_their_order_with_their_bytes() {
        let body = "--B\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\nWU_FILE_0\r\n\
                    --B\r\ncontent-disposition: form-data; name=\"filename\"; filename=\"a;b=c.txt\"\r\n\
                    Content-Type: application/octet-stream\r\n\r\n\r\n--A\r\n\r\n--B--\r\n";
        let expected = [
            ("id", false, "WU_FILE_0"),
            ("filename", true, "\r\n--A\r\n"),
        ];
        let expected = expected.map(|(name, file, text)| (name.to_owned(), file, text.to_owned()));
        assert_eq!(parts(body), Ok(expected.to_vec()));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        let rfc2231 = "--B\r\nContent-Disposition: form-data; name=\"filename\"; \
                       filename*=utf-8''a\r\n\r\nx\r\n--B--";
        assert_eq!(parts(rfc2231), Err("filename*: not understood"));
        assert!(parts("--B\r\n\r\nx\r\n--B--").is_err(), "no name");
        assert!(
            parts("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx").is_err(),
            "no end"
        );
        assert!(parts("--C--").is_err(), "another boundary");
        assert!(parts("").is_err());
        let typed = |content_type| read(content_type, &Bytes::from("--B--")).is_ok();
        assert!(typed("Multipart/Form-Data; charset=utf-8; boundary=\"B\""));
        assert!(!typed("application/json") && !typed("multipart/form-data; boundary="));
    }
}
