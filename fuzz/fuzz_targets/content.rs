//! The fuzz target `content`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wx_fuzz::content(bytes));
