//! The fuzz target `script`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wx_fuzz::script(bytes));
