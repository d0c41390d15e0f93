//! The fuzz target `xml`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wx_fuzz::xml(bytes));
