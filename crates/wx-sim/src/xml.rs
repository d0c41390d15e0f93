//! Finds single values in XML that clients send, with as little care as the
//! service seems to take: the XML of sent files is not well-formed when a name
//! has an `&`, and goes out all the same.

use std::borrow::Cow;

/// The text of the first element of this name.
pub(crate) fn element<'a>(xml: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let verbatim = text
        .strip_prefix("<![CDATA[")
        .and_then(|text| text.strip_suffix("]]>"));
    Some(verbatim.map_or_else(|| unescape(text), Cow::Borrowed))
}

/// The attribute of this name in the first element whose name begins so.
pub(crate) fn attribute<'a>(xml: &'a str, tag: &str, name: &str) -> Option<Cow<'a, str>> {
    let (_, mut rest) = xml.split_once(&format!("<{tag}"))?;
    loop {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, tail) = after.strip_prefix(quote)?.split_once(quote)?;
        if key.contains('>') {
            return None;
        }
        if key.trim() == name {
            return Some(unescape(value));
        }
        rest = tail;
    }
}

fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let plain = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&#34;", "\"")
        .replace("&#39;", "'");
    plain.replace("&amp;", "&").into()
}

#[cfg(test)]
mod tests {
    use super::{attribute, element};

    #[test]
    fn elements_are_found_escaped_verbatim_or_broken() {
        let xml = "<appmsg><title>a &lt; b &amp;amp; c</title><des></des><type>6</type>\
                   <url><![CDATA[http://x/?a&b]]></url></appmsg>";
        let text = |name| element(xml, name).map(String::from);
        assert_eq!(text("title").as_deref(), Some("a < b &amp; c"));
        assert_eq!(text("des").as_deref(), Some(""));
        assert_eq!(text("url").as_deref(), Some("http://x/?a&b"));
        assert_eq!(text("fileext"), None);
        // ItChat and others escape no names.
        assert_eq!(
            element("<title>R&D.txt</title>", "title").as_deref(),
            Some("R&D.txt")
        );
    }

    #[test]
    fn attributes_are_found_by_their_whole_name() {
        let xml =
            "<msg>\n\t<img cdnthumbaeskey=\"1\" aeskey = '2' md5=\"a=&quot;\" /><b x=\"3\"/></msg>";
        let value = |name| attribute(xml, "img", name).map(String::from);
        assert_eq!(value("aeskey").as_deref(), Some("2"));
        assert_eq!(value("md5").as_deref(), Some("a=\""));
        assert_eq!(value("x"), None, "of another element");
        assert_eq!(attribute("no xml", "img", "aeskey"), None);
    }
}
