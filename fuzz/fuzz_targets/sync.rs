//! The fuzz target `sync`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wx_fuzz::sync(bytes));
