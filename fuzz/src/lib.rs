//! Comparisons of two grammars with readers that others have written.
//!
//! What they do stands here and not in `wx-fuzz`, for the peers are large and
//! no dependencies of the project.

mod script_boa;
mod xml_quick;

pub use script_boa::script_boa;
pub use xml_quick::xml_quick;
