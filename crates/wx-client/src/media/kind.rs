//! Finds out what a medium is, from its content and its name.

use wx_proto::FileKind;

use crate::error::{Error, ErrorKind};

/// How many bytes suffice to see what a medium is.
pub(super) const HEAD: usize = 4096;

/// The type if nothing is known.
const UNKNOWN: &str = "application/octet-stream";

/// What the first bytes of a medium say, if they say anything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sniffed(Option<infer::Type>);

impl Sniffed {
    /// From the first bytes, up to [`HEAD`] of them.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self(infer::get(bytes.get(..HEAD).unwrap_or(bytes)))
    }

    pub(crate) fn media_type(self) -> Option<&'static str> {
        self.0.map(|found| found.mime_type())
    }
}

/// From the extension of the name, or else from the content.
pub(super) fn media_type(name: &str, sniffed: Sniffed) -> &'static str {
    (by_name(name).or(sniffed.media_type())).unwrap_or(UNKNOWN)
}

fn by_name(name: &str) -> Option<&'static str> {
    mime_guess::from_path(name).first_raw()
}

/// The kind as which a medium is sent if `wanted` is asked for. The content
/// counts for more than the name. A GIF sent as a picture becomes an emoticon,
/// as in the official page (protocol: upload).
pub(super) fn of(
    wanted: FileKind,
    name: &str,
    origin: &str,
    sniffed: Sniffed,
) -> Result<FileKind, Error> {
    let found = sniffed.media_type().or(by_name(name));
    let fits = match (wanted, found.unwrap_or(UNKNOWN)) {
        (FileKind::Image, "image/jpeg" | "image/png" | "image/bmp") => Some(FileKind::Image),
        (FileKind::Image | FileKind::Emoticon, "image/gif") | (FileKind::Emoticon, "image/png") => {
            Some(FileKind::Emoticon)
        }
        (FileKind::Video, "video/mp4" | "video/x-m4v" | "video/quicktime") => Some(FileKind::Video),
        (FileKind::File, _) => Some(FileKind::File),
        _ => None,
    };
    fits.ok_or_else(|| {
        let takes = match wanted {
            FileKind::Image => "images are jpeg, png, bmp or gif",
            FileKind::Emoticon => "emoticons are gif or png",
            _ => "videos are mp4",
        };
        let is = match found {
            Some(found) => format!("is {found}"),
            None => "is of an unknown kind".to_owned(),
        };
        let words = format!("{origin} {is}; {takes}: send it as a file");
        Error::new(ErrorKind::Usage, words)
    })
}

/// The extension for a received medium: from its content, or else from the type
/// that the server gave.
pub(crate) fn extension(sniffed: Sniffed, media_type: Option<&str>) -> &'static str {
    if let Some(found) = sniffed.0 {
        return found.extension();
    }
    match media_type.unwrap_or(UNKNOWN) {
        "image/jpeg" | "image/jpg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/bmp" => "bmp",
        "image/webp" => "webp",
        "audio/mp3" | "audio/mpeg" => "mp3",
        "audio/amr" => "amr",
        "video/mp4" => "mp4",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
    const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF";
    const GIF: &[u8] = b"GIF89a\x01\0\x01\0";
    const BMP: &[u8] = b"BM\x46\0\0\0\0\0\0\0";
    const MP4: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom";
    const PDF: &[u8] = b"%PDF-1.7";

    fn kind(wanted: FileKind, name: &str, bytes: &[u8]) -> Result<FileKind, String> {
        of(wanted, name, name, Sniffed::of(bytes)).map_err(|error| {
            assert_eq!(error.kind(), ErrorKind::Usage);
            error.to_string()
        })
    }

    #[test]
    fn pictures_are_told_by_what_is_in_them() {
        use FileKind::{Emoticon, Image, Video};

        for bytes in [PNG, JPEG, BMP] {
            assert_eq!(kind(Image, "x", bytes), Ok(Image));
            assert_eq!(kind(Image, "x.gif", bytes), Ok(Image));
        }
        assert_eq!(kind(Image, "x.jpg", GIF), Ok(Emoticon));
        assert_eq!(kind(Emoticon, "x", GIF), Ok(Emoticon));
        assert_eq!(kind(Emoticon, "x", PNG), Ok(Emoticon));
        assert_eq!(kind(Video, "x", MP4), Ok(Video));
    }

    #[test]
    fn what_says_nothing_is_told_by_its_name() {
        use FileKind::{Emoticon, File, Image, Video};

        for name in ["x.jpg", "x.JPEG", "x.png", "x.bmp"] {
            assert_eq!(kind(Image, name, b"?"), Ok(Image), "{name}");
        }
        assert_eq!(kind(Image, "x.gif", b"?"), Ok(Emoticon));
        assert_eq!(kind(Video, "x.mp4", b"?"), Ok(Video));
        assert_eq!(kind(File, "x", b"?"), Ok(File));
    }

    #[test]
    fn what_does_not_fit_is_refused_by_what_it_is() {
        for (wanted, name, bytes, is) in [
            (FileKind::Image, "x.jpg", PDF, "application/pdf"),
            (FileKind::Image, "x.webp", b"?", "image/webp"),
            (FileKind::Image, "x", b"?", "of an unknown kind"),
            (FileKind::Emoticon, "x.gif", JPEG, "image/jpeg"),
            (FileKind::Video, "x.mp4", PNG, "image/png"),
        ] {
            let words = kind(wanted, name, bytes).unwrap_err();
            assert!(
                words.contains(is) && words.ends_with("send it as a file"),
                "{words}"
            );
        }
    }

    #[test]
    fn a_mime_type_comes_from_the_name_first() {
        assert_eq!(media_type("a.docx", Sniffed::of(b"PK\x03\x04")), DOCX);
        assert_eq!(media_type("a", Sniffed::of(PNG)), "image/png");
        assert_eq!(
            media_type("a", Sniffed::of(b"?")),
            "application/octet-stream"
        );
    }

    const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

    #[test]
    fn extensions_are_those_people_know() {
        let nothing = Sniffed::of(b"?");
        assert_eq!(extension(Sniffed::of(JPEG), Some("image/png")), "jpg");
        assert_eq!(extension(nothing, Some("audio/mp3")), "mp3");
        assert_eq!(extension(nothing, Some("image/jpeg")), "jpg");
        assert_eq!(extension(nothing, None), "bin");
    }
}
