//! What may be written to a terminal, and what is known of one.
//!
//! [`escape`] and [`escape_lines`] make text from strangers safe to print;
//! [`Screen`] tells how wide, colourful and dark the place is where it is
//! printed.

mod escape;
mod screen;

pub use escape::{escape, escape_lines};
pub use screen::{Background, Screen};
