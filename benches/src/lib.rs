//! Nothing: this package has benches only, and Cargo wants a library.
