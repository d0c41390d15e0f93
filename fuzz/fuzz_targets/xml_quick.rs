//! The fuzz target `xml_quick`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wx_fuzz_targets::xml_quick(bytes));
