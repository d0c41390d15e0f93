//! The fuzz target `session_ops`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wx_fuzz::session_ops(bytes));
