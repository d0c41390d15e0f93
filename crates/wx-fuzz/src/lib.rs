//! What the fuzz targets do.
//!
//! Each target is a function that takes any bytes and panics if a promise is
//! broken. The folder `fuzz/` hands them to libFuzzer; the test of this crate
//! replays the committed inputs on stable Rust.

mod content;
mod script;
mod xml;

pub use content::content;
pub use script::script;
pub use xml::xml;

/// A fuzz target.
pub type Target = fn(&[u8]);

/// Every target and its name, which is also that of its folder of inputs.
pub const TARGETS: [(&str, Target); 3] = [("script", script), ("xml", xml), ("content", content)];
