//! The parts of the command `wx` that need neither network nor account: QR
//! codes, tables, and text made safe for a terminal.
//!
//! They are a library so that they can be tested and documented by themselves;
//! nothing outside of this workspace should depend on it.

pub mod qr;
pub mod table;
pub mod terminal;
