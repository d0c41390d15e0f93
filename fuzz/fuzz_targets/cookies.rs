//! The fuzz target `cookies`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wx_fuzz::cookies(bytes));
