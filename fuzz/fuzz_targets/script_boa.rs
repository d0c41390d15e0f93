//! The fuzz target `script_boa`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wx_fuzz_targets::script_boa(bytes));
