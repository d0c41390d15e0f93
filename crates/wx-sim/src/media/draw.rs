//! Draws files: small, valid, each with bytes of its own, and of any length
//! that a test asks for.
//!
//! What sets two of them apart is put where players and viewers do not look:
//! comments, tags and free space.

use bytes::Bytes;

use crate::rng::Rng;

/// A JPEG of 8 by 8 grey pixels; QR codes and logins show it as it is.
pub(crate) const PICTURE: &[u8] = include_bytes!("../../assets/avatar.jpg");
/// A PNG of 16 by 16 grey pixels, for maps.
pub(crate) const MAP: &[u8] = include_bytes!("../../assets/map.png");
/// A GIF of one pixel.
const EMOTICON: &[u8] = include_bytes!("../../assets/emoticon.gif");

/// The start of a JPEG, up to the end of its first segment.
const JPEG_HEAD: usize = 20;
/// The longest segment, its marker included.
const JPEG_SEGMENT: usize = 65_537;
/// The start of a GIF with a colour table of two.
const GIF_HEAD: usize = 19;

/// A block of random bytes; larger files repeat it, each time with a number
/// in front, so that no two blocks are equal.
const BLOCK: usize = 64 * 1024;

/// A JPEG with a comment, `len` bytes long if that is enough for it.
pub(crate) fn jpeg(comment: &str, len: usize) -> Bytes {
    let (head, tail) = PICTURE.split_at(JPEG_HEAD.min(PICTURE.len()));
    let text = comment.as_bytes();
    let least = 4 + text.len().min(1000);
    let mut room = len.saturating_sub(PICTURE.len()).max(least);
    let mut out = Vec::with_capacity(PICTURE.len() + room);
    out.extend_from_slice(head);
    while room > 0 {
        let mut segment = room.min(JPEG_SEGMENT);
        if (1..4).contains(&(room - segment)) {
            segment -= 4;
        }
        out.extend_from_slice(&[0xff, 0xfe]);
        // At most 65535, by the length of a segment.
        out.extend_from_slice(&u16::try_from(segment - 2).unwrap_or(2).to_be_bytes());
        out.extend(text.iter().cycle().take(segment - 4));
        room -= segment;
    }
    out.extend_from_slice(tail);
    out.into()
}

/// A GIF on a canvas of this size, `len` bytes long if that is enough.
pub(crate) fn gif(comment: &str, width: u16, height: u16, len: usize) -> Bytes {
    let (head, tail) = EMOTICON.split_at(GIF_HEAD.min(EMOTICON.len()));
    let text = comment.as_bytes();
    let least = 4 + text.len().min(250);
    let mut room = len.saturating_sub(EMOTICON.len()).max(least) - 3;
    let mut out = Vec::with_capacity(EMOTICON.len() + room + 3);
    out.extend_from_slice(b"GIF89a");
    out.extend_from_slice(&width.to_le_bytes());
    out.extend_from_slice(&height.to_le_bytes());
    out.extend(head.iter().skip(10));
    out.extend_from_slice(&[0x21, 0xfe]);
    while room > 0 {
        let mut block = room.min(256);
        if room - block == 1 {
            block -= 1;
        }
        out.push(u8::try_from(block - 1).unwrap_or(u8::MAX));
        out.extend(text.iter().cycle().take(block - 1));
        room -= block;
    }
    out.push(0);
    out.extend_from_slice(tail);
    out.into()
}

/// An MP3 of silence that lasts so long, in frames of 36 ms.
pub(crate) fn mp3(title: &str, length_ms: u64) -> Bytes {
    const FRAME_MS: u64 = 36;
    const FRAME_LEN: usize = 108;
    // MPEG-2 layer III, 24 kbit/s, 16 kHz, one channel.
    const FRAME_HEAD: [u8; 4] = [0xff, 0xf3, 0x38, 0xc4];
    let text: Vec<u8> = title.bytes().take(100).collect();
    let text_len = u8::try_from(text.len()).unwrap_or(0);
    let mut out = Vec::new();
    // Lengths below 128 look the same in every release of ID3.
    out.extend_from_slice(&[b'I', b'D', b'3', 4, 0, 0, 0, 0, 0, text_len + 11]);
    out.extend_from_slice(&[b'T', b'I', b'T', b'2', 0, 0, 0, text_len + 1, 0, 0, 3]);
    out.extend_from_slice(&text);
    for _ in 0..length_ms.div_ceil(FRAME_MS) {
        let end = out.len() + FRAME_LEN;
        out.extend_from_slice(&FRAME_HEAD);
        out.resize(end, 0);
    }
    out.into()
}

