//! XML that the client writes: no text gets out of its place.

use proptest::{collection::vec, prelude::*};
use wx_wire::id::MediaId;
use wx_wire::{endpoint::webwxsendappmsg::file_content, message::forward::recalled_image, xml};

use super::generators::{text, xml_of};

/// The characters that XML 1.0 allows (its production 2).
fn allowed(text: &str) -> String {
    let is_allowed = |c: &char| matches!(u32::from(*c), 0x9 | 0xa | 0xd | 0x20..=0xd7ff | 0xe000..=0xfffd | 0x10000..);
    text.chars().filter(is_allowed).collect()
}

proptest! {
    #[test]
    fn no_name_breaks_the_xml_of_a_file(name in text(), media_id in text(), size in any::<u64>()) {
        let content = file_content(&name, size, &MediaId::new(&media_id), false);
        prop_assert!(!content.contains('\0'));
        let document = xml::strict(&content).unwrap();
        let root = document.root();
        let text = |name: &str| root.child(name).unwrap().text().into_owned();
        prop_assert_eq!(text("title"), allowed(&name));
        prop_assert_eq!(text("type"), "6");
        let attached = root.child("appattach").unwrap();
        let text = |name: &str| attached.child(name).unwrap().text().into_owned();
        prop_assert_eq!(text("totallen"), size.to_string());
        prop_assert_eq!(text("attachid"), allowed(&media_id));
        let extension = name.rsplit('.').next().filter(|_| name.contains('.'));
        prop_assert_eq!(text("fileext"), allowed(extension.unwrap_or_default()));
    }

    /// Every attribute of the picture comes through.
    #[test]
    fn a_repaired_picture_keeps_its_attributes(values in vec(text(), 1..5), address in text()) {
        prop_assume!(!allowed(&address).is_empty());
        let mut content = format!("<msg><img cdnthumburl=\"{}\"", xml_of(&address));
        for (index, value) in values.iter().enumerate() {
            content += &format!(" a{index}=\"{}\"", xml_of(value));
        }
        content += "/></msg>";
        let repaired = recalled_image(&content).unwrap();
        let document = xml::strict(&repaired).unwrap();
        let image = document.root().child("img").unwrap();
        prop_assert_eq!(image.attributes().count(), values.len() + 2);
        for (index, value) in values.iter().enumerate() {
            let name = format!("a{index}");
            let value = allowed(value);
            prop_assert_eq!(image.attribute(&name), Some(&*value));
        }
        let address = allowed(&address);
        for name in ["cdnthumburl", "cdnmidimgurl"] {
            prop_assert_eq!(image.attribute(name), Some(&*address));
        }
    }
}
