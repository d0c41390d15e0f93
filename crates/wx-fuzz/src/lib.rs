//! The bodies of the fuzz targets.
//!
//! Each target is a function that takes any bytes and panics if a promise is broken.
//! The folder `fuzz/` hands the targets to libFuzzer, and a test of this crate replays
//! the committed inputs on stable Rust.

mod content;
mod cookies;
mod json;
mod login;
mod multipart;
mod script;
mod session;
mod session_ops;
mod store;
mod sync;
mod xml;

pub use content::content;
pub use cookies::cookies;
pub use json::{JSON_ENDPOINTS, json};
pub use login::login;
pub use multipart::multipart;
pub use script::script;
pub use session_ops::session_ops;
pub use store::store;
pub use sync::sync;
pub use xml::xml;

/// A fuzz target.
pub type Target = fn(&[u8]);

/// The name of every target, which is also the name of its folder of inputs, and the target.
pub const TARGETS: [(&str, Target); 10] = [
    ("script", script),
    ("xml", xml),
    ("content", content),
    ("json", json),
    ("sync", sync),
    ("login", login),
    ("cookies", cookies),
    ("multipart", multipart),
    ("store", store),
    ("session_ops", session_ops),
];
