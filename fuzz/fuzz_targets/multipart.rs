//! The fuzz target `multipart`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wx_fuzz::multipart(bytes));
