//! The limit on the length of file names, whose constant is private to its crate.

use wx_client::safe_file_name;

#[test]
fn a_file_name_may_have_200_bytes_and_no_byte_more() {
    for (length, kept) in [(200, 200), (201, 200)] {
        assert_eq!(safe_file_name(&"x".repeat(length)).len(), kept);
        let with_extension = format!("{}.txt", "x".repeat(length - 4));
        let safe = safe_file_name(&with_extension);
        assert_eq!((safe.len(), safe.ends_with("x.txt")), (kept, true));
    }
}
