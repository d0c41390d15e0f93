//! Comparisons of two grammars with readers that other people wrote.
//!
//! They are here and not in `wx-fuzz`, because the peers are large and not dependencies
//! of the project.

mod script_boa;
mod xml_quick;

pub use script_boa::script_boa;
pub use xml_quick::xml_quick;