/// An MP4 without a track that claims to last so long, `len` bytes long if
/// that is enough.
pub(crate) fn mp4(rng: &mut Rng, length_s: u64, len: usize) -> Bytes {
    let duration = u32::try_from(length_s.saturating_mul(1000)).unwrap_or(u32::MAX);
    let mut out = Vec::new();
    boxed(&mut out, b"ftyp", b"isom\0\0\x02\0isomiso2mp41");
    let mut movie = vec![0; 100];
    for (at, value) in [(12, 1000), (16, duration), (20, 0x0001_0000), (96, 1)] {
        if let Some(place) = movie.get_mut(at..at + 4) {
            place.copy_from_slice(&u32::to_be_bytes(value));
        }
    }
    let mut header = Vec::new();
    boxed(&mut header, b"mvhd", &movie);
    boxed(&mut out, b"moov", &header);
    let room = len.saturating_sub(out.len() + 8).max(16);
    boxed(&mut out, b"mdat", &noise(rng, room));
    out.into()
}

/// `len` bytes that look like nothing, made at the speed of copying.
pub(crate) fn noise(rng: &mut Rng, len: usize) -> Bytes {
    let words = len.min(BLOCK).div_ceil(8);
    let block: Vec<u8> = (0..words).flat_map(|_| rng.next().to_le_bytes()).collect();
    let mut out = Vec::with_capacity(len);
    let mut number: u64 = 0;
    while out.len() < len {
        let start = out.len();
        let piece = block.len().min(len - start);
        out.extend_from_slice(block.get(..piece).unwrap_or_default());
        if let Some(stamp) = out.get_mut(start..start + 8).filter(|_| number > 0) {
            stamp.copy_from_slice(&number.to_le_bytes());
        }
        number += 1;
    }
    out.into()
}

fn boxed(out: &mut Vec<u8>, name: &[u8; 4], content: &[u8]) {
    let len = u32::try_from(content.len() + 8).unwrap_or(u32::MAX);
    out.extend_from_slice(&len.to_be_bytes());
    out.extend_from_slice(name);
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use super::{gif, jpeg, mp3, mp4, noise};
    use crate::rng::Rng;

    #[test]
    fn files_have_the_length_that_was_asked_for() {
        for len in [300, 1000, 65_700, 65_701, 65_699, 200_000] {
            assert_eq!(jpeg("a comment", len).len(), len, "jpeg");
            assert_eq!(gif("a comment", 240, 210, len).len(), len, "gif");
            assert_eq!(mp4(&mut Rng::derive(1, &[]), 9, len).len(), len, "mp4");
        }
        for len in [0, 1, 7, 65_536, 65_537, 1_000_001] {
            assert_eq!(noise(&mut Rng::derive(1, &[]), len).len(), len);
        }
    }

    #[test]
    fn the_segments_of_a_jpeg_lead_to_its_picture() {
        let picture = jpeg("x", 140_000);
        let mut at = 2;
        let mut comments = 0;
        while picture[at..at + 2] != [0xff, 0xda] {
            comments += usize::from(picture[at..at + 2] == [0xff, 0xfe]);
            at += 2 + usize::from(u16::from_be_bytes([picture[at + 2], picture[at + 3]]));
        }
        assert_eq!(comments, 3);
        assert!(picture.ends_with(&[0xff, 0xd9]));
    }

    #[test]
    fn the_blocks_of_a_gif_lead_to_its_trailer() {
        let picture = gif("x", 240, 210, 1000);
        assert_eq!(picture[6..10], [240, 0, 210, 0]);
        let mut at = 21;
        while picture[at] != 0 {
            at += 1 + usize::from(picture[at]);
        }
        assert_eq!((picture[at + 1], picture[999]), (0x2c, 0x3b));
    }

    #[test]
    fn a_voice_lasts_as_long_as_it_says() {
        let voice = mp3("x", 2400);
        let tag = 10 + usize::from(voice[9]);
        assert_eq!(voice[tag..tag + 3], [0xff, 0xf3, 0x38]);
        // 2400 ms are 66.7 frames of 36 ms, of 108 bytes each.
        assert_eq!(voice.len() - tag, 67 * 108);
    }

    #[test]
    fn no_block_of_noise_comes_twice() {
        let bytes = noise(&mut Rng::derive(1, &[]), 300_000);
        let blocks: Vec<&[u8]> = bytes.chunks(65_536).collect();
        assert!((1..blocks.len()).all(|n| blocks[n][..8] != blocks[n - 1][..8]));
    }
}
