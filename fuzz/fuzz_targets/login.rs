//! The fuzz target `login`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wx_fuzz::login(bytes));
